//! The display: what the event loop can do to the terminal.
//!
//! [`Tty`] is the real one; tests give the loop a display on `TestBackend`. A frame is written in
//! one piece between the escapes for a synchronized update, so that no half frame is ever seen,
//! and nothing is written when nothing changed.

use std::cell::RefCell;
use std::io::{self, Write, stdout};
use std::rc::Rc;

use crossterm::clipboard::CopyToClipboard;
use crossterm::style::{
    Attribute, Color, SetAttribute, SetBackgroundColor, SetForegroundColor, SetUnderlineColor,
};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

use crate::runtime::{signals, terminal};
use crate::secrets::Redactor;
use crate::text::visible;

/// The longest text that is put on a clipboard, in characters; terminals refuse long ones.
const COPY_LIMIT: usize = 8_192;

/// What the event loop can do to the terminal.
pub trait Display {
    /// Draws a frame.
    ///
    /// # Errors
    /// When the terminal can not be written to.
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()>;

    /// Makes the next frame repaint everything, whatever the terminal shows now.
    ///
    /// # Errors
    /// When the terminal can not be written to.
    fn forget(&mut self) -> io::Result<()>;

    /// The size now.
    ///
    /// # Errors
    /// When the terminal does not tell.
    fn size(&self) -> io::Result<Size>;

    /// Switches mouse reporting.
    ///
    /// # Errors
    /// When the terminal can not be written to.
    fn mouse(&mut self, on: bool) -> io::Result<()>;

    /// Puts a text on the terminal's clipboard, as far as the terminal allows it.
    ///
    /// # Errors
    /// When the terminal can not be written to, or the text holds a secret.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Gives the terminal away for a while.
    fn leave(&mut self);

    /// Takes the terminal again.
    ///
    /// # Errors
    /// When it does not let itself be taken.
    fn enter(&mut self) -> io::Result<()>;

    /// Stops the process like any job; the loop then waits for the continuation.
    ///
    /// # Errors
    /// When nobody could continue it, or the operating system refuses.
    fn stop_job(&mut self) -> io::Result<()>;
}

/// The terminal that golive was started in.
pub struct Tty {
    terminal: Terminal<CrosstermBackend<Gathered>>,
    frames: Frames,
    mouse: bool,
    /// Dropped last: gives the terminal back.
    _guard: terminal::Guard,
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it does not let itself be taken.
    pub fn open() -> io::Result<Self> {
        // Our theme decides about colour. Left to itself, crossterm 0.29 answers NO_COLOR with an
        // empty colour sequence, which resets bold and reverse (crossterm-rs/crossterm#1069).
        crossterm::style::force_color_output(true);
        let guard = terminal::Guard::enter()?;
        let gathered = Gathered::default();
        let frames = Frames::of(&gathered);
        let terminal = Terminal::new(CrosstermBackend::new(gathered))?;
        Ok(Self { terminal, frames, mouse: false, _guard: guard })
    }
}

impl Display for Tty {
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(|frame| paint(frame))?;
        self.frames.send(&mut stdout())
    }

    fn forget(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: that asks the terminal where its cursor is.
        let area = self.terminal.size()?.into();
        self.frames.cursor.clear();
        self.terminal.resize(area)
    }

    fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        terminal::mouse(on)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let plain = copyable(text)?;
        execute!(stdout(), CopyToClipboard::to_clipboard_from(plain))
    }

    fn leave(&mut self) {
        terminal::leave();
    }

    fn enter(&mut self) -> io::Result<()> {
        terminal::enter()?;
        if self.mouse {
            terminal::mouse(true)?;
        }
        self.forget()
    }

    fn stop_job(&mut self) -> io::Result<()> {
        if signals::can_suspend() {
            signals::stop_job()
        } else {
            Err(io::Error::other("there is no shell here that could bring golive back"))
        }
    }
}

/// The text as it may go to a clipboard: plain lines, no secret.
fn copyable(text: &str) -> io::Result<String> {
    if Redactor::shared().clean(text) != text {
        return Err(io::Error::other("it holds a secret, which golive never copies"));
    }
    let lines: Vec<String> = text.lines().map(|line| visible(line, COPY_LIMIT)).collect();
    Ok(lines.join("\n"))
}

/// Where ratatui writes to: gathers a frame until it is whole.
#[derive(Clone, Debug, Default)]
struct Gathered(Rc<RefCell<Vec<u8>>>);

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Does nothing: a frame is sent when it is whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sends whole frames.
#[derive(Debug)]
struct Frames {
    gathered: Gathered,
    /// What ends the cells of every frame, changed or not.
    resets: Vec<u8>,
    /// What the last frame said about the cursor.
    cursor: Vec<u8>,
}

impl Frames {
    fn of(gathered: &Gathered) -> Self {
        let mut resets = Vec::new();
        // The backend writes exactly these; were it to change, unchanged frames would be written.
        let _a_vec_takes_all = queue!(
            resets,
            SetForegroundColor(Color::Reset),
            SetBackgroundColor(Color::Reset),
            SetUnderlineColor(Color::Reset),
            SetAttribute(Attribute::Reset)
        );
        Self { gathered: gathered.clone(), resets, cursor: Vec::new() }
    }

    /// Writes what has been gathered, unless no cell and nothing about the cursor has changed.
    fn send(&mut self, out: &mut impl Write) -> io::Result<()> {
        let frame = std::mem::take(&mut *self.gathered.0.borrow_mut());
        let cells_unchanged = frame.strip_prefix(self.resets.as_slice());
        if cells_unchanged == Some(self.cursor.as_slice()) {
            return Ok(());
        }
        let end = memchr::memmem::rfind(&frame, &self.resets);
        let cursor = end.and_then(|at| frame.get(at + self.resets.len()..));
        self.cursor = cursor.unwrap_or_default().to_vec();
        let mut whole = Vec::with_capacity(frame.len() + 16);
        queue!(whole, BeginSynchronizedUpdate)?;
        whole.extend_from_slice(&frame);
        queue!(whole, EndSynchronizedUpdate)?;
        out.write_all(&whole)?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::{TerminalOptions, Viewport};

    use super::*;

    #[test]
    fn a_frame_is_one_synchronized_update_and_an_unchanged_one_is_nothing() {
        let gathered = Gathered::default();
        let mut frames = Frames::of(&gathered);
        let viewport = Viewport::Fixed(Rect::new(0, 0, 20, 2));
        let options = TerminalOptions { viewport };
        let mut terminal =
            Terminal::with_options(CrosstermBackend::new(gathered), options).unwrap();
        let mut drawn = |text: &'static str, cursor: Option<(u16, u16)>| {
            let mut out = Vec::new();
            terminal
                .draw(|frame| {
                    frame.render_widget(text, frame.area());
                    cursor.into_iter().for_each(|at| frame.set_cursor_position(at));
                })
                .unwrap();
            frames.send(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let first = drawn("one", None);
        assert!(first.starts_with("\x1b[?2026h") && first.ends_with("\x1b[?2026l"), "{first:?}");
        assert_eq!(drawn("one", None), "", "nothing changed");
        assert!(drawn("two", None).contains("tw"), "a cell changed");
        assert!(drawn("two", Some((1, 1))).contains("\x1b[?25h"), "the cursor appeared");
        assert_eq!(drawn("two", Some((1, 1))), "", "the cursor stayed");
        assert!(drawn("two", None).contains("\x1b[?25l"), "the cursor went");
    }

    #[test]
    fn what_is_copied_is_plain_text() {
        assert_eq!(copyable("a\x1b]52;c;b\nsecond").unwrap(), "a^[]52;c;b\nsecond");
    }
}
