//! Markdown of the runbook → styled lines: paragraphs, lists, code, headings, emphasis.
//!
//! The runbook is outside text: every piece of it is made visible before it is drawn.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::ui::ink::Page;
use crate::ui::text::{safe, width};

/// Writes Markdown on a page.
pub fn write(page: &mut Page<'_>, markdown: &str) {
    let mut writer =
        Writer { page, spans: Vec::new(), styles: Vec::new(), lists: Vec::new(), broken: false };
    writer.styles.push(writer.page.ink.theme.plain);
    let mut code = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                writer.flush();
                code = matches!(kind, CodeBlockKind::Fenced(_) | CodeBlockKind::Indented);
                writer.page.gap();
            }
            Event::End(TagEnd::CodeBlock) => {
                code = false;
                writer.page.gap();
            }
            Event::Text(text) if code => writer.code_block(&text),
            event => writer.event(event),
        }
    }
    writer.flush();
}

struct Writer<'a, 'ink> {
    page: &'a mut Page<'ink>,
    spans: Vec<(String, Style)>,
    styles: Vec<Style>,
    /// Open lists: the next number of each, or none for bullets; and whether the item's mark is
    /// still to be written.
    lists: Vec<(Option<u64>, bool)>,
    /// The last event ended a line of the source.
    broken: bool,
}

impl Writer<'_, '_> {
    fn event(&mut self, event: Event<'_>) {
        let style = self.styles.last().copied().unwrap_or_default();
        let theme = self.page.ink.theme;
        match event {
            Event::Start(tag) => self.start(&tag, style),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.spans.push((keep_spaces(&text), style));
            }
            Event::Code(text) => self.spans.push((safe(&text), theme.code)),
            Event::SoftBreak => {
                self.broken = true;
                self.spans.push((" ".to_owned(), style));
                return;
            }
            Event::HardBreak => self.flush(),
            Event::Rule => {
                self.flush();
                let rule = self.page.ink.rule(self.page.width);
                self.page.line(rule);
            }
            _ => {}
        }
        self.broken = false;
    }

    fn start(&mut self, tag: &Tag<'_>, style: Style) {
        let theme = self.page.ink.theme;
        match tag {
            Tag::Paragraph if self.lists.is_empty() => self.page.gap(),
            Tag::Heading { .. } => {
                self.flush();
                self.page.gap();
                self.styles.push(theme.strong);
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.page.gap();
                }
                self.lists.push((*first, false));
            }
            Tag::Item => {
                self.flush();
                if let Some((_, mark)) = self.lists.last_mut() {
                    *mark = true;
                }
            }
            Tag::Strong => {
                // A line that begins with bold words begins a case: `**401**: …`.
                if self.broken {
                    self.flush();
                }
                self.styles.push(style.patch(theme.strong));
            }
            Tag::Emphasis => self.styles.push(style.add_modifier(Modifier::ITALIC)),
            Tag::Link { .. } => self.styles.push(style.add_modifier(Modifier::UNDERLINED)),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::Heading(_) => {
                self.flush();
                self.styles.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link => {
                self.styles.pop();
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                if self.lists.is_empty() {
                    self.page.gap();
                }
            }
            _ => {}
        }
    }

    /// Writes what has been gathered as one wrapped block, behind its list mark if it has one.
    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().all(|(text, _)| text.trim().is_empty()) {
            return;
        }
        let (first, rest) = self.indent();
        self.page.spans(&spans, &first, &rest);
    }

    fn indent(&mut self) -> (Line<'static>, String) {
        let depth = self.lists.len();
        let Some((number, mark)) = self.lists.last_mut() else {
            return (Line::default(), String::new());
        };
        let outer = "  ".repeat(depth - 1);
        let sign = match number {
            Some(number) => format!("{number}."),
            None => self.page.ink.glyphs.bullet().to_owned(),
        };
        let rest = format!("{outer}{}", " ".repeat(width(&sign) + 1));
        if !std::mem::take(mark) {
            return (Line::from(rest.clone()), rest);
        }
        if let Some(number) = number {
            *number += 1;
        }
        let sign = Span::styled(sign, self.page.ink.theme.muted);
        (Line::from(vec![Span::raw(outer), sign, Span::raw(" ")]), rest)
    }

    fn code_block(&mut self, text: &str) {
        let bar =
            Span::styled(format!("{} ", self.page.ink.glyphs.vertical()), self.page.ink.theme.rule);
        for line in text.lines() {
            let code = [(safe(line), self.page.ink.theme.code)];
            let first = Line::from(vec![bar.clone()]);
            self.page.spans(&code, &first, "  ");
        }
    }
}

/// Outside text made safe, without losing the spaces that join it to its neighbours.
fn keep_spaces(text: &str) -> String {
    let tail = text.len() - text.trim_end().len();
    let mut out = safe(text);
    if tail > 0 {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::screen::Look;
    use crate::config::ThemeName;
    use crate::ui::ink::Ink;

    fn written(markdown: &str, cells: usize) -> Vec<String> {
        let ink = Ink::of(Look { theme: ThemeName::Dark, ascii: false, mouse: false });
        let mut page = Page::new(&ink, cells);
        write(&mut page, markdown);
        page.lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lists_hang_behind_their_marks_and_code_keeps_its_lines() {
        let text = "Do this:\n\n1. Open `Keys`\n2. Copy the *live* one carefully\n\n```\na  b\nc\n```\nDone.";
        let expected = [
            "Do this:",
            "",
            "1. Open Keys",
            "2. Copy the live",
            "   one carefully",
            "",
            "│ a b",
            "│ c",
            "",
            "Done.",
        ];
        assert_eq!(written(text, 17), expected);
    }

    #[test]
    fn words_of_different_style_stay_apart() {
        assert_eq!(written("answer **401** at once", 40), ["answer 401 at once"]);
        assert_eq!(written("a`b`c", 40), ["abc"]);
    }

    #[test]
    fn a_line_that_begins_with_bold_words_begins_a_case() {
        let text = "**401**: a key\nis missing.\n**403**: not **allowed** here.";
        assert_eq!(written(text, 40), ["401: a key is missing.", "403: not allowed here."]);
    }

    #[test]
    fn control_characters_of_a_runbook_are_shown() {
        assert_eq!(written("a\u{1b}[2Jb", 40), ["a^[[2Jb"]);
    }
}
