//! All files together: a MAC that is computed in one and compared in another.
//!
//! Called by `compare_paths`. Files that speak of MACs are analysed first; then those that define
//! or call, under a name that is theirs alone, what the first ones share with others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use memchr::memmem;

use super::analysis::{Analysis, analyse};
use super::flow::Elsewhere;
use super::grammar::Grammar;
use super::value::{Atom, Value};
use super::walk::Source;
use crate::scan::syntax::NoTree;
use crate::scan::watch::Watch;

/// So often what files say of each other is taken up.
const ROUNDS: usize = 3;

/// At most so many files are analysed because of what others say.
const MOST_FOLLOWED: usize = 400;

/// What a file says when it may be about a MAC, in lower case.
const HINTS: [&str; 26] = [
    "hmac",
    "mac.",
    "subtle",
    "cryptohasher",
    "sodium_crypto_auth",
    "mhash",
    "timingsafe",
    "compare_digest",
    "constant_time",
    "constanttime",
    "secure_compare",
    "securecompare",
    "hash_equals",
    "construct_event",
    "constructevent",
    "fixedtimeequals",
    "messagedigest",
    "tsscmp",
    "x-signature",
    "x_signature",
    "mintcash",
    "webhook",
    "scmp",
    "svix",
    "safe-compare",
    "validaterequest",
];

/// The analyses of the files that were looked into, by their place in the list of files.
#[derive(Default)]
pub(super) struct Project {
    /// What each says.
    pub analyses: BTreeMap<usize, Analysis>,
    /// Files without a tree, and why.
    pub failed: BTreeMap<usize, NoTree>,
}

/// What files give to the parameters of functions of a file.
type Given = HashMap<usize, HashMap<u32, Value>>;

/// Analyses the files.
pub(super) fn analyse_all(files: &[Source], watch: &Watch) -> Project {
    let mut project = Project::default();
    watch.begin("following signatures", None, "files");
    let nothing = HashMap::new();
    let no_given = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        if watch.stopped() {
            return project;
        }
        if hints(&file.text) {
            project.analyse(files, at, &nothing, &no_given);
        }
        watch.advance(1, file.text.len() as u64);
    }
    for _ in 0..ROUNDS {
        if watch.stopped() {
            break;
        }
        let shared = Shared::of(&mut project, files);
        if !project.follow(files, &shared, watch) {
            break;
        }
    }
    project
}

fn hints(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    HINTS.iter().any(|hint| memmem::find(text.as_bytes(), hint.as_bytes()).is_some())
}

fn family(file: &Source) -> char {
    Grammar::of(file.language).map_or(' ', |grammar| grammar.family)
}

impl Project {
    fn analyse(
        &mut self,
        files: &[Source],
        at: usize,
        elsewhere: &Elsewhere,
        given: &HashMap<u32, Value>,
    ) {
        let Some(file) = files.get(at) else { return };
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        match analyse(number, file.language, &file.shown, &file.text, elsewhere, given) {
            Ok(analysis) => drop(self.analyses.insert(at, analysis)),
            Err(why) => drop(self.failed.insert(at, why)),
        }
    }

    /// Analyses again what others say something new of; whether there was anything.
    fn follow(&mut self, files: &[Source], shared: &Shared, watch: &Watch) -> bool {
        let mut followed = 0;
        for (at, file) in files.iter().enumerate() {
            if watch.stopped() || followed >= MOST_FOLLOWED {
                break;
            }
            let nothing = HashMap::new();
            let elsewhere = shared.elsewhere.get(&family(file)).unwrap_or(&nothing);
            let here: Elsewhere = elsewhere
                .iter()
                .filter(|(name, _)| memmem::find(file.text.as_bytes(), name.as_bytes()).is_some())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let no_given = HashMap::new();
            let given = shared.given.get(&at).unwrap_or(&no_given);
            if here.is_empty() && given.is_empty() {
                continue;
            }
            followed += 1;
            self.analyse(files, at, &here, given);
        }
        followed > 0
    }

