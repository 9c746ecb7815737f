//! Runs another program without letting it hold up, flood or outlive this one.
//!
//! Called by `secrets::resolve`, `checks::generic::command` and `runtime::alert`. No shell, no
//! terminal, standard input closed or what it is given, output bounded, its whole process group
//! killed when its time is over.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// How long outputs may stay open once the program has ended: something it left running holds them.
const LINGER: Duration = Duration::from_secs(1);

/// What a program may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time until its process group is killed.
    pub time: Duration,
    /// Bytes kept of each of its outputs; the rest is read and dropped.
    pub output: usize,
    /// What becomes of what it leaves running.
    pub leftovers: Leftovers,
}

/// What becomes of processes that a program leaves running when it has ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftovers {
    /// They are killed.
    Kill,
    /// They are left alone: a secrets manager may start an agent on purpose.
    Leave,
}

/// A program that has ended by itself.
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote on standard output. May hold a secret: not for printing as it is.
    pub stdout: Vec<u8>,
    /// What it wrote on standard error. May hold a secret: not for printing as it is.
    pub stderr: Vec<u8>,
    /// Whether one of the two was longer than what is kept.
    pub cut: bool,
}

/// Why a program did not end by itself.
#[derive(Debug, thiserror::Error)]
pub enum NotEnded {
    /// It could not be started.
    #[error("could not be started: {0}")]
    Start(io::Error),
    /// Its output could not be read.
    #[error("its output can not be read: {0}")]
    Read(io::Error),
    /// It ended, but something that it started keeps its output open.
    #[error("ended, but something it started keeps its output open")]
    Open,
    /// Its time was over; it was killed.
    #[error("did not end within {} s and was killed", .0.as_secs())]
    Time(Duration),
    /// The run was cancelled; it was killed.
    #[error("cancelled")]
    Cancelled,
}

/// Runs `argv` in `folder` until it ends, its time is over, or `cancel` fires.
///
/// # Errors
/// When it does not end by itself. Neither the error nor its text holds any output.
pub async fn run(
    argv: &[String],
    folder: &Path,
    limits: Limits,
    cancel: &CancellationToken,
) -> Result<Ended, NotEnded> {
    feed(argv, folder, Vec::new(), limits, cancel).await
}

/// The same with `input` on its standard input. That it does not read it is its own business.
///
/// # Errors
/// When it does not end by itself. Neither the error nor its text holds any output.
pub async fn feed(
    argv: &[String],
    folder: &Path,
    input: Vec<u8>,
    limits: Limits,
    cancel: &CancellationToken,
) -> Result<Ended, NotEnded> {
    let source = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let mut child = start(argv, folder, source).map_err(NotEnded::Start)?;
    if let Some(mut stdin) = child.stdin.take() {
        tokio::spawn(async move {
            let _not_read = stdin.write_all(&input).await;
        });
    }
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let whole = async {
        let outputs = async {
            tokio::try_join!(bounded(stdout, limits.output), bounded(stderr, limits.output))
        };
        tokio::pin!(outputs);
        let (status, read) = tokio::select! {
            read = &mut outputs => (child.wait().await, read),
            status = child.wait() => {
                let read = tokio::time::timeout(LINGER, &mut outputs).await;
                (status, read.map_err(|_| NotEnded::Open)?)
            }
        };
        let (status, (out, err)) = (status.map_err(NotEnded::Read)?, read.map_err(NotEnded::Read)?);
        Ok(Ended { code: status.code(), stdout: out.0, stderr: err.0, cut: out.1 || err.1 })
    };
    let ended = tokio::select! {
        ended = whole => ended,
        () = tokio::time::sleep(limits.time) => Err(NotEnded::Time(limits.time)),
        () = cancel.cancelled() => Err(NotEnded::Cancelled),
    };
    if ended.is_ok() && limits.leftovers == Leftovers::Leave {
        group.0 = None;
    }
    drop(group);
    ended
}

