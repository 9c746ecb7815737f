//! One glob pattern: where to begin to look, how deep, and what matches.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, escape};

/// A pattern against a folder.
pub(crate) struct Pattern {
    /// The folder, or file, that its literal beginning names.
    pub root: PathBuf,
    /// How deep below that it can match.
    pub depth: Option<usize>,
    /// Whether its last part names a file in so many words.
    pub explicit: bool,
    matcher: Option<GlobMatcher>,
}

impl Pattern {
    /// The pattern, relative to `base` unless it is absolute.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(glob: &str, base: &Path) -> Result<Self, String> {
        let (begin, rest) = match glob.strip_prefix('/') {
            Some(rest) => (PathBuf::from("/"), rest),
            None => (base.to_owned(), glob),
        };
        let parts: Vec<&str> =
            rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.is_empty() {
            return Err("the pattern is empty".to_owned());
        }
        let literal = parts.iter().take_while(|part| !is_pattern(part)).count();
        let (named, left) = parts.split_at_checked(literal).unwrap_or((&parts, &[]));
        let mut root = begin;
        for part in named {
            if *part == ".." {
                root.pop();
            } else {
                root.push(part);
            }
        }
        let root = lexical(&root);
        let explicit = parts.last().is_some_and(|last| !is_pattern(last));
        if left.is_empty() {
            return Ok(Self { root, depth: None, explicit, matcher: None });
        }
        let whole = format!("{}/{}", escape(&root.to_string_lossy()), left.join("/"));
        let glob = GlobBuilder::new(&whole).literal_separator(true).build();
        let matcher = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
        let any_depth = left.iter().any(|part| part.contains("**"));
        let depth = (!any_depth).then_some(left.len());
        Ok(Self { root, depth, explicit, matcher: Some(matcher) })
    }

    /// Whether a path below the root matches.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.matcher.as_ref().is_none_or(|matcher| matcher.is_match(path))
    }
}

fn is_pattern(part: &str) -> bool {
    part.contains(['*', '?', '[', '{', '\\'])
}

/// The path without `.` and `..`, as far as that can be told without looking.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(".env.production", "/shop/.env.production", true)]
    #[case("./config/*.yml", "/shop/config/prod.yml", true)]
    #[case("config/*.yml", "/shop/config/deep/prod.yml", false)]
    #[case("config/**/*.yml", "/shop/config/deep/prod.yml", true)]
    #[case("../infra/prod.*", "/infra/prod.env", true)]
    #[case("/etc/shop/*.env", "/etc/shop/a.env", true)]
    #[case("deploy/{a,b}.env", "/shop/deploy/b.env", true)]
    #[case("deploy/{a,b}.env", "/shop/deploy/c.env", false)]
    fn patterns_match_what_they_say(#[case] glob: &str, #[case] path: &str, #[case] wanted: bool) {
        let pattern = Pattern::new(glob, Path::new("/shop")).unwrap();
        assert!(Path::new(path).starts_with(&pattern.root) || !wanted);
        assert_eq!(pattern.matches(Path::new(path)), wanted, "{glob}");
    }

    #[test]
    fn a_folder_with_brackets_in_its_name_is_no_pattern() {
        let pattern = Pattern::new("*.env", Path::new("/shop [1]")).unwrap();
        assert!(pattern.matches(Path::new("/shop [1]/a.env")));
        assert!(Pattern::new("[", Path::new("/")).is_err());
    }
}
