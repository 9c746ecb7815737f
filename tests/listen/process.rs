//! The listener as the program: started, watched and ended by the test.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::client::{LIVE_SECRET, TEST_SECRET};
use crate::support::TestEnvironment;

/// A running `golive listen`; killed when dropped.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    /// What it said on standard error so far.
    pub err: Arc<Mutex<String>>,
    /// What it said on standard output so far.
    pub out: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// A project whose webhook secrets are in the environment.
pub fn environment() -> TestEnvironment {
    let mut environment = TestEnvironment::bare();
    environment.write(
        "golive.yaml",
        "launch: shop\ninputs:\n  webhook_secret: { env: HOOK_SECRET }\n  \
         test_webhook_secret: { env: TEST_HOOK_SECRET }\n",
    );
    environment.set("HOOK_SECRET", LIVE_SECRET);
    environment.set("TEST_HOOK_SECRET", TEST_SECRET);
    environment
}

/// Where its records are.
pub fn record(environment: &TestEnvironment) -> PathBuf {
    environment.state().join("golive/shop/events.golive.jsonl")
}

/// The command, ready to run on any port.
pub fn command(environment: &TestEnvironment, flags: &[&str]) -> Command {
    let fixed = ["listen", "--listen", "127.0.0.1:0", "--no-input"];
    environment.command(&[&fixed, flags].concat())
}

impl Process {
    pub fn start(environment: &TestEnvironment, flags: &[&str]) -> Self {
        Self::run(command(environment, flags))
    }

    /// Starts a command that ends up being the listener, and waits until it listens.
    pub fn run(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        let (out, reads_out) = follow(child.stdout.take().unwrap(), None);
        let (say, hear) = std::sync::mpsc::channel();
        let (err, reads_err) = follow(child.stderr.take().unwrap(), Some(say));
        let Ok(address) = hear.recv_timeout(crate::client::PATIENCE) else {
            let _ended = child.kill();
            panic!("it does not listen: {}", err.lock().unwrap());
        };
        Self { child, address, err, out, readers: vec![reads_out, reads_err] }
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        // What it said last is here as well.
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        status
    }

    pub fn said(&self) -> String {
        self.err.lock().unwrap().clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Keeps what a stream says; hands over the address that it names.
fn follow(
    from: impl Read + Send + 'static,
    address: Option<std::sync::mpsc::Sender<SocketAddr>>,
) -> (Arc<Mutex<String>>, JoinHandle<()>) {
    let kept = Arc::new(Mutex::new(String::new()));
    let keep = Arc::clone(&kept);
    let reads = std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if let (Some(say), Some((_, at))) = (&address, line.split_once("Listening on http://"))
            {
                let _heard = say.send(at.parse().unwrap());
            }
            keep.lock().unwrap().push_str(&(line + "\n"));
        }
    });
    (kept, reads)
}
