//! What a name was called where it comes from: imports and functions that were given another name.

use super::super::code::Id;
use super::super::form::Form;
use super::super::words;
use super::Finder;

impl Finder<'_, '_> {
    /// Collects what names were called where they come from.
    pub(super) fn aliases(&mut self) {
        for id in self.code.all() {
            let kind = self.code.at(id).kind;
            if !kind.contains("import") && !kind.contains("use") && !kind.contains("using") {
                self.alias_of_value(id);
                continue;
            }
            let code = self.code;
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
