//! What can be typed after `golive`: flags, commands, their help.
//!
//! Read by `cli::run`; completions, man page and the help snapshots come from it. No flag takes a
//! secret's value: secrets are named in `golive.yaml` by reference.

mod acts;
mod servers;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::report::Format as ReportFormat;
pub use acts::{Because, Call, CallWord, Lift, Note, Rollback, Sign, Waive};
pub use servers::{Demo, Listen, Twin};
pub use watch::Watch;

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
    /// Watch the first week: deliveries, failed payments, subscriptions, errors, by your own logs
    Watch(Watch),
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
