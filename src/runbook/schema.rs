//! The JSON Schema of `runbook.yaml`, for editors and for the loader: one thing.

use schemars::{JsonSchema as _, Schema};
use serde_json::{Map, Value, json};

use crate::checks::Check;
use crate::runbook::document::{CheckUse, Document};

/// The schema with the names, descriptions and arguments of `checks`.
#[must_use]
pub fn with_checks(checks: &[&dyn Check]) -> Schema {
    let mut schema = base();
    schema.insert("title".into(), "golive runbook".into());
    let names: Vec<Value> = checks
        .iter()
        .map(|check| json!({ "const": check.name(), "description": check.about() }))
        .collect();
    let mut with_arguments = Map::new();
    for check in checks {
        let mut arguments = check.args_schema().to_value();
        if let Some(map) = arguments.as_object_mut() {
            map.remove("$schema");
            map.insert("description".into(), check.about().into());
            lift_definitions(&mut schema, map);
        }
        with_arguments.insert(check.name().to_owned(), arguments);
    }
    let uses = json!({
        "description": "A check to run: its name, or its name with its arguments.",
        "anyOf": [
            { "oneOf": names },
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "properties": with_arguments,
                "additionalProperties": false
            }
        ]
    });
    if let Some(place) = schema.pointer_mut(&format!("/$defs/{}", CheckUse::schema_name())) {
        *place = uses;
    }
    schema
}

/// The schema with any check, as the loader holds a document against it first.
#[must_use]
pub fn base() -> Schema {
    schemars::schema_for!(Document)
}

/// Moves a check's own definitions to the top, where its references look for them.
fn lift_definitions(schema: &mut Schema, arguments: &mut Map<String, Value>) {
    let Some(Value::Object(definitions)) = arguments.remove("$defs") else { return };
    if let Some(Value::Object(all)) = schema.as_object_mut().and_then(|map| map.get_mut("$defs")) {
        all.extend(definitions);
    }
}
