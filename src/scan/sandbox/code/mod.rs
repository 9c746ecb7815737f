//! Judges source code: what falls back to the sandbox, and what selects it on purpose.
//!
//! Every occurrence of a marker is looked up in the syntax tree, and from there the way up decides:
//! the first construct that says how the value is chosen (`||`, a default, a branch) wins. A value
//! that is given a name is judged where the name is used in the same file. A named choice
//! (`{ live: …, sandbox: … }`) is no finding; taking the sandbox's part of it by default is.

mod branch;
mod call;
mod climb;
mod condition;
mod names;
mod nodes;

use std::collections::HashSet;

use super::marker::{Hit, Looks, Markers, What};
use super::{Export, How, Judged, Mark, Use, line_at, substitution, words};
use crate::scan::syntax::{Language, NoTree, Node};
use climb::{Verdict, climb};
use names::Name;
use nodes::{literal_at, unquoted};

/// Names are followed through so many other names.
const DEEPEST: usize = 4;

/// At most so many uses of one name are looked at.
const MOST_USES: usize = 400;

/// At most so many occurrences in one file are looked at.
const MOST_HITS: usize = 500;

/// Reads `text` as `language`.
///
/// # Errors
/// When there is no tree.
pub(super) fn judge(text: &str, language: Language, markers: &Markers) -> Result<Judged, NoTree> {
    let hits = markers.search(text);
    let selects = hits.is_empty() && !names::may_select(text, markers);
    if selects {
        return Ok(Judged::default());
    }
    let tree = language.parse(text)?;
    let mut file = File {
        text,
        root: tree.root(),
        markers,
        language,
        judged: Judged::default(),
        selectors: HashSet::new(),
        followed: HashSet::new(),
    };
    for hit in hits.iter().take(MOST_HITS) {
        file.followed.clear();
        file.hit(hit);
    }
    if hits.len() > MOST_HITS {
        let why = format!("it names test keys or the sandbox more than {MOST_HITS} times");
        file.judged.not_understood = Some(why);
    }
    if markers.names_provider(text) {
        file.selectors();
        file.flags();
        file.substitutions();
    }
    Ok(file.judged)
}

/// Judges the uses of names that other files have given to the sandbox's values.
pub(super) fn judge_uses(
    text: &str,
    language: Language,
    exports: &[Export],
    markers: &Markers,
) -> Vec<Mark> {
    let Ok(tree) = language.parse(text) else { return Vec::new() };
    let mut file = File {
        text,
        root: tree.root(),
        markers,
        language,
        judged: Judged::default(),
        selectors: HashSet::new(),
        followed: HashSet::new(),
    };
    for export in exports.iter().filter(|export| text.contains(&export.name)) {
        let hit = Hit { at: 0, end: 0, what: export.what.clone(), written: "raw" };
        let name = Name { name: export.name.clone(), key: export.key.clone() };
        file.followed.clear();
        file.follow(&hit, &name, 0);
    }
    file.judged.marks.retain(|mark| matches!(mark.used, Use::Fallback(_) | Use::ForProduction));
    file.judged.marks
}

/// Reads the scripts inside markup. What is around them is blanked, so that lines stay lines.
pub(super) fn judge_markup(text: &str, markers: &Markers) -> Judged {
    let mut kept = String::with_capacity(text.len());
    let mut inside = false;
    let mut typed = false;
    for line in text.split_inclusive('\n') {
        let begin = line.trim_start();
        if begin.starts_with("</script") {
            inside = false;
        }
        kept.push_str(if inside {
            line
        } else if line.ends_with('\n') {
            "\n"
        } else {
            ""
        });
        if begin.starts_with("<script") {
            inside = !begin.contains("</script");
            typed = typed || begin.contains("ts");
        }
    }
    let language = if typed { Language::TypeScript } else { Language::JavaScript };
    judge(&kept, language, markers).unwrap_or_else(|why| super::unparsed(&kept, why, markers))
}

/// One file being judged.
struct File<'r, 'm> {
    text: &'m str,
    root: Node<'r>,
    markers: &'m Markers,
    language: Language,
    judged: Judged,
    /// The names under which the sandbox stands in a choice.
    selectors: HashSet<String>,
    /// The names that have been followed for the occurrence at hand.
    followed: HashSet<Name>,
}

