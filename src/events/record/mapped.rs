//! A request whose members stand where the merchant says: `fields` of a runbook, `logs.request_log`.
//!
//! Called by [`record`](super) before it looks for the usual names, and by it for the target and the
//! status where only those are said. The rule it keeps: what the merchant says counts most.

use std::borrow::Cow;

use super::{Call, Parts, Request, Said, environment, http_status};
use crate::events::fields::Found;
use crate::events::json::Raw;
use crate::events::record::Reading;
use crate::events::shape::Thing;
use crate::events::target::{Aim, Elsewhere, Hosts, Target, aim};

/// A line whose members stand where the merchant's paths say.
pub(super) fn mapped<'a>(found: Found, parts: &Parts<'a>, reading: &Reading) -> Said<'a> {
    let Parts { top, .. } = parts;
    let usual = Target { method: None, ..parts.target() };
    let aimed = match parts.aim(Some(&found), usual, &reading.hosts) {
        Some(Err(Elsewhere)) => return Said::Elsewhere,
        Some(Ok(Aim { call, environment })) => Some((call, environment)),
        None => None,
    };
    let call = match aimed.map(|(call, _)| without_payment(call)) {
        None | Some(Call::Other) => Call::Unclear,
        Some(call) => call,
    };
    let said = found.environment.as_deref().and_then(|raw| environment(Raw::of(raw)?));
    let status = found.status();
    Said::Request(Box::new(Request {
        call,
        environment: said.or(aimed.and_then(|(_, environment)| environment)),
        at: top.logged_at.or(top.created_at),
        answered: status.or_else(|| top.answered.and_then(http_status)),
        answer: Thing::default(),
        body: Thing::default(),
        fields: Some(found),
        is_body: false,
    }))
}

/// The call, whatever it was made for.
fn without_payment<'a>(call: Call<'_>) -> Call<'a> {
    match call {
        Call::Payment => Call::Payment,
        Call::Subscription => Call::Subscription,
        Call::Refund(_) => Call::Refund(None),
        Call::Unclear => Call::Unclear,
        Call::Other => Call::Other,
    }
}

impl Found {
    /// The HTTP status of the answer.
    pub(super) fn status(&self) -> Option<u16> {
        http_status(Raw::of(self.status.as_deref()?)?)
    }
}

impl<'a> Parts<'a> {
    /// Whether and to which call it went; the merchant's own path to the target counts most.
    pub(super) fn aim(
        &self,
        own: Option<&Found>,
        usual: Target<'a>,
        hosts: &Hosts,
    ) -> Option<Result<Aim<'a>, Elsewhere>> {
        let own = own.and_then(|own| own.url.as_deref());
        let Some(url) = own.and_then(|raw| Raw::of(raw)?.text().map(Cow::into_owned)) else {
            return aim(usual, hosts);
        };
        let named = match memchr::memmem::find(&url, b"://") {
            Some(_) => Target { url: Some(&url), method: usual.method, ..Target::default() },
            None => Target { path: Some(&url), ..usual },
        };
        let aimed = aim(named, hosts)?;
        let owned = |Aim { call, environment }| Aim { call: without_payment(call), environment };
        Some(aimed.map(owned))
    }
}
