//! The rehearsal twin: a simulation of MintCash on this machine, after mintcash-contract.md.
//!
//! Started by `golive twin`, by `golive demo` and by tests. `world` is what happens, without a
//! network or a clock; `edge` is its listeners, its deliveries and its hold on real time. The rules
//! it keeps: it listens on 127.0.0.1 and delivers to this machine only; its keys and cards are its
//! own and worth nothing anywhere else; what the documentation leaves open is a switch.

pub mod card;
mod edge;
mod handle;
pub mod switch;
mod world;

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::{Failure, FailureKind};
use crate::mintcash::envelope::Environment;
use crate::time::Timestamp;
use crate::twin::edge::courier::{Courier, deliverable};
use crate::twin::edge::engine::Engine;
use crate::twin::edge::listen::Listener;
use crate::twin::edge::{api, control};
use crate::twin::switch::Setting;
use crate::twin::world::World;
use crate::twin::world::dice::Dice;

pub use card::TestCard;
pub use handle::{Handle, OpenPage};

/// How a twin is started.
#[derive(Clone)]
pub struct Options {
    /// The port of the live API; 0 for any.
    pub live_port: u16,
    /// The port of the sandbox.
    pub sandbox_port: u16,
    /// The port of the page and the API that steer it.
    pub control_port: u16,
    /// Everything that is made up follows from it.
    pub seed: u64,
    /// What the virtual clock says at the beginning.
    pub start: Timestamp,
    /// How many virtual seconds pass in a real one; 0 for a clock that is only stepped.
    pub speed: f64,
    /// Switches that are on from the beginning, by name: `cents`, `live:duplicates`,
    /// `renewal-fails-with=card_expired`.
    pub switches: Vec<String>,
    /// Where live webhooks go.
    pub webhook: Option<Url>,
    /// Where webhooks of the sandbox go.
    pub test_webhook: Option<Url>,
    /// Roots that deliveries over https trust beside the public ones.
    pub roots: Option<RootCertStore>,
    /// The live keys and webhook secret, in place of those that follow from the seed.
    pub live: Option<Credentials>,
    /// Those of the sandbox.
    pub test: Option<Credentials>,
}

/// The keys and the webhook secret of one of the twin's environments: made up, nobody's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user of HTTP Basic.
    pub public: String,
    /// Its password.
    pub secret: String,
    /// What webhooks are signed with.
    pub webhook: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({})", self.public)
    }
}

impl Credentials {
    /// Those that follow from a seed.
    #[must_use]
    pub fn made(environment: Environment, seed: u64) -> Self {
        let (name, stream) = match environment {
            Environment::Live => ("live", 11),
            Environment::Test => ("test", 12),
        };
        let mut dice = Dice::new(seed, stream);
        Self {
            public: format!("pk_{name}_twin{}", dice.letters(16)),
            secret: format!("sk_{name}_twin{}", dice.letters(28)),
            webhook: format!("whsec_{name}_twin{}", dice.letters(28)),
        }
    }
}

impl Options {
    /// Any ports, seed 1, a clock that is only stepped, nothing switched on.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            live_port: 0,
            sandbox_port: 0,
            control_port: 0,
            seed: 1,
            start,
            speed: 0.0,
            switches: Vec::new(),
            webhook: None,
            test_webhook: None,
            roots: None,
            live: None,
            test: None,
        }
    }

    fn world(&self) -> Result<World, Failure> {
        let made = |own: &Option<Credentials>, environment| {
            own.clone().unwrap_or_else(|| Credentials::made(environment, self.seed))
        };
        let live = made(&self.live, Environment::Live);
        let test = made(&self.test, Environment::Test);
        let mut world = World::new(self.start, self.seed, live, test);
        for name in &self.switches {
            world.switch(&Setting::read(name).map_err(usage)?, true);
        }
        let targets = [(Environment::Live, &self.webhook), (Environment::Test, &self.test_webhook)];
        for (environment, url) in targets {
            if let Some(url) = url {
                deliverable(url).map_err(usage)?;
                world.parts(environment).1.webhook = Some(url.to_string());
            }
        }
        Ok(world)
    }
}

/// A running twin; ends when it is dropped.
pub struct Twin {
    handle: Handle,
    end: CancellationToken,
    tasks: JoinSet<()>,
}

impl Twin {
    /// Starts a twin in the current runtime.
    ///
    /// # Errors
    /// When a port is taken, a switch has no such name or a webhook leads to another machine.
    pub async fn start(options: Options) -> Result<Self, Failure> {
        let mut world = options.world()?;
        let live = Listener::on(options.live_port).await?;
        let sandbox = Listener::on(options.sandbox_port).await?;
        let steer = Listener::on(options.control_port).await?;
        for (environment, listener) in [(Environment::Live, &live), (Environment::Test, &sandbox)] {
            let base = listener.url().as_str().trim_end_matches('/');
            base.clone_into(&mut world.parts(environment).1.base);
        }
        let end = CancellationToken::new();
        let courier = Courier::new(options.roots.clone())?;
        let (engine, outbox) = Engine::new(world, options.speed, courier, end.clone());
        let engine = Arc::new(engine);
        let handle = Handle::new(
            Arc::clone(&engine),
            live.url().clone(),
            sandbox.url().clone(),
            steer.url().clone(),
        );
        let mut tasks = JoinSet::new();
        let doorman = control::Doorman::new(handle.clone());
        let (at_live, at_test) = (Arc::clone(&engine), Arc::clone(&engine));
        tasks.spawn(live.serve(end.clone(), move |request| {
            api::answer(Arc::clone(&at_live), Environment::Live, request)
        }));
        tasks.spawn(sandbox.serve(end.clone(), move |request| {
            api::answer(Arc::clone(&at_test), Environment::Test, request)
        }));
        tasks.spawn(steer.serve(end.clone(), move |request| doorman.clone().answer(request)));
        tasks.spawn(Arc::clone(&engine).run());
        tasks.spawn(engine.carry_all(outbox));
        Ok(Self { handle, end, tasks })
    }

    /// The way to it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(mut self) {
        self.end.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

fn usage(says: String) -> Failure {
    Failure::new(FailureKind::Usage, says)
}
