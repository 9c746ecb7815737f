//! The API's errors (mintcash-contract.md section 4).

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// The wording.
    pub message: String,
    /// The reason label, where the table has one.
    pub reason: Option<&'static str>,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), reason: None }
    }

    /// The same with a reason label.
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The request is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_argument", message)
    }

    /// The credentials are not these.
    pub fn unauthenticated() -> Self {
        Self::new(401, "unauthenticated", "The API credentials are missing or not valid.")
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not_found", format!("There is no such {what}."))
    }

    /// The same `externalId` with another payload.
    pub fn already_exists() -> Self {
        let says = "This externalId was used with a different payload.";
        Self::new(409, "already_exists", says)
    }
}
