//! The flags of the commands that serve: the demo, the twin, the listener.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use url::Url;

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

/// What stands below the help of `demo`.
const DEMO: &str = "\
While you walk, `d`, or `demo` with --plain, opens the demo's panel: pay a page with a test
card, let time pass, let the first week pass, switch a fault. `f`, or `first-week`, shows the
first week.";

/// `golive demo`
#[derive(Debug, Args)]
#[command(after_help = DEMO)]
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
