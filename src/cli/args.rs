//! What can be typed after `golive`: flags, commands, their help.
//!
//! Read by `cli::run`; completions, man page and the help snapshots come from it. No flag takes a
//! secret's value: secrets are named in `golive.yaml` by reference.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::report::Format as ReportFormat;

/// What stands below the help of the program.
const AFTER: &str = "\
Exit codes:
  verify    0 every check run passed · 1 one failed · 5 none failed, but something
            could not be found out, still waits, or nothing was there to run
  status    0 GO · 1 NO-GO · 3 waiting for people · 4 GO WITH RISKS · 5 something unknown
  money     0 even · 5 real money is out, or may still move
  all       1 refused by the launch, or could not be done · 2 usage, configuration or
            runbook error · 6 state file unusable · 130 interrupted

Start with `golive init`, then `golive`.";

/// What stands below the help of `twin`.
const TWIN: &str = "\
The twin simulates MintCash on 127.0.0.1: no money moves and no other machine is contacted. Its
keys, secrets and card numbers are its own; MintCash knows none of them. What MintCash's
documentation leaves open is a switch: a client has to survive both readings.";

/// What stands below the help of `listen`.
const LISTENING: &str = "\
An event is on disk before it is answered or handed on. What could not be written down is
answered 500, so that MintCash sends it again.

MintCash needs a public HTTPS address. Put what ends TLS in front of golive, for instance
  nginx        location = /webhook { proxy_pass http://127.0.0.1:8787; }
  cloudflared  cloudflared tunnel --url http://127.0.0.1:8787
or serve HTTPS here, with --listen 0.0.0.0:443 --tls-cert FILE --tls-key FILE.";

/// Walks a merchant's go-live checklist for MintCash: verifies what a program can verify, has
/// people sign off the rest, and keeps every sign-off.
#[derive(Debug, Parser)]
#[command(name = "golive", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = AFTER, subcommand_value_name = "COMMAND")]
pub struct Arguments {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command; the full screen without one.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The runbook to walk, in place of the built-in one
    #[arg(long, global = true, value_name = "FILE", env = "GOLIVE_RUNBOOK")]
    pub runbook: Option<PathBuf>,
    /// The configuration, in place of the nearest golive.yaml
    #[arg(long, global = true, value_name = "FILE", env = "GOLIVE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The journal, in place of the one in the platform's state folder
    #[arg(long, global = true, value_name = "PATH", env = "GOLIVE_STATE")]
    pub state: Option<PathBuf>,
    /// The launch's name, in place of the project folder's
    #[arg(long, global = true, value_name = "NAME", env = "GOLIVE_LAUNCH")]
    pub launch: Option<String>,
    /// Who signs
    #[arg(long = "as", global = true, value_name = "NAME", env = "GOLIVE_AS")]
    pub signer: Option<String>,
    /// How data is written to standard output
    #[arg(long, global = true, value_enum, default_value_t, env = "GOLIVE_FORMAT")]
    pub format: Format,
    /// When to use colour; NO_COLOR switches it off too
    #[arg(long, global = true, value_enum, default_value_t, env = "GOLIVE_COLOR")]
    pub color: Color,
    /// Never ask; fail where an answer is needed
    #[arg(long, global = true, env = "GOLIVE_NO_INPUT", value_parser = FalseyValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub no_input: bool,
    /// The place outside from which `verify` looks; GOLIVE_VANTAGE for the other faces
    #[arg(skip)]
    pub vantage: Option<String>,
    /// Walk line by line, without the full screen
    #[arg(long, global = true, env = "GOLIVE_PLAIN", value_parser = FalseyValueParser::new())]
    #[arg(action = ArgAction::SetTrue)]
    pub plain: bool,
}

/// How data is written to standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// A report for people and tickets; `golive report` alone
    #[value(skip)]
    Markdown,
    /// A report for CI; `golive report` alone
    #[value(skip)]
    Junit,
    /// Findings with a file and a line, for code scanning; `golive report` alone
    #[value(skip)]
    Sarif,
}

