//! Who is told when a threshold is crossed: a real program, a real HTTP server.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;
use serde_json::Value;

use super::shop::{STEP, Shop, Watching, until};

/// Takes posts and writes each down; answers as the file `answers` says, one status a line, then
/// 200. `hang` never answers.
const SERVER: &str = r#"
import http.server, json, sys, time
folder = sys.argv[1]
try:
    answers = open(folder + "/answers").read().split()
except FileNotFoundError:
    answers = []
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = answers.pop(0) if answers else "200"
        with open(folder + "/posts", "a") as file:
            file.write(json.dumps({
                "path": self.path, "token": self.headers.get("X-Token"), "answer": answer,
                "type": self.headers.get("Content-Type"), "body": json.loads(body),
            }) + "\n")
        if answer == "hang":
            time.sleep(600)
        self.send_response(int(answer))
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Hook)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

/// A server that merchants' tools could be; killed when dropped.
struct Hook {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Hook {
    fn start(answers: &str) -> Option<Self> {
        Self::start_at(0, answers)
    }

    /// The same at this port.
    fn start_at(port: u16, answers: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("answers"), answers).unwrap();
        let mut command = Command::new("python3");
        command.args(["-c", SERVER]).arg(folder.path()).arg(port.to_string());
        let Ok(mut child) = command.stdout(Stdio::piped()).spawn() else {
            assert!(std::env::var_os("CI").is_none(), "python3 is missing, and CI needs it");
            eprintln!("SKIPPED: python3 is not installed");
            return None;
        };
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Self { child, port: port.trim().parse().unwrap(), folder })
    }

    fn posts(&self) -> Vec<Value> {
        lines(&self.folder.path().join("posts"))
    }

    fn config(&self, more: &str) -> String {
        let port = self.port;
        format!("watch:\n  alert:\n    url: http://127.0.0.1:{port}/hook/s3cret-path\n{more}")
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// The whole JSON lines of a file that may be written to now.
fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Keeps each alert that it is given.
const KEEPS: &str =
    "watch:\n  alert:\n    command: [sh, -c, 'it=$(cat); echo \"$it\" >> alerts']\n";

#[test]
fn a_command_gets_each_crossing_once_and_its_end() {
    let mut shop = Shop::new(KEEPS);
    let alerts = shop.folder().join("alerts");
    shop.broken();
    shop.once(&["--record"]);
    let told = lines(&alerts);
    let crossed = shop.count("threshold.crossed");
    assert_eq!(told.len(), crossed, "{told:#?}");
    let first = &told[0];
    assert_eq!(first["schema"], "golive.alert/1");
    assert_eq!((&first["state"], &first["step"]), (&"crossed".into(), &STEP.into()));
    assert_eq!((&first["launch"], &first["topic"]), (&"shop".into(), &"delivery-rate".into()));
    assert!(first["text"].as_str().unwrap().starts_with("shop: "), "{first}");
    assert!(first["since"].as_str().unwrap().starts_with("2026-11-11T1"), "{first}");
    assert_eq!(shop.count("alert.sent"), crossed);
    shop.once(&["--record"]);
    assert_eq!(lines(&alerts).len(), crossed, "once is once");
    shop.until(13, 0);
    shop.once(&["--record"]);
    let told = lines(&alerts);
    let of = |state: &str, key: &Value| {
        told.iter().filter(|alert| alert["state"] == state && alert["key"] == *key).count()
    };
    for alert in told.iter().take(crossed) {
        let key = &alert["key"];
        assert_eq!((of("crossed", key), of("cleared", key)), (1, 1), "{told:#?}");
    }
}

#[test]
fn a_command_that_fails_is_said_and_recorded_and_ends_nothing() {
    let mut shop = Shop::new("watch:\n  alert:\n    command: [sh, -c, 'echo s3cret; exit 3']\n");
    shop.broken();
    let ran = shop.once(&["--record"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("the alert command sh ended with exit code 3"), "{ran:#?}");
    let log = shop.world.must(&["log"]).out;
    assert!(log.contains("could not alert entry"), "{log}");
    assert!(!ran.err.contains("s3cret") && !log.contains("s3cret"));
}

#[test]
fn a_url_gets_the_alert_with_its_header_and_again_after_a_passing_failure() {
    let Some(hook) = Hook::start("503 200") else { return };
    let more = "    header: { name: X-Token, value: { env: HOOK_TOKEN } }\n";
    let mut shop = Shop::new(&hook.config(more));
    shop.world.set("HOOK_TOKEN", "token-of-the-hook");
    shop.broken();
    let ran = shop.once(&["--record"]);
    let posts = hook.posts();
    assert_eq!(posts.len(), shop.count("threshold.crossed") + 1, "{posts:#?}\n{ran:#?}");
    assert!(posts.iter().all(|post| post["token"] == "token-of-the-hook"), "{posts:#?}");
    assert!(posts.iter().all(|post| post["type"] == "application/json"), "{posts:#?}");
    assert_eq!(posts[0]["body"]["schema"], "golive.alert/1");
    assert!(!ran.err.contains("not alerted"), "{ran:#?}");
    let journal = std::fs::read_to_string(shop.world.journal()).unwrap();
    assert!(!journal.contains("token-of-the-hook") && !journal.contains("s3cret-path"));
}

#[test]
fn a_redirect_is_not_followed_and_a_refusal_not_tried_again() {
    for answer in ["307", "403"] {
        let Some(hook) = Hook::start(&format!("{answer} ").repeat(9)) else { return };
        let mut shop = Shop::new(&hook.config(""));
        shop.broken();
        let ran = shop.once(&["--record"]);
        assert_eq!(hook.posts().len(), shop.count("threshold.crossed"));
        assert!(ran.err.contains(&format!("it answered {answer}")), "{ran:#?}");
        assert!(ran.err.contains(&format!("http://127.0.0.1:{}/…", hook.port)), "{ran:#?}");
        assert!(!ran.err.contains("s3cret-path"), "{ran:#?}");
    }
}

#[test]
fn who_is_killed_between_record_and_alert_leaves_it_to_the_next() {
    let Some(hook) = Hook::start(&"hang ".repeat(9)) else { return };
    let mut shop = Shop::new(&hook.config(""));
    shop.broken();
    let watching = Watching::start(&shop, &["--once", "--record"]);
    until("the post", || !hook.posts().is_empty());
    drop(watching);
    let crossed = shop.count("threshold.crossed");
    assert!(crossed >= 1 && shop.count("alert.sent") == 0, "{:?}", shop.kinds());
    let Some(next) = Hook::start("") else { return };
    let yaml = std::fs::read_to_string(shop.folder().join("golive.yaml")).unwrap();
    let yaml = yaml.replace(&format!(":{}/", hook.port), &format!(":{}/", next.port));
    shop.world.write("golive.yaml", &yaml);
    shop.once(&["--record"]);
    assert_eq!(next.posts().len(), 0, "the first may still be at it");
    shop.clock(5);
    shop.once(&["--record"]);
    let posts = next.posts();
    let of = |state: &str| posts.iter().filter(|it| it["body"]["state"] == state).count();
    assert_eq!(of("crossed"), crossed, "{posts:#?}");
    assert_eq!(shop.count("alert.taken"), crossed);
    shop.once(&["--record"]);
    assert_eq!(next.posts().len(), posts.len(), "and once is enough");
    shop.world.must(&["journal", "verify"]);
}

#[test]
fn two_watchers_record_and_alert_a_crossing_once() {
    let mut shop = Shop::new(KEEPS);
    let alerts = shop.folder().join("alerts");
    shop.quiet();
    shop.world.golive(&["verify", STEP, "--as", "Dana"]);
    // Their clocks stand where the logs will end.
    shop.clock(180);
    let both = [0, 1].map(|_| Watching::start(&shop, &["--follow", "--format", "json"]));
    for one in &both {
        until("the first look", || one.says("\"kind\":\"state\""));
    }
    let before = shop.count("threshold.crossed");
    shop.broken();
    for one in &both {
        until("the crossing", || one.says("\"outcome\":\"fail\""));
    }
    until("the alert", || {
        let crossed = shop.count("threshold.crossed");
        crossed > before && shop.count("alert.sent") >= crossed
    });
    for one in both {
        assert_eq!(one.end(Signal::TERM), Some(0));
    }
    let keys: Vec<String> =
        lines(&alerts).iter().map(|it| format!("{} {}", it["state"], it["key"])).collect();
    let mut once = keys.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), keys.len(), "an alert came twice: {keys:?}");
    assert_eq!(keys.len(), shop.count("threshold.crossed") + shop.count("threshold.cleared"));
    assert_eq!(shop.count("step.reopened"), 1, "{:?}", shop.kinds());
}

