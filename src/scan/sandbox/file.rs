//! What a file is by its name: in which format, and whether it can be production's at all.

use std::path::{Component, Path};

use super::words;
use crate::scan::syntax::Language;
use crate::scan::test_files::{is_test_file, is_test_folder};

/// The formats that files are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `KEY=value` lines, as shells and dotenv read them.
    Dotenv,
    /// YAML, one or more documents.
    Yaml,
    /// JSON, with comments where there are any.
    Json,
    /// TOML.
    Toml,
    /// INI, properties, and the configuration files of servers.
    Ini,
    /// systemd units.
    Systemd,
    /// A Dockerfile.
    Docker,
    /// XML.
    Xml,
    /// Source code.
    Code(Language),
    /// Source code inside markup: Vue, Svelte.
    Markup,
    /// Source code in a language that has no grammar here.
    OtherCode,
    /// Text of no known format.
    Text,
}

/// Why a file is left aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aside {
    /// An example or a template.
    Example,
    /// Tests and what they read.
    Test,
    /// Documentation.
    Docs,
    /// Code of others, or generated.
    Vendored,
    /// A lock file.
    Lock,
    /// Made by a build: lines as no person writes them.
    Generated,
    /// Another environment's.
    OtherEnvironment,
}

/// Extensions of code that has no grammar here.
const OTHER_CODE: [&str; 24] = [
    "kt", "kts", "scala", "sc", "swift", "ex", "exs", "clj", "cljs", "dart", "groovy", "gradle",
    "pl", "pm", "lua", "erb", "twig", "cshtml", "fs", "vb", "cr", "jsp", "m", "hs",
];

const EXAMPLE_WORDS: [&str; 7] =
    ["example", "examples", "sample", "samples", "dist", "template", "skel"];

const EXAMPLE_FOLDERS: [&str; 4] = ["example", "examples", "sample", "samples"];

const DOCS_FOLDERS: [&str; 4] = ["doc", "docs", "documentation", "wiki"];

const VENDORED_FOLDERS: [&str; 14] = [
    "node_modules",
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "bower_components",
    "pods",
    ".venv",
    "venv",
    "site-packages",
    ".git",
    ".next",
    ".nuxt",
    ".terraform",
];

const OTHER_ENVIRONMENT_FOLDERS: [&str; 6] =
    ["development", "dev", "staging", "qa", "uat", "sandbox-env"];

const LOCKS: [&str; 10] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "composer.lock",
    "cargo.lock",
    "gemfile.lock",
    "poetry.lock",
    "go.sum",
    "pipfile.lock",
];

/// Words that a file of settings may have in its name beside its environment.
const SETTINGS_WORDS: [&str; 27] = [
    "env",
    "environment",
    "environments",
    "config",
    "configuration",
    "conf",
    "settings",
    "application",
    "appsettings",
    "app",
    "values",
    "docker",
    "dockerfile",
    "compose",
    "vite",
    "webpack",
    "next",
    "secrets",
    "secret",
    "bootstrap",
    "terraform",
    "parameters",
    "params",
    "web",
    "services",
    "override",
    "cfg",
];

impl Format {
    /// The format of a file by its name.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
        let name = name.unwrap_or_default();
        let base = without_suffixes(&name);
        if let Some(language) = Language::of(Path::new(base)) {
            return Self::Code(language);
        }
        Self::by_name(base)
    }

    fn by_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if name.starts_with("dockerfile")
            || name.starts_with("containerfile")
            || extension == "dockerfile"
        {
            return Self::Docker;
        }
        if name.starts_with(".env") || name.starts_with("env.") {
            return Self::Dotenv;
        }
        match extension {
            "env" | "envrc" => Self::Dotenv,
            "yml" | "yaml" => Self::Yaml,
            "json" | "json5" | "jsonc" | "tfstate" => Self::Json,
            "toml" => Self::Toml,
            "ini" | "cfg" | "conf" | "cnf" | "properties" | "npmrc" => Self::Ini,
            "service" | "timer" | "socket" => Self::Systemd,
            "xml" | "config" | "plist" | "resx" | "csproj" => Self::Xml,
            "vue" | "svelte" => Self::Markup,
            other if OTHER_CODE.contains(&other) => Self::OtherCode,
            _ => match name {
                "makefile" | "procfile" | "caddyfile" | "justfile" => Self::Ini,
                _ => Self::Text,
            },
        }
    }

    /// Whether it is source code.
    #[must_use]
    pub fn is_code(self) -> bool {
        matches!(self, Self::Code(_) | Self::Markup | Self::OtherCode)
    }

    /// Whether files of it are read in the source, where only fallbacks count.
    #[must_use]
    pub fn is_read_in_source(self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
        let name = name.unwrap_or_default();
        match self {
            Self::Code(_) | Self::Markup | Self::OtherCode | Self::Docker => true,
            Self::Yaml | Self::Ini => {
                ["application", "bootstrap", "compose", "docker-compose"]
                    .iter()
                    .any(|begin| name.starts_with(begin))
                    || path.components().any(|part| {
                        matches!(part.as_os_str().to_str(), Some("templates" | "config"))
                    })
            }
            _ => false,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dotenv => ".env",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
            Self::Toml => "TOML",
            Self::Ini => "INI, properties and conf",
            Self::Systemd => "systemd",
            Self::Docker => "Dockerfile",
            Self::Xml => "XML",
            Self::Code(language) => language.name(),
            Self::Markup => "Vue and Svelte",
            Self::OtherCode => "code in other languages",
            Self::Text => "plain text",
        }
    }
}

