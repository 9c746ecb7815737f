//! What is different where the launch is the demo: the merchant is this process, on loopback, with
//! certificates of its own.
//!
//! Filled in by `runtime::run` from a workspace that `golive demo` has opened; a real launch never
//! has it. The rule it keeps: it adds a root and a port, and a question that loopback can not
//! answer stays open. It makes nothing a pass.

use std::sync::Arc;

use rustls::RootCertStore;

/// What checks have to know about the demo's merchant.
#[derive(Clone, Debug)]
pub struct DemoGround {
    /// The root that vouches for the merchant's certificates, and nothing else in the world.
    pub roots: Arc<RootCertStore>,
    /// The port on which the merchant may serve the webhook over plain HTTP, in place of port 80.
    pub cleartext_port: u16,
}
