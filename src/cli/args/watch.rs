//! The flags of `golive watch`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::time::Timestamp;
use crate::week::Span;

/// What stands below the help of `watch`.
const WATCHING: &str = "\
Without one of --once, --follow and --metrics it opens the screen.

A threshold that is crossed is written to the journal, reopens the step that asks for it, and
alerts whoever `watch.alert` in golive.yaml names; once, however many programs watch. --once does
so only with --record: to look changes nothing.

An alert that fails is tried again by whoever looks next, after 1, 2, 4 and more minutes, at most
an hour apart, as long as the threshold is crossed.

What can be written to no journal, because no step of the runbook asks for it or the journal can
not be written, is alerted once by each --follow, --metrics and screen, and again when one of
them is started again. Where that fails, it is not tried again. --once alerts nothing of it.

With --once the exit code is that of `verify`: 0 all is well, 1 a threshold is crossed, 5 none is,
but something could not be found out or still waits.

For cron:        golive watch --once --record
For Prometheus:  golive watch --metrics 127.0.0.1:9464";

/// `golive watch`
#[derive(Clone, Debug, Args)]
#[command(after_help = WATCHING)]
pub struct Watch {
    /// How much time the charts show
    #[arg(long, value_name = "SPAN", default_value = Span::Day.word(), value_parser = span())]
    pub span: Span,
    /// Read the logs once, print how the first week stands, and end
    #[arg(long)]
    pub once: bool,
    /// With --once, judge as at this moment, as if no later line had been written
    #[arg(long, value_name = "TIME", requires = "once", conflicts_with = "record")]
    #[arg(value_parser = moment)]
    pub at: Option<Timestamp>,
    /// With --once, write crossed thresholds to the journal and alert
    #[arg(long, requires = "once")]
    pub record: bool,
    /// With --once, print the text for MintCash's support: ids and times, no personal data
    #[arg(long, requires = "once")]
    pub support: bool,
    /// Follow the logs without a screen: a line for each change
    #[arg(long, conflicts_with = "once")]
    pub follow: bool,
    /// Follow the logs without a screen and serve /metrics for Prometheus here; :9464 is a port of
    /// this machine only
    #[arg(long, value_name = "ADDR", conflicts_with = "once", value_parser = address)]
    pub metrics: Option<SocketAddr>,
}

/// `1h`, `6h`, `24h`, `7d`, `28d`.
fn span() -> impl TypedValueParser<Value = Span> {
    PossibleValuesParser::new(Span::ALL.map(Span::word))
        .map(|word| Span::named(&word).unwrap_or_default())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|wrong| wrong.to_string())
}

/// `127.0.0.1:9464`, `[::1]:9464`, or `:9464` for this machine only.
fn address(text: &str) -> Result<SocketAddr, String> {
    let here = |port: &str| {
        let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
        Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    };
    match text.strip_prefix(':') {
        Some(port) => here(port),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => here(text),
        None => text.parse().map_err(|_| {
            "write an address and a port, such as 127.0.0.1:9464, or :9464".to_owned()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_without_a_host_is_of_this_machine_only() {
        for (text, means) in [
            (":9464", Some("127.0.0.1:9464")),
            ("9464", Some("127.0.0.1:9464")),
            ("[::1]:9464", Some("[::1]:9464")),
            ("0.0.0.0:9464", Some("0.0.0.0:9464")),
            ("localhost", None),
            (":99999", None),
            ("", None),
        ] {
            assert_eq!(address(text).ok().map(|it| it.to_string()).as_deref(), means, "{text}");
        }
    }
}
