//! Reads the keyboard in a thread of its own and hands over messages.
//!
//! A thread and not an async stream, because reading a terminal can block or, when the terminal is
//! gone, spin: the event loop must stay free to save and to quit. The thread sleeps until a key
//! comes or it is told to pause.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::sync::mpsc as sync;
use std::time::Duration;

use crokey::KeyCombination;
use crossterm::event::{Event, MouseButton, MouseEventKind, poll, read};
use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::sync::mpsc;

use crate::app::msg::Msg;

/// How long the reader looks for more keys in what it has taken from the terminal already.
const REST: Duration = Duration::from_millis(20);

/// How long the loop waits for the reader to say that it has paused; a half-received escape
/// sequence can hold it up.
const ACKNOWLEDGE: Duration = Duration::from_millis(300);

/// How long it sleeps at most.
const NAP: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Lines that one notch of the wheel scrolls.
const NOTCH: i16 = 3;

enum Order {
    Pause(sync::Sender<()>),
    Resume,
}

/// The reader's remote control; the thread ends when it is dropped.
#[derive(Debug)]
pub struct Input {
    orders: sync::Sender<Order>,
    wake: PipeWriter,
}

impl Input {
    /// Starts reading.
    ///
    /// # Errors
    /// When no thread or pipe can be had.
    pub fn start(to: mpsc::Sender<Msg>) -> io::Result<Self> {
        let (orders, given) = sync::channel();
        let (woken, wake) = pipe()?;
        std::thread::Builder::new()
            .name("input".into())
            .spawn(move || read_until_over(&given, woken, &to))?;
        Ok(Self { orders, wake })
    }

    /// Stops reading until [`resume`](Self::resume); what is typed goes to whoever has the
    /// terminal now.
    pub fn pause(&mut self) {
        let (acknowledge, acknowledged) = sync::channel();
        if self.order(Order::Pause(acknowledge)) {
            let _late = acknowledged.recv_timeout(ACKNOWLEDGE);
        }
    }

    /// Goes on reading.
    pub fn resume(&mut self) {
        self.order(Order::Resume);
    }

    fn order(&mut self, order: Order) -> bool {
        self.orders.send(order).is_ok() && self.wake.write_all(&[1]).is_ok()
    }
}

fn read_until_over(orders: &sync::Receiver<Order>, mut woken: PipeReader, to: &mpsc::Sender<Msg>) {
    loop {
        let Some(wake) = sleep(&woken) else { return };
        if wake.order {
            // Nothing to read means that the other end is dropped: the loop is over.
            let Ok(1..) = woken.read(&mut [0]) else { return };
            if !obey(orders) {
                return;
            }
        }
        if !forward(to) {
            return;
        }
    }
}

struct Wake {
    order: bool,
}

/// Sleeps until there is something to do; `None` when the terminal is gone.
fn sleep(woken: &PipeReader) -> Option<Wake> {
    let stdin = rustix::stdio::stdin();
    let mut watched = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
    match rustix::event::poll(&mut watched, Some(&NAP)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(_) => return None,
    }
    let [keys, order] = &watched;
    let lost = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    (!keys.revents().intersects(lost)).then(|| Wake { order: !order.revents().is_empty() })
}

/// Does what it is told; `false` when nobody is there to tell any more.
fn obey(orders: &sync::Receiver<Order>) -> bool {
    let mut paused = false;
    loop {
        // A pause ends with a resume only; one byte in the pipe may stand for an order already met.
        let order = if paused {
            orders.recv().map_err(|_| sync::TryRecvError::Disconnected)
        } else {
            orders.try_recv()
        };
        match order {
            Ok(Order::Pause(acknowledge)) => {
                paused = true;
                let _gave_up = acknowledge.send(());
            }
            Ok(Order::Resume) => paused = false,
            Err(sync::TryRecvError::Empty) => return true,
            Err(sync::TryRecvError::Disconnected) => return false,
        }
    }
}

/// Hands over every key that has arrived; `false` when the reader has to end.
fn forward(to: &mpsc::Sender<Msg>) -> bool {
    loop {
        match poll(REST) {
            Ok(true) => {}
            Ok(false) => return true,
            Err(_) => return false,
        }
        let Ok(event) = read() else { return false };
        if let Some(msg) = message(event)
            && to.blocking_send(msg).is_err()
        {
            return false;
        }
    }
}

/// What an event of the terminal means; `None` for what the core does not care about. Sizes come
/// through `runtime::signals`, releases and repeats of keys are not presses.
fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) if key.is_press() => Some(Msg::Key(KeyCombination::from(key).normalized())),
        Event::Paste(text) => Some(Msg::Paste(pasted(&text))),
        Event::Mouse(mouse) => {
            let (column, row) = (mouse.column, mouse.row);
            match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => Some(Msg::Click { column, row }),
                MouseEventKind::ScrollUp => Some(Msg::Wheel { column, row, lines: -NOTCH }),
                MouseEventKind::ScrollDown => Some(Msg::Wheel { column, row, lines: NOTCH }),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A pasted text without what a terminal could take for a command.
fn pasted(text: &str) -> String {
    let text = text.replace("\x1b[201~", "").replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|ch| matches!(ch, '\n' | '\t') || !ch.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

    use super::*;

    #[test]
    fn a_key_counts_once_not_again_on_release_or_repeat() {
        let event = |kind| {
            Event::Key(KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, kind))
        };
        assert_eq!(message(event(KeyEventKind::Press)), Some(Msg::Key(crokey::key!(q))));
        assert_eq!(message(event(KeyEventKind::Release)), None);
        assert_eq!(message(event(KeyEventKind::Repeat)), None);
    }

    #[test]
    fn a_paste_can_not_end_itself_early_or_carry_escapes() {
        assert_eq!(pasted("a\x1b[201~b\x1b[2Jc\r\nd\re"), "ab[2Jc\nd\ne");
    }
}
