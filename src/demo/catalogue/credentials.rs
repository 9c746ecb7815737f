//! Faults in the section `credentials`: the keys, where they are kept, what production has, the
//! old webhook.

use crate::demo::fault::Caught::{Doubts, Fails};
use crate::demo::fault::{Caught, Change, Edit, Fault, Held, Kept, Old, Where};

const KEYS: (&str, &str) = ("credentials.live-keys", "api-key");
const STORAGE: (&str, &str) = ("credentials.secret-storage", "secret-storage");
const PRODUCTION: (&str, &str) = ("credentials.no-test-keys", "production-config");
const OLD: (&str, &str) = ("credentials.old-webhook", "retired-webhook");

const fn fault(
    place: (&'static str, &'static str),
    name: &'static str,
    about: &'static str,
    change: Change,
    caught: Caught,
    minds: &'static [&'static str],
) -> Fault {
    let (step, check) = place;
    Fault { name, about, change, step, check, caught, minds }
}

const fn history(where_: Where, file: &'static str, text: &'static str) -> Change {
    Change::History(Kept { file, text, where_ })
}

const fn source(file: &'static str, find: &'static str, put: &'static str) -> Change {
    Change::Source(Edit { file, find, put })
}

const fn configuration(file: &'static str, find: &'static str, put: &'static str) -> Change {
    Change::Configuration(Edit { file, find, put })
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    fault(KEYS, "test-key-as-live", "The live secret key is the sandbox's.", Change::Secret(Held::SandboxKeyAsLive), Fails, &["secret-storage"]),
    fault(KEYS, "pair-mixed-up", "The live public key is the sandbox's, the secret key is live.", Change::Secret(Held::PairMixedUp), Fails, &[]),
    fault(KEYS, "key-mistyped", "The last letter of the live secret key is wrong.", Change::Secret(Held::Mistyped), Fails, &[]),
    fault(KEYS, "key-revoked", "MintCash has revoked the live pair.", Change::Provider(&["live:key-revoked"]), Fails, &[]),
    fault(KEYS, "key-inactive", "MintCash lists the live pair as inactive.", Change::Provider(&["live:key-inactive"]), Fails, &[]),
    fault(KEYS, "ip-not-allowed", "This machine is not on the live key's allow list.", Change::Provider(&["live:ip-not-allowed"]), Doubts, &[]),
    fault(STORAGE, "secret-in-tracked-file", "The live secret key stands in a file that git tracks.", source("deploy/notes.txt", "", "The live key, until the manager is set up:\n{live_secret_key}\n"), Fails, &[]),
    fault(STORAGE, "secret-in-base64", "The live secret key stands in a Kubernetes secret, in base64.", source("deploy/secret.yaml", "", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: mintcash\ndata:\n  secret-key: {live_secret_key_base64}\n"), Fails, &[]),
    fault(STORAGE, "secret-in-history", "The live secret key was committed and removed again.", history(Where::Past, "deploy/old.env", "MINTCASH_SECRET_KEY={live_secret_key}\n"), Fails, &[]),
    fault(STORAGE, "secret-on-deleted-branch", "The live secret key is in a commit whose branch was deleted.", history(Where::Deleted, "try.env", "MINTCASH_SECRET_KEY={live_secret_key}\n"), Fails, &[]),
    fault(STORAGE, "secret-in-stash", "The live secret key is in a stash.", history(Where::Stash, "server/settings.mjs", "export const key = '{live_secret_key}';\n"), Fails, &[]),
    fault(STORAGE, "other-live-key-in-history", "Another live key than the one in use was committed once.", history(Where::Past, "legacy.env", "KEY={other_live_key}\n"), Fails, &[]),
    fault(STORAGE, "webhook-secret-in-source", "The live webhook secret stands in the source.", source("server/local.mjs", "", "export const webhookSecret = '{webhook_secret}';\n"), Fails, &[]),
    fault(STORAGE, "secret-file-open", "Everybody on the machine can read the file with the live secret key.", Change::Secret(Held::OpenToAll), Fails, &["api-key"]),
    fault(PRODUCTION, "test-key-in-production", "Production is configured with a sandbox key.", configuration(".env.production", "LOG_LEVEL=info", "LOG_LEVEL=info\nMINTCASH_PUBLIC_KEY={test_public_key}"), Fails, &[]),
    fault(PRODUCTION, "sandbox-host-in-production", "Production is configured with the sandbox's host.", configuration("deploy/production.yaml", "https://api.mintcash.me", "https://sandbox.mintcash.me"), Fails, &[]),
    fault(PRODUCTION, "sandbox-host-in-base64", "Production is configured with the sandbox's host, in base64.", configuration("deploy/production.yaml", "  LOG_LEVEL: info", "  LOG_LEVEL: info\n  MINTCASH_HOST_B64: aHR0cHM6Ly9zYW5kYm94Lm1pbnRjYXNoLm1l"), Fails, &[]),
    fault(PRODUCTION, "fallback-to-sandbox", "The shop falls back to the sandbox where no host is set.", source("server/checkout.mjs", "required('MINTCASH_URL')", "process.env.MINTCASH_URL || 'https://sandbox.mintcash.me'"), Fails, &[]),
    fault(PRODUCTION, "fallback-to-test-key", "The back office falls back to a sandbox key where none is set.", source("billing/refunds.py", "required(\"MINTCASH_SECRET_KEY\")", "os.environ.get(\"MINTCASH_SECRET_KEY\", \"{test_secret_key}\")"), Fails, &["secret-storage"]),
    fault(OLD, "old-webhook-acts", "The old sandbox webhook still fulfils orders, for whoever posts.", Change::OldWebhook(Old::Acts), Fails, &[]),
    fault(OLD, "old-webhook-answers", "The old sandbox webhook still thanks for everything.", Change::OldWebhook(Old::Answers), Doubts, &[]),
    fault(OLD, "old-webhook-redirects", "The old sandbox webhook leads on to the live one.", Change::OldWebhook(Old::Redirects), Fails, &[]),
];
