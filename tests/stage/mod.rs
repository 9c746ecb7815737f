//! A stage for the screen: the real model, keymap, launch rules and draw functions, with a journal
//! in memory, a clock that stands still and checks that say what they are told to say.
//!
//! Used by `tests/screen.rs` for stories and snapshots and by `examples/screenshots.rs` for the
//! pictures in the README, so that a picture shows what a test has walked.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a stage that can not be set up fails the test"
)]

pub mod pictures;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crokey::KeyCombination;
use crokey::crossterm::event::{KeyCode, KeyModifiers};
use golive::app::effect::{Effect, Ticket};
use golive::app::msg::{Msg, Plans};
use golive::app::{Model, Opening, update};
use golive::checks::{CheckReport, Finding, Level, Outcome, Planned, Progress};
use golive::config::{PersonConfig, ScreenConfig};
use golive::launch::decide::Command;
use golive::launch::event::{Call, RunId};
use golive::launch::money::Limits;
use golive::launch::testing::Walk;
use golive::runbook::model::{CheckName, CheckSpec, InputName, Origin, Runbook, StepId};
use golive::ui;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use serde_json::Map;

/// The screen with everything behind it.
pub struct Stage {
    pub walk: Walk,
    pub model: Model,
    pub terminal: Terminal<TestBackend>,
    /// What the checks of a step report, and their probes.
    pub reports: HashMap<StepId, (Vec<Progress>, Vec<CheckReport>)>,
    /// What verifying would send.
    pub planned: Vec<(CheckName, Planned)>,
    /// The secrets that have to be typed first, until they are.
    pub prompts: Vec<InputName>,
    /// The most that may be charged.
    pub limits: Limits,
    /// Leave effects unanswered until `answer` is called.
    pub hold: bool,
    /// Refuse the next submit with this.
    pub refuse: Option<String>,
    held: VecDeque<Effect>,
    /// Everything that was asked of the runtime.
    pub asked: Vec<Effect>,
    pub draws: usize,
}

