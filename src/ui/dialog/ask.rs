//! The dialogs that ask: sign, reasons, who signs, trust, quit, secret.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::Model;
use crate::app::dialog::{Choice, Form, Question, Reason, ReasonKind, SecretPrompt, Sign, Signer};
use crate::ui::dialog::{Sheet, form};
use crate::ui::ink::{Ink, Page};
use crate::ui::parts;
use crate::ui::text::safe;

/// How many steps or commands are listed.
const LISTED: usize = 14;

pub(super) fn sign(ink: &Ink, dialog: &Sign, cells: usize, rows: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    subject(dialog.step.as_str(), &dialog.title, &mut page);
    for line in &dialog.vouches {
        page.para(line, ink.theme.muted, 0);
    }
    if !dialog.warning.is_empty() {
        page.gap();
        page.line(Line::styled("This can not be taken back", ink.theme.bad));
        parts::write(&dialog.warning, &mut page);
    }
    above(&dialog.form, &mut page, rows);
    let sheet = with_form("Sign", ink.theme.strong, &dialog.form, page);
    Sheet { above: dialog.above, ..sheet }
}

/// Says how to read what does not fit above a form.
pub(super) fn above(form: &Form, page: &mut Page<'_>, rows: usize) {
    // Border, air and foot take five rows, gap and help of a field two.
    if page.lines.len() + form.fields.len() + 7 > rows {
        page.gap();
        page.para("PgUp and PgDn read what stands above.", page.ink.theme.muted, 0);
    }
}

pub(super) fn reason(ink: &Ink, dialog: &Reason, cells: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    subject(dialog.step.as_str(), &dialog.title, &mut page);
    page.gap();
    page.para(dialog.kind.says(), ink.theme.plain, 0);
    let style = match dialog.kind {
        ReasonKind::Note => ink.theme.strong,
        ReasonKind::Rollback => ink.theme.bad,
        _ => ink.theme.warn,
    };
    with_form(dialog.kind.title(), style, &dialog.form, page)
}

pub(super) fn signer(model: &Model, ink: &Ink, dialog: &Signer, cells: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    let says = "Everything that you do from now on is recorded in this name.";
    page.para(says, ink.theme.plain, 0);
    page.gap();
    for (at, name) in dialog.names.iter().enumerate().take(9) {
        let person = model.who.people.iter().find(|person| person.name == *name);
        let roles: Vec<_> = person
            .into_iter()
            .flat_map(|person| &person.roles)
            .map(|role| safe(role.as_str()))
            .collect();
        page.line(Line::from(vec![
            Span::styled(format!("{}  ", at + 1), ink.theme.key),
            Span::styled(safe(name), ink.theme.plain),
            Span::styled(format!("  {}", roles.join(", ")), ink.theme.muted),
        ]));
    }
    with_form("Who signs", ink.theme.strong, &dialog.form, page)
}

pub(super) fn choice(ink: &Ink, dialog: &Choice, cells: usize) -> Sheet {
    let mut page = Page::new(ink, cells);
    let title = match &dialog.question {
        Question::Quit { running, saving } => {
            if *saving {
                page.para("Something is being saved; leaving waits for it.", ink.theme.plain, 0);
            }
            if !running.is_empty() {
                page.para("These checks are running and will be stopped:", ink.theme.plain, 0);
                for step in running.iter().take(LISTED) {
                    page.para(step.as_str(), ink.theme.strong, 2);
                }
                page.gap();
                let says = "What they have found so far is recorded as it is.";
                page.para(says, ink.theme.muted, 0);
            }
            "Leave?"
        }
        Question::Trust { commands, runbook, .. } => {
            let says = "The runbook wants to run commands on this machine, with your rights. Let it \
                 only if you know where it comes from.";
            page.para(says, ink.theme.plain, 0);
            page.gap();
            for command in commands.iter().take(LISTED) {
                page.para(command, ink.theme.code, 2);
            }
            page.gap();
            page.para(&format!("Runbook {runbook}"), ink.theme.muted, 0);
            "Trust this runbook?"
        }
    };
    if let Some(error) = &dialog.error {
        page.gap();
        page.para(error, ink.theme.bad, 0);
    }
    with_form(title, ink.theme.warn, &dialog.form, page)
}

pub(super) fn secret(ink: &Ink, dialog: &SecretPrompt, cells: usize) -> Sheet {
    let theme = &ink.theme;
    let mut page = Page::new(ink, cells);
    subject(dialog.input.as_str(), &dialog.about, &mut page);
    page.gap();
    let typed = dialog.len().min(cells / 2);
    page.line(Line::from(vec![
        Span::styled(format!("{} ", ink.glyphs.bar()), theme.accent),
        Span::styled(ink.glyphs.mask().repeat(typed), theme.strong),
    ]));
    let cursor = Some((page.lines.len() - 1, 2 + typed));
    let prefix = dialog.prefix.as_deref().unwrap_or_default();
    match dialog.begins_right() {
        Some(true) => page.para(&format!("begins with {prefix}, as it should"), theme.good, 2),
        Some(false) => page.para(&format!("does not begin with {prefix}"), theme.bad, 2),
        None => page.para("kept in memory until golive ends, and nowhere else", theme.muted, 2),
    }
    if let Some(error) = &dialog.error {
        page.gap();
        page.para(error, theme.bad, 0);
    }
    let foot = Line::styled("Enter keeps it  Ctrl-U clears  Esc cancels", theme.muted);
    Sheet {
        title: "A secret is needed".into(),
        style: theme.strong,
        width: page.width,
        lines: page.lines,
        foot,
        cursor,
        scroll: 0,
        above: 0,
    }
}

/// What a dialog is about: an id and its title.
pub(super) fn subject(id: &str, title: &str, page: &mut Page<'_>) {
    let theme = page.ink.theme;
    page.para(id, theme.muted, 0);
    page.para(title, theme.strong, 0);
}

/// A page with the fields of a form below it.
pub(super) fn with_form(title: &str, style: Style, form: &Form, mut page: Page<'_>) -> Sheet {
    page.gap();
    let cursor = form::fields(form, &mut page);
    while page.lines.last().is_some_and(|line| line.width() == 0) {
        page.lines.pop();
    }
    Sheet {
        title: title.to_owned(),
        style,
        foot: form::buttons(page.ink, form, page.width),
        width: page.width,
        lines: page.lines,
        cursor,
        // What is wrong stands at the end; it is read before anything else.
        scroll: if form.error.is_some() { usize::MAX } else { 0 },
        above: 0,
    }
}
