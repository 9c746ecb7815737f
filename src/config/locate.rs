//! First step: which files there are, and which runbook they name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::inputs::ValueOrigin;
use crate::config::layer::Layer;
use crate::config::places::{self, USER_FILE};
use crate::config::sources::Sources;
use crate::config::values::Folders;
use crate::failure::{Failure, FailureKind};
use crate::runbook::model::{Origin, Runbook};
use crate::runbook::problem::Problems;
use crate::runbook::yaml;

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Valued<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: ValueOrigin,
}

/// The files of a configuration, found and read but not judged.
#[derive(Clone, Debug)]
pub struct Located {
    pub(super) sources: Sources,
    pub(super) base: PathBuf,
    pub(super) project: Option<Layer>,
    pub(super) user: Option<Layer>,
    pub(super) runbook: Option<Valued<PathBuf>>,
}

/// Finds and reads the configuration files.
///
/// # Errors
/// When a file is there and can not be read, or `--config` names one that is not there.
pub fn locate(sources: Sources) -> Result<Located, Failure> {
    let named = sources.flags.config.clone();
    let named = named.or_else(|| sources.var("GOLIVE_CONFIG").map(PathBuf::from));
    let project = match &named {
        Some(path) => {
            let path: PathBuf = sources.cwd.join(path).components().collect();
            Some(Layer::find(&path)?.ok_or_else(|| not_there(&path))?)
        }
        None => match places::project_file(&sources.cwd, sources.home.as_deref()) {
            Some(path) => Layer::find(&path)?,
            None => None,
        },
    };
    let user = match &sources.config_dir {
        Some(folder) => Layer::find(&folder.join(USER_FILE))?,
        None => None,
    };
    let folder = project.as_ref().and_then(|layer| layer.path.parent());
    let base = folder.map_or_else(|| sources.cwd.clone(), Path::to_owned);
    let runbook = runbook(&sources, project.as_ref(), &base);
    Ok(Located { sources, base, project, user, runbook })
}

fn not_there(path: &Path) -> Failure {
    Failure::new(FailureKind::Config, format!("there is no file {}", path.display()))
        .hint("check the path after --config, or run `golive init` to make one")
}

/// The runbook's file by flag, environment or `golive.yaml`.
fn runbook(sources: &Sources, project: Option<&Layer>, base: &Path) -> Option<Valued<PathBuf>> {
    let home = sources.home.as_deref();
    let outside = Folders { base: &sources.cwd, home };
    if let Some(said) = flag_or_variable(
        sources,
        sources.flags.runbook.as_ref().and_then(|path| path.to_str()),
        "--runbook",
        "GOLIVE_RUNBOOK",
    ) {
        return Some(Valued { value: outside.absolute(&said.value), origin: said.origin });
    }
    let layer = project?;
    let (tree, _) = yaml::read(&layer.text);
    let tree = tree?;
    let entry = tree.entry("runbook")?;
    let value = Folders { base, home }.absolute(entry.value.text()?);
    let origin = ValueOrigin::Project(layer.path.clone(), Some(entry.place.line));
    Some(Valued { value, origin })
}

/// What a flag or its environment variable says. Command-line parsers fold the two into one, so a
/// flag with the variable's own value counts as the variable.
pub(super) fn flag_or_variable(
    sources: &Sources,
    flag: Option<&str>,
    flag_name: &str,
    variable: &str,
) -> Option<Valued<String>> {
    let from_variable = sources.var(variable);
    match (flag, from_variable) {
        (Some(flag), variable) if Some(flag) != variable => {
            Some(Valued { value: flag.to_owned(), origin: ValueOrigin::Flag(flag_name.to_owned()) })
        }
        (_, Some(value)) => Some(Valued {
            value: value.to_owned(),
            origin: ValueOrigin::Environment(variable.to_owned()),
        }),
        _ => None,
    }
}

impl Located {
    /// The runbook's file; the built-in one is meant when there is none.
    #[must_use]
    pub fn runbook(&self) -> Option<&Path> {
        self.runbook.as_ref().map(|runbook| runbook.value.as_path())
    }

    /// The project's file, when there is one.
    #[must_use]
    pub fn project_file(&self) -> Option<&Path> {
        self.project.as_ref().map(|layer| layer.path.as_path())
    }

    /// Loads the runbook that is named, or the built-in one.
    ///
    /// # Errors
    /// When it can not be read, or everything that is wrong with it.
    pub fn read_runbook(&self) -> Result<Arc<Runbook>, Failure> {
        let Some(runbook) = &self.runbook else { return Ok(crate::runbook::builtin()) };
        read_runbook(&runbook.value).map_err(|unread| match unread {
            Unread::File(failure) => {
                let named = format!("it is named by {}", runbook.origin);
                Failure { causes: [failure.causes, vec![named]].concat(), ..failure }
            }
            Unread::Wrong(problems) => problems.into(),
        })
    }
}

/// Why a runbook could not be loaded from its file.
#[derive(Debug)]
pub enum Unread {
    /// The file can not be read.
    File(Failure),
    /// Everything that is wrong with the document.
    Wrong(Problems),
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::File(failure) => failure,
            Unread::Wrong(problems) => problems.into(),
        }
    }
}

/// Loads the runbook in that file.
///
/// # Errors
/// When it can not be read, or everything that is wrong with it.
pub fn read_runbook(path: &Path) -> Result<Arc<Runbook>, Unread> {
    let text = std::fs::read(path).map_err(|error| {
        let message = format!("the runbook {} can not be read", path.display());
        Unread::File(Failure::new(FailureKind::Runbook, message).because(&error))
    })?;
    let text = String::from_utf8(text).map_err(|error| {
        let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = line.filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("the runbook {}:{line} is not UTF-8 text", path.display());
        Unread::File(Failure::new(FailureKind::Runbook, message).hint("save it as UTF-8"))
    })?;
    crate::runbook::parse(&text, Origin::File(path.to_owned())).map(Arc::new).map_err(Unread::Wrong)
}
