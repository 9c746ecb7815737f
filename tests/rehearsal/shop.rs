//! A merchant with a launch, a handler that logs its events, and a twin in MintCash's place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use golive::checks::book::{Book, Keeper, spends};
use golive::checks::context::ProgressSink;
use golive::checks::rehearsal::{LiveCheck, Rules};
use golive::checks::{Check, CheckContext, CheckReport, Outcome, Planned, Progress};
use golive::config::{self, Sources};
use golive::failure::Failure;
use golive::journal::Access;
use golive::launch::decide::Command;
use golive::launch::event::{Actor, Face, RunId};
use golive::launch::money::{Act, Confirmation, Ledger, Spend};
use golive::mintcash::envelope::Environment;
use golive::mintcash::retry::RetryRules;
use golive::runbook;
use golive::runbook::model::StepId;
use golive::runtime::clock::Clock;
use golive::runtime::workspace::{SharedWorkspace, Workspace, lock};
use golive::secrets::Secret;
use golive::time::Timestamp;
use golive::twin::{Handle, Options, TestCard, Twin};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Waits for what comes, and gives up soon on what does not.
pub const RULES: Rules = Rules {
    retry: RetryRules {
        tries: 3,
        first: Duration::from_millis(5),
        most: Duration::from_millis(10),
        patience: Duration::from_secs(5),
    },
    tick: Duration::from_millis(5),
    api_first: Duration::from_millis(10),
    api_most: Duration::from_millis(40),
    page: Duration::from_secs(20),
    state: Duration::from_secs(20),
    event: Duration::from_secs(20),
    second_look: Duration::from_millis(60),
    grace: Duration::from_secs(5),
    delivers_for: Duration::from_secs(24 * 3_600),
};

pub const LIVE: Environment = Environment::Live;
pub const DAY: Duration = Duration::from_secs(86_400);

/// A clock that moves when it is told to.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.millis())))
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The merchant and everything around.
pub struct Shop {
    pub twin: Handle,
    pub rules: Rules,
    /// The card that is typed on the page that is shown; nobody pays without one.
    pub card: Option<TestCard>,
    /// Where the API is asked; the twin itself, or a proxy in front of it.
    pub api: Url,
    folder: TempDir,
    /// How often a check has said that it waits: it has read the logs before.
    pub waits: Arc<AtomicUsize>,
    clock: Hands,
    inputs: BTreeMap<&'static str, String>,
    _twin: Twin,
    _handler: tokio::task::JoinHandle<()>,
}

/// What came of a run.
pub struct Ran {
    pub report: CheckReport,
    /// Pages that were shown.
    pub pages: Vec<String>,
    /// What was said on the way: name and words.
    pub said: Vec<String>,
}

impl Ran {
    #[track_caller]
    pub fn is(&self, outcome: Outcome, words: &str) -> &Self {
        let summary = &self.report.summary;
        assert_eq!(self.report.outcome, outcome, "{summary}\n{:#?}", self.report);
        assert!(summary.contains(words), "no `{words}` in: {summary}\n{:#?}", self.report);
        self
    }

    /// Whether a finding says this.
    #[track_caller]
    pub fn finds(&self, words: &str) -> &Self {
        let said = format!("{:#?}", self.report.findings);
        assert!(said.contains(words), "no `{words}` in {said}");
        self
    }

    #[track_caller]
    pub fn evidence(&self, name: &str) -> &str {
        self.report.evidence[name].as_str().unwrap()
    }
}

pub fn ada() -> Actor {
    Actor { name: "Ada".into(), user: None, host: Some("till".into()), via: Face::Command }
}

impl Shop {
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    /// A shop whose provider behaves like this.
    pub async fn with(switches: &[&str]) -> Self {
        let now = Timestamp::parse("2026-11-25T10:00:00Z").unwrap();
        let folder = TempDir::new().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = format!("http://{}/hook", listener.local_addr().unwrap());
        let log = folder.path().join("events.jsonl");
        let handler = tokio::spawn(handle(listener, log));
        let mut options = Options::at(now);
        options.switches = switches.iter().map(|name| (*name).to_owned()).collect();
        options.webhook = Some(hook.parse().unwrap());
        options.seed = uuid::Uuid::new_v4().as_u64_pair().0;
        let twin = Twin::start(options).await.unwrap();
        let handle = twin.handle();
        let mut shop = Self {
            api: handle.url(LIVE),
            twin: handle,
            rules: RULES,
            card: Some(TestCard::Success),
            folder,
            clock: Hands::at(now),
            waits: Arc::default(),
            inputs: BTreeMap::new(),
            _twin: twin,
            _handler: handler,
        };
        let own = shop.twin.credentials(LIVE);
        shop.keys(&own.public, &own.secret);
        for (name, value) in [
            ("webhook_url", hook.as_str()),
            ("event_log", "[events.jsonl]"),
            ("rehearsal_email", "ada@shop.example"),
            ("rehearsal_country", "US"),
            ("rehearsal_postal_code", "\"94105\""),
        ] {
            shop.input(name, value);
        }
        shop.api(shop.api.clone());
        shop
    }

