//! Each node as what it does, the same in every language.
//!
//! Made once per file from the tables in `grammar`; read by everything that follows.

use std::collections::HashMap;

use super::code::{Code, Id};
use super::grammar::{Grammar, Shape};

/// What a node does.
#[derive(Clone, Debug, Default)]
pub(in crate::scan) enum Form<'t> {
    /// Nothing that matters here.
    #[default]
    Nothing,
    /// A name.
    Name(&'t str),
    /// The object itself.
    Me,
    /// A value that is written out.
    Literal,
    /// A call.
    Call(Call<'t>),
    /// `of.name`.
    Member { of: Id, name: &'t str },
    /// `of[at]`.
    Index { of: Id, at: Option<Id> },
    /// `left op right`.
    Binary { op: &'t str, left: Id, right: Id },
    /// Any of these.
    Any(Vec<Id>),
    /// `to = value`.
    Assign { to: Id, value: Id, declares: bool },
    /// `to op= value`.
    Accumulate { op: &'t str, to: Id, value: Id },
    /// A loop over the elements of `of`.
    Each { to: Id, of: Id },
    /// A function.
    Function(Function<'t>),
    /// A class.
    Class(&'t str),
    /// `return value`.
    Return(Option<Id>),
    /// `name: value`.
    Pair { name: &'t str, value: Id },
    /// Values by name.
    Record(Vec<Id>),
    /// Values by position.
    List(Vec<Id>),
    /// A choice by value.
    Switch { value: Id, cases: Vec<Id> },
    /// A loop.
    Loop,
}

/// A call.
#[derive(Clone, Debug)]
pub(in crate::scan) struct Call<'t> {
    /// What the method is called on.
    pub on: Option<Id>,
    /// The expression that is called, if it is one.
    pub callee: Option<Id>,
    /// The last name of what is called.
    pub name: &'t str,
    /// The arguments.
    pub args: Vec<Id>,
    /// Whether it makes an object.
    pub makes: bool,
    /// Whether the arguments are bare tokens.
    pub tokens: bool,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub(in crate::scan) struct Function<'t> {
    /// Its name, where it has one.
    pub name: &'t str,
    /// The node of its parameters.
    pub params: Option<Id>,
    /// Its body.
    pub body: Option<Id>,
    /// Whether assignments in it are its surrounding's.
    pub open: bool,
}

/// Makes the forms of all nodes.
pub(in crate::scan) fn forms<'t>(code: &Code<'t>, grammar: &Grammar) -> Vec<Form<'t>> {
    let shapes: HashMap<&str, Shape> = grammar.shapes.iter().copied().collect();
    let lower = Lower { code, shapes };
    code.all().map(|id| lower.form(id)).collect()
}

struct Lower<'c, 't> {
    code: &'c Code<'t>,
    shapes: HashMap<&'static str, Shape>,
}

impl<'t> Lower<'_, 't> {
    fn shape(&self, id: Id) -> Option<Shape> {
        let node = self.code.at(id);
        if node.named { self.shapes.get(node.kind).copied() } else { None }
    }

    fn form(&self, id: Id) -> Form<'t> {
        let Some(shape) = self.shape(id) else { return Form::Nothing };
        self.value_form(id, shape).or_else(|| self.other_form(id, shape)).unwrap_or_default()
    }

    /// Forms of expressions.
    fn value_form(&self, id: Id, shape: Shape) -> Option<Form<'t>> {
        let code = self.code;
        Some(match shape {
            Shape::Call(callee, args) => self.call(id, callee, args)?,
            Shape::Method(on, name, args) => Form::Call(Call {
                on: code.field(id, on),
                callee: None,
                name: code.field(id, name).map(|name| code.text(name)).unwrap_or_default(),
                args: self.args(id, args),
                makes: false,
                tokens: false,
            }),
            Shape::New(class, args) => {
                let class = code.field(id, class).or_else(|| code.named(id).next());
                Form::Call(Call {
                    on: None,
                    callee: class,
                    name: class.map(|class| last_name(code.text(class))).unwrap_or_default(),
                    args: self.args(id, args),
                    makes: true,
                    tokens: false,
                })
            }
            Shape::Macro => self.macro_call(id)?,
            Shape::Member(of, name) => Form::Member {
                of: code.field(id, of)?,
                name: code.field(id, name).map(|name| code.text(name)).unwrap_or_default(),
            },
            Shape::Bound => Form::Member { of: self.bound(id)?, name: self.bound_name(id) },
            Shape::Index => {
                let mut children = code.named(id);
                Form::Index { of: children.next()?, at: children.next() }
            }
            Shape::Binary => Form::Binary {
                op: code.field(id, "operator").map(|op| code.text(op)).unwrap_or_default(),
                left: code.field(id, "left")?,
                right: code.field(id, "right")?,
            },
            Shape::Chain => self.chain(id)?,
            Shape::Any => Form::Any(code.named(id).collect()),
            Shape::Field(field) => Form::Any(vec![code.field(id, field)?]),
            Shape::Either(one, other) => {
                let fields = [code.field(id, one), code.field(id, other)];
                Form::Any(fields.into_iter().flatten().collect())
            }
            Shape::Last => self.last(id),
            Shape::Name => Form::Name(strip_generics(code.text(id))),
            Shape::Me => Form::Me,
            Shape::Literal => Form::Literal,
            Shape::Text => self.text(id),
            Shape::Pair(name, value) => self.pair(id, name, value)?,
            Shape::Record => Form::Record(code.named(id).collect()),
            Shape::List => Form::List(code.named(id).collect()),
            _ => return None,
        })
    }

    /// Forms of statements and definitions.
    fn other_form(&self, id: Id, shape: Shape) -> Option<Form<'t>> {
        let code = self.code;
        Some(match shape {
            Shape::Assign(to, value) | Shape::Declare(to, value) => {
                let to = code.field(id, to)?;
                let value = match value {
                    "" => code.named(id).filter(|child| *child != to).last()?,
                    field => code.field(id, field)?,
                };
                let declares = matches!(shape, Shape::Declare(..));
                match code.field(id, "operator").map(|op| code.text(op)) {
                    Some(op) if op != "=" => Form::Accumulate { op, to, value },
                    _ => Form::Assign { to, value, declares },
                }
            }
            Shape::Accumulate => Form::Accumulate {
                op: code.field(id, "operator").map(|op| code.text(op)).unwrap_or_default(),
                to: code.field(id, "left")?,
                value: code.field(id, "right")?,
            },
            Shape::Each(to, of) => self.each(id, to, of)?,
            Shape::Function | Shape::Lambda | Shape::Block => {
                let name = code.field(id, "name").map(|name| code.text(name));
                Form::Function(Function {
                    name: name.unwrap_or_default(),
                    params: code
                        .field(id, "parameters")
                        .or_else(|| code.field(id, "parameter"))
                        .or_else(|| {
                            code.named(id).find(|c| code.at(*c).kind.contains("parameter"))
                        }),
                    body: code
                        .field(id, "body")
                        .or_else(|| code.field(id, "accessors"))
                        .or_else(|| code.field(id, "value"))
                        .or_else(|| code.named(id).last()),
                    open: shape == Shape::Block,
                })
            }
            Shape::Class => {
                let name = code.field(id, "name").or_else(|| code.field(id, "type"));
                Form::Class(name.map(|name| code.text(name)).unwrap_or_default())
            }
            Shape::Return => Form::Return(code.named(id).last()),
            Shape::Switch(value) => self.switch(id, value)?,
            Shape::Case(_) if code.at(id).kind == "match_arm" => {
                Form::Any(code.field(id, "value").into_iter().collect())
            }
            Shape::Case(_) | Shape::Loop => Form::Loop,
            _ => return None,
        })
    }

    fn args(&self, id: Id, field: &str) -> Vec<Id> {
        let code = self.code;
        let list = code.field(id, field).or_else(|| {
            let is_list =
                |child: &Id| matches!(code.at(*child).kind, "arguments" | "argument_list");
            code.named(id).find(is_list)
        });
        let mut args: Vec<Id> = list.map(|list| code.named(list).collect()).unwrap_or_default();
        if let Some(list) = list.filter(|list| code.at(*list).kind.contains("template")) {
            args = vec![list];
        }
        args.extend(code.field(id, "block"));
        args
    }

    fn call(&self, id: Id, callee: &str, args: &str) -> Option<Form<'t>> {
        let code = self.code;
        let mut callee = code.field(id, callee)?;
        let args = self.args(id, args);
        // `(0, library.call)(…)`, `call!(…)`, `call::<T>(…)`: what is called is inside.
        for _ in 0..4 {
            match self.shape(callee) {
                Some(Shape::Last) => callee = code.named(callee).last()?,
                Some(Shape::Any | Shape::Field(_)) => callee = code.named(callee).next()?,
                _ => break,
            }
        }
        let (on, name) = match self.shape(callee) {
            Some(Shape::Member(of, name)) => {
                let name = code.field(callee, name).map(|name| code.text(name));
                (code.field(callee, of), name.unwrap_or_default())
            }
            Some(Shape::Bound) => (self.bound(callee), self.bound_name(callee)),
            Some(Shape::Name) => (None, last_name(code.text(callee))),
            _ => (Some(callee), ""),
        };
        let name = strip_generics(name);
        Some(Form::Call(Call { on, callee: Some(callee), name, args, makes: false, tokens: false }))
    }

    fn macro_call(&self, id: Id) -> Option<Form<'t>> {
        let code = self.code;
        let name = code.field(id, "macro")?;
        let tokens = code.named(id).find(|child| code.at(*child).kind == "token_tree")?;
        let args = code.within(tokens).filter(|token| {
            matches!(code.at(*token).kind, "identifier" | "string_literal" | "self")
        });
        Some(Form::Call(Call {
            on: None,
            callee: Some(name),
            name: last_name(code.text(name)),
            args: args.collect(),
            makes: false,
            tokens: true,
        }))
    }

    /// What stands before the `?` of `?.name`.
    fn bound(&self, id: Id) -> Option<Id> {
        let code = self.code;
        let access = code.around(id).take(6);
        let mut access = access.filter(|at| code.at(*at).kind == "conditional_access_expression");
        code.field(access.next()?, "condition")
    }

    fn bound_name(&self, id: Id) -> &'t str {
        self.code.field(id, "name").map(|name| self.code.text(name)).unwrap_or_default()
    }

    fn chain(&self, id: Id) -> Option<Form<'t>> {
        let code = self.code;
        let is_operator = |child: &Id| code.at(*child).field == "operators";
        let mut operands = code.named(id).filter(|child| !is_operator(child));
        let (left, right) = (operands.next()?, operands.last()?);
        let op = code.children(id).find(is_operator).map(|op| code.text(op)).unwrap_or_default();
        Some(Form::Binary { op, left, right })
    }

    /// The last child; nothing where a statement ends in a semicolon.
    fn last(&self, id: Id) -> Form<'t> {
        let code = self.code;
        if code.at(id).kind == "expression_statement" && code.text(id).ends_with(';') {
            return Form::Nothing;
        }
        let children = code.named(id).filter(|child| {
            !matches!(code.at(*child).kind, "rescue" | "ensure" | "name" | "reference_modifier")
                || code.at(id).kind == "argument" && code.at(*child).field.is_empty()
        });
        Form::Any(children.last().into_iter().collect())
    }

    fn text(&self, id: Id) -> Form<'t> {
        let code = self.code;
        let plain = |kind: &str| {
            kind.contains("content")
                || kind.contains("fragment")
                || kind.contains("escape")
                || kind.starts_with("string_")
                || kind.starts_with("heredoc_")
                || kind.starts_with("interpolation_")
        };
        let children = code.named(id).filter(|child| !plain(code.at(*child).kind));
        let children: Vec<Id> = children.collect();
        if children.is_empty() { Form::Literal } else { Form::Any(children) }
    }

    fn pair(&self, id: Id, name: &str, value: &str) -> Option<Form<'t>> {
        let code = self.code;
        let first = code.field(id, name).or_else(|| code.named(id).next())?;
        let last = code.field(id, value).or_else(|| code.named(id).last())?;
        let name = if first == last && code.at(id).kind != "field_pattern" {
            ""
        } else {
            code.text(first).trim_matches(['"', '\'', ':', '`'])
        };
        Some(Form::Pair { name, value: last })
    }

    fn each(&self, id: Id, to: &str, of: &str) -> Option<Form<'t>> {
        let code = self.code;
        let is_index = code.field(id, "operator").is_some_and(|op| code.text(op) == "in");
        let mut children = code.named(id);
        let (to, of) = match (code.field(id, to), code.field(id, of)) {
            (Some(to), Some(of)) => (to, of),
            _ => {
                let of = children.next()?;
                (children.next()?, of)
            }
        };
        // `for (i in text)` and `for i := range text` walk positions, not elements.
        let positions = code.at(id).kind == "range_clause" && code.named(to).count() < 2;
        Some(if is_index || positions { Form::Loop } else { Form::Each { to, of } })
    }

    fn switch(&self, id: Id, value: &str) -> Option<Form<'t>> {
        let code = self.code;
        let value = code.field(id, value)?;
        let mut cases = Vec::new();
        let groups = code.named(id).filter(|child| *child != value);
        for group in groups.flat_map(|group| std::iter::once(group).chain(code.named(group))) {
            if let Some(Shape::Case(field)) = self.shape(group) {
                let case = code.field(group, field).or_else(|| code.named(group).next());
                cases.extend(case);
            }
        }
        Some(Form::Switch { value, cases })
    }
}

/// The last segment of a path.
pub(in crate::scan) fn last_name(path: &str) -> &str {
    let path = strip_generics(path);
    path.rsplit(['.', ':', '\\', '>']).next().unwrap_or(path)
}

/// A name without its type arguments, `Hmac<Sha256>` → `Hmac`.
fn strip_generics(name: &str) -> &str {
    if name.starts_with('<') {
        return name;
    }
    name.split('<').next().unwrap_or(name).trim_end_matches(':')
}
