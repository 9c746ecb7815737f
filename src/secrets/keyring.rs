//! Secrets from the platform's keyring (feature `keyring`).

use crate::secrets::resolve::Reason;

/// Reads an entry.
#[cfg(feature = "keyring")]
pub(super) async fn read(service: &str, user: &str) -> Result<String, Reason> {
    let (service, user) = (service.to_owned(), user.to_owned());
    let hint = "Unlock the keyring, and check the entry's service and user";
    tokio::task::spawn_blocking(move || {
        ::keyring::Entry::new(&service, &user).and_then(|entry| entry.get_password())
    })
    .await
    .map_err(|_| Reason::new("the keyring did not answer"))?
    .map_err(|error| Reason::new(format!("the keyring says: {error}")).hint(hint))
}

/// Says that this build can not.
#[cfg(not(feature = "keyring"))]
pub(super) async fn read(_service: &str, _user: &str) -> Result<String, Reason> {
    Err(Reason::new("this build of golive has no keyring support").hint(
        "Install it with `cargo install golive --features keyring`, or use a command reference, \
         for example to `secret-tool lookup` or `security find-generic-password -w`",
    ))
}