impl<'r> File<'r, '_> {
    /// Judges one occurrence.
    fn hit(&mut self, hit: &Hit) {
        let Some(literal) = literal_at(&self.root, hit.at) else { return };
        let literal = match literal {
            nodes::Found::Literal(node) => node,
            nodes::Found::Broken => {
                self.judged.not_understood = Some("a part of it could not be parsed".to_owned());
                self.mark(hit, hit.at, Use::Unclear, None);
                return;
            }
            nodes::Found::Nothing => return,
        };
        if climb::is_test(&literal) {
            return;
        }
        if let Some((used, name)) = self.inside(hit) {
            self.mark(hit, hit.at, used, name);
            return;
        }
        if self.is_prose(hit, &literal) {
            return;
        }
        let verdict = climb(&literal, self.markers);
        let before = self.judged.marks.len();
        self.settle(hit, hit.at, verdict, 0);
        let around = literal.parent().filter(|_| nodes::is_listed(&literal));
        if around.is_some_and(|list| self.markers.has_live_host(&list.text())) {
            let own = self.judged.marks.iter_mut().skip(before);
            own.filter(|mark| mark.used == Use::Value).for_each(|mark| mark.used = Use::Listed);
        }
    }

    /// Whether a host or a placeholder stands in a sentence.
    fn is_prose(&self, hit: &Hit, literal: &Node<'r>) -> bool {
        let text = literal.text();
        let text = unquoted(&text);
        let example = matches!(hit.what, What::Key { own: None, looks: Looks::Placeholder, .. })
            && (text.contains("...") || text.contains('…'));
        let command = self.language == Language::Bash || text.contains('\n');
        example || !command && text.trim().contains(' ') && !text.contains("${")
    }

    /// A default inside the literal itself: `@Value("${url:https://…}")`, a struct tag.
    fn inside(&self, hit: &Hit) -> Option<(Use, Option<String>)> {
        let from = self.text.get(..hit.at)?.rfind('\n').map_or(0, |at| at + 1);
        let long = self.text.get(hit.at..)?.find('\n').unwrap_or(self.text.len() - hit.at);
        let line = self.text.get(from..hit.at + long)?;
        let at = hit.at - from;
        let before = line.get(..at)?;
        match self.language {
            Language::Java | Language::CSharp | Language::Bash => {
                let defaults = substitution::defaults(line);
                let default = defaults.iter().rfind(|one| one.range.contains(&at))?;
                let variable = default.variable.to_owned();
                if words::says_sandbox(&variable) {
                    return None;
                }
                Some((Use::Fallback(How::Substitution(variable.clone())), Some(variable)))
            }
            Language::Go => {
                let tag = before.rfind('`').and_then(|open| before.get(open..))?;
                let (keys, value) = tag.rsplit_once(":\"")?;
                let key = keys.rsplit([' ', '`']).next()?;
                let option = value.rsplit_once(',').and_then(|(_, last)| last.split_once('='));
                let key = option.map_or(key, |(option, _)| option.trim());
                let name = before.split_whitespace().next().map(str::to_owned);
                let so = name.as_deref().is_some_and(words::says_sandbox);
                let used = || match so {
                    true => Use::NamedSo,
                    false => Use::Fallback(How::Named(key.to_owned())),
                };
                words::says_default(key).then(|| (used(), name))
            }
            _ => None,
        }
    }

    /// Takes a verdict for what it is, or follows the name that the value is given.
    fn settle(&mut self, hit: &Hit, at: usize, verdict: Verdict, depth: usize) -> bool {
        match verdict {
            Verdict::Used(used, name) => {
                self.mark(hit, at, used, name);
                true
            }
            Verdict::Unused => true,
            Verdict::Chosen(name, key) => {
                self.selectors.insert(key.to_ascii_lowercase());
                if let Some(name) = name {
                    self.export(hit, &name, Some(&key), depth);
                    self.follow(hit, &Name { name, key: Some(key) }, depth);
                }
                true
            }
            Verdict::Named(name, so) => {
                self.export(hit, &name, None, depth);
                let settled = self.follow(hit, &Name { name: name.clone(), key: None }, depth);
                if !settled && depth == 0 {
                    let so = so || words::says_sandbox(&name);
                    let used = if so { Use::NamedSo } else { Use::Value };
                    self.mark(hit, at, used, Some(name));
                }
                settled
            }
            Verdict::Plain => {
                if depth == 0 {
                    self.mark(hit, at, Use::Value, None);
                }
                false
            }
        }
    }

    /// Notes a name that other files may use. One that is a single word says too little there.
    fn export(&mut self, hit: &Hit, name: &str, key: Option<&str>, depth: usize) {
        let telling = words::words(name).len() > 1 && name.len() > 5;
        let telling = telling && (key.is_some() || words::says_sandbox(name));
        if telling && depth < 2 {
            self.judged.exports.push(Export {
                name: name.to_owned(),
                key: key.map(str::to_owned),
                what: hit.what.clone(),
            });
        }
    }

    /// Judges every use of a name in the file. Whether at least one was there and all were
    /// understood.
    fn follow(&mut self, hit: &Hit, name: &Name, depth: usize) -> bool {
        if depth >= DEEPEST {
            return false;
        }
        if !self.followed.insert(name.clone()) {
            return true;
        }
        let uses: Vec<Node<'r>> = names::uses(&self.root, self.text, name, MOST_USES);
        let mut settled = !uses.is_empty();
        for node in uses {
            let verdict = climb(&node, self.markers);
            let at = node.range().start;
            settled &= self.settle(hit, at, verdict, depth + 1);
        }
        settled
    }

    /// Looks for words that select the sandbox and are what something falls back to.
    fn selectors(&mut self) {
        let composed = self.markers.composes_host(self.text);
        let mut wanted: Vec<String> = self.selectors.iter().cloned().collect();
        wanted.push("sandbox".to_owned());
        wanted.sort();
        wanted.dedup();
        for word in wanted {
            for node in names::literals(&self.root, self.text, &word) {
                let known = self.selectors.contains(&word);
                match climb(&node, self.markers) {
                    Verdict::Used(Use::Fallback(how), name) => {
                        let target = nodes::target_of(&node).unwrap_or_default();
                        let said = format!("{} {target}", name.as_deref().unwrap_or_default());
                        let ours = self.markers.names_provider(&said) || names::is_mode(&said);
                        if known
                            || ours
                            || composed
                            || word == "sandbox" && names::is_environment(&target)
                        {
                            let name = name.or(Some(target).filter(|target| !target.is_empty()));
                            self.select(&node, &word, Use::Fallback(how), name);
                        }
                    }
                    Verdict::Named(name, false)
                        if word == "sandbox"
                            && names::is_environment(&name)
                            && !nodes::is_listed(&node) =>
                    {
                        self.select(&node, &word, Use::Switch, Some(name));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Looks for switches with a default inside a text: `@Value("${mintcash.mode:sandbox}")`.
    fn substitutions(&mut self) {
        if self.language != Language::Java {
            return;
        }
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            for default in substitution::defaults(line) {
                let word = line.get(default.range.clone()).unwrap_or_default();
                let selects = matches!(word, "sandbox" | "test");
                if !selects || !self.markers.names_provider(default.variable) {
                    continue;
                }
                let place = at + default.range.start;
                if let Some(nodes::Found::Literal(node)) = literal_at(&self.root, place) {
                    let name = default.variable.to_owned();
                    let used = Use::Fallback(How::Substitution(name.clone()));
                    self.select(&node, word, used, Some(name));
                }
            }
            at += line.len();
        }
    }

    /// Looks for switches to the sandbox that are on by default.
    fn flags(&mut self) {
        for (at, word) in self.text.match_indices("defaultTrue") {
            let from = self.text.get(..at).and_then(|text| text.rfind("Node("));
            let node = from.and_then(|from| self.text.get(from..at)).unwrap_or_default();
            if node.len() < 120
                && climb::is_switch(node)
                && let Some(node) = names::token_at(&self.root, at, at + word.len())
            {
                self.select(&node, "true", Use::Fallback(How::Flag), Some("sandbox".to_owned()));
            }
        }
        for node in names::truths(&self.root, self.text) {
            if climb::is_test(&node) {
                continue;
            }
            match climb::climb_flag(&node, self.markers) {
                Verdict::Used(Use::Fallback(_), Some(name)) => {
                    self.select(&node, "true", Use::Fallback(How::Flag), Some(name));
                }
                Verdict::Chosen(_, key) if climb::is_switch(&key) && self.is_given(&node) => {
                    self.select(&node, "true", Use::Switch, Some(key));
                }
                _ => {}
            }
        }
    }

    /// Whether a value is handed to something that is named after the provider.
    fn is_given(&self, node: &Node<'r>) -> bool {
        node.ancestors().any(|above| {
            let kind = above.kind();
            let calls = ["call", "new", "creation"].iter().any(|word| kind.contains(word));
            let text = above.text();
            let called = text.split('(').next().unwrap_or_default();
            calls && self.markers.names_provider(called)
        })
    }

    fn select(&mut self, node: &Node<'r>, word: &str, used: Use, name: Option<String>) {
        let line = line_at(self.text, node.range().start);
        let is_fallback = |mark: &Mark| matches!(mark.used, Use::Fallback(_));
        if self.judged.marks.iter().any(|mark| mark.line == line && is_fallback(mark)) {
            return;
        }
        self.judged.marks.push(Mark {
            line,
            what: What::Selector(word.to_owned()),
            used,
            name,
            written: "raw",
            through: None,
        });
    }

    fn mark(&mut self, hit: &Hit, at: usize, used: Use, name: Option<String>) {
        self.judged.marks.push(Mark {
            line: line_at(self.text, at),
            what: hit.what.clone(),
            used,
            name,
            written: hit.written,
            through: None,
        });
    }
}
