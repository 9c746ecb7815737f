use crokey::key;

use super::*;

fn type_in(form: &mut Form, text: &str) {
    for ch in text.chars() {
        form.key(KeyCombination::one_key(KeyCode::Char(ch), KeyModifiers::NONE).normalized());
    }
}

#[test]
fn enter_goes_to_what_is_missing_and_submits_when_nothing_is() {
    let fields = vec![Field::words("Name", "", true), Field::words("Reason", "", true)];
    let mut form = Form::new("Do it", fields);
    assert_eq!(form.key(key!(enter)), FormKey::Taken);
    assert_eq!(form.error.as_deref(), Some("Name is needed."));
    type_in(&mut form, "Dana");
    assert_eq!(form.key(key!(enter)), FormKey::Taken);
    assert_eq!((form.focus, form.error.as_deref()), (1, None));
    type_in(&mut form, "because");
    assert_eq!(form.key(key!(enter)), FormKey::Submit);
}

#[test]
fn a_name_that_begins_an_offer_is_completed_before_it_counts() {
    let field = Field::words("Name", "", true).offering(vec!["Dana Ito".into()]);
    let mut form = Form::new("Sign", vec![field]);
    type_in(&mut form, "d");
    assert_eq!(form.key(key!(enter)), FormKey::Taken);
    assert_eq!(form.value("Name"), "Dana Ito");
    assert_eq!(form.key(key!(enter)), FormKey::Submit);
}

#[test]
fn a_space_declines_the_offer() {
    let field = Field::words("Name", "", true).offering(vec!["Dana Ito".into()]);
    let mut form = Form::new("Sign", vec![field]);
    type_in(&mut form, "Dan ");
    assert_eq!(form.key(key!(enter)), FormKey::Submit);
    assert_eq!(form.value("Name"), "Dan");
}

#[test]
fn a_pasted_confirmation_does_not_count() {
    let mut form = Form::new("Send", vec![Field::exactly("Host", "pay.example")]);
    form.paste("pay.example\n");
    assert_eq!(form.key(key!(enter)), FormKey::Taken);
    assert!(!form.is_complete());
    type_in(&mut form, "pay.example");
    assert_eq!(form.key(key!(enter)), FormKey::Submit);
}

#[test]
fn pasted_lines_become_one_visible_line() {
    let mut form = Form::new("Keep", vec![Field::words("Note", "", true)]);
    form.paste("one\r\ntwo\x1b[2J");
    assert_eq!(form.value("Note"), "one two^[[2J");
    assert_eq!(form.focus, 0);
}

#[test]
fn the_cursor_never_starts_on_the_button_that_does_it() {
    let filled = Form::new("Go", vec![Field::words("Name", "", true).filled("Dana")]);
    assert!(!filled.on_go());
}
