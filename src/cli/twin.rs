//! `golive twin`: the simulated MintCash alone, for a merchant's own tests.
//!
//! Says where it listens and runs until somebody stops it. Its keys are nobody's secrets; they are
//! written into a file of mode 0600 all the same, so that no output teaches people to paste keys.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::json;
use tempfile::NamedTempFile;

use crate::cli::args;
use crate::cli::console::Console;
use crate::cli::verify::Stop;
use crate::failure::{Failure, FailureKind, exit};
use crate::https;
use crate::mintcash::envelope::Environment;
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::text::visible;
use crate::twin::switch::{Group, Switch};
use crate::twin::{Handle, Options, TestCard, Twin};

/// Runs the command until somebody stops it.
///
/// # Errors
/// When the twin can not start, or its secrets can not be written.
pub async fn run(console: &mut Console, args: &args::Twin) -> Result<u8, Failure> {
    if args.list {
        list(console);
        return Ok(exit::OK);
    }
    let stop = Stop::on_signals()?;
    let twin = Twin::start(options(args)?).await?;
    let handle = twin.handle();
    let kept = Secrets::write(args.secrets.as_deref(), &handle)?;
    announce(console, args, &handle, kept.path());
    console.flush();
    stop.cancel.cancelled().await;
    twin.stop().await;
    Ok(exit::OK)
}

fn options(args: &args::Twin) -> Result<Options, Failure> {
    if !(0.0..=10_000_000.0).contains(&args.speed) {
        let says = "--speed is a number from 0 to ten million";
        return Err(Failure::new(FailureKind::Usage, says));
    }
    let roots = args.webhook_ca.as_deref().map(https::roots_of).transpose();
    let roots = roots.map_err(|says| Failure::new(FailureKind::Usage, says))?;
    Ok(Options {
        live_port: args.live_port,
        sandbox_port: args.sandbox_port,
        control_port: args.control_port,
        seed: args.seed,
        speed: args.speed,
        switches: args.switch.clone(),
        webhook: args.webhook.clone(),
        test_webhook: args.test_webhook.clone(),
        roots,
        ..Options::at(SystemClock.now())
    })
}

/// The file with the keys and secrets.
enum Secrets<'a> {
    /// One that the operator named, and that stays.
    Named(&'a Path),
    /// One that goes with the twin.
    Passing(NamedTempFile),
}

impl<'a> Secrets<'a> {
    fn write(path: Option<&'a Path>, handle: &Handle) -> Result<Self, Failure> {
        let text = secrets(handle);
        let failed = |error: std::io::Error| {
            let says = "the twin's keys could not be written";
            Failure::new(FailureKind::Other, says).because(&error)
        };
        match path {
            Some(path) => {
                let mut options = OpenOptions::new();
                let file = options.write(true).create_new(true).mode(0o600).open(path);
                let mut file = file.map_err(|error| {
                    failed(error).hint("Name a file that is not there yet after --secrets.")
                })?;
                file.write_all(text.as_bytes()).map_err(failed)?;
                Ok(Self::Named(path))
            }
            None => {
                let builder =
                    tempfile::Builder::new().prefix("golive-twin-").suffix(".env").tempfile();
                let mut file = builder.map_err(failed)?;
                file.write_all(text.as_bytes()).map_err(failed)?;
                Ok(Self::Passing(file))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Passing(file) => file.path(),
        }
    }
}

/// The keys and secrets as a shell and most frameworks read them.
fn secrets(handle: &Handle) -> String {
    let mut text =
        String::from("# Keys of golive's rehearsal twin. MintCash knows none of them.\n");
    for (name, environment) in [("LIVE", Environment::Live), ("SANDBOX", Environment::Test)] {
        let keys = handle.credentials(environment);
        let url = handle.url(environment);
        let url = url.as_str().trim_end_matches('/');
        for (what, value) in [
            ("URL", url),
            ("PUBLIC_KEY", &keys.public),
            ("SECRET_KEY", &keys.secret),
            ("WEBHOOK_SECRET", &keys.webhook),
        ] {
            text.push_str(&format!("MINTCASH_{name}_{what}={value}\n"));
        }
    }
    text
}

fn announce(console: &mut Console, args: &args::Twin, handle: &Handle, secrets: &Path) {
    let place = visible(&secrets.display().to_string(), 300);
    let url = |environment| handle.url(environment).to_string();
    let (live, test) = (url(Environment::Live), url(Environment::Test));
    let target = |url: &Option<url::Url>| url.as_ref().map(|url| visible(url.as_str(), 300));
    if console.is_json() {
        let public = |environment| handle.public_key(environment);
        console.document(&json!({
            "schema": "golive.twin-started/1",
            "live": {
                "url": live,
                "publicKey": public(Environment::Live),
                "webhook": target(&args.webhook),
            },
            "sandbox": {
                "url": test,
                "publicKey": public(Environment::Test),
                "webhook": target(&args.test_webhook),
            },
            "control": handle.control_url().to_string(),
            "secrets": place,
            "seed": args.seed,
            "speed": args.speed,
            "switches": args.switch,
        }));
        return;
    }
    let none = || "nowhere yet".to_owned();
    for line in [
        "Rehearsal twin of MintCash: simulated on this machine, no money moves.".to_owned(),
        String::new(),
        format!("live     {live}"),
        format!("  key    {}", handle.public_key(Environment::Live)),
        format!("  hooks  {}", target(&args.webhook).unwrap_or_else(none)),
        format!("sandbox  {test}"),
        format!("  key    {}", handle.public_key(Environment::Test)),
        format!("  hooks  {}", target(&args.test_webhook).unwrap_or_else(none)),
        format!("steer    {}", handle.control_url()),
        format!("secrets  {place}"),
    ] {
        console.say(line);
    }
    console.tell("Ctrl-C ends it.");
}

fn list(console: &mut Console) {
    if console.is_json() {
        let switch = |it: &Switch| json!({ "name": it.name(), "about": it.about() });
        let card = |it: TestCard| json!({ "name": it.name(), "number": it.number() });
        console.document(&json!({
            "schema": "golive.twin-list/1",
            "switches": Switch::ALL.iter().map(switch).collect::<Vec<_>>(),
            "cards": TestCard::ALL.into_iter().map(card).collect::<Vec<_>>(),
        }));
        return;
    }
    for group in Group::ALL {
        console.say(group.title());
        for switch in Switch::ALL.iter().filter(|switch| switch.group() == group) {
            console.prose(format!("  {:<28}{}", switch.name(), switch.about()), 30);
        }
        console.say("");
    }
    console.say("Test cards, the twin's own");
    for card in TestCard::ALL {
        let number = card.number().unwrap_or_else(|| "no card".to_owned());
        console.say(format!("  {:<28}{number}", card.name()));
    }
}