/// The name without the suffixes of examples and templates, which say nothing about the format.
fn without_suffixes(name: &str) -> &str {
    let mut name = name;
    while let Some((stem, suffix)) = name.rsplit_once('.') {
        let template = matches!(suffix, "j2" | "tpl" | "tmpl" | "gotmpl" | "bak" | "orig");
        if stem.is_empty() || !(template || EXAMPLE_WORDS.contains(&suffix)) {
            break;
        }
        name = stem;
    }
    name
}

/// Why a file can not be production's, by its path below the folder that was asked for.
#[must_use]
pub fn aside(relative: &Path) -> Option<Aside> {
    let parts: Vec<String> = relative
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy().to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    let (name, folders) = parts.split_last()?;
    // What lies below `src/main` is a package, whatever it is called: `com/example/shop`.
    let package = folders.windows(2).position(|pair| pair == ["src", "main"]);
    let folders = package.and_then(|at| folders.get(..at)).unwrap_or(folders);
    let below = |of: &[&str]| folders.iter().any(|folder| of.contains(&folder.as_str()));
    if LOCKS.contains(&name.as_str()) {
        return Some(Aside::Lock);
    }
    let vendored = folders.iter().position(|folder| VENDORED_FOLDERS.contains(&folder.as_str()));
    let own = folders.iter().position(|folder| matches!(folder.as_str(), "src" | "app" | "lib"));
    let vendored = vendored.is_some_and(|at| own.is_none_or(|own| at < own));
    if vendored || below(&["node_modules", "site-packages"]) || name.contains(".min.") {
        return Some(Aside::Vendored);
    }
    let is_test = Format::of(relative).is_code() && is_test_file(relative);
    if folders.iter().any(|folder| is_test_folder(folder)) || is_test {
        return Some(Aside::Test);
    }
    if below(&EXAMPLE_FOLDERS) || is_example(name) {
        return Some(Aside::Example);
    }
    if below(&DOCS_FOLDERS) || is_docs(name) {
        return Some(Aside::Docs);
    }
    if below(&OTHER_ENVIRONMENT_FOLDERS) || is_other_environment(name) {
        return Some(Aside::OtherEnvironment);
    }
    None
}

/// Whether code has lines as no person writes them.
#[must_use]
pub fn is_generated(text: &str) -> bool {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
    text.len() > 5_000 && text.len() / lines > 500
}

fn is_example(name: &str) -> bool {
    let (stem, rest) = name.split_once('.').unwrap_or((name, ""));
    let alone = matches!(stem, "example" | "sample");
    let ends = ["-example", "_example", "-sample", "_sample"].iter().any(|end| stem.ends_with(end));
    let settings = !Format::of(Path::new(name)).is_code();
    alone || settings && ends || rest.split('.').any(|part| EXAMPLE_WORDS.contains(&part))
}

fn is_docs(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "md" | "mdx" | "rst" | "adoc" | "markdown")
        || matches!(name, "readme" | "changelog" | "license" | "readme.txt" | "changelog.txt")
}