/// The formats of a report. They share the global flag's type, since clap hands a global flag's
/// value up and down the commands.
fn report_format() -> impl TypedValueParser<Value = Format> {
    let named = ReportFormat::ALL.map(|format| {
        let about = match format {
            ReportFormat::Markdown => "For people and tickets",
            ReportFormat::Json => "For programs",
            ReportFormat::Junit => "For CI",
            ReportFormat::Sarif => "Findings in files, for code scanning",
        };
        PossibleValue::new(format.name()).help(about)
    });
    PossibleValuesParser::new(named).map(|name| match name.as_str() {
        "json" => Format::Json,
        "junit" => Format::Junit,
        "sarif" => Format::Sarif,
        _ => Format::Markdown,
    })
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// What the arguments say before they are understood, for the message that they are not.
    #[must_use]
    pub fn typed(arguments: &[OsString]) -> Self {
        let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
        let after = words.iter().skip_while(|word| *word != "--color").nth(1);
        let joined = words.iter().find_map(|word| word.strip_prefix("--color="));
        let said = joined.or(after.map(AsRef::as_ref));
        said.and_then(|said| Self::from_str(said, false).ok()).unwrap_or_default()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk the whole runbook against a shop and a MintCash that are simulated on this machine
    Demo(Demo),
    /// Write golive.yaml by asking
    Init(Init),
    /// Run checks and record their results
    Verify(Verify),
    /// Show where the launch stands, the verdict and the next step
    Status,
    /// Sign a step
    Sign(Sign),
    /// Say go, hold or no-go at a roll call
    Call(Call),
    /// Lift a hold, for a reason, in your own name
    Lift(Lift),
    /// Show the way back from what can not be taken back, or call the rollback
    Rollback(Rollback),
    /// Go on without a step, for a reason, in your own name
    Waive(Waive),
    /// Say that a step does not apply to this merchant
    Skip(Because),
    /// Take back a step's sign-offs, waiver and results
    Reopen(Because),
    /// Write something down, about a step or about the launch
    Note(Note),
    /// Show what real money has moved, and what may still move
    Money(Money),
    /// Bring what was seen from another place into this launch
    #[command(subcommand)]
    Vantage(Vantage),
    /// Show the audit trail
    Log,
    /// Prove the journal
    #[command(subcommand)]
    Journal(Journal),
    /// Write the report to hand over
    Report(Report),
    /// Look for secret keys in source and history, without a launch
    Scan(Scan),
    /// Take webhooks, write them down and hand them on
    Listen(Listen),
    /// List the launches on this machine
    Launches,
    /// Run the rehearsal twin, a simulated MintCash for your own tests
    Twin(Twin),
    /// Look at the runbook, or allow its commands to run
    #[command(subcommand)]
    Runbook(Runbook),
    /// Look at the configuration
    #[command(subcommand)]
    Config(Config),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page, of the program or of a command
    Man(Man),
}

/// `golive demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Begin with a fault switched on; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// List every fault, and the check that catches it
    #[arg(long)]
    pub list_faults: bool,
    /// Walk without anybody there: a simulated operator verifies and signs, a simulated customer pays
    #[arg(long)]
    pub check: bool,
    /// With --check, walk only this section; may be given more than once
    #[arg(long, value_name = "SECTION", requires = "check")]
    pub section: Vec<String>,
    /// Keep the demo's folder here; it must be empty or new
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `golive init`
#[derive(Debug, Args)]
pub struct Init {
    /// Take the defaults without asking
    #[arg(long, short)]
    pub yes: bool,
}

/// `golive verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// Steps to verify, such as webhook.signature; all that have checks when none is named
    #[arg(value_name = "STEP")]
    pub steps: Vec<String>,
    /// Every step of a section
    #[arg(long, value_name = "SECTION")]
    pub section: Vec<String>,
    /// Leave a step out
    #[arg(long, value_name = "STEP")]
    pub skip: Vec<String>,
    /// Let validly signed probes go to this host
    #[arg(long, value_name = "HOST")]
    pub arm: Vec<String>,
    /// Say that this run looks from this place outside your network, such as hotspot or ci
    #[arg(long, value_name = "NAME", env = "GOLIVE_VANTAGE")]
    pub vantage: Option<String>,
    /// Let this real money move: what --dry-run says, word for word
    #[arg(long, value_name = "HOST AMOUNT CURRENCY")]
    pub spend: Vec<String>,
    /// Whose card is charged: your own, or that of somebody who is beside you
    #[arg(long, value_name = "NAME")]
    pub card_owner: Option<String>,
    /// Print what would be sent, and to where; send and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `golive sign`
#[derive(Debug, Args)]
pub struct Sign {
    /// The step, such as cutover.switch
    pub step: String,
    /// The role you sign in, where the step asks for roles
    #[arg(long)]
    pub role: Option<String>,
    /// Evidence that the step asks for, by name
    #[arg(long, value_name = "NAME=VALUE")]
    pub evidence: Vec<String>,
    /// A remark, kept with the signature
    #[arg(long)]
    pub note: Option<String>,
    /// The phrase that an irreversible step asks for
    #[arg(long, value_name = "PHRASE")]
    pub confirm: Option<String>,
    /// Sign although an id in the evidence could not be looked up at MintCash, for this reason
    #[arg(long, value_name = "REASON")]
    pub not_looked_up: Option<String>,
    /// Let the API keys go to this host, where api_url is not MintCash's own
    #[arg(long, value_name = "HOST")]
    pub arm: Vec<String>,
}

/// What a role says at a roll call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CallWord {
    /// Go on, standing on the verdict as it is now
    Go,
    /// Not now; stops the launch until it is lifted by name
    Hold,
    /// No; stops the launch until the same role calls again
    NoGo,
}

