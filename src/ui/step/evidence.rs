//! A check's evidence as lines: data made readable, long lists cut with their count.

use serde_json::Value;

use crate::ui::ink::Page;
use crate::ui::text::safe;

/// At most so many entries of a list are shown; the report has them all.
const MOST: usize = 5;

/// Writes one piece of evidence under its name.
pub(super) fn write(name: &str, value: &Value, indent: usize, page: &mut Page<'_>) {
    let muted = page.ink.theme.muted;
    let name = safe(&name.replace('_', " "));
    match value {
        Value::Object(members) if !members.is_empty() => {
            page.para(&name, muted, indent);
            for (member, value) in members {
                write(member, value, indent + 2, page);
            }
        }
        Value::Array(entries) if entries.iter().any(|entry| !is_scalar(entry)) => {
            page.para(&name, muted, indent);
            for entry in entries.iter().take(MOST) {
                page.para(&inline(entry), muted, indent + 2);
            }
            if entries.len() > MOST {
                page.para(&format!("and {} more", entries.len() - MOST), muted, indent + 2);
            }
        }
        value => page.para(&format!("{name}  {}", inline(value)), muted, indent),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Array(_))
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => safe(text),
        Value::Array(entries) if entries.is_empty() => "none".to_owned(),
        Value::Array(entries) => entries.iter().map(inline).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let said = members.iter().map(|(name, value)| {
                format!("{} {}", safe(&name.replace('_', " ")), inline(value))
            });
            said.collect::<Vec<_>>().join(" · ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::inline;

    #[test]
    fn data_reads_as_words() {
        let row = json!({"name": "no signature", "status": 401, "late": false, "tags": []});
        assert_eq!(inline(&row), "name no signature · status 401 · late no · tags none");
    }
}