/// The people of the team file.
pub fn team() -> Vec<PersonConfig> {
    let person = |name: &str, roles: &[&str]| PersonConfig {
        name: name.to_owned(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
    };
    vec![
        person("Dana Ito", &["engineering"]),
        person("Sam Okafor", &["finance"]),
        person("Noor Haddad", &["support", "product"]),
    ]
}

impl Stage {
    /// The screen of a launch with this runbook in which nothing has happened.
    pub fn new(runbook: Arc<Runbook>, size: (u16, u16)) -> Self {
        Self::of(Walk::new(runbook), Some("Dana Ito"), size)
    }

    /// The screen of a launch that has been walked already.
    pub fn of(walk: Walk, signer: Option<&str>, size: (u16, u16)) -> Self {
        let opening = Opening {
            demo: None,
            week: None,
            launch: walk.launch.clone(),
            name: "acme".to_owned(),
            world: walk.world.clone(),
            now: walk.now,
            people: team(),
            signer: signer.map(str::to_owned),
            screen: ScreenConfig::default(),
            read_only: None,
            size,
        };
        let mut stage = Self {
            model: Model::new(opening),
            walk,
            terminal: Terminal::new(TestBackend::new(size.0, size.1)).unwrap(),
            reports: HashMap::new(),
            planned: Vec::new(),
            prompts: Vec::new(),
            limits: Limits::default(),
            hold: false,
            refuse: None,
            held: VecDeque::new(),
            asked: Vec::new(),
            draws: 0,
        };
        stage.draw();
        stage
    }

    /// Presses keys: characters one by one, `<enter>`, `<esc>`, `<tab>`, `<space>`, `<C-u>`, …;
    /// spaces between them mean nothing.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.send(Msg::Key(key));
        }
        self
    }

    /// Types a text, spaces included.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for ch in text.chars() {
            self.send(Msg::Key(plain(KeyCode::Char(ch))));
        }
        self
    }

    /// Sends a message, performs what comes of it, draws.
    pub fn send(&mut self, msg: Msg) -> &mut Self {
        if let Msg::Resize { width, height } = msg {
            self.terminal.backend_mut().resize(width, height);
        }
        let effects = update(&mut self.model, msg);
        self.perform(effects);
        self.draw();
        self
    }

    /// Goes to a step by searching for its id.
    pub fn go(&mut self, step: &str) -> &mut Self {
        self.keys("/").text(step).keys("<enter>")
    }

    /// Lets time pass.
    pub fn wait(&mut self, seconds: u64) -> &mut Self {
        self.walk.wait(seconds);
        self.send(Msg::Now(self.walk.now))
    }

    /// Answers what was held back.
    pub fn answer(&mut self) -> &mut Self {
        self.hold = false;
        let held: Vec<_> = self.held.drain(..).collect();
        self.perform(held);
        self.draw();
        self
    }

    pub fn draw(&mut self) {
        let mut layout = None;
        self.terminal.draw(|frame| layout = Some(ui::draw(&self.model, frame))).unwrap();
        self.model.laid_out(layout.unwrap());
        self.draws += 1;
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.asked.push(effect.clone());
            if self.hold {
                self.held.push_back(effect);
                continue;
            }
            for msg in self.answers(effect) {
                let effects = update(&mut self.model, msg);
                self.perform(effects);
            }
        }
    }

    fn answers(&mut self, effect: Effect) -> Vec<Msg> {
        match effect {
            Effect::Submit { ticket, by, command } => self.submit(ticket, &by, &command),
            Effect::Plan { ticket, steps } => {
                let planned = self.planned.iter().cloned();
                let planned = planned.filter_map(|(check, plan)| {
                    // A check of the step that names it, or else of the first.
                    let own = steps.iter().find(|step| self.names(step, &check));
                    Some((own.or(steps.first())?.clone(), check, plan))
                });
                let plans = Plans {
                    planned: planned.collect(),
                    prompts: self.prompts.clone(),
                    limits: self.limits,
                };
                vec![Msg::Planned { ticket, result: Ok(plans) }]
            }
            Effect::Verify { by, steps, .. } => {
                steps.iter().flat_map(|step| self.verify(&by, step)).collect()
            }
            Effect::Answer { input, .. } => {
                self.prompts.retain(|name| *name != input);
                Vec::new()
            }
            Effect::Report { .. } => vec![Msg::Reported(Ok("golive-acme.md".to_owned()))],
            _ => Vec::new(),
        }
    }

    fn names(&self, step: &StepId, check: &CheckName) -> bool {
        let step = self.walk.launch.runbook().step(step);
        step.is_some_and(|step| step.verify.iter().any(|spec| spec.check == *check))
    }

    fn submit(&mut self, ticket: Ticket, by: &str, command: &Command) -> Vec<Msg> {
        if let Some(why) = self.refuse.take() {
            return vec![Msg::Submitted { ticket, result: Err(why) }];
        }
        match self.walk.submit(by, command) {
            Ok(entries) => {
                vec![Msg::Entries(entries), Msg::Submitted { ticket, result: Ok(()) }]
            }
            Err(refusal) => {
                let text = [Some(refusal.message), refusal.hint].into_iter().flatten();
                let text = text.collect::<Vec<_>>().join(" ");
                vec![Msg::Submitted { ticket, result: Err(text) }]
            }
        }
    }

    fn verify(&mut self, by: &str, step: &StepId) -> Vec<Msg> {
        let (probes, reports) = self.reports.get(step).cloned().unwrap_or_default();
        let run = self.walk.run_id();
        let mut msgs = self.begin(by, step, &run, probes);
        for (position, report) in reports.iter().enumerate() {
            let result = self.walk.result(step.as_str(), &run, position, report);
            let entries = self.walk.submit(by, &Command::Record(Box::new(result))).unwrap();
            msgs.push(Msg::Entries(entries));
        }
        msgs.extend(self.end(by, step, &run));
        msgs
    }

    /// The messages with which a run begins.
    pub fn begin(
        &mut self,
        by: &str,
        step: &StepId,
        run: &RunId,
        probes: Vec<Progress>,
    ) -> Vec<Msg> {
        let start = Command::Start { step: step.clone(), run: run.clone() };
        self.walk.world.running.push(run.clone());
        let entries = self.walk.submit(by, &start).unwrap();
        let check = self.walk.launch.runbook().step(step).unwrap().verify[0].check.clone();
        let mut msgs = vec![
            Msg::World(self.walk.world.clone()),
            Msg::Entries(entries),
            Msg::RunStarted { step: step.clone(), run: run.clone() },
        ];
        msgs.extend(probes.into_iter().map(|progress| Msg::Progress {
            run: run.clone(),
            check: check.clone(),
            progress,
        }));
        msgs
    }

    /// The messages with which a run ends.
    pub fn end(&mut self, by: &str, step: &StepId, run: &RunId) -> Vec<Msg> {
        let finish = Command::Finish { step: step.clone(), run: run.clone(), cancelled: false };
        self.walk.world.running.retain(|other| other != run);
        let entries = self.walk.submit(by, &finish).unwrap();
        vec![
            Msg::Entries(entries),
            Msg::World(self.walk.world.clone()),
            Msg::RunEnded { step: step.clone(), run: run.clone(), error: None },
        ]
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The screen as text, without spaces at line ends.
    pub fn screen(&self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let mut out = String::new();
        for y in 0..area.height {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..area.width {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = ui::text::width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The screen's styles: for each row, runs of the same style with their text.
    pub fn styles(&self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let mut out = String::new();
        for y in 0..area.height {
            let mut runs: Vec<(u16, String, String)> = Vec::new();
            for x in 0..area.width {
                let cell = &buffer[(x, y)];
                let style = describe(cell.fg, cell.bg, cell.modifier);
                match runs.last_mut() {
                    Some((_, last, text)) if *last == style => text.push_str(cell.symbol()),
                    _ => runs.push((x, style, cell.symbol().to_owned())),
                }
            }
            for (x, style, text) in runs {
                if !style.is_empty() && !text.trim().is_empty() {
                    out.push_str(&format!("{y:>3},{x:<3} {style:<18} {}\n", text.trim_end()));
                }
            }
        }
        out
    }
}

fn describe(
    fg: ratatui::style::Color,
    bg: ratatui::style::Color,
    modifier: ratatui::style::Modifier,
) -> String {
    use ratatui::style::Color;
    let mut said = Vec::new();
    if fg != Color::Reset {
        said.push(fg.to_string().to_lowercase());
    }
    if bg != Color::Reset {
        said.push(format!("on {bg}").to_lowercase());
    }
    said.extend(modifier.iter_names().map(|(name, _)| name.to_lowercase()));
    said.join(" ")
}

fn plain(code: KeyCode) -> KeyCombination {
    KeyCombination::one_key(code, KeyModifiers::NONE).normalized()
}

/// Reads a key string.
pub fn parse(keys: &str) -> Vec<KeyCombination> {
    let mut out = Vec::new();
    let mut rest = keys;
    while let Some(ch) = rest.chars().next() {
        rest = &rest[ch.len_utf8()..];
        if ch == ' ' {
            continue;
        }
        if ch != '<' {
            out.push(plain(KeyCode::Char(ch)));
            continue;
        }
        let (name, after) = rest.split_once('>').expect("a key name ends with >");
        rest = after;
        let (name, modifiers) = match name.strip_prefix("C-") {
            Some(name) => (name, KeyModifiers::CONTROL),
            None => (name, KeyModifiers::NONE),
        };
        let code = match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "space" => KeyCode::Char(' '),
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "back" => KeyCode::Backspace,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            "lt" => KeyCode::Char('<'),
            one if one.chars().count() == 1 => KeyCode::Char(one.chars().next().unwrap()),
            other => panic!("unknown key <{other}>"),
        };
        out.push(KeyCombination::one_key(code, modifiers).normalized());
    }
    out
}

/// The runbook of the stage, with checks on four steps.
pub fn runbook() -> Arc<Runbook> {
    let text = include_str!("runbook.yaml");
    let mut runbook = golive::runbook::parse(text, Origin::BuiltIn).unwrap();
    let checks = [
        ("credentials.secret-storage", "secret-storage"),
        ("webhook.endpoint", "webhook-endpoint"),
        ("webhook.signature", "webhook-signature"),
        ("webhook.dedupe", "webhook-dedupe"),
    ];
    for step in runbook.sections.iter_mut().flat_map(|section| &mut section.steps) {
        step.verify.clear();
        for (_, check) in checks.iter().filter(|(id, _)| *id == step.id.as_str()) {
            step.verify.push(CheckSpec { check: (*check).into(), args: Map::new() });
        }
    }
    Arc::new(runbook)
}

/// One finished probe.
pub fn probe(name: &str, says: &str, good: bool, millis: u64) -> Progress {
    Progress::Probe {
        name: name.to_owned(),
        says: says.to_owned(),
        good: Some(good),
        took: Duration::from_millis(millis),
    }
}

/// A launch in the middle: some signed, one failed, one unknown, one waived.
pub fn midway() -> Walk {
    let mut walk = Walk::new(runbook());
    walk.fact("webhook_url", "https://pay.acme.example/hooks/mintcash");
    let signed = |walk: &mut Walk, by: &str, step: &str, evidence: &[(&str, &str)]| {
        walk.wait(340);
        let command = walk.signing(step, None, evidence, None);
        walk.submit(by, &command).unwrap();
    };
    let keys = [("request_id", "req_7Q2mX9"), ("called_from", "api-1.eu-west")];
    signed(&mut walk, "Sam Okafor", "credentials.live-keys", &keys);
    walk.wait(200);
    let clean = CheckReport::new(
        Outcome::Pass,
        "No live key in 4,812 files and 61,220 objects of the git history",
    )
    .evidence("repositories", 3)
    .fact("commit of .", "4f9d2c1");
    walk.verify("Dana Ito", "credentials.secret-storage", &[clean]).unwrap();
    let manager = [("manager", "1Password, vault shop; Dana and Sam read it")];
    signed(&mut walk, "Dana Ito", "credentials.secret-storage", &manager);
    signed(&mut walk, "Noor Haddad", "credentials.no-test-keys", &[]);
    walk.wait(80);
    let old = StepId::from("credentials.old-webhook");
    let reason = "There never was a sandbox webhook".to_owned();
    walk.submit("Sam Okafor", &Command::Skip { step: old, reason }).unwrap();
    walk.wait(300);
    let endpoint = CheckReport::new(Outcome::Pass, "Public HTTPS, answers in 84 ms")
        .evidence("certificate ends", "2027-02-11")
        .evidence("addresses", "203.0.113.7");
    walk.verify("Dana Ito", "webhook.endpoint", &[endpoint]).unwrap();
    walk.wait(60);
    walk.verify("Dana Ito", "webhook.signature", &[forged()]).unwrap();
    walk.wait(45);
    let dedupe = CheckReport::unknown("No observer is configured, so effects can not be counted")
        .with(Finding::new(Level::Info, "Five deliveries of one event were all answered with 200"));
    walk.verify("Sam Okafor", "webhook.dedupe", &[dedupe]).unwrap();
    walk.wait(30);
    let step = Some(StepId::from("webhook.signature"));
    let text = "Handler team is on it; the check sits behind `if (header)`.".to_owned();
    walk.submit("Sam Okafor", &Command::Note { step, text }).unwrap();
    walk.wait(20);
    walk
}

/// What the signature check says of a handler that looks at the header only when it is there.
pub fn forged() -> CheckReport {
    CheckReport::new(Outcome::Fail, "An unsigned request got 200: anyone can forge a payment")
        .with(
            Finding::new(
                Level::Blocking,
                "The handler checks the signature only when there is one",
            )
            .at("no x-signature header → 200")
            .hint("Answer 401 when the header is missing, before the body is parsed."),
        )
        .with(
            Finding::new(Level::Advisory, "An upper-case signature was refused")
                .at("x-signature in upper-case hex → 401"),
        )
}

/// The probes of that check.
pub fn forged_probes() -> Vec<Progress> {
    vec![
        probe("no signature", "accepted with 200", false, 41),
        probe("empty signature", "refused with 401", true, 38),
        probe("signature of another body", "refused with 401", true, 44),
        probe("signed with a wrong secret", "refused with 401", true, 39),
        probe("one byte changed", "refused with 401", true, 40),
    ]
}

/// A launch in which everything before the decision is complete.
pub fn rehearsed() -> Walk {
    let mut walk = midway();
    for (step, evidence) in [
        ("webhook.registered", &[("confirmed_by", "Ines"), ("registered_url", "https://…")][..]),
        ("webhook.endpoint", &[]),
    ] {
        let command = walk.signing(step, None, evidence, None);
        walk.submit("Noor Haddad", &command).unwrap();
    }
    for step in ["webhook.signature", "webhook.dedupe", "rehearsal.charge", "rehearsal.refund"] {
        let waive =
            Command::Waive { step: StepId::from(step), reason: "known".to_owned(), expires: None };
        walk.submit("Noor Haddad", &waive).unwrap();
    }
    walk
}

/// The same launch after both roles said go.
pub fn decided() -> Walk {
    let mut walk = rehearsed();
    let agreed = [
        ("switch_time", "Tuesday 9:00 UTC"),
        ("watcher", "Sam Okafor, first hour"),
        ("rollback_owner", "Noor Haddad, +49 30 555"),
    ];
    for (by, role) in [("Dana Ito", "engineering"), ("Sam Okafor", "finance")] {
        walk.wait(60);
        let command = walk.calling("cutover.decision", role, Call::Go, None, &agreed);
        walk.submit(by, &command).unwrap();
    }
    walk
}
