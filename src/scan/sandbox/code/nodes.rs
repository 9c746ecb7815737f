//! Small questions to a syntax tree, the same for all grammars.

use crate::scan::syntax::Node;

/// What stands at a place in the text.
pub(super) enum Found<'r> {
    /// A literal, as its outermost node.
    Literal(Node<'r>),
    /// Source that could not be parsed.
    Broken,
    /// A comment, an identifier, markup.
    Nothing,
}

/// Whether a node is a comment.
pub(super) fn is_comment(kind: &str) -> bool {
    matches!(kind, "comment" | "line_comment" | "block_comment" | "html_comment" | "shebang")
        || kind.ends_with("_comment")
}

/// Whether a node is a text.
pub(super) fn is_text(kind: &str) -> bool {
    matches!(
        kind,
        "string"
            | "template_string"
            | "string_literal"
            | "raw_string_literal"
            | "interpreted_string_literal"
            | "verbatim_string_literal"
            | "interpolated_string_expression"
            | "encapsed_string"
            | "raw_string"
            | "string_lit"
            | "quoted_template"
            | "heredoc_template"
            | "heredoc"
            | "nowdoc"
            | "heredoc_body"
            | "ansi_c_string"
            | "word"
            | "bare_string"
            | "concatenated_string"
            | "chained_string"
            | "concatenation"
            | "text_block"
    )
}

/// What stands at the byte `at`.
pub(super) fn literal_at<'r>(root: &Node<'r>, at: usize) -> Option<Found<'r>> {
    let mut node = root.clone();
    let mut literal = None;
    let mut broken = false;
    loop {
        let kind = node.kind();
        if is_comment(&kind) {
            return Some(Found::Nothing);
        }
        broken = broken || node.is_error();
        if is_text(&kind) {
            literal = literal.or_else(|| Some(node.clone()));
        } else if is_hole(&kind) {
            literal = None;
        }
        let next = node.children().find(|child| {
            let range = child.range();
            range.start <= at && at < range.end
        });
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    Some(match literal {
        Some(literal) => Found::Literal(literal),
        None if broken => Found::Broken,
        None => Found::Nothing,
    })
}

/// Whether a node is code inside a text.
fn is_hole(kind: &str) -> bool {
    matches!(
        kind,
        "template_substitution"
            | "interpolation"
            | "template_interpolation"
            | "expansion"
            | "command_substitution"
    )
}

/// The text of a literal without its quotes.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let bare = text.trim_start_matches(['$', '@', 'f', 'r', 'b']);
    let text = if bare.starts_with(['"', '\'', '`']) { bare } else { text };
    text.trim_matches(['"', '\'', '`', ':'])
}

/// Whether two nodes are the same one.
pub(super) fn same(one: &Node<'_>, other: &Node<'_>) -> bool {
    one.node_id() == other.node_id()
}

/// The place of `child` among the named children of `parent`, comments left out.
pub(super) fn place(parent: &Node<'_>, child: &Node<'_>) -> Option<usize> {
    let named = parent.children().filter(|node| node.is_named() && !is_comment(&node.kind()));
    named.enumerate().find(|(_, node)| same(node, child)).map(|(place, _)| place)
}

/// The named children, comments left out.
pub(super) fn named<'r>(parent: &Node<'r>) -> Vec<Node<'r>> {
    parent.children().filter(|node| node.is_named() && !is_comment(&node.kind())).collect()
}

/// The token between the operands of an operator.
pub(super) fn operator(node: &Node<'_>) -> Option<String> {
    let token = node.children().find(|child| !child.is_named());
    token.map(|token| token.text().trim().to_owned())
}

/// Whether there is a token with that text among the children that stand before `child`.
pub(super) fn after(parent: &Node<'_>, child: &Node<'_>, token: &str) -> bool {
    let start = child.range().start;
    parent
        .children()
        .any(|other| !other.is_named() && other.range().end <= start && other.text() == token)
}

/// The last name in an expression: `url` of `this.config.url`, `fetch` of `ENV.fetch`.
pub(super) fn last_name(text: &str) -> String {
    let text = text.trim();
    let text = text.split('<').next().unwrap_or(text);
    let end = text.trim_end_matches(|ch: char| "!?()[]'\": ".contains(ch));
    let begin = end.rfind(|ch: char| !(ch.is_alphanumeric() || ch == '_' || ch == '$'));
    let name = begin.and_then(|at| {
        let skip = end.get(at..)?.chars().next()?.len_utf8();
        end.get(at + skip..)
    });
    name.unwrap_or(end).trim_start_matches('$').to_owned()
}

/// Whether a literal is one of a list, and so not the one that is taken.
pub(super) fn is_listed(node: &Node<'_>) -> bool {
    let parent = node.parent();
    parent.is_some_and(|parent| matches!(&*parent.kind(), "array" | "list" | "tuple" | "set"))
}

/// What the value at a node is for: the key or the variable above it.
pub(super) fn target_of(node: &Node<'_>) -> Option<String> {
    let mut below = node.clone();
    for above in node.ancestors().take(8) {
        let kind = above.kind();
        let gives = kind.contains("pair")
            || kind.contains("assignment")
            || kind.contains("declarator")
            || matches!(
                &*kind,
                "keyed_element"
                    | "array_element_initializer"
                    | "field_initializer"
                    | "let_declaration"
                    | "keyword_argument"
                    | "object_elem"
                    | "attribute"
                    | "public_field_definition"
            );
        let first = named(&above).into_iter().next();
        if let Some(first) = first.filter(|first| gives && !same(first, &below)) {
            let first = above.field("name").or_else(|| above.field("pattern")).unwrap_or(first);
            return Some(last_name(unquoted(&first.text())));
        }
        below = above;
    }
    None
}

/// The beginning of a text, for looking at.
pub(super) fn head(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}
