//! What the screen costs: start to first frame, a frame, a key press.
//!
//! Prints a Markdown table of ratios against something else measured in the same run; see
//! `benches/README.md`.

#![expect(missing_docs, reason = "a benchmark has no callers")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops and prints")]

use std::hint::black_box;
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use golive::app::msg::Msg;
use golive::app::{Model, Opening, update};
use golive::config::ScreenConfig;
use golive::launch::Launch;
use golive::launch::standing::World;
use golive::launch::testing::{Walk, large_runbook};
use golive::runbook::{builtin, model::Runbook};
use golive::ui;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::widgets::{Paragraph, Wrap};

const WIDTH: u16 = 200;
const HEIGHT: u16 = 60;

/// The median time of one call.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn time(rounds: usize, mut work: impl FnMut()) -> Duration {
    work();
    let rounds = (0..rounds).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    median(rounds.collect())
}

fn model(book: Arc<Runbook>) -> Model {
    let launch: Launch = Walk::new(book).launch;
    Model::new(Opening {
        launch,
        name: "acme".to_owned(),
        world: World::default(),
        now: Walk::new(builtin()).now,
        people: Vec::new(),
        signer: Some("Dana".to_owned()),
        screen: ScreenConfig::default(),
        read_only: None,
        size: (WIDTH, HEIGHT),
        demo: None,
        week: None,
    })
}

fn terminal() -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(WIDTH, HEIGHT)).unwrap()
}

/// One full frame, drawn from scratch as after a key.
fn frame(model: &mut Model, terminal: &mut Terminal<TestBackend>) {
    let mut layout = None;
    terminal.draw(|frame| layout = Some(ui::draw(model, frame))).unwrap();
    model.laid_out(layout.unwrap());
}

/// A frame and a key on a runbook: (frame, key press without the frame).
fn screen(book: Arc<Runbook>) -> (Duration, Duration) {
    let (mut model, mut terminal) = (model(book), terminal());
    let drawn = time(200, || frame(&mut model, &mut terminal));
    let mut down = true;
    let key = time(200, || {
        down = !down;
        let key = if down { crokey::key!(j) } else { crokey::key!(k) };
        black_box(update(&mut model, Msg::Key(key)));
    });
    (drawn, key)
}

/// The bare cost of filling a screen with wrapped text.
fn plain_text() -> Duration {
    let text = "Every address of the endpoint answers with a complete chain. ".repeat(400);
    let mut terminal = terminal();
    time(200, || {
        terminal
            .draw(|frame| {
                let text = Paragraph::new(text.as_str()).wrap(Wrap { trim: true });
                frame.render_widget(text, frame.area());
            })
            .unwrap();
    })
}

/// From start to a word on a pseudo-terminal of 200×60.
fn first_frame(program: &str, args: &[&str], word: &str) -> Duration {
    let home = tempfile::tempdir().unwrap();
    let rounds = (0..15).map(|_| {
        let size = PtySize { rows: HEIGHT, cols: WIDTH, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("HOME", home.path());
        command.env("XDG_STATE_HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.cwd(home.path());
        let mut reader = pair.master.try_clone_reader().unwrap();
        let began = Instant::now();
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut screen =
            vt100::Parser::new(HEIGHT.try_into().unwrap(), WIDTH.try_into().unwrap(), 0);
        let mut piece = [0; 16_384];
        while !screen.screen().contents().contains(word) {
            let got = reader.read(&mut piece).unwrap();
            assert!(got > 0, "{program} ended before it drew `{word}`");
            screen.process(&piece[..got]);
        }
        let took = began.elapsed();
        child.kill().unwrap();
        child.wait().unwrap();
        took
    });
    median(rounds.collect())
}

fn spawn(program: &str, argument: &str) -> Duration {
    time(30, || {
        let mut command = std::process::Command::new(program);
        command.arg(argument).stdout(std::process::Stdio::null()).status().unwrap();
    })
}

fn row(what: &str, took: Duration, against: &str, other: Duration) {
    let ratio = took.as_secs_f64() / other.as_secs_f64();
    println!("| {what} | {took:.2?} | {against} | {other:.2?} | {ratio:.2} |");
}

fn main() {
    let golive = env!("CARGO_BIN_EXE_golive");
    println!("| what | median | against | median | ratio |");
    println!("| --- | --- | --- | --- | --- |");
    let text = plain_text();
    let (small_frame, small_key) = screen(builtin());
    let (large_frame, large_key) = screen(large_runbook(10_000));
    let wrapped = "wrapping a screen of plain text";
    row("a frame at 200×60, built-in runbook", small_frame, wrapped, text);
    row("a frame at 200×60, 10,000 steps", large_frame, "built-in runbook", small_frame);
    row("a key press, built-in runbook", small_key, wrapped, text);
    row("a key press, 10,000 steps", large_key, "built-in runbook", small_key);
    row(
        "`golive --version`, whole process",
        spawn(golive, "--version"),
        "`true`",
        spawn("true", ""),
    );
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/runbook.yaml");
    let less = first_frame("less", &[file], "format: 1");
    let first = first_frame(golive, &[], "NOT YET");
    row("start to first frame, 200×60", first, "`less runbook.yaml`", less);
}
