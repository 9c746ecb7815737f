//! The facts of a request and its answer: where it went, with which method, how long it took.
//!
//! A part of the walk in [`facts`](super::facts). The rule it keeps: a duration without a unit counts
//! only in the line of a program that is known to mean one.

use super::super::json::Raw;
use super::super::target;
use super::access::is_endpoint;
use super::facts::{Context, Walk};
use super::names::Name;
use super::took::{self, Unit};

impl Walk<'_> {
    pub(super) fn aimed(&mut self, name: Name, value: Raw<'_>, at: Context) {
        let Some(text) = value.text().filter(|_| value.is_string()) else { return };
        let near = matches!(at, Context::Line | Context::Request | Context::Other);
        match name {
            Name::Url if near || at == Context::Error => self.target(&text),
            Name::Host if near => self.facts.whose.put(3, target::host(&text, &self.known.hosts)),
            Name::Method if near => self.method(&text),
            Name::RequestLine | Name::Request if near => {
                let mut parts = text.split(|byte| *byte == b' ');
                let (method, path) = (parts.next(), parts.next());
                if let (Some(method), Some(path), Some(version)) = (method, path, parts.next())
                    && version.starts_with(b"HTTP/")
                {
                    self.method(method);
                    self.target(path);
                }
            }
            Name::Agent if near || at == Context::RequestHeaders => {
                self.facts.is_probe |= text.starts_with(b"golive/");
            }
            _ => {}
        }
    }

    fn method(&mut self, method: &[u8]) {
        self.facts.is_post.put(1, Some(method.eq_ignore_ascii_case(b"POST")));
    }

    /// Takes a URL or a path.
    pub(super) fn target(&mut self, target: &[u8]) {
        let aim = target::aimed(target, &self.known.hosts);
        self.facts.whose.put(if aim.whose.is_some() { 1 } else { 9 }, aim.whose);
        self.facts.is_call |= aim.is_call;
        let resource = aim.resource.map(|id| self.room.keep(id));
        self.facts.resource.put(2, resource);
        let wanted = self.webhook_path;
        self.facts.endpoint.put(1, Some(is_endpoint(target, wanted)).filter(|is| *is));
        self.facts.endpoint.put(2, Some(false));
    }

    pub(super) fn took(&mut self, name: Name, written: &[u8], value: Raw<'_>, at: Context) {
        let near = [Context::Line, Context::Answer, Context::Request, Context::Other];
        let Some(text) = value.text().filter(|_| near.contains(&at)) else { return };
        let (rank, unit) = match name {
            Name::Millis => (2, Unit::Millis),
            Name::Seconds => (2, Unit::Seconds),
            Name::Micros => (3, Unit::Micros),
            Name::Nanos => (3, Unit::Nanos),
            Name::NginxSeconds if written == b"request_time" => (1, Unit::Nginx),
            Name::NginxSeconds => (4, Unit::Nginx),
            Name::PartSeconds => {
                self.trace.unclear();
                return self.part(written, took::decimal(&text));
            }
            _ if value.is_string() => (3, Unit::Written),
            _ => {
                self.trace.unclear();
                self.facts.bare_took = took::decimal(&text);
                return;
            }
        };
        self.trace.took(value, unit);
        self.facts.ms.put(rank, unit.read(&text));
    }

    fn part(&mut self, written: &[u8], seconds: Option<f64>) {
        let [request, target, response] = &mut self.facts.parts;
        match written.first() {
            Some(b'r') if written.starts_with(b"req") => *request = seconds,
            Some(b'r') => *response = seconds,
            _ => *target = seconds,
        }
    }

    /// What can only be said when all members are known.
    pub(super) fn finish(&mut self) {
        let facts = &mut self.facts;
        if let [Some(one), Some(two), Some(three)] = facts.parts {
            facts.ms.put(3, took::millis((one + two + three) * 1e3));
        }
        match facts.bare_took {
            Some(seconds) if facts.is_caddy => facts.ms.put(4, took::millis(seconds * 1e3)),
            Some(nanos) if facts.is_traefik => facts.ms.put(4, took::millis(nanos / 1e6)),
            _ => {}
        }
    }
}
