//! The files that golive takes the demo's secrets from.

use std::io;
use std::path::Path;

use crate::demo::fault::{Change, Fault, Held};
use crate::demo::folder::write_private;
use crate::demo::keys::Keys;

/// The inputs that are secrets, each in the file of its name.
pub const NAMES: [&str; 6] = [
    "live_public_key",
    "live_secret_key",
    "test_public_key",
    "test_secret_key",
    "webhook_secret",
    "test_webhook_secret",
];

/// Writes them.
pub fn write(folder: &Path, on: &[&Fault], keys: &Keys) -> io::Result<()> {
    let held = |wanted| on.iter().any(|it| matches!(it.change, Change::Secret(is) if is == wanted));
    for (name, secret) in keys.inputs() {
        let text = match name {
            "live_secret_key" if held(Held::SandboxKeyAsLive) => keys.test_secret.expose().into(),
            "live_public_key" if held(Held::PairMixedUp) => keys.test_public.expose().into(),
            "live_secret_key" if held(Held::Mistyped) => mistyped(secret.expose()),
            _ => secret.expose().to_owned(),
        };
        let open = name == "live_secret_key" && held(Held::OpenToAll);
        write_private(&folder.join(name), &text, if open { 0o644 } else { 0o600 })?;
    }
    Ok(())
}

/// The same with another last letter.
fn mistyped(key: &str) -> String {
    let mut key = key.to_owned();
    let last = key.pop();
    key.push(if last == Some('x') { 'y' } else { 'x' });
    key
}
