//! The webhook section: is the endpoint fit, does it tell real from forged.
//!
//! Probes are data ([`probe`], [`matrix`]), one runner sends them side by side ([`runner`],
//! [`schedule`]) over one pinned wire ([`wire`]), and what the answers mean is decided afterwards by pure functions
//! ([`diagnosis`]). The rule they keep: a probe that a correct handler must refuse may be sent
//! anywhere; one that is validly signed goes only to a host that somebody armed, over a connection
//! that can be trusted.

pub mod bodies;
pub mod case;
pub mod certificate;
pub mod charset;
pub mod constant_time;
pub mod dedupe;
pub mod diagnosis;
pub mod dns;
pub mod endpoint;
pub mod environment;
pub mod latency;
pub mod live_event;
pub mod matrix;
pub mod odd_events;
pub mod old_tls;
pub mod pace;
pub mod probe;
pub mod public;
pub mod runner;
pub mod schedule;
pub mod sender;
pub mod signature;
pub mod site;
pub mod target;
pub mod transcript;
pub mod trust;
pub mod wall;
pub mod watch;
pub mod wire;
