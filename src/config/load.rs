//! Second step: the layers become the configuration in force, with the runbook's input types.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::config::document::{PersonDoc, ProjectDoc, ScreenDoc, UserDoc};
use crate::config::inputs::{Inputs, ValueOrigin};
use crate::config::layer::Layer;
use crate::config::locate::{Located, Valued, flag_or_variable, locate};
use crate::config::logs;
use crate::config::places;
use crate::config::show::Setting;
use crate::config::sources::Sources;
use crate::config::values::{self, Folders};
use crate::config::{Config, PersonConfig, ScreenConfig, ThemeName};
use crate::config::{vantage, watch};
use crate::failure::{Failure, FailureKind};
use crate::runbook::conform::Path as At;
use crate::runbook::model::{Role, Runbook};
use crate::runbook::nearest::nearest;
use crate::runbook::problem::{Problems, Reporter};
use crate::runbook::yaml::Node;
use crate::text::visible;

/// Locates, loads the runbook, loads the configuration.
///
/// # Errors
/// Everything that is wrong with the files, at once.
pub fn open(sources: Sources) -> Result<(Config, Arc<Runbook>), Failure> {
    let located = locate(sources)?;
    let runbook = located.read_runbook()?;
    Ok((located.load(&runbook)?, runbook))
}

/// A layer as read: what it says, and where its keys stand.
pub(super) struct Read<'l, T> {
    pub(super) layer: &'l Layer,
    tree: Node,
    pub(super) document: T,
}

impl<T> Read<'_, T> {
    /// The line of a key, by the keys that lead to it.
    pub(super) fn line(&self, keys: &[&str]) -> Option<usize> {
        let (last, above) = keys.split_last()?;
        let mut node = &self.tree;
        for key in above {
            node = node.get(key)?;
        }
        node.entry(last).map(|entry| entry.place.line)
    }
}

impl Located {
    /// The configuration in force for `runbook`.
    ///
    /// # Errors
    /// Everything that is wrong with the files and the environment, at once.
    pub fn load(self, runbook: &Runbook) -> Result<Config, Failure> {
        let mut wrong: Vec<Problems> = Vec::new();
        let folders = Folders { base: &self.base, home: self.sources.home.as_deref() };
        let mut inputs = IndexMap::new();
        values::defaults(runbook, folders, &mut inputs);
        let mut project = None;
        if let Some(layer) = &self.project {
            let mut report = layer.reporter();
            let (tree, document) =
                layer.read::<ProjectDoc>(&mut report, |key| belongs_to_inputs(key, runbook));
            if let Some(tree) = tree {
                values::project(layer, &tree, runbook, folders, &mut report, &mut inputs);
                people_rules(&tree, runbook, &mut report);
                if let Some(document) = &document {
                    logs::rules(&tree, document, &mut report);
                }
                watch::rules(&tree, &mut report);
                project = document.map(|document| Read { layer, tree, document });
            }
            wrong.extend(report.finish(FailureKind::Config).err());
        }
        let mut user = None;
        if let Some(layer) = &self.user {
            let mut report = layer.reporter();
            let (tree, document) = layer.read::<UserDoc>(&mut report, belongs_to_project);
            user = tree.zip(document).map(|(tree, document)| Read { layer, tree, document });
            wrong.extend(report.finish(FailureKind::Config).err());
        }
        wrong.extend(values::environment(&self.sources, runbook, &mut inputs));
        if !wrong.is_empty() {
            return Err(failure(&wrong));
        }
        let in_order = runbook.inputs.keys().filter_map(|name| {
            let input = inputs.swap_remove(name)?;
            Some((name.clone(), input))
        });
        let inputs = Inputs::new(in_order.collect(), self.base.clone());
        self.assemble(project.as_ref(), user.as_ref(), inputs, runbook)
    }

