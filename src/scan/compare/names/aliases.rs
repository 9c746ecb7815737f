//! What a name was called where it comes from: imports and functions that were given another name.

use super::super::code::Id;
use super::super::form::Form;
use super::super::words;
use super::{Finder, targets};

impl<'t> Finder<'_, 't> {
    /// Collects what names were called where they come from.
    pub(super) fn aliases(&mut self) {
        for id in self.code.all() {
            let kind = self.code.at(id).kind;
            if !kind.contains("import") && !kind.contains("use") && !kind.contains("using") {
                self.alias_of_value(id);
                continue;
            }
            let code = self.code;
            self.origin_of_import(id);
            let alias = code.field(id, "alias").map(|alias| code.text(alias));
            let name = ["name", "path"].iter().find_map(|field| code.field(id, field));
            let parent = code.at(code.at(id).parent).kind;
            if let (Some(alias), Some(name), true) =
                (alias, name, parent != "import_from_statement")
            {
                let path = code.text(name).trim_matches('"').replace('/', ".");
                self.names.aliases.insert(alias, words::dotted(&path));
            }
            if kind == "import_from_statement" {
                self.python_import(id);
            }
            if let ("import_spec", Some(alias), Some(path)) =
                (kind, code.field(id, "name"), code.field(id, "path"))
            {
                let path = code.text(path).trim_matches('"').replace('/', ".");
                self.names.aliases.insert(code.text(alias), path);
            }
        }
    }

    /// Notes where the names of an import come from.
    fn origin_of_import(&mut self, id: Id) {
        let code = self.code;
        let source = code.field(id, "source").or_else(|| code.field(id, "module_name"));
        let Some(source) = source else { return };
        for name in code.within(id) {
            let is_name = matches!(code.at(name).kind, "identifier" | "dotted_name");
            if is_name && !(source..source + code.at(source).size).contains(&name) {
                self.comes_from(code.text(name), code.text(source));
            }
        }
    }

    /// `const same = require('tsscmp')`, `const { same } = require('./util')`.
    fn origin_of_require(&mut self, to: Id, value: Id) {
        let code = self.code;
        let Form::Call(call) = self.forms.get(value as usize).unwrap_or(&Form::Nothing) else {
            return;
        };
        let Some(source) = call.args.first().filter(|_| ["require", "import"].contains(&call.name))
        else {
            return;
        };
        for (name, _) in targets(code, self.forms, to) {
            self.comes_from(code.text(name), code.text(*source));
        }
    }

    fn comes_from(&mut self, name: &'t str, source: &'t str) {
        let source = source.trim_matches(['"', '\'', '`']);
        if ["./", "../", "@/", "~/", "#", "src/"].iter().any(|start| source.starts_with(start))
            || source.starts_with('.')
        {
            self.names.siblings.insert(name);
        } else {
            self.names.packages.insert(name, source);
        }
    }

    /// `from hmac import new`: `new` is `hmac.new`.
    fn python_import(&mut self, id: Id) {
        let code = self.code;
        let module = code.field(id, "module_name").map(|name| code.text(name)).unwrap_or_default();
        for name in code.named(id).filter(|child| code.at(*child).field == "name") {
            let (local, real) = match (code.field(name, "alias"), code.field(name, "name")) {
                (Some(alias), Some(real)) => (code.text(alias), code.text(real)),
                _ => (code.text(name), code.text(name)),
            };
            self.names.aliases.insert(local, words::dotted(&format!("{module}.{real}")));
        }
    }

    /// `const same = crypto.timingSafeEqual`, `const { timingSafeEqual: same } = crypto`.
    fn alias_of_value(&mut self, id: Id) {
        let forms = self.forms;
        let form = |id: Id| forms.get(id as usize).unwrap_or(&Form::Nothing);
        let Form::Assign { to, value, .. } = *form(id) else { return };
        self.origin_of_require(to, value);
        match (form(to), form(value)) {
            (Form::Name(local), Form::Member { name, .. }) if local != name => {
                let path = words::dotted(self.code.text(value));
                if words::is_one_of(&path, self.grammar.words.constant)
                    || words::is_one_of(&path, self.grammar.words.makers)
                {
                    self.names.aliases.insert(local, path);
                }
            }
            (Form::Record(pairs), Form::Call(_) | Form::Name(_) | Form::Any(_)) => {
                for pair in pairs {
                    if let Form::Pair { name, value } = *form(*pair)
                        && let Form::Name(local) = *form(value)
                    {
                        let words = &self.grammar.words;
                        let known = words::is_one_of(name, words.constant)
                            || words::is_one_of(name, words.makers);
                        if known {
                            self.names.aliases.insert(local, name.to_owned());
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
