//! Source files as syntax trees: which language a file is in, and its tree.
//!
//! Called by the checks that read code (`constant-time`, `production-config`). Grammars are
//! tree-sitter's, by way of ast-grep. The rule it keeps: a file that can not be read as its
//! language is said ([`NoTree`]), never taken for one in which nothing was found.

use std::borrow::Cow;
use std::path::Path;

use ast_grep_core::AstGrep;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_language::SupportLang;

/// A node of a tree.
pub type Node<'r> = ast_grep_core::Node<'r, StrDoc<SupportLang>>;

/// The tree of one file; `root()` is its outermost node.
pub type Tree = AstGrep<StrDoc<SupportLang>>;

/// A larger file is generated or a bundle, not what people wrote.
pub const MOST_BYTES: usize = 1024 * 1024;

/// A language that files are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Shell scripts.
    Bash,
    /// C#.
    CSharp,
    /// Go.
    Go,
    /// Terraform.
    Hcl,
    /// Java.
    Java,
    /// JavaScript, with JSX.
    JavaScript,
    /// PHP.
    Php,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
    /// TypeScript with JSX.
    Tsx,
    /// TypeScript.
    TypeScript,
}

/// Why there is no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTree {
    /// It is larger than [`MOST_BYTES`].
    #[error("it is larger than 1 MiB")]
    TooLarge,
    /// The grammar gave up.
    #[error("it could not be parsed")]
    Unparsed,
}

impl Language {
    /// The language of a file by its name; `None` for files that are not read as code.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        match name {
            "Gemfile" | "Rakefile" => return Some(Self::Ruby),
            _ => {}
        }
        Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "sh" | "bash" | "zsh" | "ksh" => Self::Bash,
            "cs" => Self::CSharp,
            "go" => Self::Go,
            "tf" | "tfvars" | "hcl" => Self::Hcl,
            "java" => Self::Java,
            "js" | "cjs" | "mjs" | "jsx" => Self::JavaScript,
            "php" | "phtml" => Self::Php,
            "py" => Self::Python,
            "rb" | "rake" | "ru" => Self::Ruby,
            "rs" => Self::Rust,
            "tsx" => Self::Tsx,
            "ts" | "cts" | "mts" => Self::TypeScript,
            _ => return None,
        })
    }

    /// Its name, as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "shell",
            Self::CSharp => "C#",
            Self::Go => "Go",
            Self::Hcl => "Terraform",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Php => "PHP",
            Self::Python => "Python",
            Self::Ruby => "Ruby",
            Self::Rust => "Rust",
            Self::Tsx | Self::TypeScript => "TypeScript",
        }
    }

    /// Reads `text` as this language. A tree of broken source is given all the same: its sound
    /// parts are there, the others are nodes for which `is_error()` holds.
    ///
    /// # Errors
    /// When the file is too large or the grammar gives up.
    pub fn parse(self, text: &str) -> Result<Tree, NoTree> {
        if text.len() > MOST_BYTES {
            return Err(NoTree::TooLarge);
        }
        let grammar = self.grammar();
        let text = if self == Self::Bash { ascii(text) } else { Cow::Borrowed(text) };
        StrDoc::try_new(&text, grammar).map(Tree::doc).map_err(|_| NoTree::Unparsed)
    }

    fn grammar(self) -> SupportLang {
        match self {
            Self::Bash => SupportLang::Bash,
            Self::CSharp => SupportLang::CSharp,
            Self::Go => SupportLang::Go,
            Self::Hcl => SupportLang::Hcl,
            Self::Java => SupportLang::Java,
            Self::JavaScript => SupportLang::JavaScript,
            Self::Php => SupportLang::Php,
            Self::Python => SupportLang::Python,
            Self::Ruby => SupportLang::Ruby,
            Self::Rust => SupportLang::Rust,
            Self::Tsx => SupportLang::Tsx,
            Self::TypeScript => SupportLang::TypeScript,
        }
    }
}

/// The text with an `x` in place of every byte that is not ASCII, so that places stay where they
/// are. The grammar of shell scripts asks `isdigit` of C about any character (its `scanner.c`, where
/// it looks for `{1..2}`); for one beyond 255 that reads outside a table, and can end the program.
fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let masked = text.bytes().map(|byte| if byte.is_ascii() { char::from(byte) } else { 'x' });
    Cow::Owned(masked.collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("deploy.sh", "export A=${B:-c}\n")]
    #[case("A.cs", "class A { string B() => C ?? \"d\"; }")]
    #[case("a.go", "package a\nfunc b() string { return \"c\" }\n")]
    #[case("a.tf", "variable \"a\" {\n  default = \"b\"\n}\n")]
    #[case("A.java", "class A { String b() { return \"c\"; } }")]
    #[case("a.mjs", "const a = b || 'c';")]
    #[case("a.php", "<?php\n$a = getenv('B') ?: 'c';\n")]
    #[case("a.py", "a = b.get('c', 'd')\n")]
    #[case("a.rb", "a = ENV.fetch('B') { 'c' }\n")]
    #[case("a.rs", "fn a() -> &'static str { \"b\" }")]
    #[case("a.tsx", "const a: string = <b>{c ?? 'd'}</b>;")]
    #[case("a.ts", "const a: string = b ?? 'c';")]
    fn every_language_has_its_grammar(#[case] name: &str, #[case] text: &str) {
        let tree = Language::of(Path::new(name)).unwrap().parse(text).unwrap();
        let root = tree.root();
        assert!(root.children().len() > 0);
        assert!(!root.dfs().any(|node| node.is_error()), "{name}");
    }

    #[test]
    fn characters_that_the_shell_grammar_can_not_take_do_not_reach_it() {
        let text = "echo {\u{10ffff}..3} \u{1f389} caf\u{e9}\nURL=https://a.example\n";
        let tree = Language::Bash.parse(text).unwrap();
        let root = tree.root();
        assert!(root.text().is_ascii());
        let url = root.dfs().find(|node| node.text() == "https://a.example").unwrap();
        assert_eq!(text.get(url.range()), Some("https://a.example"));
    }

    #[test]
    fn what_is_not_code_has_no_language_and_what_is_too_large_no_tree() {
        assert_eq!(Language::of(Path::new("README.md")), None);
        assert_eq!(Language::of(Path::new("Makefile")), None);
        let large = "a".repeat(MOST_BYTES + 1);
        assert_eq!(Language::Python.parse(&large).err(), Some(NoTree::TooLarge));
    }
}