    /// The files that define a function of that name, looking into further files where needed.
    fn definers(&mut self, files: &[Source], name: &str, family_of: char) -> Vec<(usize, usize)> {
        let defines = format!("{name}(");
        let assigns = format!("{name} =");
        let nothing = HashMap::new();
        let no_given = HashMap::new();
        for (at, file) in files.iter().enumerate() {
            let known = self.analyses.contains_key(&at) || self.failed.contains_key(&at);
            if known || family(file) != family_of || self.analyses.len() > MOST_FOLLOWED * 4 {
                continue;
            }
            let text = file.text.as_bytes();
            let may = memmem::find(text, defines.as_bytes()).is_some()
                || memmem::find(text, assigns.as_bytes()).is_some();
            if may {
                self.analyse(files, at, &nothing, &no_given);
            }
        }
        let mut found = Vec::new();
        for (at, analysis) in &self.analyses {
            if files.get(*at).map(family) == Some(family_of) {
                let own = analysis.functions.iter().enumerate();
                found
                    .extend(own.filter(|(_, one)| one.name == name).map(|(place, _)| (*at, place)));
            }
        }
        found
    }
}

/// What files share.
#[derive(Default)]
struct Shared {
    elsewhere: HashMap<char, Elsewhere>,
    given: Given,
}

impl Shared {
    fn of(project: &mut Project, files: &[Source]) -> Self {
        let mut shared = Self::default();
        shared.returned(project, files);
        shared.handed_over(project, files);
        shared
    }

    /// Functions whose name no other file has and that hand back a MAC.
    fn returned(&mut self, project: &Project, files: &[Source]) {
        let mut known: HashMap<(char, &str), (BTreeSet<usize>, Value)> = HashMap::new();
        for (at, analysis) in &project.analyses {
            let Some(file) = files.get(*at) else { continue };
            for function in analysis.functions.iter().filter(|one| one.name.len() > 3) {
                let (in_files, returns) =
                    known.entry((family(file), function.name.as_str())).or_default();
                in_files.insert(*at);
                returns.join(&function.returns);
            }
        }
        for ((family, name), (in_files, returns)) in known {
            let is_mac =
                |atom: &Atom| matches!(atom, Atom::Mac(_) | Atom::Maker(_) | Atom::Guarded(_));
            if in_files.len() == 1 && returns.element().atoms().iter().any(is_mac) {
                self.elsewhere.entry(family).or_default().insert(name.to_owned(), returns);
            }
        }
    }

    /// MACs that are handed to functions of other files, where it is clear to which.
    fn handed_over(&mut self, project: &mut Project, files: &[Source]) {
        let mut wanted: BTreeSet<(char, String)> = BTreeSet::new();
        for (at, analysis) in &project.analyses {
            let Some(file) = files.get(*at) else { continue };
            let names = analysis.leaves.iter().map(|leaves| (family(file), leaves.name.clone()));
            wanted.extend(names.filter(|(_, name)| name.len() > 2));
        }
        for (family_of, name) in wanted.into_iter().take(64) {
            let definers = project.definers(files, &name, family_of);
            let Some((to, _)) = definers.first().copied() else { continue };
            if definers.iter().any(|(file, _)| *file != to) {
                continue;
            }
            let into = self.elsewhere.entry(family_of).or_default();
            let into = into.entry(name.clone()).or_default();
            let mut params = Vec::new();
            for (file, place) in &definers {
                let offered = project.analyses.get(file).and_then(|one| one.functions.get(*place));
                into.join(&offered.map(|one| one.returns.clone()).unwrap_or_default());
                params.extend(offered.into_iter().flat_map(|one| one.params.iter().copied()));
            }
            for (at, analysis) in &project.analyses {
                if files.get(*at).map(family) != Some(family_of) || *at == to {
                    continue;
                }
                for leaves in analysis.leaves.iter().filter(|leaves| leaves.name == name) {
                    for (position, param) in &params {
                        if let Some(value) =
                            leaves.args.get(*position).filter(|one| !one.is_empty())
                        {
                            let given = self.given.entry(to).or_default();
                            given.entry(*param).or_default().join(value);
                        }
                    }
                }
            }
        }
    }
}