    /// Waits but shortly for what will not come.
    pub fn hasty(mut self) -> Self {
        self.rules.state = Duration::from_millis(300);
        self.rules.event = Duration::from_millis(300);
        self
    }

    /// Uses these keys.
    pub fn keys(&mut self, public: &str, secret: &str) {
        for (name, value) in [("live_public_key", public), ("live_secret_key", secret)] {
            let path = self.path().join(name);
            std::fs::write(&path, value).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(&path, mode).unwrap();
            self.input(name, &format!("{{ file: {} }}", path.display()));
        }
    }

    /// Asks the API there.
    pub fn api(&mut self, url: Url) {
        self.api = url;
        let url = self.api.to_string();
        self.input("api_url", &url);
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self) -> PathBuf {
        self.path().join("events.jsonl")
    }

    /// Sets an input; an empty one is taken out.
    pub fn input(&mut self, name: &'static str, value: &str) {
        match value {
            "" => drop(self.inputs.remove(name)),
            value => drop(self.inputs.insert(name, value.to_owned())),
        }
        let lines = self.inputs.iter().map(|(name, value)| format!("  {name}: {value}\n"));
        let text = format!("launch: shop\ninputs:\n{}", lines.collect::<String>());
        std::fs::write(self.path().join("golive.yaml"), text).unwrap();
    }

    /// Lets time pass, here and at the provider.
    pub async fn wait(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap();
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
        self.twin.advance(span).await;
    }

    /// Opens the launch anew, as another process does.
    pub fn workspace(&self) -> SharedWorkspace {
        open(self.path(), self.clock.clone())
    }

    /// What the clock says.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn journal(&self) -> PathBuf {
        lock(&self.workspace()).config.state.clone()
    }

    pub fn ledger(&self) -> Ledger {
        lock(&self.workspace()).launch().ledger().clone()
    }

    /// What the twin has really done.
    pub fn counters(&self) -> Value {
        self.twin.snapshot(LIVE)["counters"].clone()
    }

    #[track_caller]
    pub fn really(&self, charges: u64, refunds: u64) {
        let counters = self.counters();
        assert_eq!(counters["charges"], charges, "{counters}");
        assert_eq!(counters["refunds"], refunds, "{counters}");
    }

    /// Verifies a step whose every movement of money somebody confirms.
    pub async fn confirm(&self, act: Act) -> Ran {
        self.verify(act, true, CancellationToken::new()).await
    }

    /// Verifies a step, and nobody confirms anything.
    pub async fn look(&self, act: Act) -> Ran {
        self.verify(act, false, CancellationToken::new()).await
    }

    pub async fn verify(&self, act: Act, confirm: bool, cancel: CancellationToken) -> Ran {
        let planned = self.plan(act).await;
        let spends = if confirm { planned } else { Vec::new() };
        self.verify_with(act, spends, cancel).await
    }

    /// What a run would ask to confirm.
    pub async fn plan(&self, act: Act) -> Vec<Spend> {
        plan(&self.workspace(), self.rules, act).await
    }

    pub async fn verify_with(
        &self,
        act: Act,
        spends: Vec<Spend>,
        cancel: CancellationToken,
    ) -> Ran {
        let (sink, seen) = self.watch();
        let workspace = self.workspace();
        let report = run(&workspace, self.rules, act, spends, (cancel, sink)).await;
        let (pages, said) = std::mem::take(&mut *seen.lock().unwrap());
        Ran { report, pages, said }
    }

    /// Pays on the page that is shown, and lets the provider deliver what follows.
    fn watch(&self) -> (ProgressSink, Seen) {
        let seen = Seen::default();
        let (kept, twin, card) = (Arc::clone(&seen), self.twin.clone(), self.card);
        let waits = Arc::clone(&self.waits);
        let sink = ProgressSink::new(move |progress| match progress {
            Progress::Page { url, .. } => {
                kept.lock().unwrap().0.push(url.clone());
                let (Some(card), twin) = (card, twin.clone()) else { return };
                tokio::spawn(async move {
                    let page = twin.open_pages(LIVE).into_iter().find(|it| it.url.as_str() == url);
                    if let Some(page) = page {
                        twin.pay(LIVE, &page.id, card).unwrap();
                        twin.advance(Duration::from_secs(120)).await;
                    }
                });
            }
            Progress::Probe { name, says, .. } => {
                kept.lock().unwrap().1.push(format!("{name}: {says}"));
            }
            Progress::Work { doing, .. } if doing.starts_with("waiting for ") => {
                waits.fetch_add(1, Ordering::SeqCst);
            }
            Progress::Work { .. } => {}
        });
        (sink, seen)
    }
}

