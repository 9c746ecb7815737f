//! golive in a real terminal: every way out gives it back, job control works, nothing is drawn
//! while nothing happens, and what a shell signs appears on an open screen.

#![expect(clippy::string_slice, clippy::expect_used, reason = "what is not there fails the test")]

mod pty;

use std::time::{Duration, Instant};

use pty::{Project, Terminal, rest};
use rustix::process::Signal;

/// What the screen shows once it is open on the sample project.
const OPEN: &str = "Number 01 is ready";

/// The journal must be looked at this often for "within half a second".
const HALF_A_SECOND: Duration = Duration::from_millis(500);

fn open(project: &Project) -> Terminal {
    let terminal = project.open(&[]);
    terminal.shows(OPEN);
    terminal
}

#[test]
fn quitting_gives_the_terminal_back() {
    let project = Project::new();
    let mut terminal = open(&project);
    assert_ne!(terminal.modes(), terminal.before, "the screen takes keys raw");
    terminal.keys("q");
    assert_eq!(terminal.wait().exit_code(), 0);
    terminal.is_restored();
}

#[test]
fn a_signal_ends_golive_in_order_and_is_the_cause_of_its_death() {
    let cases = [
        (Signal::TERM, "Terminated"),
        (Signal::INT, "Interrupt"),
        (Signal::QUIT, "Quit"),
        (Signal::HUP, "Hangup"),
    ];
    for (signal, name) in cases {
        let project = Project::new();
        let mut terminal = open(&project);
        terminal.signal(signal);
        let status = terminal.wait();
        assert_eq!(status.signal(), Some(name), "{status:?}");
        terminal.is_restored();
    }
}

#[test]
fn a_defect_gives_the_terminal_back_and_says_where_the_journal_is() {
    let project = Project::new();
    let mut terminal = project.start(pty::golive(), &[], &[("GOLIVE_TEST_PANIC", "loop")]);
    terminal.shows(OPEN);
    terminal.keys("j");
    assert_eq!(terminal.wait().exit_code(), 101);
    terminal.is_restored();
    let bytes = terminal.bytes();
    let text = String::from_utf8_lossy(&bytes);
    let left = text.rfind("\x1b[?1049l").expect("it leaves the alternate screen");
    let said = &text[left..];
    assert!(said.contains("asked to break in loop"), "{said}");
    assert!(said.contains("state.golive.jsonl"), "{said}");
}

