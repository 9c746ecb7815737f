//! What the nodes of each language's grammar are, and what its libraries call things: tables.
//!
//! Read by `form`, `functions` and `words`. To add a language, write its table and add one line to
//! [`Grammar::of`].

mod csharp;
mod go;
mod java;
mod javascript;
mod php;
mod python;
mod ruby;
mod rust;

use crate::scan::syntax::Language;

/// What a kind of node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scan) enum Shape {
    /// `f(args)`, where `f` is an expression: the fields of both.
    Call(&'static str, &'static str),
    /// `on.name(args)`, perhaps without `on`: the fields of all three.
    Method(&'static str, &'static str, &'static str),
    /// `new Name(args)`: the fields of both; without a name, the first child.
    New(&'static str, &'static str),
    /// `of.name`: the fields of both.
    Member(&'static str, &'static str),
    /// `?.name` on what stands before the question mark.
    Bound,
    /// `of[at]`: the first two named children.
    Index,
    /// `left operator right`, by these fields.
    Binary,
    /// A chain of comparisons, as in Python.
    Chain,
    /// `to = value`: the fields of both; without a field, the last child.
    Assign(&'static str, &'static str),
    /// The same, and `to` is new here.
    Declare(&'static str, &'static str),
    /// `to += value`: fields `left`, `operator`, `right`.
    Accumulate,
    /// `for to in of`: the fields of both; without fields, the first two children.
    Each(&'static str, &'static str),
    /// A function with fields `name`, `parameters`, `body`.
    Function,
    /// A function without a name of its own, fields `parameters` (or `parameter`) and `body`.
    Lambda,
    /// A function whose assignments are its surrounding's, such as a Ruby block.
    Block,
    /// A class or a module of tests: a name to be known by.
    Class,
    /// `return value`.
    Return,
    /// Its value is that of any of its named children.
    Any,
    /// Its value is that of the child in this field.
    Field(&'static str),
    /// Its value is that of either of these fields.
    Either(&'static str, &'static str),
    /// Its value is that of its last child.
    Last,
    /// A name.
    Name,
    /// The object itself: `this`, `self`.
    Me,
    /// A value that is written out.
    Literal,
    /// Text, perhaps with values in it.
    Text,
    /// `key: value`: the fields of both; without fields, first and last child.
    Pair(&'static str, &'static str),
    /// Values by name.
    Record,
    /// Values by position.
    List,
    /// Compares a value with those of its cases: the field of the value.
    Switch(&'static str),
    /// A case of a switch: the field of its value or pattern.
    Case(&'static str),
    /// A call whose arguments are tokens, as in Rust.
    Macro,
    /// A loop.
    Loop,
}

/// A language's tables.
pub(in crate::scan) struct Grammar {
    /// What kinds of nodes are; a kind that is not listed has no value.
    pub shapes: &'static [(&'static str, Shape)],
    /// Whether an assignment makes a variable of the function that it stands in.
    pub assigning_declares: bool,
    /// Whether a bare name can be a call.
    pub names_call: bool,
    /// Languages with the same letter call each other's functions.
    pub family: char,
    /// What its libraries call things.
    pub words: Words,
}

/// What the libraries of a language call things. Paths are matched from their end, segment by
/// segment; `*` at either end of a segment stands for anything.
pub(in crate::scan) struct Words {
    /// Calls that make an object that yields a MAC.
    pub makers: &'static [&'static str],
    /// Calls whose result is a MAC.
    pub macs: &'static [&'static str],
    /// Methods of such an object that yield the MAC.
    pub finish: &'static [&'static str],
    /// Methods of such an object that yield something with a constant-time `==`.
    pub guarded: &'static [&'static str],
    /// Methods of such an object that compare in constant time.
    pub verify: &'static [&'static str],
    /// Functions and methods that compare in constant time.
    pub constant: &'static [&'static str],
    /// Functions that compare in constant time where the file holds the second text, such as the
    /// package that they come from; anywhere else a function of that name may do anything.
    pub vouched: &'static [(&'static str, &'static str)],
    /// Functions that stop at the first difference.
    pub early: &'static [&'static str],
    /// Methods that stop at the first difference, the receiver being one side.
    pub early_methods: &'static [&'static str],
    /// Calls of functions that write into an argument, and its place.
    pub fills: &'static [(&'static str, usize)],
    /// Verifiers of other providers' SDKs.
    pub sdk: &'static [&'static str],
}

impl Grammar {
    /// The tables of a language; `None` for one that handlers are not read in.
    pub fn of(language: Language) -> Option<&'static Self> {
        Some(match language {
            Language::CSharp => &csharp::GRAMMAR,
            Language::Go => &go::GRAMMAR,
            Language::Java => &java::GRAMMAR,
            Language::JavaScript | Language::Tsx | Language::TypeScript => &javascript::GRAMMAR,
            Language::Php => &php::GRAMMAR,
            Language::Python => &python::GRAMMAR,
            Language::Ruby => &ruby::GRAMMAR,
            Language::Rust => &rust::GRAMMAR,
            Language::Bash | Language::Hcl => return None,
        })
    }
}
