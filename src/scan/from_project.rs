//! A path as people find it: from the folder of `golive.yaml`.
//!
//! Used by the checks that say in which file something stands, so that all say it alike. Looks at
//! no disk: what is asked for is compared part by part.

use std::path::{Component, Path, PathBuf};

/// `path` as it is found from the folder `base`: `src/hook.js`, `../storefront/hook.js`. A path that
/// shares nothing with the folder but the root stays whole.
#[must_use]
pub fn from_project(path: &Path, base: &Path) -> PathBuf {
    let (path, base) = (plain(path), plain(base));
    if path.is_relative() || base.is_relative() {
        return path.strip_prefix(&base).map(Path::to_owned).unwrap_or(path);
    }
    let shared = path.components().zip(base.components()).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = base.components().count() - shared;
    if shared < 2 && up > 0 {
        return path;
    }
    let ups = std::iter::repeat_n(Component::ParentDir, up);
    ups.chain(path.components().skip(shared)).collect()
}

/// The path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/home/shop/src/hook.js", "src/hook.js")]
    #[case("/home/shop/./src/../src/hook.js", "src/hook.js")]
    #[case("/home/shop/../storefront/hook.js", "../storefront/hook.js")]
    #[case("/home/storefront/hook.js", "../storefront/hook.js")]
    #[case("/home/shopping/hook.js", "../shopping/hook.js")]
    #[case("/home/hook.js", "../hook.js")]
    #[case("/etc/hook.js", "/etc/hook.js")]
    #[case("/home/shop", "")]
    #[case("src/hook.js", "src/hook.js")]
    fn a_path_is_said_from_the_project_s_folder(#[case] path: &str, #[case] wanted: &str) {
        assert_eq!(from_project(Path::new(path), Path::new("/home/shop")), Path::new(wanted));
    }

    #[test]
    fn a_project_at_the_root_has_all_below_it() {
        assert_eq!(from_project(Path::new("/a/b"), Path::new("/")), Path::new("a/b"));
    }
}
