//! What a call is: made here, known from a library, or neither.
//!
//! Used by `flow` for what a call hands back and by `sites` for what it does to a MAC, so that both
//! take it for the same.

use super::code::{Code, Id};
use super::form::{Call, Form};
use super::grammar::Grammar;
use super::names::{FunctionId, Names};
use super::words::{self, dotted, is_one_of};

/// What a call is, by its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Callee {
    /// Functions of this file.
    Here(Vec<FunctionId>),
    /// Makes an object that yields a MAC.
    Maker,
    /// Makes a MAC.
    Mac,
    /// Compares in constant time.
    Constant,
    /// Compares and stops at the first difference; the receiver takes no part.
    Early,
    /// The same; the receiver is one side.
    EarlyMethod,
    /// The verifier of another provider's SDK.
    Sdk,
    /// Measures.
    Measure,
    /// Hands back its arguments, written in another way.
    Rewrite,
    /// Something else.
    Other,
}

/// What is needed to tell.
#[derive(Clone, Copy)]
pub(super) struct Calls<'a, 't> {
    /// The nodes.
    pub code: &'a Code<'t>,
    /// Their forms.
    pub forms: &'a [Form<'t>],
    /// The tables of the language.
    pub grammar: &'a Grammar,
    /// The names.
    pub names: &'a Names<'t>,
    /// Whether the file works with HMAC keys of the Web Crypto API.
    pub web_crypto_hmac: bool,
}

