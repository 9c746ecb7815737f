//! The one thread that writes records, many at once when many come at once.
//!
//! Used by every request of the listener. The rule it keeps: who gets an `Ok` has its line on disk.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::listen::store::Store;

/// How many lines may wait; who comes later waits for a place.
const QUEUE: usize = 256;

/// How many bytes are written between two fsyncs, about.
const BATCH: usize = 8 * 1024 * 1024;

struct Line {
    text: Vec<u8>,
    done: oneshot::Sender<Result<(), String>>,
}

/// The way to the thread; it ends when every clone is dropped.
#[derive(Clone, Debug)]
pub struct Writer {
    lines: mpsc::Sender<Line>,
}

impl Writer {
    /// Starts the thread, and hands back what ends when it has. `tell` hears where a torn end was
    /// put.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        store: Store,
        tell: Arc<dyn Fn(String) + Send + Sync>,
    ) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let (lines, waiting) = mpsc::channel(QUEUE);
        let (going, ended) = oneshot::channel();
        std::thread::Builder::new().name("records".into()).spawn(move || {
            work(store, waiting, &*tell);
            drop(going);
        })?;
        Ok((Self { lines }, ended))
    }

    /// Writes one line, without its line feed; returns once it is on disk.
    ///
    /// # Errors
    /// When it is not; why.
    pub async fn write(&self, mut text: Vec<u8>) -> Result<(), String> {
        text.push(b'\n');
        let (done, written) = oneshot::channel();
        let gone = || "the thread that writes records has ended".to_owned();
        self.lines.send(Line { text, done }).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

fn work(mut store: Store, mut waiting: mpsc::Receiver<Line>, tell: &dyn Fn(String)) {
    while let Some(first) = waiting.blocking_recv() {
        let mut size = first.text.len();
        let mut lines = vec![first];
        while size < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            size += next.text.len();
            lines.push(next);
        }
        let texts: Vec<&[u8]> = lines.iter().map(|line| line.text.as_slice()).collect();
        let results = store.append(&texts);
        if let Some(aside) = store.put_aside() {
            tell(format!("an unfinished record was put aside: {}", aside.display()));
        }
        for (line, result) in lines.into_iter().zip(results) {
            // Who asked may have gone.
            let _ = line.done.send(result.map_err(|error| error.to_string()));
        }
    }
}