    fn assemble(
        &self,
        project: Option<&Read<'_, ProjectDoc>>,
        user: Option<&Read<'_, UserDoc>>,
        inputs: Inputs,
        runbook: &Runbook,
    ) -> Result<Config, Failure> {
        let launch = self.launch(project)?;
        let state = self.state(project, &launch.value)?;
        let signer = self.signer(project, user);
        let vantage = self.vantage()?;
        let (screen, looks) = self.screen(project, user)?;
        let people = people(project);
        let mut settings = vec![
            row("launch", Some((launch.value.clone(), launch.origin))),
            row(
                "runbook",
                Some(match &self.runbook {
                    Some(named) => (named.value.display().to_string(), named.origin.clone()),
                    None => ("built in".to_owned(), ValueOrigin::Default),
                }),
            ),
            row("state", Some((state.value.display().to_string(), state.origin))),
            row("signer", signer.as_ref().map(|one| (one.value.clone(), one.origin.clone()))),
            row("vantage", vantage.as_ref().map(|one| (one.value.clone(), one.origin.clone()))),
            row(
                "people",
                project.filter(|_| !people.is_empty()).map(|read| {
                    let origin =
                        ValueOrigin::Project(read.layer.path.clone(), read.line(&["people"]));
                    (people.iter().map(spoken).collect::<Vec<_>>().join("; "), origin)
                }),
            ),
        ];
        settings.extend(looks);
        let logs = project.map(|read| logs::settings(read.layer, &read.tree, &read.document));
        settings.extend(logs.into_iter().flatten());
        settings.extend(watch::rows(project));
        settings.extend(runbook.inputs.keys().map(|name| {
            let input = inputs.get(name.as_str());
            let value = input.map(|input| (input.value.to_string(), input.origin.clone()));
            row(&format!("inputs.{name}"), value)
        }));
        Ok(Config {
            base: self.base.clone(),
            project_file: self.project.as_ref().map(|layer| layer.path.clone()),
            launch: launch.value,
            runbook: self.runbook.as_ref().map(|named| named.value.clone()),
            state: state.value,
            inputs: Arc::new(inputs),
            people,
            signer: signer.map(|signer| signer.value),
            vantage: vantage.map(|vantage| vantage.value),
            screen,
            week: Arc::new(watch::week(project)),
            settings,
        })
    }

    fn launch(&self, project: Option<&Read<'_, ProjectDoc>>) -> Result<Valued<String>, Failure> {
        let flag = self.sources.flags.launch.as_deref();
        let said = flag_or_variable(&self.sources, flag, "--launch", "GOLIVE_LAUNCH");
        let said = said.or_else(|| {
            let read = project?;
            let value = read.document.launch.as_ref()?.0.clone();
            let line = read.line(&["launch"]);
            Some(Valued { value, origin: ValueOrigin::Project(read.layer.path.clone(), line) })
        });
        let Some(said) = said else {
            let value = places::name_from(&self.base);
            return Ok(Valued { value, origin: ValueOrigin::Default });
        };
        match places::name_fault(&said.value) {
            None => Ok(said),
            Some(fault) => {
                let name = visible(&said.value, 80);
                let message = format!("`{name}` can not be the name of a launch: {fault}");
                Err(Failure::new(FailureKind::Config, message)
                    .hint(format!("it comes from {}; choose another", said.origin)))
            }
        }
    }

    fn state(
        &self,
        project: Option<&Read<'_, ProjectDoc>>,
        launch: &str,
    ) -> Result<Valued<PathBuf>, Failure> {
        let home = self.sources.home.as_deref();
        let flag = self.sources.flags.state.as_ref().and_then(|path| path.to_str());
        if let Some(said) = flag_or_variable(&self.sources, flag, "--state", "GOLIVE_STATE") {
            let value = Folders { base: &self.sources.cwd, home }.absolute(&said.value);
            return Ok(Valued { value, origin: said.origin });
        }
        let written = project.and_then(|read| Some((read, read.document.state.as_ref()?)));
        if let Some((read, path)) = written {
            let value = Folders { base: &self.base, home }.absolute(&path.0);
            let origin = ValueOrigin::Project(read.layer.path.clone(), read.line(&["state"]));
            return Ok(Valued { value, origin });
        }
        match &self.sources.state_dir {
            Some(root) => {
                let value = places::journal(root, launch);
                Ok(Valued { value, origin: ValueOrigin::Default })
            }
            None => Err(Failure::new(
                FailureKind::Config,
                "there is no place for the journal: this user has no home folder",
            )
            .hint("name one with --state PATH or GOLIVE_STATE")),
        }
    }

