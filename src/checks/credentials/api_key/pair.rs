//! What the keys say about themselves before anything is sent: prefixes, the two of a pair, live
//! and sandbox, blemishes of the text. Pure.
//!
//! Called by the check. The rule it keeps: a finding names the input and what is wrong with it,
//! never a part of the key beyond the prefix that everybody's has.

use crate::checks::{Finding, Level};
use crate::mintcash::envelope::Environment;
use crate::mintcash::key::{Blemish, KeyPair, Part, Shape, blemishes};
use crate::secrets::Secret;

/// A key as configured.
#[derive(Clone, Debug)]
pub enum Given {
    /// `golive.yaml` has no reference to it.
    NotSet,
    /// It could not be had: why, and what to do.
    Missing(String, Option<String>),
    /// Here it is.
    Here(Secret),
}

/// The keys of one environment as configured.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Which environment.
    pub environment: Environment,
    /// The input of the public key, and what it gives.
    pub public: (&'static str, Given),
    /// The same of the secret key.
    pub secret: (&'static str, Given),
}

impl Given {
    fn key(&self) -> Option<&Secret> {
        match self {
            Self::Here(key) => Some(key),
            _ => None,
        }
    }
}

impl Configured {
    /// The pair, when both are there and fit to be sent.
    #[must_use]
    pub fn pair(&self) -> Option<KeyPair> {
        let pair = KeyPair::of(self.public.1.key()?.clone(), self.secret.1.key()?.clone())?;
        (pair.environment() == self.environment).then_some(pair)
    }

    /// What could not be had, one sentence each with what to do.
    #[must_use]
    pub fn missing(&self) -> Vec<Finding> {
        let said = |(name, given): &(&str, Given)| match given {
            Given::Here(_) => None,
            Given::NotSet => Some(
                Finding::new(Level::Advisory, format!("No {name} is set."))
                    .hint(format!("Name in golive.yaml where it is: `{name}: {{ command: […] }}`")),
            ),
            Given::Missing(why, hint) => {
                let message = format!("The {name} could not be had ({why}).");
                let finding = Finding::new(Level::Advisory, message);
                Some(match hint {
                    Some(hint) => finding.hint(hint),
                    None => finding,
                })
            }
        };
        [&self.public, &self.secret].into_iter().filter_map(said).collect()
    }

    /// What is wrong with the two as they are, at this level.
    #[must_use]
    pub fn faults(&self, level: Level) -> Vec<Finding> {
        let mut faults = self.blemished();
        let public = self.public.1.key().map(Shape::of);
        let secret = self.secret.1.key().map(Shape::of);
        match (public.flatten(), secret.flatten()) {
            (Some(one), Some(other)) if one.part == Part::Secret && other.part == Part::Public => {
                faults.push(self.swapped());
            }
            (Some(one), Some(other))
                if one.part == Part::Public
                    && other.part == Part::Secret
                    && one.environment != other.environment =>
            {
                faults.push(self.mixed(one.environment));
            }
            _ => {
                faults.extend(
                    public.and_then(|shape| self.misplaced(self.public.0, Part::Public, shape)),
                );
                faults.extend(
                    secret.and_then(|shape| self.misplaced(self.secret.0, Part::Secret, shape)),
                );
            }
        }
        faults.iter_mut().for_each(|fault| fault.level = level);
        faults
    }

    fn blemished(&self) -> Vec<Finding> {
        let of = |(name, given): &(&'static str, Given)| {
            let found = given.key().map(blemishes).unwrap_or_default();
            found.into_iter().map(|blemish| blemished(name, blemish)).collect::<Vec<_>>()
        };
        [&self.public, &self.secret].into_iter().flat_map(of).collect()
    }

    fn swapped(&self) -> Finding {
        let (public, secret) = (self.public.0, self.secret.0);
        Finding::new(
            Level::Blocking,
            format!(
                "The two keys are swapped: {public} holds the secret one, {secret} the public."
            ),
        )
        .at(format!("{public}, {secret}"))
        .hint(
            "Swap the references in golive.yaml. Look whether your own configuration swaps them \
             too: a secret key that was used in place of the public one may have been shown.",
        )
    }

    fn mixed(&self, public: Environment) -> Finding {
        let words = |environment| match environment {
            Environment::Live => "live",
            Environment::Test => "of the sandbox",
        };
        let other = match public {
            Environment::Live => Environment::Test,
            Environment::Test => Environment::Live,
        };
        Finding::new(
            Level::Blocking,
            format!(
                "The pair is mixed: {} is {}, {} is {}.",
                self.public.0,
                words(public),
                self.secret.0,
                words(other)
            ),
        )
        .at(format!("{}, {}", self.public.0, self.secret.0))
        .hint("Take both keys from the same environment. They share nothing.")
    }

    /// What is wrong with one key in its place, by its prefix.
    fn misplaced(&self, name: &str, part: Part, shape: Option<Shape>) -> Option<Finding> {
        let wanted = Shape { part, environment: self.environment };
        let prefix = wanted.prefix();
        let Some(shape) = shape else {
            return Some(
                Finding::new(
                    Level::Blocking,
                    format!("{name} does not begin with {prefix}: it is no MintCash key, or only a part of one."),
                )
                .at(name)
                .hint("Copy it anew, from its first letter, or correct the reference in golive.yaml."),
            );
        };
        if shape == wanted {
            return None;
        }
        let message = format!(
            "{name} holds {} ({}…), not {}.",
            shape.words(),
            shape.prefix(),
            wanted.words()
        );
        Some(Finding::new(Level::Blocking, message).at(name).hint(hint(shape, wanted)))
    }
}

fn hint(shape: Shape, wanted: Shape) -> String {
    match (shape.part, shape.environment) {
        (Part::Secret, Environment::Live) if wanted.part == Part::Public => {
            "Set the public key there. Look whether your web pages use this key: if they do, have \
             it rotated."
                .into()
        }
        (_, Environment::Test) if wanted.environment == Environment::Live => {
            "Ask your account manager for the live keys. Sandbox keys move no money.".into()
        }
        (_, Environment::Live) if wanted.environment == Environment::Test => {
            "Take it out of there at once: what is meant for the sandbox would move real money."
                .into()
        }
        _ => format!("It must begin with {}.", wanted.prefix()),
    }
}

fn blemished(name: &str, blemish: Blemish) -> Finding {
    let (what, hint) = match blemish {
        Blemish::SpaceAround => (
            "has white space before or after it",
            "Store it without: programs send the space as a part of the key.",
        ),
        Blemish::SpaceInside => {
            ("has white space or a line break inside", "Copy it anew, as one piece.")
        }
        Blemish::Quotes => (
            "stands in quotes, or ends in one",
            "Store it without quotes: a secrets manager and `docker --env-file` keep them.",
        ),
        Blemish::OnlyPrefix => ("ends after its prefix", "Copy the whole key."),
        Blemish::Colon => (
            "has a colon in it, which HTTP Basic can not carry in a public key",
            "Look whether both keys were pasted together, as `public:secret`.",
        ),
    };
    Finding::new(Level::Blocking, format!("{name} {what}.")).at(name).hint(hint)
}

/// What the two environments' keys have in common and must not.
#[must_use]
pub fn shared(live: &Configured, test: &Configured) -> Vec<Finding> {
    let pairs = [(&live.public, &test.public), (&live.secret, &test.secret)];
    let same = pairs.into_iter().filter(|(one, other)| {
        one.1.key().zip(other.1.key()).is_some_and(|(one, other)| one == other)
    });
    same.map(|(one, other)| {
        Finding::new(Level::Advisory, format!("{} and {} are the same key.", one.0, other.0))
            .at(format!("{}, {}", one.0, other.0))
            .hint("Each environment has keys of its own. Set the sandbox's there.")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Given {
        match text {
            "" => Given::NotSet,
            text => Given::Here(Secret::new(text.to_owned())),
        }
    }

    fn live(public: &str, secret: &str) -> Configured {
        Configured {
            environment: Environment::Live,
            public: ("live_public_key", given(public)),
            secret: ("live_secret_key", given(secret)),
        }
    }

    #[test]
    fn every_way_to_mix_keys_up_has_a_finding_of_its_own() {
        let cases = [
            ("sk_live_b1", "pk_live_a1", "The two keys are swapped"),
            ("sk_test_b1", "pk_live_a1", "The two keys are swapped"),
            (
                "pk_live_a1",
                "sk_test_b1",
                "live_public_key is live, live_secret_key is of the sandbox",
            ),
            (
                "pk_test_a1",
                "sk_live_b1",
                "live_public_key is of the sandbox, live_secret_key is live",
            ),
            (
                "pk_live_a1",
                "pk_live_a1",
                "live_secret_key holds a live public key (pk_live_…), not",
            ),
            (
                "sk_live_b1",
                "sk_live_b1",
                "live_public_key holds a live secret key (sk_live_…), not",
            ),
            ("whsec_abc1", "sk_live_b1", "live_public_key does not begin with pk_live_"),
            ("", "sk_test_b1", "live_secret_key holds a sandbox secret key (sk_test_…), not"),
            (" pk_live_a1", "sk_live_b1", "live_public_key has white space before or after it"),
            ("pk_live_a1", "sk_live_b1\"", "live_secret_key stands in quotes, or ends in one"),
            ("pk_live_a1", "sk_live_ b1", "live_secret_key has white space or a line break inside"),
            ("pk_live_a1", "sk_live_", "live_secret_key ends after its prefix"),
            ("pk_live_a1:x", "sk_live_b1", "live_public_key has a colon"),
        ];
        for (public, secret, words) in cases {
            let configured = live(public, secret);
            let faults = configured.faults(Level::Blocking);
            assert_eq!(faults.len(), 1, "{words}: {faults:#?}");
            assert!(faults[0].message.contains(words), "{words}: {faults:#?}");
            assert!(faults[0].hint.is_some() && configured.pair().is_none(), "{words}");
        }
        let both = live("pk_test_a1", "sk_test_b1");
        assert_eq!(both.faults(Level::Blocking).len(), 2);
        assert!(both.pair().is_none());
        let sound = live("pk_live_a1", "sk_live_b1");
        assert!(sound.faults(Level::Blocking).is_empty() && sound.pair().is_some());
    }

    #[test]
    fn no_finding_shows_more_of_a_key_than_its_prefix() {
        for (public, secret) in
            [("sk_live_canary", "pk_live_canary"), ("'canary'", "sk_test_canary "), ("canary", "")]
        {
            let said = format!("{:?}", live(public, secret).faults(Level::Blocking));
            assert!(!said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn keys_that_both_environments_share_are_named() {
        let mut test = live("pk_live_a1", "sk_test_b1");
        test.environment = Environment::Test;
        test.public.0 = "test_public_key";
        let found = shared(&live("pk_live_a1", "sk_live_b1"), &test);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "live_public_key and test_public_key are the same key.");
        let faults = test.faults(Level::Advisory);
        assert!(faults.iter().all(|fault| fault.level == Level::Advisory) && !faults.is_empty());
    }
}
