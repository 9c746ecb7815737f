//! A form: fields one below the other, then a button that does it and one that does not.
//!
//! Shared by the dialogs that take words. Enter goes on to what is still missing and does it when
//! nothing is; Tab and arrows move; Esc leaves.

use crokey::crossterm::event::{KeyCode, KeyModifiers};
use crokey::{KeyCombination, OneToThree};
use tui_input::{Input, InputRequest};

use crate::text::visible;

/// The longest text that a field takes.
const LONGEST: usize = 2_000;

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// What it is called.
    pub label: String,
    /// What belongs in it, shown while it is empty.
    pub about: String,
    /// Whether the form can go without it.
    pub required: bool,
    /// What it takes.
    pub kind: FieldKind,
}

/// What a field takes.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// Any words. A text that begins one of the offers is completed to it.
    Words {
        /// The text so far.
        input: Input,
        /// Completions, the likeliest first.
        offers: Vec<String>,
    },
    /// Exactly this text, typed and not pasted.
    Exactly {
        /// The text so far.
        input: Input,
        /// What it has to be.
        text: String,
    },
    /// One of these.
    OneOf {
        /// The options.
        options: Vec<String>,
        /// The chosen one.
        chosen: usize,
    },
}

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKey {
    /// Nothing more to do.
    Taken,
    /// The operator wants it, and nothing is missing.
    Submit,
    /// The operator does not want it.
    Close,
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// The fields.
    pub fields: Vec<Field>,
    /// The word on the button that does it.
    pub go: &'static str,
    /// The field with the cursor; behind the last one come the two buttons.
    pub focus: usize,
    /// What is wrong.
    pub error: Option<String>,
}

impl Field {
    /// A field for words.
    #[must_use]
    pub fn words(label: &str, about: &str, required: bool) -> Self {
        Self {
            label: label.to_owned(),
            about: about.to_owned(),
            required,
            kind: FieldKind::Words { input: Input::default(), offers: Vec::new() },
        }
    }

    /// The same field with completions.
    #[must_use]
    pub fn offering(mut self, names: Vec<String>) -> Self {
        if let FieldKind::Words { offers, .. } = &mut self.kind {
            *offers = names;
        }
        self
    }

    /// The same field with words in it.
    #[must_use]
    pub fn filled(mut self, text: &str) -> Self {
        if let FieldKind::Words { input, .. } = &mut self.kind {
            *input = Input::new(text.to_owned());
        }
        self
    }

    /// A field in which a text has to be typed letter by letter.
    #[must_use]
    pub fn exactly(label: &str, text: &str) -> Self {
        Self {
            label: label.to_owned(),
            about: format!("type {text}"),
            required: true,
            kind: FieldKind::Exactly { input: Input::default(), text: text.to_owned() },
        }
    }

    /// A field with a choice.
    #[must_use]
    pub fn one_of(label: &str, options: Vec<String>) -> Self {
        Self {
            label: label.to_owned(),
            about: String::new(),
            required: false,
            kind: FieldKind::OneOf { options, chosen: 0 },
        }
    }

    /// A field with a choice in which nothing is chosen yet; it has to be.
    #[must_use]
    pub fn choose(label: &str, about: &str, options: Vec<String>) -> Self {
        Self {
            label: label.to_owned(),
            about: about.to_owned(),
            required: true,
            kind: FieldKind::OneOf { options, chosen: usize::MAX },
        }
    }

    /// What it holds, without spaces at the ends.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.kind {
            FieldKind::Words { input, .. } | FieldKind::Exactly { input, .. } => {
                input.value().trim()
            }
            FieldKind::OneOf { options, chosen } => options.get(*chosen).map_or("", String::as_str),
        }
    }

    /// The offer that the text begins, when it is not complete yet. A space at the end declines.
    #[must_use]
    pub fn completion(&self) -> Option<&str> {
        let FieldKind::Words { input, offers } = &self.kind else { return None };
        let typed = input.value();
        if typed.is_empty() || typed.ends_with(' ') {
            return None;
        }
        let typed = typed.to_lowercase();
        if offers.iter().any(|offer| offer.to_lowercase() == typed) {
            return None;
        }
        offers.iter().find(|offer| offer.to_lowercase().starts_with(&typed)).map(String::as_str)
    }

    /// What stands in the way, if anything.
    fn problem(&self) -> Option<String> {
        match &self.kind {
            FieldKind::Exactly { text, .. } if self.value() != text => {
                Some(format!("Type {text} to go on."))
            }
            _ if self.required && self.value().is_empty() => {
                Some(format!("{} is needed.", self.label))
            }
            _ => None,
        }
    }

    fn input_mut(&mut self) -> Option<&mut Input> {
        match &mut self.kind {
            FieldKind::Words { input, .. } | FieldKind::Exactly { input, .. } => Some(input),
            FieldKind::OneOf { .. } => None,
        }
    }

    fn complete(&mut self) -> bool {
        let Some(whole) = self.completion().map(str::to_owned) else { return false };
        if let Some(input) = self.input_mut() {
            *input = Input::new(whole);
        }
        true
    }
}

