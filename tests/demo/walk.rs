//! The whole walk on a terminal, by key strokes alone: from the first screen to GO, the switch and
//! the way back. As a person walks it: each step by what the screen says, each wait for what it shows.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use golive::time::Timestamp;
use tempfile::TempDir;

use crate::pty::{BOUND, Project, Terminal, golive, rest};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What ends a frame.
const FRAME_END: &str = "\x1b[?2026l";

/// How much of a secret in one piece is one.
const PIECE: usize = 10;

#[test]
fn the_demo_is_walked_by_key_strokes_from_the_first_screen_to_go_and_the_way_back() {
    let mut walk = Walk::begin();
    walk.first_screen();
    walk.credentials();
    walk.webhook();
    walk.idempotency();
    walk.charge();
    walk.settle_and_refund();
    walk.subscribe();
    walk.cancel();
    walk.first_event_counts();
    walk.decide();
    walk.switch();
    walk.end();
}

/// Somebody at the keyboard.
struct Walk {
    terminal: Terminal,
    tmp: TempDir,
    project: Project,
}

impl Walk {
    fn begin() -> Self {
        let (project, tmp) = (Project::new(), TempDir::new().unwrap());
        let place = tmp.path().display().to_string();
        let terminal = project.start(golive(), &["demo"], &[("TMPDIR", place.as_str())]);
        terminal.resize(120, 40);
        Self { terminal, tmp, project }
    }

    fn first_screen(&mut self) {
        self.terminal.shows("This is the demo");
        self.terminal
            .shows("The shop, MintCash and the money are simulated, on this machine only.");
        self.terminal.keys("\x1b");
        self.terminal.shows_no("This is the demo");
        self.header(&["DEMO  simulated", "18 open", "1 risk", "NOT YET"]);
        self.step("credentials.live-keys", "○ open");
    }

    fn credentials(&mut self) {
        self.verify_section("Credentials", "2 of 4");
        self.step("credentials.live-keys", "✓ done");
        self.go("j", "credentials.secret-storage", "✎ ready");
        self.sign("Ada Kim\tthe demo keeps them in files\r");
        self.step("credentials.secret-storage", "✓ done");
        self.go("j", "credentials.no-test-keys", "✎ ready");
        self.sign("Ada Kim\tthe variables of every process\r");
        self.step("credentials.no-test-keys", "✓ done");
        self.line(&["Credentials", "complete"]);
    }

    fn webhook(&mut self) {
        self.go(".", "webhook.registered", "○ open");
        self.verify_section("Webhook", "5 of 7");
        // No event has come yet, and loopback is not public: neither passes.
        self.header(&["2 unknown", "8 open", "NOT YET"]);
        self.step("webhook.registered", "? unknown");
        self.sign("Ada Kim\tMia at MintCash\tas in golive.yaml\tread back letter by letter\r");
        self.step("webhook.registered", "✓ done");
        self.says("Ada Kim signed although live-event could not find out");
        self.go("j", "webhook.endpoint", "? unknown");
        self.says("a loopback address can not show that MintCash reaches the endpoint");
        self.terminal.keys("X");
        self.terminal.shows("why it does not apply");
        self.terminal.keys("loopback is not public\r");
        self.step("webhook.endpoint", "⊘ not applicable");
        self.line(&["Webhook", "complete"]);
    }

    fn idempotency(&mut self) {
        self.line(&["Rehearsal with real money", "locked"]);
        self.go(".", "idempotency.external-id", "○ open");
        self.verify_section("Idempotency", "2 of 3");
        self.go(".", "idempotency.no-reuse", "✎ ready");
        self.sign("Ben\tboth logs, two weeks, none\r");
        self.step("idempotency.no-reuse", "✓ done");
        self.line(&["Rehearsal with real money", "0 of 5"]);
    }