#[test]
fn a_defect_in_a_task_leaves_the_screen_up_and_is_told() {
    let project = Project::new();
    let mut terminal = project.start(pty::golive(), &[], &[("GOLIVE_TEST_PANIC", "task")]);
    terminal.shows(OPEN);
    terminal.keys("j");
    terminal.shows("a part of golive broke");
    let bytes = terminal.bytes();
    assert!(!String::from_utf8_lossy(&bytes).contains("\x1b[?1049l"), "the screen stays");
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_brings_golive_back() {
    let project = Project::new();
    let mut shell = project.start("bash", &["--norc", "--noprofile", "-i"], &[]);
    shell.shows("shell$");
    let golive = pty::golive().display().to_string();
    shell.keys(&format!("{golive}\r"));
    shell.shows(OPEN);
    shell.keys("\x1a");
    shell.shows("Stopped");
    shell.keys("echo mine $((40 + 2))\r");
    shell.shows("mine 42");
    shell.keys("fg\r");
    shell.shows(OPEN);
    // What is typed while golive ends is the shell's already.
    shell.keys("q");
    shell.shows("shell$");
    shell.keys("echo left $?\r");
    shell.shows("left 0");
    shell.keys("exit\r");
    shell.wait();
    shell.is_restored();
}

#[test]
fn without_a_shell_ctrl_z_says_so_instead_of_freezing() {
    let project = Project::new();
    let mut terminal = open(&project);
    terminal.keys("\x1a");
    terminal.shows("can not be suspended");
    terminal.keys("\x1b");
    terminal.shows(OPEN);
}

#[test]
fn a_screen_that_was_stopped_from_outside_is_drawn_anew() {
    let project = Project::new();
    let terminal = open(&project);
    terminal.signal(Signal::STOP);
    let before = terminal.settled(Duration::from_millis(200));
    terminal.signal(Signal::CONT);
    let began = Instant::now();
    while terminal.bytes().len() < before + 1_000 {
        assert!(began.elapsed() < pty::BOUND, "{}", terminal.contents());
        rest();
    }
    terminal.shows(OPEN);
}

#[test]
fn a_vanished_terminal_ends_golive() {
    let project = Project::new();
    let mut terminal = open(&project);
    terminal.vanish("j");
    let began = Instant::now();
    let status = terminal.wait();
    println!("ended {} ms after the terminal, {status:?}", began.elapsed().as_millis());
    assert_eq!(status.signal(), Some("Hangup"));
}

/// Nobody sends golive a SIGHUP here: its parent leads the session and ignores it.
#[test]
fn a_vanished_terminal_ends_golive_also_without_a_signal() {
    let project = Project::new();
    let golive = pty::golive().display().to_string();
    let script = format!("trap '' HUP; {golive}; exit 7");
    let mut terminal = project.start("bash", &["-c", &script], &[]);
    terminal.shows(OPEN);
    terminal.vanish("j");
    let began = Instant::now();
    let status = terminal.wait();
    println!("ended {} ms after the terminal", began.elapsed().as_millis());
    assert_eq!(status.exit_code(), 7, "golive ended, then its parent: {status:?}");
}

#[test]
fn a_resized_terminal_is_drawn_anew_and_a_tiny_one_says_so() {
    let project = Project::new();
    let mut terminal = open(&project);
    terminal.resize(40, 10);
    terminal.shows("golive needs 60x20");
    terminal.resize(120, 40);
    terminal.shows_no("golive needs");
    terminal.shows(OPEN);
    terminal.keys("q");
    assert_eq!(terminal.wait().exit_code(), 0);
}

#[test]
fn no_color_keeps_reverse_and_has_no_colour() {
    let project = Project::new();
    let mut plain = project.start(pty::golive(), &[], &[("NO_COLOR", "1")]);
    plain.shows(OPEN);
    plain.settled(HALF_A_SECOND);
    let (reversed, coloured) = plain.reversed_and_coloured();
    assert!(reversed > 0, "what is selected stands in reverse video");
    assert_eq!(coloured, 0, "no cell has a colour");
    plain.keys("T");
    plain.shows("Theme: ");
    plain.settled(HALF_A_SECOND);
    let (reversed, coloured) = plain.reversed_and_coloured();
    assert!(reversed > 0 && coloured > 0, "a theme that is asked for by key has its colours");
    let other = open(&project);
    other.settled(HALF_A_SECOND);
    assert!(other.reversed_and_coloured().1 > 0, "without NO_COLOR there is colour");
}

#[test]
fn a_pasted_text_is_no_command() {
    let project = Project::new();
    let mut terminal = open(&project);
    terminal.keys("\x1b[200~q\r\x1b[201~");
    terminal.keys("?");
    terminal.shows("Esc closes");
}

#[test]
fn what_a_shell_signs_appears_on_an_open_screen() {
    let project = Project::new();
    let terminal = open(&project);
    terminal.settled(HALF_A_SECOND);
    let signed = project.golive(&["sign", "launch.step-01", "--as", "Grace"]).output().unwrap();
    let began = Instant::now();
    assert!(signed.status.success(), "{signed:?}");
    terminal.shows("Grace signed launch.step-01");
    println!("on screen {} ms after it was on disk", began.elapsed().as_millis());
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_screen_writes_nothing_and_uses_no_processor() {
    let project = Project::new();
    let terminal = open(&project);
    let before = terminal.settled(Duration::from_secs(1));
    let used = ticks(&terminal);
    // The wait is the measurement.
    assert_eq!(terminal.settled(Duration::from_secs(3)), before, "no bytes while idle");
    let used = ticks(&terminal) - used;
    println!("{used} ticks of processor time in 3 s");
    assert!(used <= 30, "{used} ticks of 300 while idle");
}

#[cfg(target_os = "linux")]
/// The processor time that the program has used, in hundredths of a second.
fn ticks(terminal: &Terminal) -> u64 {
    let stat = format!("/proc/{}/stat", terminal.id().as_raw_nonzero());
    let text = std::fs::read_to_string(stat).expect("a process");
    let fields = text.rsplit(") ").next().unwrap_or_default();
    let numbers: Vec<u64> =
        fields.split(' ').skip(11).take(2).filter_map(|number| number.parse().ok()).collect();
    numbers.iter().sum()
}

#[test]
fn the_plain_walk_signs_and_quits_without_an_escape() {
    let project = Project::new();
    let mut terminal = project.open(&["--plain"]);
    terminal.shows("What now?");
    terminal.keys("sign\r");
    terminal.shows("A remark");
    terminal.keys("\r");
    terminal.wrote("Saved: launch.step-01 signed by Ada");
    terminal.wrote("Step 2 of 12");
    terminal.keys("quit\r");
    assert_eq!(terminal.wait().exit_code(), 0);
    assert_eq!(terminal.modes(), terminal.before);
    assert!(!terminal.bytes().contains(&0x1b), "no escapes");
    assert_eq!(project.signed(), ["launch.step-01"]);
}

#[test]
fn the_plain_walk_lists_its_choices_again_to_whoever_asks() {
    let project = Project::new();
    let mut terminal = project.open(&["--plain"]);
    terminal.shows("What now?");
    terminal.keys("nonsense\r");
    terminal.wrote("`nonsense` is none of the choices; ? lists them.");
    terminal.keys("help\r");
    terminal.keys("?\r");
    terminal.keys("quit\r");
    assert_eq!(terminal.wait().exit_code(), 0);
    let said = String::from_utf8(terminal.bytes()).unwrap();
    assert_eq!(said.matches("quit: quit").count(), 3, "at first, and twice when asked: {said}");
}

#[test]
fn without_a_terminal_the_screen_names_what_to_use_instead() {
    let project = Project::new();
    let output = project.golive(&[]).stdin(std::process::Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("golive --plain") && said.contains("golive status"), "{said}");
    assert!(output.stdout.is_empty());
}
