//! The twin's own test cards: what each one does when it is charged.
//!
//! Used by the hosted page, the control API and tests. The numbers are the twin's, not MintCash's,
//! whose grid is unknown (mintcash-contract.md section 14): none of them is a card anywhere else.

/// What a card does when it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Behaviour {
    /// It pays at once.
    Pays,
    /// It is under way for half a minute, then pays.
    PaysLate,
    /// It is declined, with this failure code.
    Fails(&'static str),
    /// No card is entered and the page runs out.
    Abandons,
}

/// A test card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TestCard {
    /// Pays, now and at every renewal.
    Success,
    /// Is under way for half a minute, then pays.
    Pending,
    /// Is declined for lack of funds.
    InsufficientFunds,
    /// Is declined by its issuer.
    IssuerDecline,
    /// Fails at the provider.
    ProviderError,
    /// Fails at the provider for good.
    ProviderFatalError,
    /// Is declined as expired.
    CardExpired,
    /// Is declined as lost or stolen.
    LostOrStolenCard,
    /// Is declined by the fraud rules.
    AntifraudError,
    /// Is declined for its number.
    InvalidPan,
    /// Is declined for its security code.
    InvalidCvv,
    /// Fails with the code that real events carry and no page names.
    GeneralFatalError,
    /// Pays the first time; renewals lack funds.
    RenewalInsufficientFunds,
    /// Pays the first time; has expired by the first renewal.
    RenewalCardExpired,
    /// Pays the first time; is reported stolen before the first renewal.
    RenewalLostOrStolenCard,
    /// No card at all: the customer leaves the page and it runs out.
    Abandoned,
}

impl TestCard {
    /// Every card, in the order in which they are listed.
    pub const ALL: [Self; 16] = [
        Self::Success,
        Self::Pending,
        Self::InsufficientFunds,
        Self::IssuerDecline,
        Self::ProviderError,
        Self::ProviderFatalError,
        Self::CardExpired,
        Self::LostOrStolenCard,
        Self::AntifraudError,
        Self::InvalidPan,
        Self::InvalidCvv,
        Self::GeneralFatalError,
        Self::RenewalInsufficientFunds,
        Self::RenewalCardExpired,
        Self::RenewalLostOrStolenCard,
        Self::Abandoned,
    ];

    /// Its name, as forms and the control API write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Pending => "pending",
            Self::InsufficientFunds => "insufficient-funds",
            Self::IssuerDecline => "issuer-decline",
            Self::ProviderError => "provider-error",
            Self::ProviderFatalError => "provider-fatal-error",
            Self::CardExpired => "card-expired",
            Self::LostOrStolenCard => "lost-or-stolen-card",
            Self::AntifraudError => "antifraud-error",
            Self::InvalidPan => "invalid-pan",
            Self::InvalidCvv => "invalid-cvv",
            Self::GeneralFatalError => "general-fatal-error",
            Self::RenewalInsufficientFunds => "renewal-insufficient-funds",
            Self::RenewalCardExpired => "renewal-card-expired",
            Self::RenewalLostOrStolenCard => "renewal-lost-or-stolen-card",
            Self::Abandoned => "abandoned",
        }
    }

    /// The card with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|card| card.name() == name)
    }

    /// Its number: sixteen digits that begin with 9999 00, which no card scheme issues; none for
    /// the page that is left.
    #[must_use]
    pub fn number(self) -> Option<String> {
        let place = Self::ALL.iter().position(|card| *card == self)?;
        (self != Self::Abandoned).then(|| format!("999900{place:010}"))
    }

    /// The card with that number, spaces and dashes aside.
    #[must_use]
    pub fn numbered(number: &str) -> Option<Self> {
        let digits: String = number.chars().filter(|ch| !matches!(ch, ' ' | '-')).collect();
        Self::ALL.into_iter().find(|card| card.number().is_some_and(|number| number == digits))
    }

    /// What it does the first time.
    #[must_use]
    pub fn first(self) -> Behaviour {
        match self {
            Self::Success
            | Self::RenewalInsufficientFunds
            | Self::RenewalCardExpired
            | Self::RenewalLostOrStolenCard => Behaviour::Pays,
            Self::Pending => Behaviour::PaysLate,
            Self::InsufficientFunds => Behaviour::Fails("insufficient_funds"),
            Self::IssuerDecline => Behaviour::Fails("issuer_decline"),
            Self::ProviderError => Behaviour::Fails("provider_error"),
            Self::ProviderFatalError => Behaviour::Fails("provider_fatal_error"),
            Self::CardExpired => Behaviour::Fails("card_expired"),
            Self::LostOrStolenCard => Behaviour::Fails("lost_or_stolen_card"),
            Self::AntifraudError => Behaviour::Fails("antifraud_error"),
            Self::InvalidPan => Behaviour::Fails("invalid_pan"),
            Self::InvalidCvv => Behaviour::Fails("invalid_cvv"),
            Self::GeneralFatalError => Behaviour::Fails("general_fatal_error"),
            Self::Abandoned => Behaviour::Abandons,
        }
    }

    /// What it does at a renewal: the failure code, if it fails then.
    #[must_use]
    pub fn at_renewal(self) -> Option<&'static str> {
        match self {
            Self::RenewalInsufficientFunds => Some("insufficient_funds"),
            Self::RenewalCardExpired => Some("card_expired"),
            Self::RenewalLostOrStolenCard => Some("lost_or_stolen_card"),
            other => match other.first() {
                Behaviour::Fails(code) => Some(code),
                Behaviour::Pays | Behaviour::PaysLate | Behaviour::Abandons => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_is_found_by_its_name_and_by_its_number() {
        for card in TestCard::ALL {
            assert_eq!(TestCard::named(card.name()), Some(card));
            if let Some(number) = card.number() {
                assert_eq!(number.len(), 16);
                assert_eq!(TestCard::numbered(&number), Some(card));
                let spaced = format!("{} {}", &number[..4], &number[4..]);
                assert_eq!(TestCard::numbered(&spaced), Some(card));
            }
        }
        assert_eq!(TestCard::numbered("4242424242424242"), None);
    }
}