    fn charge(&mut self) {
        self.go(".", "rehearsal.charge", "○ open");
        self.terminal.keys("v");
        self.terminal.shows("DEMO: charge a simulated card");
        self.terminal.shows("Never use a customer's");
        let host = self.host();
        self.terminal.keys(&format!("{host}\t2.00 USD\tBen Osei\r"));
        self.terminal.shows("Type 1.00 USD to go on.");
        self.header(&["5 open"]);
        assert!(!self.terminal.contents().contains("may still be charged"), "nothing is sent yet");
        self.terminal.keys("\x151.00 USD\r");
        self.terminal.shows("pay 1.00 USD here");
        self.terminal.shows(&format!("http://{host}/pay/"));
        self.terminal.shows("net 0.00, may still be charged 1.00");
        self.pay();
        self.step("rehearsal.charge", "✓ done");
        self.terminal.shows("Simulated money: charged 1.00 USD, refunded 0.00, net 1.00");
        self.says("is simulated: the demo asks its own MintCash");
    }

    fn settle_and_refund(&mut self) {
        self.go("j", "rehearsal.settlement", "✎ ready");
        // Without what has arrived nothing is signed.
        self.sign("Chl\t\r");
        self.terminal.shows("is needed");
        self.terminal.keys("ST-2026-1\t1.00 USD\t2026-11-27\r");
        self.step("rehearsal.settlement", "✓ done");
        self.go("j", "rehearsal.refund", "○ open");
        self.terminal.keys("v");
        self.refund();
        self.step("rehearsal.refund", "✎ ready");
        self.terminal.shows_no("net 1.00");
        self.says("refunded 1.00, net 0.00");
        self.sign("Chl\t2026-11-28\r");
        self.step("rehearsal.refund", "✓ done");
    }

    fn subscribe(&mut self) {
        self.go("j", "rehearsal.subscribe", "○ open");
        self.terminal.keys("v");
        self.terminal.shows("DEMO: subscribe with a simulated card");
        let host = self.host();
        self.terminal.keys(&format!("{host}\t1.00 USD\tChloe Roux\r"));
        self.terminal.shows("pay 1.00 USD here");
        self.pay();
        self.step("rehearsal.subscribe", "◔ waiting");
        self.says("the renewal is due");
        self.terminal.shows("charged 2.00 USD, refunded 1.00, net 1.00, may still be charged 1.00");
        self.let_a_week_pass();
        self.terminal.keys("v");
        self.step("rehearsal.subscribe", "✓ done");
        self.says("The subscription started and renewed");
        self.terminal.shows("charged 3.00 USD, refunded 1.00, net 2.00");
    }

    fn cancel(&mut self) {
        self.go("j", "rehearsal.cancel", "○ open");
        self.terminal.keys("v");
        self.terminal.shows("DEMO: end a simulated subscription");
        let host = self.host();
        self.terminal.keys(&format!("{host}\r"));
        self.step("rehearsal.cancel", "✓ done");
        self.says("2.00 USD of the rehearsal is not refunded");
        self.terminal.keys("v");
        self.refund();
        self.terminal.shows("charged 3.00 USD, refunded 2.00, net 1.00");
        self.step("rehearsal.cancel", "✓ done");
        self.terminal.keys("v");
        self.refund();
        self.terminal.shows_no("net 1.00");
        self.step("rehearsal.cancel", "✓ done");
        self.line(&["Rehearsal with real money", "complete"]);
    }

    /// What was signed for before the first event came is a risk until the event itself shows it.
    fn first_event_counts(&mut self) {
        self.header(&["1 risk", "GO WITH RISKS"]);
        self.terminal.keys("/");
        self.terminal.shows("Find a step");
        self.terminal.keys("webhook.registered\r");
        self.step("webhook.registered", "✓ done");
        self.terminal.keys("v");
        self.says("A live event has arrived");
        self.is_go();
    }

    fn decide(&mut self) {
        self.go(".", "cutover.decision", "✎ ready");
        self.line(&["NO CALL YET", "engineering"]);
        self.line(&["NO CALL YET", "finance"]);
        self.terminal.keys("s");
        self.terminal.shows("type your name to call");
        self.terminal
            .keys("Ada Kim\t\tg\t\t2026-11-30 10:00 UTC\tChloe Roux\tBen Osei, +1 555 0100\r");
        self.line(&["✓ GO", "engineering", "Ada Kim"]);
        self.step("cutover.decision", "✎ ready");
        self.terminal.keys("s");
        self.terminal.shows("type your name to call");
        self.terminal.keys("Ben\t\tg\r");
        self.line(&["✓ GO", "finance", "Ben Osei"]);
        self.step("cutover.decision", "✓ done");
        self.is_go();
    }

