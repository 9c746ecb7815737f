//! What a fault of the demo is: its name, what it changes, and which check has to catch it.
//!
//! The faults themselves are data in [`catalogue`](super::catalogue). The rule they keep: a fault
//! changes exactly one thing, and names the one check that claims to find it.

use std::collections::BTreeSet;

/// One thing that can be wrong at the demo's merchant or provider.
#[derive(Debug)]
pub struct Fault {
    /// Its name, `secret-in-history`.
    pub name: &'static str,
    /// What is wrong, one sentence.
    pub about: &'static str,
    /// What it changes.
    pub change: Change,
    /// The step whose check has to catch it.
    pub step: &'static str,
    /// That check.
    pub check: &'static str,
    /// How the check has to say it.
    pub caught: Caught,
    /// Other checks that may rightly mind.
    pub minds: &'static [&'static str],
}

/// How a check says that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Caught {
    /// It fails.
    Fails,
    /// It does not pass: nobody can tell from outside, and it says so.
    Doubts,
    /// It waits for what never comes, says for what, and so never passes.
    Waits,
    /// It says it as a risk, and its outcome stays what it was.
    Warns,
    /// It passes: golive and the shop have to get through it.
    Survives,
}

impl Caught {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Doubts => "doubts",
            Self::Waits => "waits in vain",
            Self::Warns => "warns",
            Self::Survives => "gets through",
        }
    }
}

/// What a fault changes.
#[derive(Debug)]
pub enum Change {
    /// How the shop's webhook handler behaves.
    Handler(Flaw),
    /// The certificate that the shop presents.
    Certificate(Paper),
    /// What else the shop's server does on its ports.
    Server(Door),
    /// A text in a file of the shop's source, replaced by another.
    Source(Edit),
    /// A text in a file that production is configured from.
    Configuration(Edit),
    /// What git keeps.
    History(Kept),
    /// A file that golive takes a secret from.
    Secret(Held),
    /// Lines in the shop's log of requests.
    Log(Lines),
    /// The old webhook of the sandbox.
    OldWebhook(Old),
    /// Switches of the provider's twin that are turned on.
    Provider(&'static [&'static str]),
    /// What the customer of the rehearsal does.
    Customer(Whim),
    /// What happens in the first week, by its logs.
    Week(Mishap),
}

impl Change {
    /// Where the change is, in a few words.
    #[must_use]
    pub fn place(&self) -> &'static str {
        match self {
            Self::Handler(_) => "webhook handler",
            Self::Certificate(_) => "certificate",
            Self::Server(_) => "server",
            Self::Source(_) => "source",
            Self::Configuration(_) => "configuration",
            Self::History(_) => "git",
            Self::Secret(_) => "secret files",
            Self::Log(_) => "request log",
            Self::OldWebhook(_) => "old webhook",
            Self::Provider(_) => "provider",
            Self::Customer(_) => "customer",
            Self::Week(_) => "first week",
        }
    }
}

/// What a handler can do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it does")]
pub enum Flaw {
    // signature
    AcceptsUnsigned,
    VerifiesNothing,
    PresenceOnly,
    ComparesPrefix,
    AcceptsMalformed,
    Reserialises,
    OldSecret,
    SandboxSecret,
    LineEndInSecret,
    OtherHeader,
    UpperCaseOnly,
    ExpectsBase64,
    PlainHash,
    // environment
    ActsOnSandbox,
    TakesSandboxSecret,
    // dedupe
    NoDedupe,
    DedupeRace,
    ConflictOnCopy,
    FailsOnCopy,
    DedupeByPayment,
    // time
    Slow,
    OneAtATime,
    // odd events
    DiesOnJunk,
    NumbersOnly,
    SlowClientBlocks,
    FailsOnUnknown,
    FailsOnRefund,
    LogsWrongAmount,
    // the way in
    Redirects,
    CsrfWall,
    LoginWall,
    FailsOnGet,
}

/// What a certificate can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it is")]
pub enum Paper {
    Expired,
    OtherName,
    Alone,
    SelfSigned,
    EndsSoon,
}

/// What a server can do beside serving TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it does")]
pub enum Door {
    Cleartext,
    OldTls,
}

/// A text in a file, replaced by another. `{…}` in the new one stands for a secret of the demo:
/// `{live_secret_key}`, `{test_secret_key}`, `{live_secret_key_base64}`, `{other_live_key}`.
#[derive(Debug)]
pub struct Edit {
    /// The file, relative to the shop.
    pub file: &'static str,
    /// The text that stands there; empty to add the new text at the end of the file, or the file.
    pub find: &'static str,
    /// The text in its place.
    pub put: &'static str,
}

/// A text that git keeps, and where.
#[derive(Debug)]
pub struct Kept {
    /// The file that it stands in.
    pub file: &'static str,
    /// The text, with `{…}` as in [`Edit`].
    pub text: &'static str,
    /// Where git has it.
    pub where_: Where,
}

/// Where git has something that is not in the work tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In a commit of the branch, removed by a later one.
    Past,
    /// In a commit that no branch leads to any more.
    Deleted,
    /// In a stash.
    Stash,
}

/// What can be wrong with a file that golive takes a secret from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it is")]
pub enum Held {
    SandboxKeyAsLive,
    PairMixedUp,
    Mistyped,
    OpenToAll,
}

/// What can be wrong in the shop's log of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it is")]
pub enum Lines {
    TwoCustomers,
    TwoAmounts,
    TwoCurrencies,
    BothEnvironments,
    TwoIds,
}

/// What an old webhook can still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it does")]
pub enum Old {
    Acts,
    Answers,
    Redirects,
}

/// What the customer of the rehearsal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it does")]
pub enum Whim {
    CardDeclined,
    Leaves,
}

/// What can go wrong in the first week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the catalogue says of each what it is")]
pub enum Mishap {
    Outage,
    Slow,
    Silence,
    OneCodeUp,
    ManyCodesUp,
    CardsTested,
    DunningStops,
    NoRequestIds,
    ErrorsNotLogged,
}

/// The faults that are on, by name.
pub type Active = BTreeSet<&'static str>;