/// `golive call`
#[derive(Debug, Args)]
pub struct Call {
    /// What you say
    #[arg(value_enum)]
    pub call: CallWord,
    /// The role you speak for, such as engineering
    #[arg(long)]
    pub role: String,
    /// Why; a hold and a no-go need it
    #[arg(long)]
    pub reason: Option<String>,
    /// Evidence that the step asks for, by name; the first go gives it
    #[arg(long, value_name = "NAME=VALUE")]
    pub evidence: Vec<String>,
    /// The roll call; the one that is open when left out
    #[arg(long)]
    pub step: Option<String>,
}

/// `golive lift`
#[derive(Debug, Args)]
pub struct Lift {
    /// The role that holds
    #[arg(long)]
    pub role: String,
    /// Why it may go on
    #[arg(long)]
    pub reason: String,
    /// The roll call; the one that is held when left out
    #[arg(long)]
    pub step: Option<String>,
}

/// `golive rollback`
#[derive(Debug, Args)]
pub struct Rollback {
    /// Call the rollback: record that it is done, by you and why
    #[arg(long, requires = "reason")]
    pub call: bool,
    /// Why
    #[arg(long, requires = "call")]
    pub reason: Option<String>,
    /// The step; the one that was signed last when left out
    #[arg(long)]
    pub step: Option<String>,
}

/// `golive waive`
#[derive(Debug, Args)]
pub struct Waive {
    /// The step
    pub step: String,
    /// Why the launch may go on without it
    #[arg(long)]
    pub reason: String,
    /// When the waiver ends: a date, a date and time, or a span such as 3d or 12h
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,
}

/// `golive skip` and `golive reopen`
#[derive(Debug, Args)]
pub struct Because {
    /// The step
    pub step: String,
    /// Why
    #[arg(long)]
    pub reason: String,
}

/// `golive note`
#[derive(Debug, Args)]
pub struct Note {
    /// The step that it is about (left out: the launch), then the text
    #[arg(value_names = ["STEP", "TEXT"], num_args = 1..=2, required = true)]
    pub words: Vec<String>,
}

/// `golive money`
#[derive(Debug, Args)]
pub struct Money {
    /// Show the page that still asks for a card, as a link and as a QR code
    #[arg(long)]
    pub qr: bool,
}

/// `golive vantage`
#[derive(Debug, Subcommand)]
pub enum Vantage {
    /// Record a result of webhook-endpoint that was found elsewhere, as your own act
    Import {
        /// What `golive verify webhook.endpoint --vantage NAME --format json` printed there
        file: PathBuf,
    },
}