fn start(argv: &[String], folder: &Path, stdin: Stdio) -> io::Result<Child> {
    let (program, arguments) = argv
        .split_first()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program is named"))?;
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Kills a process group when dropped: whoever is still in it outlived its purpose.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _already_gone_is_fine = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Reads to the end and keeps the first `most` bytes; says whether there was more.
async fn bounded(
    source: Option<impl AsyncRead + Unpin>,
    most: usize,
) -> io::Result<(Vec<u8>, bool)> {
    let (mut kept, mut cut) = (Vec::new(), false);
    let Some(mut source) = source else { return Ok((kept, cut)) };
    let mut piece = vec![0; 8192];
    loop {
        let got = source.read(&mut piece).await?;
        if got == 0 {
            return Ok((kept, cut));
        }
        let room = most.saturating_sub(kept.len());
        kept.extend(piece.iter().take(got.min(room)));
        cut |= got > room;
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::OpenOptionsExt as _;

    use super::*;

    const LIMITS: Limits =
        Limits { time: Duration::from_secs(30), output: 1000, leftovers: Leftovers::Kill };

    fn sh(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).into()
    }

    async fn run_sh(script: &str, limits: Limits) -> Result<Ended, NotEnded> {
        run(&sh(script), Path::new("/"), limits, &CancellationToken::new()).await
    }

    #[tokio::test]
    async fn output_and_exit_code_come_back() {
        let ended = run_sh("echo out; echo err >&2; exit 7", LIMITS).await.unwrap();
        assert_eq!((ended.code, ended.cut), (Some(7), false));
        assert_eq!(
            (ended.stdout.as_slice(), ended.stderr.as_slice()),
            (&b"out\n"[..], &b"err\n"[..])
        );
    }

    #[tokio::test]
    async fn what_it_is_given_can_be_read_and_need_not_be() {
        let input = vec![b'x'; 1_000_000];
        for (script, says) in [("wc -c", "1000000"), ("exit 0", "")] {
            let cancel = CancellationToken::new();
            let ended = feed(&sh(script), Path::new("/"), input.clone(), LIMITS, &cancel).await;
            let ended = ended.unwrap();
            assert_eq!(ended.code, Some(0));
            assert_eq!(String::from_utf8_lossy(&ended.stdout).trim(), says);
        }
    }

    #[tokio::test]
    async fn a_flood_is_cut_and_does_not_block_the_program() {
        let ended = run_sh("head -c 300000 /dev/zero; exit 0", LIMITS).await.unwrap();
        assert_eq!((ended.code, ended.cut, ended.stdout.len()), (Some(0), true, 1000));
    }

    #[tokio::test]
    async fn a_program_past_its_time_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("alive");
        // The grandchild holds the FIFO's writing end open for as long as it lives.
        let script = format!("mkfifo {0}; sh -c 'exec 3<>{0}; sleep 600' & wait", pipe.display());
        let limits = Limits { time: Duration::from_millis(500), ..LIMITS };
        assert!(matches!(run_sh(&script, limits).await, Err(NotEnded::Time(_))));
        let gone = tokio::task::spawn_blocking(move || {
            let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
            let mut options = std::fs::OpenOptions::new();
            options.write(true).custom_flags(flags);
            // Opening a FIFO for writing without waiting fails once nobody has it open for reading.
            let began = std::time::Instant::now();
            while began.elapsed() < Duration::from_secs(30) {
                if options.open(&pipe).is_err() {
                    return true;
                }
                std::thread::yield_now();
            }
            false
        });
        assert!(gone.await.unwrap(), "the grandchild outlived its group");
    }

    #[tokio::test]
    async fn output_that_a_background_process_holds_open_is_not_waited_for() {
        let ended = run_sh("sleep 600 & echo done", LIMITS).await;
        assert!(matches!(ended, Err(NotEnded::Open)));
    }

    #[tokio::test]
    async fn a_missing_program_says_that_it_can_not_be_started() {
        let argv = vec!["/nonexistent/program".to_owned()];
        let ended = run(&argv, Path::new("/"), LIMITS, &CancellationToken::new()).await;
        assert!(matches!(ended, Err(NotEnded::Start(_))));
    }

    #[tokio::test]
    async fn cancelling_ends_the_program() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let ended = run(&sh("sleep 600"), Path::new("/"), LIMITS, &cancel).await;
        assert!(matches!(ended, Err(NotEnded::Cancelled)));
    }
}