impl Form {
    /// A form with these fields, the cursor in the first that is empty.
    #[must_use]
    pub fn new(go: &'static str, fields: Vec<Field>) -> Self {
        let focus = fields.iter().position(|field| field.value().is_empty()).unwrap_or(0);
        Self { fields, go, focus, error: None }
    }

    /// The field with that label.
    #[must_use]
    pub fn value(&self, label: &str) -> &str {
        self.fields.iter().find(|field| field.label == label).map_or("", Field::value)
    }

    /// Whether the button that does it has the cursor.
    #[must_use]
    pub fn on_go(&self) -> bool {
        self.focus == self.fields.len()
    }

    /// Whether the button that does not has the cursor.
    #[must_use]
    pub fn on_cancel(&self) -> bool {
        self.focus > self.fields.len()
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.fields.iter().all(|field| field.problem().is_none())
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyCombination) -> FormKey {
        let OneToThree::One(code) = key.codes else { return FormKey::Taken };
        match code {
            KeyCode::Esc => return FormKey::Close,
            KeyCode::Char('c') if key.modifiers == KeyModifiers::CONTROL => return FormKey::Close,
            KeyCode::Enter => return self.enter(),
            KeyCode::Tab | KeyCode::Down => self.go_by(1),
            KeyCode::BackTab | KeyCode::Up => self.go_by(-1),
            KeyCode::Left if self.focus >= self.fields.len() => self.focus = self.fields.len(),
            KeyCode::Right if self.focus >= self.fields.len() => {
                self.focus = self.fields.len() + 1;
            }
            _ => self.edit(code, key.modifiers),
        }
        FormKey::Taken
    }

    /// Takes pasted text into the field with the cursor, as one line.
    pub fn paste(&mut self, text: &str) {
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        if let FieldKind::Exactly { text, .. } = &field.kind {
            self.error = Some(format!("Type {text} by hand; pasting does not confirm."));
            return;
        }
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(input) = field.input_mut() {
            for ch in visible(&line, LONGEST).chars() {
                insert(input, ch);
            }
            self.error = None;
        }
    }

    fn enter(&mut self) -> FormKey {
        if self.on_cancel() {
            return FormKey::Close;
        }
        if self.fields.get_mut(self.focus).is_some_and(Field::complete) {
            return FormKey::Taken;
        }
        let missing = self
            .fields
            .iter()
            .enumerate()
            .find_map(|(at, field)| field.problem().map(|problem| (at, problem)));
        let Some((at, problem)) = missing else { return FormKey::Submit };
        // Going on to the next empty field is no mistake; being there and pressing Enter is.
        self.error = (at <= self.focus).then_some(problem);
        self.focus = at;
        FormKey::Taken
    }

    fn go_by(&mut self, by: isize) {
        if by > 0 {
            let _ = self.fields.get_mut(self.focus).map(Field::complete);
        }
        let stops = self.fields.len() + 2;
        self.focus = self.focus.saturating_add(stops).saturating_add_signed(by) % stops;
        self.error = None;
    }

    fn edit(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let Some(field) = self.fields.get_mut(self.focus) else { return };
        self.error = None;
        if let FieldKind::OneOf { options, chosen } = &mut field.kind {
            let last = options.len().saturating_sub(1);
            if let KeyCode::Char(ch) = code
                && let Some(place) = options.iter().position(|option| option.starts_with(ch))
            {
                *chosen = place;
                return;
            }
            match code {
                KeyCode::Right | KeyCode::Char(' ' | 'l') => {
                    *chosen = if *chosen >= last { 0 } else { *chosen + 1 };
                }
                KeyCode::Left | KeyCode::Char('h') => {
                    *chosen = chosen.checked_sub(1).map_or(last, |before| before.min(last));
                }
                _ => {}
            }
            return;
        }
        if code == KeyCode::Right && field.complete() {
            return;
        }
        if let Some(input) = field.input_mut() {
            edit(input, code, modifiers);
        }
    }
}

/// How far back one reads above a form: PgUp goes further, PgDn comes back, every other key returns.
#[must_use]
pub fn scrolled(above: usize, key: KeyCombination) -> usize {
    match key.codes {
        OneToThree::One(KeyCode::PageUp) => above.saturating_add(6).min(400),
        OneToThree::One(KeyCode::PageDown) => above.saturating_sub(6),
        _ => 0,
    }
}

/// Edits one line the way shells do.
pub fn edit(input: &mut Input, code: KeyCode, modifiers: KeyModifiers) {
    let control = modifiers.contains(KeyModifiers::CONTROL);
    let request = match code {
        KeyCode::Char('w') | KeyCode::Backspace if control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if control => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Left if control => InputRequest::GoToPrevWord,
        KeyCode::Right if control => InputRequest::GoToNextWord,
        KeyCode::Char(_) if control || modifiers.contains(KeyModifiers::ALT) => return,
        KeyCode::Char(ch) => return insert(input, ch),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return,
    };
    input.handle(request);
}

fn insert(input: &mut Input, ch: char) {
    if !ch.is_control() && input.value().len() < LONGEST {
        input.handle(InputRequest::InsertChar(ch));
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
