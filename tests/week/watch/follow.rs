//! `golive watch --follow` and `--metrics`.

use std::process::Command;

use rustix::process::Signal;

use super::shop::{Shop, Watching, until};

/// Watches with metrics on any port; where they are.
fn served(shop: &Shop) -> (Watching, String) {
    let watching = Watching::start(shop, &["--metrics", "127.0.0.1:0"]);
    until("the address", || watching.says("metrics at "));
    let said = watching.err.lock().unwrap().clone();
    let url = said.lines().find_map(|line| line.strip_prefix("metrics at ")).unwrap().to_owned();
    (watching, url)
}

fn get(url: &str) -> Option<String> {
    let answer = ask("GET", url)?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

/// One request, by hand.
fn ask(method: &str, url: &str) -> Option<String> {
    use std::io::{Read as _, Write as _};
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/')?;
    let mut stream = std::net::TcpStream::connect(host).ok()?;
    let request = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn metrics_are_served_until_it_is_stopped_and_promtool_takes_them() {
    let mut shop = Shop::new("");
    shop.broken();
    let (watching, url) = served(&shop);
    until("the logs", || get(&url).is_some_and(|text| text.contains("golive_ready 1")));
    let text = get(&url).unwrap();
    for line in [
        "golive_outcome{topic=\"delivery-rate\",outcome=\"fail\"} 1",
        "golive_threshold_crossed{topic=\"delivery-rate\"",
        "golive_newest_line_age_seconds ",
        "golive_log_lines_total ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(ask("POST", &url).unwrap().starts_with("HTTP/1.1 405"));
    assert!(ask("HEAD", &url).unwrap().starts_with("HTTP/1.1 200"));
    let root = url.strip_suffix("metrics").unwrap();
    assert!(get(root).unwrap().contains("/metrics"));
    assert!(ask("GET", &format!("{root}journal")).unwrap().starts_with("HTTP/1.1 404"));
    promtool(&text);
    prometheus(&url);
    assert_eq!(watching.end(Signal::INT), Some(0));
}

/// Prometheus' own word on the text.
fn promtool(text: &str) {
    use std::io::Write as _;
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]).stdin(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let Ok(mut child) = command.spawn() else { return skipped("promtool") };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let checked = child.wait_with_output().unwrap();
    let says = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && says.is_empty(), "{says}\n{text}");
}

/// A scrape by the real one.
fn prometheus(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let target = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let config = format!(
        "global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: golive\n    \
         static_configs: [{{ targets: ['{target}'] }}]\n"
    );
    let path = folder.path().join("prometheus.yml");
    std::fs::write(&path, config).unwrap();
    // The port is asked for and given back, since Prometheus does not say which one it took.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("prometheus");
    command.arg(format!("--config.file={}", path.display()));
    command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    let Ok(child) = command.spawn() else { return skipped("prometheus") };
    let child = Ended(child);
    let query = "http://127.0.0.1:{port}/api/v1/query?query=golive_outcome%7Btopic%3D%22delivery-rate%22%2Coutcome%3D%22fail%22%7D";
    let query = query.replace("{port}", &port.to_string());
    until("the scrape", || {
        let answer = get(&query).unwrap_or_default();
        answer.contains("\"delivery-rate\"") && answer.contains(",\"1\"]")
    });
    drop(child);
}

struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}

fn skipped(program: &str) {
    assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
    eprintln!("SKIPPED: {program} is not installed");
}

#[test]
fn each_change_is_a_line_and_a_signal_ends_it_in_order() {
    let mut shop = Shop::new("");
    shop.quiet();
    shop.clock(180);
    let watching = Watching::start(&shop, &["--follow", "--format", "json"]);
    until("the first look", || watching.says("\"kind\":\"state\""));
    shop.broken();
    until("the crossing", || watching.says("\"kind\":\"crossed\""));
    let out = watching.out.lock().unwrap().clone();
    for line in out.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["schema"], "golive.watch-line/1");
        assert!(!line["says"].as_str().unwrap().is_empty());
    }
    assert_eq!(watching.end(Signal::TERM), Some(0));
}

#[test]
fn the_screen_records_what_it_shows() {
    let mut shop = Shop::new("");
    shop.broken();
    let screen = Watching::screen(&shop);
    until("the record", || shop.count("threshold.crossed") > 0);
    drop(screen);
    let journal = std::fs::read_to_string(shop.world.journal()).unwrap();
    assert!(journal.contains("\"via\":\"screen\""), "{journal}");
}
