//! The flags of the commands by which people act on a step: sign, call, waive, note and the like.

use clap::{Args, ValueEnum};

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
