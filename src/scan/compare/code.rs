//! A syntax tree as one flat list: nodes in the order of the text, comments left out.
//!
//! Made by `analysis` for each file. Everything else here walks lists, never the tree, so that no
//! nesting can exhaust the stack, and comments and white space can not change a verdict.

use crate::scan::syntax::Tree;

/// The place of a node in its [`Code`].
pub(in crate::scan) type Id = u32;

/// No node.
pub(in crate::scan) const NONE: Id = u32::MAX;

/// One node.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) struct Node<'t> {
    /// Its kind in the grammar.
    pub kind: &'t str,
    /// The field of its parent that it stands in; empty when in none.
    pub field: &'t str,
    /// Whether the grammar names it, as opposed to a bare token.
    pub named: bool,
    /// Where its text begins.
    pub start: usize,
    /// Where its text ends.
    pub end: usize,
    /// Its line, from 1.
    pub line: u32,
    /// Its parent.
    pub parent: Id,
    /// The number of nodes in it, itself included.
    pub size: u32,
    /// Whether the grammar could not make sense of it.
    pub broken: bool,
}

/// What stands for a node that is not there.
const NOTHING: Node<'static> = Node {
    kind: "",
    field: "",
    named: false,
    start: 0,
    end: 0,
    line: 0,
    parent: NONE,
    size: 1,
    broken: false,
};

/// The nodes of one file.
pub(in crate::scan) struct Code<'t> {
    /// The text.
    pub text: &'t str,
    /// The text without comments.
    pub bare: String,
    nodes: Vec<Node<'t>>,
    /// All nodes, children before their parents, otherwise in the order of the text.
    pub inside_out: Vec<Id>,
}

impl<'t> Code<'t> {
    /// Flattens a tree.
    pub fn new(tree: &'t Tree, text: &'t str) -> Self {
        let mut nodes: Vec<Node<'t>> = Vec::new();
        let mut inside_out = Vec::new();
        let root = tree.root();
        let mut cursor = root.get_inner_node().walk();
        let mut open: Vec<Id> = Vec::new();
        let (mut bare, mut copied) = (String::with_capacity(text.len()), 0);
        let mut entering = true;
        loop {
            if entering {
                let node = cursor.node();
                let skipped = node.kind().contains("comment");
                if skipped {
                    bare.push_str(text.get(copied..node.start_byte()).unwrap_or_default());
                    copied = node.end_byte();
                } else {
                    let id = Id::try_from(nodes.len()).unwrap_or(NONE);
                    nodes.push(Node {
                        kind: node.kind(),
                        field: cursor.field_name().unwrap_or(""),
                        named: node.is_named(),
                        start: node.start_byte(),
                        end: node.end_byte(),
                        line: u32::try_from(node.start_position().row).unwrap_or(0) + 1,
                        parent: open.last().copied().unwrap_or(NONE),
                        size: 1,
                        broken: node.is_error() || node.is_missing(),
                    });
                    open.push(id);
                    if cursor.goto_first_child() {
                        continue;
                    }
                    close(&mut open, &mut nodes, &mut inside_out);
                }
            }
            if cursor.goto_next_sibling() {
                entering = true;
                continue;
            }
            if !cursor.goto_parent() {
                break;
            }
            close(&mut open, &mut nodes, &mut inside_out);
            entering = false;
        }
        bare.push_str(text.get(copied..).unwrap_or_default());
        Self { text, bare, nodes, inside_out }
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A node; one without kind and text where there is none.
    pub fn at(&self, id: Id) -> Node<'t> {
        self.nodes.get(id as usize).copied().unwrap_or(NOTHING)
    }

    /// The text of a node.
    pub fn text(&self, id: Id) -> &'t str {
        let node = self.at(id);
        self.text.get(node.start..node.end).unwrap_or("")
    }

    /// The children of a node.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + use<'_, 't> {
        let end = id.saturating_add(self.at(id).size);
        let mut next = id.saturating_add(1);
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = next.saturating_add(self.at(child).size);
            Some(child)
        })
    }

    /// The children that the grammar names.
    pub fn named(&self, id: Id) -> impl Iterator<Item = Id> + use<'_, 't> {
        self.children(id).filter(|child| self.at(*child).named)
    }

    /// The first child in that field; none for a field without a name.
    pub fn field(&self, id: Id, field: &str) -> Option<Id> {
        let wanted = |child: &Id| !field.is_empty() && self.at(*child).field == field;
        self.children(id).find(wanted)
    }

    /// All nodes in a node, itself first.
    pub fn within(&self, id: Id) -> impl Iterator<Item = Id> + use<> {
        id..id.saturating_add(self.at(id).size)
    }

    /// The nodes around a node, the nearest first.
    pub fn around(&self, id: Id) -> impl Iterator<Item = Id> + use<'_, 't> {
        let mut at = id;
        std::iter::from_fn(move || {
            at = self.at(at).parent;
            (at != NONE).then_some(at)
        })
    }

    /// All nodes.
    pub fn all(&self) -> impl Iterator<Item = Id> + use<> {
        0..Id::try_from(self.nodes.len()).unwrap_or(NONE)
    }
}

fn close(open: &mut Vec<Id>, nodes: &mut [Node<'_>], inside_out: &mut Vec<Id>) {
    let end = nodes.len();
    if let Some(id) = open.pop() {
        if let Some(node) = nodes.get_mut(id as usize) {
            node.size = u32::try_from(end - id as usize).unwrap_or(1);
        }
        inside_out.push(id);
    }
}