/// Whether the name is made of an environment other than production and words of settings:
/// `.env.staging`, `appsettings.Development.json`, `values-dev.yaml`, `dev_settings.py`.
fn is_other_environment(name: &str) -> bool {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if !words::is_other_environment(extension) && !stem.is_empty() => {
            stem
        }
        _ => name,
    };
    let parts: Vec<&str> = stem.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    let mut others = 0;
    for part in &parts {
        if words::is_other_environment(part) {
            others += 1;
        } else if !SETTINGS_WORDS.contains(part) {
            return false;
        }
    }
    let alone = matches!(stem, "sandbox" | "test" | "tests" | "ci" | "demo" | "preview");
    others > 0 && !(alone && Format::of(Path::new(name)).is_code())
}

impl Aside {
    /// Why, for people.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Example => "examples and templates",
            Self::Test => "tests",
            Self::Docs => "documentation",
            Self::Vendored => "code of others",
            Self::Lock => "lock files",
            Self::Generated => "what a build has made",
            Self::OtherEnvironment => "other environments",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(".env.example", Some(Aside::Example))]
    #[case("config/app.sample.yml", Some(Aside::Example))]
    #[case("config.php.dist", Some(Aside::Example))]
    #[case("examples/pay.ts", Some(Aside::Example))]
    #[case("src/pay.test.ts", Some(Aside::Test))]
    #[case("src/PaymentTest.java", Some(Aside::Test))]
    #[case("pay_test.go", Some(Aside::Test))]
    #[case("spec/pay_spec.rb", Some(Aside::Test))]
    #[case("README.md", Some(Aside::Docs))]
    #[case("docs/setup.yml", Some(Aside::Docs))]
    #[case("node_modules/x/index.js", Some(Aside::Vendored))]
    #[case("package-lock.json", Some(Aside::Lock))]
    #[case(".env.development", Some(Aside::OtherEnvironment))]
    #[case(".env.test", Some(Aside::OtherEnvironment))]
    #[case("appsettings.Development.json", Some(Aside::OtherEnvironment))]
    #[case("values-staging.yaml", Some(Aside::OtherEnvironment))]
    #[case("config/environments/development.rb", Some(Aside::OtherEnvironment))]
    #[case("overlays/staging/kustomization.yaml", Some(Aside::OtherEnvironment))]
    #[case("settings/dev_settings.py", Some(Aside::OtherEnvironment))]
    #[case(".env", None)]
    #[case(".env.production", None)]
    #[case("appsettings.json", None)]
    #[case("values-prod.yaml", None)]
    #[case("src/local_delivery.py", None)]
    #[case("src/sandbox.ts", None)]
    #[case("src/test_mode/contest.py", None)]
    #[case("Dockerfile.dev", Some(Aside::OtherEnvironment))]
    #[case("src/latest.js", None)]
    #[case("src/main/java/com/example/demo/Pay.java", None)]
    #[case("src/test/java/com/example/Pay.java", Some(Aside::Test))]
    #[case("src/features/checkout/pay.ts", None)]
    #[case("app/vendor/payouts.rb", None)]
    #[case("vendor/acme/pay.php", Some(Aside::Vendored))]
    #[case("services/api/vendor/acme/pay.go", Some(Aside::Vendored))]
    #[case("src/email_template.py", None)]
    #[case("template.yaml", None)]
    #[case("config-example.yml", Some(Aside::Example))]
    #[case("src/sample_rate.ts", None)]
    fn what_can_not_be_production_s_is_known_by_its_name(
        #[case] path: &str,
        #[case] wanted: Option<Aside>,
    ) {
        assert_eq!(aside(Path::new(path)), wanted, "{path}");
    }

    #[rstest]
    #[case(".env.example", Format::Dotenv)]
    #[case("prod.env", Format::Dotenv)]
    #[case("config.yml.j2", Format::Yaml)]
    #[case("Dockerfile.prod", Format::Docker)]
    #[case("main.tf", Format::Code(Language::Hcl))]
    #[case("prod.tfvars", Format::Code(Language::Hcl))]
    #[case("application.properties", Format::Ini)]
    #[case("shop.service", Format::Systemd)]
    #[case("web.config", Format::Xml)]
    #[case("App.vue", Format::Markup)]
    #[case("Pay.kt", Format::OtherCode)]
    #[case("notes", Format::Text)]
    fn formats_are_known_by_name(#[case] path: &str, #[case] wanted: Format) {
        assert_eq!(Format::of(Path::new(path)), wanted, "{path}");
    }
}