    fn signer(
        &self,
        project: Option<&Read<'_, ProjectDoc>>,
        user: Option<&Read<'_, UserDoc>>,
    ) -> Option<Valued<String>> {
        let flag = self.sources.flags.signer.as_deref();
        let said = flag_or_variable(&self.sources, flag, "--as", "GOLIVE_AS");
        let said = said.or_else(|| {
            let read = project?;
            let value = read.document.signer.as_ref()?.0.clone();
            let line = read.line(&["signer"]);
            Some(Valued { value, origin: ValueOrigin::Project(read.layer.path.clone(), line) })
        });
        let said = said.or_else(|| {
            let read = user?;
            let value = read.document.signer.as_ref()?.0.clone();
            let line = read.line(&["signer"]);
            Some(Valued { value, origin: ValueOrigin::UserFile(read.layer.path.clone(), line) })
        })?;
        Some(Valued { value: visible(said.value.trim(), 120), origin: said.origin })
    }

    /// The vantage is true of one run, so that no file can name it.
    fn vantage(&self) -> Result<Option<Valued<String>>, Failure> {
        let flag = self.sources.flags.vantage.as_deref();
        let said = flag_or_variable(&self.sources, flag, "--vantage", "GOLIVE_VANTAGE");
        match said.as_ref().and_then(|said| vantage::fault(&said.value)) {
            None => Ok(said),
            Some(fault) => Err(Failure::new(FailureKind::Config, fault)
                .hint("name the place outside your network from which you look: hotspot, ci")),
        }
    }

    fn screen(
        &self,
        project: Option<&Read<'_, ProjectDoc>>,
        user: Option<&Read<'_, UserDoc>>,
    ) -> Result<(ScreenConfig, [Setting; 3]), Failure> {
        let theme = self.look(
            project,
            user,
            "theme",
            |screen| screen.theme,
            |sources| {
                variable(sources, "GOLIVE_THEME", |text| {
                    <ThemeName as clap::ValueEnum>::from_str(text, true).ok()
                })
            },
            self.sources.flags.theme,
        )?;
        let ascii = self.look(
            project,
            user,
            "ascii",
            |screen| screen.ascii,
            |sources| variable(sources, "GOLIVE_ASCII", truth),
            self.sources.flags.ascii,
        )?;
        let mouse = self.look(
            project,
            user,
            "mouse",
            |screen| screen.mouse,
            |sources| variable(sources, "GOLIVE_MOUSE", truth),
            self.sources.flags.mouse,
        )?;
        let config = ScreenConfig { theme: theme.value, ascii: ascii.value, mouse: mouse.value };
        let name = serde_json::to_value(theme.value).ok();
        let name = name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        let rows = [
            row("screen.theme", Some((name, theme.origin))),
            row("screen.ascii", Some((ascii.value.to_string(), ascii.origin))),
            row("screen.mouse", Some((mouse.value.to_string(), mouse.origin))),
        ];
        Ok((config, rows))
    }

    /// One of the looks, by flag, environment, `golive.yaml`, user file, default.
    fn look<T: Copy + Default>(
        &self,
        project: Option<&Read<'_, ProjectDoc>>,
        user: Option<&Read<'_, UserDoc>>,
        key: &str,
        field: impl Fn(&ScreenDoc) -> Option<T>,
        environment: impl Fn(&Sources) -> Result<Option<Valued<T>>, Failure>,
        flag: Option<T>,
    ) -> Result<Valued<T>, Failure> {
        if let Some(value) = flag {
            return Ok(Valued { value, origin: ValueOrigin::Flag(format!("--{key}")) });
        }
        if let Some(said) = environment(&self.sources)? {
            return Ok(said);
        }
        let keys = ["screen", key];
        let by_project = project.and_then(|read| {
            let origin = ValueOrigin::Project(read.layer.path.clone(), read.line(&keys));
            Some(Valued { value: field(&read.document.screen)?, origin })
        });
        let by_user = || {
            let read = user?;
            let origin = ValueOrigin::UserFile(read.layer.path.clone(), read.line(&keys));
            Some(Valued { value: field(&read.document.screen)?, origin })
        };
        let default = || Valued { value: T::default(), origin: ValueOrigin::Default };
        Ok(by_project.or_else(by_user).unwrap_or_else(default))
    }
}

