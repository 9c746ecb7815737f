//! The document `golive.watch/1`: the picture as it stands, with the places of the lines that it
//! rests on. No text of a line is in it.

use serde_json::{Map, Value, json};

use crate::events::feed::Quoted;
use crate::runtime::glance::Glance;
use crate::week::Spot;

/// The document.
#[must_use]
pub fn of(launch: &str, glance: &Glance) -> Value {
    let picture = &glance.picture;
    let mut members = Map::new();
    members.insert("schema".to_owned(), json!("golive.watch/1"));
    members.insert("launch".to_owned(), json!(launch));
    members.insert("outcome".to_owned(), json!(picture.outcome()));
    let crossed =
        picture.crossed().map(|(topic, notice)| json!({ "topic": topic, "key": notice.key }));
    members.insert("crossed".to_owned(), crossed.collect());
    if let Ok(Value::Object(own)) = serde_json::to_value(picture) {
        members.extend(own);
    }
    let panels = members.get_mut("panels").and_then(Value::as_array_mut);
    for (value, panel) in panels.into_iter().flatten().zip(&picture.panels) {
        let notices = value.get_mut("notices").and_then(Value::as_array_mut);
        for (value, notice) in notices.into_iter().flatten().zip(&panel.notices) {
            add_places(value, glance, &notice.spots);
        }
        let lists = value.get_mut("lists").and_then(Value::as_array_mut);
        for (value, list) in lists.into_iter().flatten().zip(&panel.lists) {
            let items = value.get_mut("items").and_then(Value::as_array_mut);
            for (value, item) in items.into_iter().flatten().zip(&list.items) {
                add_places(value, glance, &item.spots);
            }
        }
    }
    Value::Object(members)
}

/// Adds where the lines stand, as far as they were looked up.
fn add_places(value: &mut Value, glance: &Glance, spots: &[Spot]) {
    let places: Vec<Value> =
        spots.iter().filter_map(|spot| glance.lines.get(spot)).map(place).collect();
    if let Some(members) = value.as_object_mut().filter(|_| !places.is_empty()) {
        members.insert("places".to_owned(), Value::Array(places));
    }
}

fn place(line: &Quoted) -> Value {
    let ids: Map<String, Value> =
        line.ids.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({ "file": line.file, "line": line.line, "ids": ids })
}
