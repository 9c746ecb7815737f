//! Secrets from a program: its standard output is the value.
//!
//! An argument list, never a shell; nothing on standard input; a process group of its own, which
//! is killed when it takes too long, writes too much or is no longer wanted. In the background as
//! it is, it can not read the terminal.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::secrets::resolve::{Reason, without_line_end};
use crate::secrets::{Redactor, Secret};
use crate::text::Untrusted;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long its output may stay open once it has ended (something it left running holds it).
const LINGER: Duration = Duration::from_secs(1);

/// How much it may write.
const LONGEST: usize = 64 * 1024;

/// How much of what it says on standard error is read, in bytes, and shown, in characters.
const ERROR_READ: usize = 4 * 1024;
const ERROR_SHOWN: usize = 300;

/// Runs the program in `base` and returns what it printed.
pub(super) async fn run(
    argv: &[String],
    base: &Path,
    redactor: &Redactor,
) -> Result<String, Reason> {
    run_within(argv, base, redactor, PATIENCE).await
}

pub(super) async fn run_within(
    argv: &[String],
    base: &Path,
    redactor: &Redactor,
    patience: Duration,
) -> Result<String, Reason> {
    let mut child = start(argv, base)?;
    let group = Group::of(&child);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let output = drain(stdout, LONGEST);
        let errors = drain(stderr, ERROR_READ);
        tokio::pin!(output, errors);
        let both = async { tokio::join!(&mut output, &mut errors) };
        tokio::pin!(both);
        let status = tokio::select! {
            status = child.wait() => status,
            done = &mut both => return (child.wait().await, Some(done)),
        };
        let done = tokio::time::timeout(LINGER, &mut both).await.ok();
        (status, done)
    };
    let Ok((status, done)) = tokio::time::timeout(patience, work).await else {
        return Err(Reason::new(format!("did not end within {} s", patience.as_secs())).hint(
            "It has no terminal and can not ask: unlock or sign in to its secrets manager first",
        ));
    };
    let status = status.map_err(|error| Reason::new(error.to_string()))?;
    let Some((output, errors)) = done else {
        return Err(Reason::new("ended, but something it started keeps its output open"));
    };
    group.ended();
    conclude(status, &output, &errors, redactor)
}

fn start(argv: &[String], base: &Path) -> Result<Child, Reason> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Reason::new("the command is empty"));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(base)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command.spawn().map_err(|error| {
        Reason::new(format!("could not be started: {error}"))
            .hint("Check that the program is installed and in PATH")
    })
}

/// Reads up to `limit` bytes and one more, so that too much can be told from just enough; what
/// comes after is read and dropped, so that the writer is not stopped by a full pipe.
async fn drain(stream: Option<impl AsyncRead + Unpin>, limit: usize) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else { return kept };
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        let room = (limit + 1).saturating_sub(kept.len());
        kept.extend_from_slice(chunk.get(..read.min(room)).unwrap_or_default());
    }
    kept
}

fn conclude(
    status: ExitStatus,
    output: &[u8],
    errors: &[u8],
    redactor: &Redactor,
) -> Result<String, Reason> {
    if status.success() {
        if output.len() > LONGEST {
            return Err(Reason::new("printed more than 64 KiB, too much for a secret"));
        }
        return String::from_utf8(output.to_vec())
            .map(without_line_end)
            .map_err(|_| Reason::new("printed something that is not UTF-8"));
    }
    // What it printed before it failed may be the secret, and its complaint may quote it.
    for line in String::from_utf8_lossy(output).lines() {
        redactor.register(&Secret::new(line.trim().to_owned()));
    }
    let said = String::from_utf8_lossy(errors);
    let said = Untrusted::new(redactor.clean(said.trim())).line(ERROR_SHOWN);
    let ended = match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => "was killed by a signal".to_owned(),
    };
    Err(Reason::new(if said.is_empty() { ended } else { format!("{ended}: {said}") }))
}

/// Kills the process group when it is dropped before the program has ended.
struct Group {
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { id: id.and_then(rustix::process::Pid::from_raw) }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }

    /// Leaves alone what the program has left running on purpose, such as an agent.
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no groups here"))]
    fn ended(mut self) {
        #[cfg(unix)]
        {
            self.id = None;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.id {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }
}
