//! The source files below the given paths, without what is not the merchant's own code.
//!
//! Called by `compare_paths` and `calls::call_paths`. Left out are folders of dependencies, of generated code and of tests,
//! hidden ones and files of tests; what was left out is said. A path that is named itself is read
//! whatever its name is.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::scan::files;
use crate::scan::from_project::from_project;
use crate::scan::leak::Unread;
use crate::scan::syntax::{Language, MOST_BYTES, NoTree};
use crate::scan::test_files::{is_test_file, is_test_folder};
use crate::scan::watch::Watch;
use crate::text::visible;

/// At most so much source is kept in memory.
const MOST_IN_ALL: usize = 256 * 1024 * 1024;

/// Folders that hold other people's code, or generated code.
const NOT_OWN: [&str; 14] = [
    "node_modules",
    "vendor",
    "bower_components",
    "dist",
    "build",
    "out",
    "target",
    "obj",
    "venv",
    "site-packages",
    "__pycache__",
    "coverage",
    "Pods",
    "third_party",
];

/// Endings of files in languages that webhook handlers are written in and that are not read.
const UNREAD_LANGUAGES: [(&str, &str); 19] = [
    ("kt", "Kotlin"),
    ("kts", "Kotlin"),
    ("swift", "Swift"),
    ("ex", "Elixir"),
    ("exs", "Elixir"),
    ("erl", "Erlang"),
    ("scala", "Scala"),
    ("clj", "Clojure"),
    ("pl", "Perl"),
    ("pm", "Perl"),
    ("dart", "Dart"),
    ("fs", "F#"),
    ("vb", "Visual Basic"),
    ("groovy", "Groovy"),
    ("cfm", "CFML"),
    ("cfc", "CFML"),
    ("lua", "Lua"),
    ("vue", "Vue"),
    ("svelte", "Svelte"),
];

/// A source file.
pub(in crate::scan) struct Source {
    /// Its path as it is shown.
    pub shown: String,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: String,
}

/// What was found below the paths.
#[derive(Default)]
pub(in crate::scan) struct Sources {
    /// Files that are read.
    pub files: Vec<Source>,
    /// Names of folders and kinds of files that were left out, with how often.
    pub skipped: BTreeMap<String, u64>,
    /// Files in languages that are not read, by language.
    pub other: BTreeMap<&'static str, u64>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    total: usize,
}

/// Reads the source files below `paths` that are in a wanted language.
pub(in crate::scan) fn read(
    paths: &[PathBuf],
    base: &Path,
    watch: &Watch,
    wanted: fn(Language) -> bool,
) -> Sources {
    let mut sources = Sources::default();
    watch.begin("reading source files", None, "files");
    let mut roots: Vec<PathBuf> = Vec::new();
    for path in paths {
        match path.canonicalize() {
            Ok(root) if roots.iter().any(|known| root.starts_with(known)) => {}
            Ok(root) => {
                sources.root(&root, base, watch, wanted);
                roots.push(root);
            }
            Err(error) => sources
                .unread
                .push(Unread::new(visible(&path.to_string_lossy(), 300), error.to_string())),
        }
    }
    sources.files.sort_by(|one, other| one.shown.cmp(&other.shown));
    sources.files.dedup_by(|one, other| one.shown == other.shown);
    sources
}

impl Sources {
    fn root(&mut self, root: &Path, base: &Path, watch: &Watch, wanted: fn(Language) -> bool) {
        let mut builder = WalkBuilder::new(root);
        builder.standard_filters(false).follow_links(false);
        let named = root.to_owned();
        let skipped = std::sync::Arc::new(std::sync::Mutex::new(BTreeMap::<String, u64>::new()));
        let noted = std::sync::Arc::clone(&skipped);
        builder.filter_entry(move |entry| {
            if entry.path() == named {
                return true;
            }
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let Some(why) = left_out(&entry.file_name().to_string_lossy(), is_folder) else {
                return true;
            };
            if let Ok(mut noted) = noted.lock() {
                *noted.entry(why).or_default() += 1;
            }
            false
        });
        for entry in builder.build() {
            if watch.stopped() {
                break;
            }
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    self.file(entry.path(), base, watch, wanted);
                }
                Ok(_) => {}
                Err(error) => {
                    self.unread.push(Unread::new("a folder", visible(&error.to_string(), 300)));
                }
            }
        }
        if let Ok(noted) = skipped.lock() {
            for (what, times) in &*noted {
                *self.skipped.entry(what.clone()).or_default() += times;
            }
        }
    }

    fn file(&mut self, path: &Path, base: &Path, watch: &Watch, wanted: fn(Language) -> bool) {
        let language = Language::of(path).filter(|language| wanted(*language));
        let Some(language) = language else {
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
            if let Some((_, name)) = UNREAD_LANGUAGES.iter().find(|(known, _)| *known == ending) {
                *self.other.entry(name).or_default() += 1;
            }
            return;
        };
        let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
        let shown = visible(&from_project(path, &base).to_string_lossy(), 300);
        match text_of(path) {
            Ok(text) if self.total + text.len() > MOST_IN_ALL => {
                let most = MOST_IN_ALL / 1024 / 1024;
                self.unread.push(Unread::new(shown, format!("more than {most} MiB of source")));
            }
            Ok(text) => {
                watch.advance(1, text.len() as u64);
                self.total += text.len();
                self.files.push(Source { shown, language, text });
            }
            Err(why) => self.unread.push(Unread::new(shown, why)),
        }
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    let file = files::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > MOST_BYTES {
        return Err(NoTree::TooLarge.to_string());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Why a folder or file is left out: what it is called, in one word for all of its kind.
fn left_out(name: &str, is_folder: bool) -> Option<String> {
    if is_folder {
        let plain = name.to_ascii_lowercase();
        let others = NOT_OWN.iter().any(|known| plain == known.to_ascii_lowercase());
        return match others || is_test_folder(name) {
            true => Some(format!("{}/", visible(name, 60))),
            false if name.starts_with('.') && name.len() > 1 => Some("hidden folders".to_owned()),
            false => None,
        };
    }
    is_test_file(Path::new(name)).then(|| "files of tests".to_owned()).or_else(|| {
        let generated = name.ends_with(".min.js") || name.ends_with(".d.ts");
        generated.then(|| "generated files".to_owned())
    })
}