/// Opens the launch of the project in that folder.
pub fn open(project: &Path, clock: Hands) -> SharedWorkspace {
    let sources = Sources {
        cwd: project.to_owned(),
        state_dir: Some(project.join("state")),
        ..Sources::default()
    };
    let (config, _) = config::open(sources).unwrap();
    let opened =
        Workspace::open(Arc::new(config), runbook::builtin(), Arc::new(clock), Access::Append);
    Arc::new(Mutex::new(opened.unwrap()))
}

fn check(rules: Rules, act: Act) -> LiveCheck {
    match act {
        Act::Charge => LiveCheck::charge(rules),
        Act::Refund => LiveCheck::refund(rules),
        Act::Subscribe => LiveCheck::subscription(rules),
        Act::Cancel => LiveCheck::cancel(rules),
    }
}

/// What a run would ask to confirm.
pub async fn plan(workspace: &SharedWorkspace, rules: Rules, act: Act) -> Vec<Spend> {
    spends(planned(workspace, rules, act).await.iter())
}

/// What a run would do.
pub async fn planned(workspace: &SharedWorkspace, rules: Rules, act: Act) -> Vec<Planned> {
    let keeper = Arc::new(Clerk { workspace: Arc::clone(workspace), writes: false });
    let context = context(workspace, act, Book::of(keeper, None));
    check(rules, act).plan(&context).await
}

/// Runs a step's check, as the runtime does.
pub async fn run(
    workspace: &SharedWorkspace,
    rules: Rules,
    act: Act,
    spends: Vec<Spend>,
    (cancel, sink): (CancellationToken, ProgressSink),
) -> CheckReport {
    let (step, run) = (step(act), RunId(ulid::Ulid::generate().to_string()));
    let submit = |command| lock(workspace).submit(&ada(), &command).unwrap();
    submit(Command::Start { step: step.clone(), run: run.clone() });
    for spend in spends {
        let owner = (spend.act.takes() && !spend.again).then(|| "Dana Ito".to_owned());
        let confirmation =
            Confirmation { step: step.clone(), run: run.clone(), spend, card_owner: owner };
        submit(Command::Confirm(Box::new(confirmation)));
    }
    let keeper = Arc::new(Clerk { workspace: Arc::clone(workspace), writes: true });
    let mut context = context(workspace, act, Book::of(keeper, Some(run.clone())));
    context.cancel = cancel;
    context.progress = sink;
    let report = check(rules, act).run(&context).await;
    submit(Command::Finish { step, run, cancelled: false });
    report
}

type Seen = Arc<Mutex<(Vec<String>, Vec<String>)>>;

fn context(workspace: &SharedWorkspace, act: Act, book: Book) -> CheckContext {
    let workspace = lock(workspace);
    let config = &workspace.config;
    let now = workspace.clock().now();
    let mut context = CheckContext::bare(Arc::clone(&config.inputs), config.base.clone(), now);
    context.step = Some(step(act));
    context.week = Arc::clone(&config.week);
    context.book = book;
    context
}

pub fn step(act: Act) -> StepId {
    StepId::from(match act {
        Act::Charge => "rehearsal.charge",
        Act::Refund => "rehearsal.refund",
        Act::Subscribe => "rehearsal.subscribe",
        Act::Cancel => "rehearsal.cancel",
    })
}

/// Reads and writes the journal as the runtime does.
struct Clerk {
    workspace: SharedWorkspace,
    writes: bool,
}

#[async_trait]
impl Keeper for Clerk {
    async fn ledger(&self) -> Result<Ledger, String> {
        let look = lock(&self.workspace).look_up(|launch| launch.ledger().clone());
        look.map_err(|it| it.to_string())
    }

    async fn submit(&self, command: Command) -> Result<(), String> {
        assert!(self.writes, "a plan writes nothing");
        let says = |failure: Failure| failure.message;
        lock(&self.workspace).submit(&ada(), &command).map(drop).map_err(says)
    }

    fn fingerprint(&self, secret: &Secret) -> String {
        golive::secrets::Fingerprint::of(secret, "test").to_string()
    }

    fn received(&self) -> PathBuf {
        lock(&self.workspace).config.state.with_file_name("events.golive.jsonl")
    }
}

/// Takes webhooks and writes each down as it came, on a line of its own.
async fn handle(listener: tokio::net::TcpListener, log: PathBuf) {
    let take = move |body: String| {
        let log = log.clone();
        async move {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
            let line = body.replace('\n', "") + "\n";
            std::io::Write::write_all(&mut file, line.as_bytes()).unwrap();
        }
    };
    let app = axum::Router::new().route("/hook", axum::routing::post(take));
    axum::serve(listener, app).await.unwrap();
}
