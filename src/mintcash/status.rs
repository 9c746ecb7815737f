//! The states of payments, subscriptions and refunds, with room for those that nobody named
//! (mintcash-contract.md section 6).
//!
//! Used by whoever follows a thing over time. A state that is not known is kept as it came and is
//! never taken for an end.

/// Makes an enum of states that are written as text.
macro_rules! states {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $state:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $state,)+
            /// A state that the documentation does not name; not safe to show.
            Other(String),
        }

        impl $name {
            /// The state with that name.
            #[must_use]
            pub fn of(text: &str) -> Self {
                match text {
                    $($text => Self::$state,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// Its name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$state => $text,)+
                    Self::Other(other) => other,
                }
            }
        }
    };
}

states! {
    /// Where a payment stands.
    PaymentStatus {
        /// Nothing was paid yet.
        Created = "created",
        /// Under way.
        Pending = "pending",
        /// Reserved, not taken.
        Authorized = "authorized",
        /// Paid. Refunds and a void may follow (C18).
        Succeeded = "succeeded",
        /// Declined, failed or run out.
        Failed = "failed",
        /// A part was given back.
        PartiallyRefunded = "partially_refunded",
        /// All was given back.
        Refunded = "refunded",
        /// Called off; also after it had succeeded (C17).
        Voided = "voided",
    }
}

states! {
    /// Where a subscription stands.
    SubscriptionStatus {
        /// Nothing was paid yet.
        Created = "created",
        /// The first charge is under way.
        Pending = "pending",
        /// Paid.
        Active = "active",
        /// A renewal failed and is tried again.
        PastDue = "past_due",
        /// Ended.
        Cancelled = "cancelled",
        /// The first charge failed.
        Failed = "failed",
    }
}

states! {
    /// Where a refund stands. The names are undocumented; what is not listed is under way.
    RefundStatus {
        /// Under way.
        Pending = "pending",
        /// The money went back.
        Succeeded = "succeeded",
        /// It did not; the payment is as it was.
        Failed = "failed",
    }
}

impl PaymentStatus {
    /// Whether nothing follows. `succeeded` is no end: a refund or a void may follow (C18).
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Failed | Self::Refunded | Self::Voided)
    }

    /// Whether `next` may follow. What may not is a late event and is to be ignored; what one of
    /// the two being unknown leaves open may.
    #[must_use]
    pub fn may_become(&self, next: &Self) -> bool {
        use PaymentStatus as S;
        match (self, next) {
            (S::Other(_), _) => true,
            (_, S::Other(_)) => !self.is_final(),
            (S::Created, next) => {
                matches!(next, S::Pending | S::Authorized | S::Succeeded | S::Failed)
            }
            (S::Pending, next) => matches!(next, S::Authorized | S::Succeeded | S::Failed),
            (S::Authorized, next) => matches!(next, S::Succeeded | S::Failed | S::Voided),
            (S::Succeeded | S::PartiallyRefunded, next) => {
                matches!(next, S::PartiallyRefunded | S::Refunded | S::Voided)
            }
            (S::Failed | S::Refunded | S::Voided, _) => false,
        }
    }
}

impl SubscriptionStatus {
    /// Whether nothing follows. `failed` is no end at first sight: one page calls a subscription
    /// between two renewal attempts so (C16), which a second look some time later tells.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Cancelled)
    }

    /// Whether to look again before it is taken for an end (C16).
    #[must_use]
    pub fn needs_second_look(&self) -> bool {
        matches!(self, Self::Failed)
    }
}

impl RefundStatus {
    /// Whether it is over, one way or the other.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_void_may_follow_whatever_holds_money_and_nothing_goes_backwards() {
        use PaymentStatus as S;
        for before in [S::Authorized, S::Succeeded, S::PartiallyRefunded] {
            assert!(before.may_become(&S::Voided), "{before:?}");
        }
        assert!(!S::Succeeded.is_final() && S::Voided.is_final());
        assert!(!S::Succeeded.may_become(&S::Pending));
        assert!(!S::Failed.may_become(&S::Succeeded));
        assert!(S::Created.may_become(&S::Succeeded), "no event in between is required (C20)");
    }

    #[test]
    fn a_state_that_nobody_named_is_kept_and_is_no_end() {
        let odd = PaymentStatus::of("disputed");
        assert_eq!((odd.as_str(), odd.is_final()), ("disputed", false));
        assert!(
            PaymentStatus::Succeeded.may_become(&odd) && odd.may_become(&PaymentStatus::Voided)
        );
        assert!(!RefundStatus::of("processing").is_final());
        let failed = SubscriptionStatus::of("failed");
        assert!(failed.needs_second_look() && !failed.is_final());
    }
}
