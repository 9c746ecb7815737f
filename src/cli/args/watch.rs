//! The flags of `golive watch`.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::week::Span;

/// `golive watch`
#[derive(Clone, Debug, Args)]
pub struct Watch {
    /// How much time the charts show
    #[arg(long, value_name = "SPAN", default_value = Span::Day.word(), value_parser = span())]
    pub span: Span,
    // What works without a screen stands here too: `--once`, `--metrics ADDR`, `--support`.
}

/// `1h`, `6h`, `24h`, `7d`, `28d`.
fn span() -> impl TypedValueParser<Value = Span> {
    PossibleValuesParser::new(Span::ALL.map(Span::word))
        .map(|word| Span::named(&word).unwrap_or_default())
}