    fn switch(&mut self) {
        self.go("j", "cutover.switch", "✎ ready");
        self.terminal.keys("s");
        self.terminal.shows("This can not be taken back");
        self.terminal.shows("Ada Kim said go");
        self.terminal.keys("Ada Kim\t\t2026-11-30 10:00 UTC\t\t\tyes\r");
        self.terminal.shows("Type cutover.switch to go on.");
        self.terminal.keys("\x15cutover.switch\r");
        self.step("cutover.switch", "✓ done");
        self.is_go();
        self.terminal.keys("B");
        self.terminal.shows("Steps of the rollback");
        self.terminal.shows("Ben Osei, +1 555 0100");
        self.terminal.shows("1. Stop new payments first");
    }

    /// Leaves, and looks at every frame there was.
    fn end(mut self) {
        let secrets = self.secrets();
        self.terminal.keys("q");
        assert_eq!(self.terminal.wait().exit_code(), 0);
        self.terminal.is_restored();
        assert_eq!(fs::read_dir(self.tmp.path()).unwrap().count(), 0, "the demo's folder is gone");
        assert!(self.project.journal().is_empty(), "nobody's own journal is touched");
        let bytes = self.terminal.bytes();
        let text = String::from_utf8_lossy(&bytes);
        let mut screen = vt100::Parser::new(40.try_into().unwrap(), 120.try_into().unwrap(), 0);
        let (mut frames, mut last) = (0, String::new());
        for frame in text.split_inclusive(FRAME_END).filter(|frame| frame.ends_with(FRAME_END)) {
            screen.process(frame.as_bytes());
            let shown = screen.screen().contents();
            if shown == last {
                continue;
            }
            frames += 1;
            let says = shown.contains("DEMO") && shown.contains("simulated");
            assert!(says, "it does not say that it is simulated:\n{shown}");
            for (name, pieces) in &secrets {
                let leaks = pieces.iter().any(|piece| shown.contains(piece));
                assert!(!leaks, "{name} is shown:\n{shown}");
            }
            last = shown;
        }
        // How many there are depends on the machine; an empty recording has none.
        assert!(frames > 30, "only {frames} frames");
    }

    /// Does what goes to a step, and waits for it.
    #[track_caller]
    fn go(&mut self, key: &str, step: &str, state: &str) {
        self.terminal.keys(key);
        self.step(step, state);
    }

    #[track_caller]
    fn sign(&mut self, fields: &str) {
        self.terminal.keys("s");
        self.terminal.shows("type your name to sign");
        self.terminal.keys(fields);
    }

    /// Verifies all of the section and waits until nothing runs any more.
    #[track_caller]
    fn verify_section(&mut self, title: &str, so_far: &str) {
        self.terminal.keys("V");
        self.line(&[title, so_far]);
        self.terminal.shows_no("▸");
    }

    /// Confirms a refund.
    #[track_caller]
    fn refund(&mut self) {
        self.terminal.shows("DEMO: give simulated money back");
        let host = self.host();
        self.terminal.keys(&format!("{host}\t1.00 USD\r"));
        self.terminal.shows_no("DEMO: give simulated money back");
    }

    /// Pays the live page in the demo's panel.
    #[track_caller]
    fn pay(&mut self) {
        self.terminal.keys("d");
        self.line(&["→ Pay 1.00 USD (live) with a card that works"]);
        self.line(&["→ Pay 1.00 USD (sandbox) with a card that works"]);
        self.terminal.keys("(live) with a card that works");
        self.terminal.shows_no("(sandbox)");
        self.terminal.keys("\r");
        self.terminal.shows_no("→ Pay 1.00 USD");
        self.terminal.keys("\x1b");
        self.terminal.shows_no("Type to find");
    }

