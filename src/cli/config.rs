//! `golive config show`: every value in force and where it comes from; secrets as references.

use serde_json::json;

use crate::cli::console::Console;
use crate::config::{self, Config};

/// Prints the configuration.
pub fn show(console: &mut Console, config: &Config) {
    if console.is_json() {
        console.document(&json!({
            "schema": "golive.config/1",
            "settings": config::show(config),
        }));
        return;
    }
    for line in config::show::lines(config) {
        console.say(line);
    }
}
