use std::path::PathBuf;
use std::sync::Mutex;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

use super::*;
use crate::app::effect::Ticket;
use crate::config::{Config, ScreenConfig};
use crate::digest::Digest;
use crate::journal::Access;
use crate::launch::decide::Command;
use crate::launch::event::Event;
use crate::runbook::model::{Origin, Runbook};
use crate::runtime::clock::SystemClock;
use crate::runtime::signals::Cause;
use crate::runtime::workspace::{SharedWorkspace, Workspace, lock};

/// What the core and the display went through, in order.
#[derive(Clone, Default)]
struct Record(Arc<Mutex<Vec<String>>>);

impl Record {
    fn add(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    async fn until(&self, what: &str) {
        tokio::time::timeout(Duration::from_secs(30), async {
            while !self.all().iter().any(|entry| entry == what) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no {what:?} in {:?}", self.all()));
    }
}

/// A core that notes on n, suspends on z, quits on q.
struct Notepad(Record);

impl Core for Notepad {
    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let key = |key| msg == Msg::Key(key);
        if key(crokey::key!(n)) {
            let command = Command::Note { step: None, text: "noted".into() };
            return vec![Effect::Submit { ticket: Ticket(1), by: "Ada".into(), command }];
        }
        if key(crokey::key!(z)) {
            return vec![Effect::Suspend];
        }
        if key(crokey::key!(q)) {
            return vec![Effect::Quit];
        }
        match msg {
            Msg::Entries(entries) => {
                for entry in entries {
                    self.0.add(match entry.event {
                        Event::Note { text, .. } => format!("entry {text}"),
                        _ => "entry".into(),
                    });
                }
            }
            Msg::Submitted { result, .. } => self.0.add(format!("submitted {result:?}")),
            Msg::Resize { width, height } => self.0.add(format!("size {width}x{height}")),
            Msg::Trouble(text) => self.0.add(format!("trouble {text}")),
            _ => {}
        }
        Vec::new()
    }

    fn draw(&mut self, frame: &mut Frame<'_>) {
        frame.render_widget("golive", frame.area());
        self.0.add("frame");
    }

    fn wakes_at(&self) -> Option<Timestamp> {
        None
    }
}

struct FakeDisplay {
    terminal: Terminal<TestBackend>,
    record: Record,
    can_stop: bool,
}

impl Display for FakeDisplay {
    fn draw(&mut self, paint: &mut dyn FnMut(&mut Frame<'_>)) -> std::io::Result<()> {
        let Ok(_frame) = self.terminal.draw(|frame| paint(frame));
        Ok(())
    }

    fn forget(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn size(&self) -> std::io::Result<Size> {
        Ok(Size::new(80, 24))
    }

    fn mouse(&mut self, _on: bool) -> std::io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _text: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) {
        self.record.add("leave");
    }

    fn enter(&mut self) -> std::io::Result<()> {
        self.record.add("enter");
        Ok(())
    }

    fn stop_job(&mut self) -> std::io::Result<()> {
        self.record.add("stop");
        if self.can_stop { Ok(()) } else { Err(std::io::Error::other("no shell")) }
    }
}

fn workspace(folder: &std::path::Path) -> SharedWorkspace {
    let config = Config {
        base: folder.to_owned(),
        project_file: None,
        launch: "test".into(),
        runbook: None,
        state: folder.join("launch.golive.jsonl"),
        inputs: Arc::default(),
        people: Vec::new(),
        signer: None,
        vantage: None,
        screen: ScreenConfig::default(),
        week: Arc::default(),
        settings: Vec::new(),
    };
    let mut runbook = Runbook {
        id: "test".into(),
        title: "Test".into(),
        inputs: indexmap::IndexMap::default(),
        sections: Vec::new(),
        digest: Digest::of(b"test"),
        origin: Origin::File(PathBuf::from("test.yaml")),
        index: std::collections::HashMap::default(),
    };
    runbook.index();
    let opened =
        Workspace::open(Arc::new(config), Arc::new(runbook), Arc::new(SystemClock), Access::Append);
    Arc::new(Mutex::new(opened.unwrap()))
}

/// A loop at work, and the ends that a test holds.
struct Running {
    keys: mpsc::Sender<Msg>,
    happenings: mpsc::Sender<Happening>,
    record: Record,
    ended: tokio::task::JoinHandle<Ended>,
    workspace: SharedWorkspace,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(can_stop: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let record = Record::default();
        let (keys, messages) = mpsc::channel(16);
        let (happenings, happened) = mpsc::channel(16);
        let display = FakeDisplay {
            terminal: Terminal::new(TestBackend::new(80, 24)).unwrap(),
            record: record.clone(),
            can_stop,
        };
        let performer = Performer::new(Arc::clone(&workspace), keys.clone());
        let event_loop =
            EventLoop::new(Notepad(record.clone()), display, performer, Arc::new(SystemClock));
        let sources = Sources { messages, happenings: happened, input: None };
        let ended = tokio::spawn(event_loop.run(sources));
        Self { keys, happenings, record, ended, workspace, _folder: folder }
    }

    async fn key(&self, key: crokey::KeyCombination) {
        self.keys.send(Msg::Key(key)).await.unwrap();
    }

    async fn end(self) -> (Ended, Vec<String>) {
        let ended = tokio::time::timeout(Duration::from_secs(30), self.ended).await;
        (ended.unwrap().unwrap(), self.record.all())
    }
}

fn place(of: &str, record: &[String]) -> usize {
    record.iter().position(|entry| entry == of).unwrap_or_else(|| panic!("no {of}: {record:?}"))
}

#[tokio::test]
async fn the_entry_of_a_submission_arrives_before_its_answer() {
    let running = Running::start(true);
    running.key(crokey::key!(n)).await;
    running.record.until("submitted Ok(())").await;
    running.key(crokey::key!(q)).await;
    let (ended, record) = running.end().await;
    assert_eq!(ended, Ended::Quit);
    assert!(place("entry noted", &record) < place("submitted Ok(())", &record), "{record:?}");
}

#[tokio::test]
async fn quitting_waits_until_everything_submitted_is_on_disk() {
    let running = Running::start(true);
    let workspace = Arc::clone(&running.workspace);
    for _ in 0..20 {
        running.key(crokey::key!(n)).await;
    }
    running.key(crokey::key!(q)).await;
    let (_, record) = running.end().await;
    let refused = record.iter().filter(|entry| entry.starts_with("submitted Err")).count();
    let notes = lock(&workspace)
        .launch()
        .entries()
        .iter()
        .filter(|entry| matches!(entry.event, Event::Note { .. }))
        .count();
    assert_eq!((notes, refused), (20, 0));
}

#[tokio::test]
async fn entries_of_another_program_arrive_in_order_and_once() {
    let running = Running::start(true);
    running.key(crokey::key!(n)).await;
    running.record.until("submitted Ok(())").await;
    let config = Arc::clone(&lock(&running.workspace).config);
    let runbook = Arc::clone(lock(&running.workspace).runbook());
    let mut other =
        Workspace::open(config, runbook, Arc::new(SystemClock), Access::Append).unwrap();
    let by = crate::runtime::actor::named("Grace", crate::launch::event::Face::Command);
    for text in ["one", "two", "three"] {
        other.submit(&by, &Command::Note { step: None, text: text.into() }).unwrap();
    }
    running.record.until("entry three").await;
    running.key(crokey::key!(q)).await;
    let (_, record) = running.end().await;
    let notes: Vec<&str> = record.iter().filter_map(|entry| entry.strip_prefix("entry ")).collect();
    assert_eq!(notes, ["noted", "one", "two", "three"]);
}

#[tokio::test]
async fn a_signal_ends_the_walk_and_says_so() {
    let running = Running::start(true);
    running.record.until("frame").await;
    let cause = Cause::Signal(15);
    running.happenings.send(Happening::Stop(cause)).await.unwrap();
    assert_eq!(running.end().await.0, Ended::By(cause));
}

#[tokio::test]
async fn a_suspended_walk_leaves_the_terminal_until_it_is_continued() {
    let running = Running::start(true);
    running.key(crokey::key!(z)).await;
    running.record.until("stop").await;
    assert!(!running.record.all().contains(&"enter".to_owned()), "not before it is continued");
    running.happenings.send(Happening::Continued).await.unwrap();
    running.record.until("enter").await;
    running.key(crokey::key!(q)).await;
    let (_, record) = running.end().await;
    assert!(place("leave", &record) < place("stop", &record));
    assert!(place("stop", &record) < place("enter", &record));
}

#[tokio::test]
async fn a_walk_that_nobody_could_continue_is_not_suspended() {
    let running = Running::start(false);
    running.key(crokey::key!(z)).await;
    running.record.until("trouble golive can not be suspended: no shell").await;
    running.key(crokey::key!(q)).await;
    assert_eq!(running.end().await.0, Ended::Quit);
}

#[tokio::test]
async fn nothing_is_drawn_while_nothing_changes() {
    let running = Running::start(true);
    running.record.until("frame").await;
    // The journal is looked at four times a second; none of that is a reason to draw. The wait is
    // the measurement here, not a condition.
    tokio::time::sleep(super::super::journal_task::POLL * 5).await;
    running.key(crokey::key!(q)).await;
    let (_, record) = running.end().await;
    let frames = record.iter().filter(|entry| *entry == "frame").count();
    assert!(frames <= 2, "{frames} frames: {record:?}");
}

#[test]
fn what_a_shell_signs_is_seen_within_half_a_second() {
    assert!(super::super::journal_task::POLL + FRAME < Duration::from_millis(500));
}