    /// Lets time pass in the panel until the renewal was due.
    fn let_a_week_pass(&mut self) {
        self.terminal.keys("d");
        self.terminal.shows("→ Let a day pass");
        self.terminal.keys("a day pass");
        self.terminal.shows_no("until the next thing is due");
        let began = self.clock();
        for day in 1..=7 {
            self.terminal.keys("\r");
            self.until("the next day", |_| self.clock() >= began.plus(day * DAY));
        }
        self.terminal.keys("\x1b");
        self.terminal.shows_no("Type to find");
    }

    /// What MintCash's clock says in the panel.
    fn clock(&self) -> Timestamp {
        let shown = self.after("MintCash's clock: ");
        let (day, rest) = shown.split_at(10);
        Timestamp::parse(&format!("{day}T{}:00Z", &rest[1..6])).unwrap()
    }

    /// The host that a dialog wants to have typed.
    #[track_caller]
    fn host(&self) -> String {
        let shown = self.after("type 127.0.0.1:");
        let port: String = shown.chars().take_while(char::is_ascii_digit).collect();
        format!("127.0.0.1:{port}")
    }

    /// What the screen shows after these words.
    #[track_caller]
    fn after(&self, words: &str) -> String {
        self.terminal.shows(words);
        let shown = self.terminal.contents();
        shown.split_once(words).unwrap().1.to_owned()
    }

    #[track_caller]
    fn step(&self, step: &str, state: &str) {
        self.line(&[&format!("{step} "), state]);
    }

    #[track_caller]
    fn header(&self, texts: &[&str]) {
        let what = format!("the first line to have {texts:?}");
        self.until(&what, |shown| has(shown.lines().next().unwrap_or_default(), texts));
    }

    #[track_caller]
    fn is_go(&self) {
        self.until("the verdict GO", |shown| {
            let first = shown.lines().next().unwrap_or_default().trim_end();
            first.ends_with(" GO") && !first.contains("risk")
        });
    }

    /// Waits until a line shows these texts, one after the other.
    #[track_caller]
    fn line(&self, texts: &[&str]) {
        let what = format!("a line with {texts:?}");
        self.until(&what, |shown| shown.lines().any(|line| has(line, texts)));
    }

    /// Waits until the step says this, however its lines are broken.
    #[track_caller]
    fn says(&self, text: &str) {
        self.until(text, |shown| {
            let pane = shown.lines().filter_map(|line| line.split_once('│'));
            let lines: Vec<_> = pane.map(|(_, line)| line.trim_matches([' ', '┃'])).collect();
            lines.join(" ").contains(text)
        });
    }

    #[track_caller]
    fn until(&self, what: &str, is: impl Fn(&str) -> bool) {
        let began = Instant::now();
        loop {
            let shown = self.terminal.contents();
            if is(&shown) {
                return;
            }
            assert!(began.elapsed() < BOUND, "waited for {what}; the screen shows\n{shown}");
            rest();
        }
    }

    /// The demo's secrets, each as pieces: whatever part of it is shown, one of them is in it.
    fn secrets(&self) -> Vec<(String, Vec<String>)> {
        let folders = fs::read_dir(self.tmp.path()).unwrap().map(|entry| entry.unwrap().path());
        let folder: Vec<PathBuf> = folders.collect();
        assert_eq!(folder.len(), 1, "one folder of a demo");
        let files = fs::read_dir(folder[0].join("secrets")).unwrap();
        let secrets = files.map(|file| {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            let secret = text.trim();
            // The beginning of a key says only what kind it is.
            let own: Vec<char> = secret.rsplit('_').next().unwrap().chars().collect();
            let pieces: Vec<String> = own.chunks_exact(PIECE).map(String::from_iter).collect();
            assert!(!pieces.is_empty(), "{} is no secret", file.path().display());
            (file.file_name().display().to_string(), pieces)
        });
        let secrets: Vec<_> = secrets.collect();
        assert!(secrets.len() >= 4, "the demo has its secrets");
        secrets
    }
}

/// Whether a line has these texts, one after the other.
fn has(line: &str, texts: &[&str]) -> bool {
    let mut rest = line;
    texts.iter().all(|text| match rest.split_once(text) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
