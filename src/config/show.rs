//! What is in force and where it came from, for `golive config show`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::config::Config;
use crate::config::inputs::ValueOrigin;

/// One value in force. Secrets stand here as references.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name, `launch` or `inputs.webhook_url`.
    pub name: String,
    /// The value; none when it is not set.
    pub value: Option<String>,
    /// Where it came from; none when it is not set.
    pub origin: Option<ValueOrigin>,
}

impl Serialize for Setting {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let origin = self.origin.as_ref().map(|origin| match origin {
            ValueOrigin::Default => json!({ "source": "default" }),
            ValueOrigin::UserFile(path, line) => {
                json!({ "source": "user", "file": path, "line": line })
            }
            ValueOrigin::Project(path, line) => {
                json!({ "source": "project", "file": path, "line": line })
            }
            ValueOrigin::Environment(name) => json!({ "source": "environment", "name": name }),
            ValueOrigin::Flag(name) => json!({ "source": "flag", "name": name }),
        });
        let row: Value = json!({ "name": self.name, "value": self.value, "origin": origin });
        row.serialize(serializer)
    }
}

/// Every value, in the order in which `golive.yaml` has them; what is not set comes too.
#[must_use]
pub fn show(config: &Config) -> &[Setting] {
    &config.settings
}

/// The same as lines for people, aligned.
#[must_use]
pub fn lines(config: &Config) -> Vec<String> {
    let rows = show(config);
    let name = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let value = |row: &Setting| row.value.clone().unwrap_or_else(|| "not set".to_owned());
    let width = rows.iter().map(|row| value(row).chars().count()).max().unwrap_or(0).min(48);
    rows.iter()
        .map(|row| {
            let origin = row.origin.as_ref().map(ToString::to_string).unwrap_or_default();
            let line = format!("{:name$}  {:width$}  {origin}", row.name, value(row));
            line.trim_end().to_owned()
        })
        .collect()
}
