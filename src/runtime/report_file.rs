//! Writes a report to a file, whole or not at all.
//!
//! Called by `runtime::perform`; the export is recorded afterwards, with the head that it shows.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, FailureKind};
use crate::report::document::Document;
use crate::report::{About, Format};
use crate::runtime::workspace::Workspace;
use crate::secrets::Redactor;

/// A report that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// The journal's head that it shows.
    pub head: String,
}

/// Writes the launch as it stands to `golive-report.…` in the folder of `golive.yaml`.
///
/// # Errors
/// When there is no such format or the file can not be written.
pub fn write(workspace: &Workspace, format: &str) -> Result<Written, Failure> {
    let format = Format::named(format).ok_or_else(|| {
        Failure::new(FailureKind::Usage, format!("there is no report format `{format}`"))
    })?;
    let head = workspace.head();
    let about = About {
        launch: &workspace.config.launch,
        at: workspace.clock().now(),
        seq: head.seq,
        head: &head.hash,
    };
    let document = Document::new(workspace.launch(), &workspace.standing(), &about);
    let path = workspace.config.base.join(format!("golive-report.{}", format.extension()));
    replace(&path, &Redactor::shared().clean(&format.render(&document))).map_err(|error| {
        Failure::new(FailureKind::Other, format!("could not write {}", path.display()))
            .because(&error)
    })?;
    Ok(Written { path, head: head.hash })
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