/// `golive journal`
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Check every record and the chain between them
    Verify {
        /// Fail unless the journal holds the record with this hash (64 hex digits, or at least the
        /// first 12), as noted from a screen, a report or a ticket
        #[arg(long, value_name = "HASH")]
        expect_head: Option<String>,
    },
    /// Replace a damaged journal by the records before the first line that can not be trusted
    Repair {
        /// That line, as `golive journal verify` names it; the old file is kept
        #[arg(long, value_name = "LINE")]
        from: u64,
    },
}

/// `golive report`
#[derive(Debug, Args)]
pub struct Report {
    /// How the report is written; Markdown when left out
    #[arg(long, value_name = "FORMAT", value_parser = report_format())]
    pub format: Option<Format>,
    /// Where to; standard output when left out
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `golive scan`
#[derive(Debug, Args)]
pub struct Scan {
    /// The repository or folder; the configuration's `source` when left out
    pub path: Option<PathBuf>,
}

/// `golive twin`
#[derive(Debug, Args)]
#[command(after_help = TWIN)]
pub struct Twin {
    /// The port of the live API; any free one when left out
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub live_port: u16,
    /// The port of the sandbox
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub sandbox_port: u16,
    /// The port of the page and the API that steer it
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub control_port: u16,
    /// Where live webhooks go, on this machine
    #[arg(long, value_name = "URL")]
    pub webhook: Option<Url>,
    /// Where webhooks of the sandbox go, on this machine
    #[arg(long, value_name = "URL")]
    pub test_webhook: Option<Url>,
    /// A CA, in PEM, that vouches for those URLs beside the public ones
    #[arg(long, value_name = "FILE")]
    pub webhook_ca: Option<PathBuf>,
    /// Turn a switch on, such as cents, live:duplicates or renewal-fails-with=card_expired
    #[arg(long, value_name = "NAME")]
    pub switch: Vec<String>,
    /// Virtual seconds in a real one; 0 for a clock that is only stepped
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub speed: f64,
    /// Everything that is made up follows from it, keys included
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Where the keys and webhook secrets are written; a file that goes with the twin when left out
    #[arg(long, value_name = "FILE")]
    pub secrets: Option<PathBuf>,
    /// List the switches, and the test cards, in place of running
    #[arg(long)]
    pub list: bool,
}

/// `golive listen`
#[derive(Debug, Args)]
#[command(after_help = LISTENING)]
pub struct Listen {
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Hand each event on to this URL, and give its answer back
    #[arg(long, value_name = "URL")]
    pub forward: Option<Url>,
    /// A CA, in PEM, that vouches for that URL beside the usual ones
    #[arg(long, value_name = "FILE", requires = "forward")]
    pub forward_ca: Option<PathBuf>,
    /// Answer 401 to what is not validly signed, and hand it on to nobody
    #[arg(long)]
    pub refuse_invalid: bool,
    /// The file of records, in place of the one beside the journal
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// A certificate to serve HTTPS with, in PEM, with its chain
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Send this recorded event again, as it came, in place of listening
    #[arg(long, value_name = "ID", conflicts_with = "resend_failed")]
    pub resend: Vec<String>,
    /// Send again what was handed on and not taken with 2xx, in place of listening
    #[arg(long)]
    pub resend_failed: bool,
}

/// `golive runbook`
#[derive(Debug, Subcommand)]
pub enum Runbook {
    /// Report everything that is wrong with it
    Validate {
        /// The file; the runbook in force when left out
        file: Option<PathBuf>,
    },
    /// Print its sections and steps
    Show,
    /// Print the JSON Schema of runbook files
    Schema,
    /// Allow the commands of the runbook in force, as it stands, to run in this launch
    Trust,
}

/// `golive config`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Show every value in force and where it comes from; secrets as references
    Show,
}

/// `golive completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `golive man`
#[derive(Debug, Args)]
pub struct Man {
    /// The command, such as `verify` or `journal verify`
    pub command: Vec<String>,
}