pub(super) fn row(name: &str, value: Option<(String, ValueOrigin)>) -> Setting {
    let (value, origin) = value.unzip();
    Setting { name: name.to_owned(), value: value.map(|value| visible(&value, 400)), origin }
}

fn spoken(person: &PersonConfig) -> String {
    let roles: Vec<&str> = person.roles.iter().map(Role::as_str).collect();
    if roles.is_empty() {
        person.name.clone()
    } else {
        format!("{} ({})", person.name, roles.join(", "))
    }
}

/// A variable's value, read by `read`.
fn variable<T>(
    sources: &Sources,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<Valued<T>>, Failure> {
    let Some(text) = sources.var(name) else { return Ok(None) };
    match read(text) {
        Some(value) => {
            Ok(Some(Valued { value, origin: ValueOrigin::Environment(name.to_owned()) }))
        }
        None => {
            let message = format!("{name} can not be `{}`", visible(text, 40));
            let values = if name == "GOLIVE_THEME" {
                "use dark, light, high-contrast or mono"
            } else {
                "use true or false"
            };
            Err(Failure::new(FailureKind::Config, message).hint(values))
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// An input that was written at the top of `golive.yaml`.
fn belongs_to_inputs(key: &str, runbook: &Runbook) -> Option<String> {
    let input = runbook.inputs.keys().any(|name| name.as_str() == key);
    input.then(|| format!("`{key}` is an input: put it under `inputs:`"))
}

/// A key of `golive.yaml` that was written into the user file.
fn belongs_to_project(key: &str) -> Option<String> {
    let known = ["launch", "runbook", "state", "people", "inputs"];
    known.contains(&key).then(|| format!("`{key}` belongs to one project: put it into golive.yaml"))
}

fn people(project: Option<&Read<'_, ProjectDoc>>) -> Vec<PersonConfig> {
    let people = project.map(|read| read.document.people.as_slice()).unwrap_or_default();
    let person = |person: &PersonDoc| PersonConfig {
        name: visible(person.name.0.trim(), 120),
        roles: person.roles.iter().map(|role| Role(role.0.clone())).collect(),
    };
    people.iter().map(person).collect()
}

/// Two people with one name, and roles that were meant to be one of the runbook's.
fn people_rules(tree: &Node, runbook: &Runbook, report: &mut Reporter<'_>) {
    let asked: Vec<&str> =
        runbook.steps().flat_map(|step| step.sign_off.roles()).map(Role::as_str).collect();
    let mut names: Vec<String> = Vec::new();
    let at = At::Root.key("people");
    for (index, person) in tree.get("people").map(Node::list).unwrap_or_default().iter().enumerate()
    {
        let at = at.index(index);
        if let Some((name, node)) = person.get("name").and_then(|node| Some((node.text()?, node))) {
            let name = name.trim().to_lowercase();
            if names.contains(&name) {
                report
                    .at(node.place, at.key("name"))
                    .hint("sign-offs by different people need different names")
                    .done("two people have this name");
            }
            names.push(name);
        }
        let at = at.key("roles");
        let roles = person.get("roles").map(Node::list).unwrap_or_default();
        for (index, node) in roles.iter().enumerate() {
            let Some(role) = node.text().filter(|role| !asked.contains(role)) else { continue };
            if let Some(near) = nearest(role, asked.iter().copied()) {
                report
                    .at(node.place, at.index(index))
                    .found(format!("`{role}`"))
                    .hint(format!("did you mean `{near}`?"))
                    .done("no step of the runbook asks for this role");
            }
        }
    }
}

fn failure(wrong: &[Problems]) -> Failure {
    let texts: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    Failure::new(FailureKind::Config, texts.join("\n\n"))
}
