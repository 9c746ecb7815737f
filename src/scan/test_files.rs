//! Which files and folders are tests, as the languages name them.
//!
//! Used by the checks that read code (`constant-time`, `production-config`), so that both leave out
//! the same.

use std::path::Path;

/// Names of folders that hold tests and what they read.
const FOLDERS: [&str; 20] = [
    "test",
    "tests",
    "testing",
    "spec",
    "specs",
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "fixture",
    "fixtures",
    "testdata",
    "test-data",
    "e2e",
    "cypress",
    "playwright",
    "mocks",
    "stubs",
    "stories",
    "__snapshots__",
    "benches",
];

/// Whether a folder of that name holds tests.
#[must_use]
pub fn is_test_folder(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FOLDERS.contains(&name.as_str()) || name.ends_with(".tests")
}

/// Whether a file of code is one of tests by its own name.
#[must_use]
pub fn is_test_file(path: &Path) -> bool {
    let Some(original) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else {
        return false;
    };
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let name = name.unwrap_or_default();
    let camel =
        ["Test", "Tests", "IT", "Spec", "TestCase"].iter().any(|end| original.ends_with(end))
            && original.starts_with(char::is_uppercase);
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or_default();
    camel
        || stem.ends_with("_test")
        || stem.ends_with("_spec")
        || stem.starts_with("test_")
        || matches!(stem, "conftest" | "test_helper" | "spec_helper" | "testutils")
        || name == "tests.rs"
        || parts.any(|part| matches!(part, "test" | "tests" | "spec" | "stories" | "mock"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("src/pay.test.ts")]
    #[case("src/pay.spec.js")]
    #[case("src/PaymentTest.java")]
    #[case("src/HookTests.cs")]
    #[case("pay_test.go")]
    #[case("pay_spec.rb")]
    #[case("test_pay.py")]
    #[case("conftest.py")]
    #[case("src/hook/tests.rs")]
    fn a_test_is_known_by_its_name(#[case] path: &str) {
        assert!(is_test_file(Path::new(path)), "{path}");
    }

    #[rstest]
    #[case("src/latest.js")]
    #[case("src/contest.py")]
    #[case("src/Manifest.java")]
    #[case("src/tests_of_honour.rb")]
    #[case("src/hook.rs")]
    fn what_only_sounds_like_a_test_is_none(#[case] path: &str) {
        assert!(!is_test_file(Path::new(path)), "{path}");
    }

    #[test]
    fn folders_of_tests_are_known_in_any_case() {
        assert!(["tests", "Spec", "Shop.Tests", "__mocks__"].into_iter().all(is_test_folder));
        assert!(!["contests", "src", "attestation"].into_iter().any(is_test_folder));
    }
}
