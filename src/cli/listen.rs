//! `golive listen`: takes webhooks, writes them down, hands them on.

mod resend;
mod show;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::unbounded_channel;

use crate::cli::args::{Global, Listen};
use crate::cli::console::Console;
use crate::cli::verify::Stop;
use crate::cli::{ask, open};
use crate::config::Config;
use crate::config::inputs::Inputs;
use crate::events::received::FILE;
use crate::failure::{Failure, FailureKind, exit};
use crate::https;
use crate::listen::{
    BODY_LIMIT, LIVE, Listener, MOST_BODY, NotStarted, Options, Seals, TEST, UPSTREAM_LIMIT,
    Upstream,
};
use crate::runtime::clock::{Clock as _, SystemClock};
use crate::secrets::{Secret, SecretRef};
use crate::text::Untrusted;

/// Runs the command until somebody stops it.
///
/// # Errors
/// When the configuration can not be used, or the listener does not start.
pub async fn run(console: &mut Console, global: &Global, args: &Listen) -> Result<u8, Failure> {
    let (config, _) = open::config(global).await?;
    let record = record(&config, args.record.as_deref());
    let upstream = upstream(args)?;
    if args.resend_failed || !args.resend.is_empty() {
        return resend::run(console, args, &record, upstream).await;
    }
    let seals = seals(console, &config.inputs).await?;
    if args.refuse_invalid && seals.is_empty() {
        let says = format!("--refuse-invalid needs a secret to verify with, and {LIVE} is not set");
        return Err(Failure::new(FailureKind::Usage, says)
            .hint(format!("Name in golive.yaml where it is: `{LIVE}: {{ command: […] }}`")));
    }
    let stop = Stop::on_signals()?;
    // Beyond a limit on the size of files a write shall fail, not end the program.
    let _too_large = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
    let (tell, mut news) = unbounded_channel();
    let options = Options {
        address: args.listen,
        record,
        upstream,
        seals,
        refuse_invalid: args.refuse_invalid,
        most_body: MOST_BODY,
        body_limit: BODY_LIMIT,
        tls: tls(args)?,
        clock: Arc::new(|| SystemClock.now()),
        tell: Arc::new(move |new| {
            // The receiver lives as long as the listener.
            let _ = tell.send(new);
        }),
    };
    show::head(console, args, &options);
    let handle = Listener::start(options).await.map_err(|error| not_started(&error))?;
    while let Ok(new) = news.try_recv() {
        show::news(console, new);
    }
    show::ready(console, args, &handle);
    loop {
        tokio::select! {
            biased;
            Some(new) = news.recv() => show::news(console, new),
            () = stop.cancel.cancelled() => break,
        }
    }
    console.tell("Stopping; requests that are under way are finished.");
    tokio::select! {
        biased;
        () = stop.abandon.cancelled() => {}
        _all_ended = handle.stop() => {}
    }
    while let Ok(new) = news.try_recv() {
        show::news(console, new);
    }
    Ok(exit::OK)
}

/// The file of records: the one that is named, or the one beside the launch's journal.
fn record(config: &Config, named: Option<&Path>) -> PathBuf {
    match named {
        Some(named) => named.to_owned(),
        None => config.state.with_file_name(FILE),
    }
}

fn upstream(args: &Listen) -> Result<Option<Upstream>, Failure> {
    let Some(url) = &args.forward else { return Ok(None) };
    let usage = |says: String| Failure::new(FailureKind::Usage, format!("--forward: {says}"));
    let upstream = Upstream::new(url, args.forward_ca.as_deref(), UPSTREAM_LIMIT).map_err(usage)?;
    let same_port = args.listen.port() != 0 && upstream.target().port == args.listen.port();
    if same_port && upstream.target().is_loopback() && is_here(args.listen.ip()) {
        return Err(usage("that is this listener itself".into()));
    }
    Ok(Some(upstream))
}

fn is_here(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

/// The secrets to verify with; one that is referred to and can not be had ends the command, since
/// everything would look forged without it.
async fn seals(console: &mut Console, inputs: &Inputs) -> Result<Seals, Failure> {
    Ok(Seals {
        live: secret(console, inputs, LIVE).await?,
        test: secret(console, inputs, TEST).await?,
    })
}

async fn secret(
    console: &mut Console,
    inputs: &Inputs,
    name: &str,
) -> Result<Option<Secret>, Failure> {
    if inputs.secret_ref(name) == Some(&SecretRef::Prompt) && console.may_ask {
        let typed = ask::secret(console, &format!("{name} (not shown): "))?;
        inputs.answer(name, typed).await;
    }
    inputs.secret(name).await.map_err(|why| {
        let failure = Failure::new(FailureKind::Config, format!("{name} could not be had ({why})"));
        match why.hint {
            Some(hint) => failure.hint(hint),
            None => failure.hint(format!("Take {name} out of golive.yaml to go on without it")),
        }
    })
}

/// The listener's own certificate and key, from PEM files.
fn tls(args: &Listen) -> Result<Option<Arc<ServerConfig>>, Failure> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else { return Ok(None) };
    let wrong = |path: &Path, what: &str| {
        let shown = Untrusted::new(path.display().to_string()).line(200);
        Failure::new(FailureKind::Usage, format!("{shown} holds no {what} in PEM"))
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(|_| wrong(certificate, "certificate"))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|_| wrong(key, "private key"))?;
    let config = ServerConfig::builder_with_provider(https::provider())
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, private));
    let unfit = |error: rustls::Error| {
        Failure::new(FailureKind::Usage, "the certificate and its key can not be used")
            .because(&error)
    };
    config.map(|config| Some(Arc::new(config))).map_err(unfit)
}

fn not_started(error: &NotStarted) -> Failure {
    let failure = Failure::new(FailureKind::Other, error.to_string());
    let failure = match std::error::Error::source(error) {
        Some(source) => failure.because(source),
        None => failure,
    };
    match error {
        NotStarted::Busy(_) => {
            failure.hint("Stop that one, or give this one a file of its own with --record FILE")
        }
        NotStarted::Record(..) => failure.hint("Name another file with --record FILE"),
        NotStarted::Address(..) => failure.hint("Take another port with --listen 127.0.0.1:PORT"),
    }
}