#[test]
fn an_alert_that_failed_is_sent_once_the_server_is_back_and_only_where_it_failed() {
    let Some(hook) = Hook::start(&"401 ".repeat(9)) else { return };
    let kept = "    command: [sh, -c, 'it=$(cat); echo \"$it\" >> alerts']\n";
    let mut shop = Shop::new(&hook.config(kept));
    let alerts = shop.folder().join("alerts");
    shop.broken();
    let ran = shop.once(&["--record"]);
    let crossed = shop.count("threshold.crossed");
    assert!(crossed >= 1 && ran.err.contains("it answered 401"), "{ran:#?}");
    let failed = hook.posts().len();
    assert_eq!((failed, lines(&alerts).len()), (crossed, crossed));
    shop.once(&["--record"]);
    assert_eq!(hook.posts().len(), failed, "it rests first");

    // The server goes, and comes back at the same place; two look at the same time.
    let port = hook.port;
    drop(hook);
    shop.clock(5);
    let Some(back) = Hook::start_at(port, "") else { return };
    let both = [0, 1].map(|_| Watching::start(&shop, &["--once", "--record"]));
    for mut one in both {
        one.child.wait().unwrap();
    }
    let posts = back.posts();
    let of = |state: &str| posts.iter().filter(|it| it["body"]["state"] == state).count();
    assert_eq!(of("crossed"), crossed, "{posts:#?}");
    assert_eq!(lines(&alerts).len(), crossed, "the command has had it");
    shop.clock(60);
    shop.once(&["--record"]);
    let again = back.posts().iter().filter(|it| it["body"]["state"] == "crossed").count();
    assert_eq!(again, crossed, "once is once");
    shop.world.must(&["journal", "verify"]);
}
