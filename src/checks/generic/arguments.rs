//! Reads a check's arguments into its own type, with sentences for what is wrong.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The arguments as the check's own type, or what is wrong with them.
///
/// # Errors
/// When a member is missing, unknown or of another type; one sentence.
pub fn read<T: DeserializeOwned>(args: &Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(args.clone())).map_err(|error| error.to_string())
}

/// The JSON Schema of a check's arguments, complete in itself.
#[must_use]
pub fn schema<T: JsonSchema>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

/// What is wrong with a regular expression, if anything.
#[must_use]
pub fn lint_pattern(field: &str, pattern: Option<&str>) -> Option<String> {
    let error = regex::Regex::new(pattern?).err()?;
    let says = error.to_string();
    let last = says.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Some(format!("{field} is not a regular expression: {last}"))
}