impl<'t> Calls<'_, 't> {
    fn form(&self, id: Id) -> &Form<'t> {
        self.forms.get(id as usize).unwrap_or(&Form::Nothing)
    }

    /// The whole name of what is called, `crypto.subtle.sign`, as far as it is a name.
    pub fn path(&self, call: &Call<'t>) -> String {
        let whole = match (call.callee, call.on) {
            (Some(callee), _) if self.is_plain(callee) => dotted(self.code.text(callee)),
            (None, Some(on)) if self.is_plain(on) => {
                dotted(&format!("{}.{}", self.code.text(on), call.name))
            }
            _ => call.name.to_owned(),
        };
        let whole = without_type_arguments(&whole);
        let (first, rest) =
            whole.split_once('.').map_or((whole.as_str(), None), |(a, b)| (a, Some(b)));
        match (self.names.aliases.get(first), rest) {
            (Some(real), None) => real.clone(),
            (Some(real), Some(rest)) => format!("{real}.{rest}"),
            (None, _) => whole,
        }
    }

    /// Whether the node is names and dots, and not long.
    fn is_plain(&self, id: Id) -> bool {
        let node = self.code.at(id);
        if node.end - node.start > 300 {
            return false;
        }
        let mut at = id;
        for _ in 0..8 {
            match self.form(at) {
                Form::Name(_) | Form::Me => return true,
                Form::Member { of, .. } => at = *of,
                _ => return false,
            }
        }
        false
    }

    /// What the call at `id` is.
    pub fn callee(&self, call: &Call<'t>, path: &str) -> Callee {
        let words = &self.grammar.words;
        let own = match call.on {
            None => true,
            Some(on) => match self.form(on) {
                Form::Me | Form::Name("self" | "cls" | "$this" | "static" | "Self" | "parent") => {
                    true
                }
                Form::Name(name) => self.is_class_here(name),
                _ => false,
            },
        };
        let here = self.here(call);
        if self.is_of_another_file(call) {
            return if words::rewrites(path) { Callee::Rewrite } else { Callee::Other };
        }
        if own && !here.is_empty() && !call.makes {
            return Callee::Here(here);
        }
        if is_one_of(path, words.sdk) && !is_one_of(path, words.constant) {
            return Callee::Sdk;
        }
        if is_one_of(path, words.constant) || self.is_vouched(call, path) {
            return self.constant(call, path);
        }
        if is_one_of(path, words.makers) || path == "hash_init" && self.names_hash_hmac(call) {
            return if self.has_key(call, path) { Callee::Maker } else { Callee::Other };
        }
        if is_one_of(path, words.macs) {
            let makes = self.makes_hmac(call, path) && has_message(call);
            return if makes { Callee::Mac } else { Callee::Other };
        }
        if is_one_of(path, words.early) {
            return Callee::Early;
        }
        if call.on.is_some() && words.early_methods.contains(&call.name) {
            return Callee::EarlyMethod;
        }
        if words::measures(call.name) {
            return Callee::Measure;
        }
        let taken = words.finish.contains(&call.name) || words.verify.contains(&call.name);
        if !here.is_empty() && !taken {
            return Callee::Here(here);
        }
        if words::names_a_mac(call.name) && !call.makes && has_message(call) {
            return Callee::Mac;
        }
        if words::rewrites(path) || call.makes && call.on.is_none() && is_plain_type(call.name) {
            return Callee::Rewrite;
        }
        Callee::Other
    }

    /// Whether the function is imported from another file of the same source, so that its name says
    /// nothing of what it does.
    fn is_of_another_file(&self, call: &Call<'t>) -> bool {
        let first = call.callee.filter(|callee| self.is_plain(*callee)).or(call.on);
        let Some(first) = first else { return self.names.siblings.contains(call.name) };
        let text = self.code.text(first);
        let name = text.split(['.', '?', ':']).next().unwrap_or(text).trim();
        self.names.siblings.contains(name)
    }

    /// Whether the package that the function comes from vouches for its name.
    fn is_vouched(&self, call: &Call<'t>, path: &str) -> bool {
        let vouched = self.grammar.words.vouched.iter();
        vouched.filter(|(name, _)| *name == "*" || is_one_of(path, &[name])).any(|(name, from)| {
            match *name {
                "*" => call.on.is_none() && self.names.packages.get(call.name) == Some(from),
                _ => self.code.bare.contains(from),
            }
        })
    }

    /// The functions of this file that the call may mean: those with as many parameters, if any.
    fn here(&self, call: &Call<'t>) -> Vec<FunctionId> {
        let Some(all) = self.names.by_name.get(call.name) else { return Vec::new() };
        let count = |id: &&FunctionId| {
            let params = self.names.function(**id).map(|known| known.params.as_slice());
            let most =
                params.and_then(|params| params.iter().map(|param| param.position + 1).max());
            most.unwrap_or(0) == call.args.len()
        };
        let exact: Vec<FunctionId> = all.iter().filter(count).copied().take(4).collect();
        if exact.is_empty() { all.iter().copied().take(4).collect() } else { exact }
    }

    fn is_class_here(&self, name: &str) -> bool {
        self.names.functions.iter().any(|known| known.class == name && !name.is_empty())
    }

    /// `subtle.verify` compares MACs only with an HMAC key.
    fn constant(&self, call: &Call<'t>, path: &str) -> Callee {
        let signature = is_one_of(path, &["subtle.verify"]);
        if signature && !self.makes_hmac(call, path) { Callee::Other } else { Callee::Constant }
    }

    /// Whether a call that signs or verifies in several ways does so with HMAC.
    fn makes_hmac(&self, call: &Call<'t>, path: &str) -> bool {
        if !is_one_of(path, &["subtle.sign", "subtle.verify", "hash_final"]) {
            return true;
        }
        if path == "hash_final" {
            return false;
        }
        let first = call.args.first().map(|arg| self.code.text(*arg)).unwrap_or_default();
        let other = ["RSA", "ECDSA", "Ed25519", "Ed448"].iter().any(|name| first.contains(name));
        first.contains("HMAC") || self.web_crypto_hmac && !other
    }

    fn names_hash_hmac(&self, call: &Call<'t>) -> bool {
        call.args.iter().any(|arg| self.code.text(*arg).contains("HASH_HMAC"))
    }

    /// Whether a hasher that may have a key has one.
    fn has_key(&self, call: &Call<'t>, path: &str) -> bool {
        !path.ends_with("CryptoHasher") || call.args.len() > 1
    }
}

/// Whether there is something to compute a MAC of, and not only a property that is called so.
fn has_message(call: &Call<'_>) -> bool {
    call.args.len() > usize::from(call.name.eq_ignore_ascii_case("hmac"))
}

/// A type whose constructor hands back what it is given.
fn is_plain_type(name: &str) -> bool {
    ["String", "Uint8Array", "BigInteger", "Blob", "DataView", "Buffer"].contains(&name)
}

/// `Hmac.<Sha256>.new` → `Hmac.new`.
fn without_type_arguments(path: &str) -> String {
    match (path.find(".<"), path.rfind(">.")) {
        (Some(from), Some(to)) if from < to => {
            let (head, tail) = (path.get(..from), path.get(to + 1..));
            format!("{}{}", head.unwrap_or_default(), tail.unwrap_or_default())
        }
        _ => path.to_owned(),
    }
}
