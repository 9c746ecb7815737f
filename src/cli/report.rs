//! `golive report`: the launch as a document to hand over.

use std::io::Write as _;
use std::path::Path;

use crate::cli::args::{self, Report};
use crate::cli::console::Console;
use crate::cli::open::Opened;
use crate::cli::record::head_line;
use crate::cli::signer;
use crate::failure::{Failure, FailureKind};
use crate::launch::decide::Command;
use crate::report::document::Document;
use crate::report::{About, Format};

/// Runs the command. A report that goes to a file is recorded with the head that it shows; one
/// that goes to standard output changes nothing.
///
/// # Errors
/// When the file can not be written or the export can not be recorded.
pub fn run(console: &mut Console, mut opened: Opened, args: &Report) -> Result<(), Failure> {
    let format = match args.format.unwrap_or(console.format) {
        args::Format::Human | args::Format::Markdown => Format::Markdown,
        args::Format::Json => Format::Json,
        args::Format::Junit => Format::Junit,
        args::Format::Sarif => Format::Sarif,
    };
    let head = opened.workspace.head();
    let text = {
        let about = About {
            launch: &opened.config.launch,
            at: opened.workspace.clock().now(),
            seq: head.seq,
            head: &head.hash,
        };
        let standing = opened.workspace.standing();
        format.render(&Document::new(opened.workspace.launch(), &standing, &about))
    };
    let Some(path) = &args.output else {
        console.data(&text);
        return Ok(());
    };
    let by = signer::who_runs(&opened.config)?;
    write(path, &text)?;
    let exported = Command::Exported { format: format.name().to_owned(), head: head.hash.clone() };
    opened.workspace.submit(&by, &exported)?;
    console.tell(format!("wrote {} of head {}", path.display(), head_line(&head)));
    Ok(())
}

/// Writes the file whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let text = crate::secrets::Redactor::shared().clean(text);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            Ok(())
        });
    written.map_err(|error| {
        Failure::new(FailureKind::Other, format!("could not write {}", path.display()))
            .because(&error)
    })
}
