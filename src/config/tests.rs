use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::config::inputs::{InputValue, ValueOrigin};
use crate::failure::FailureKind;

struct Project {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Project {
    fn with(golive_yaml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let project = root.join("home/shop");
        std::fs::create_dir_all(&project).unwrap();
        if !golive_yaml.is_empty() {
            std::fs::write(project.join("golive.yaml"), golive_yaml).unwrap();
        }
        let sources = Sources {
            cwd: project,
            home: Some(root.join("home")),
            config_dir: Some(root.join("home/.config/golive")),
            state_dir: Some(root.join("home/.state/golive")),
            env: BTreeMap::new(),
            flags: Flags::default(),
        };
        Self { folder, sources }
    }

    fn user_file(self, text: &str) -> Self {
        let folder = self.sources.config_dir.clone().unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.yaml"), text).unwrap();
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.env.insert(name.into(), value.into());
        self
    }

    fn config(&self) -> Config {
        open(self.sources.clone()).unwrap_or_else(|failure| panic!("{failure}")).0
    }

    /// The message of a configuration that can not be loaded, with the folder taken out.
    fn refusal(&self) -> String {
        let failure = open(self.sources.clone()).expect_err("this configuration is wrong");
        assert_eq!(failure.kind, FailureKind::Config);
        let root = self.folder.path().canonicalize().unwrap();
        failure.to_string().replace(&root.display().to_string(), "…")
    }
}

#[test]
fn without_any_file_the_defaults_hold() {
    let config = Project::with("").config();
    assert_eq!(config.launch, "shop");
    assert!(config.state.ends_with(".state/golive/shop/journal.golive.jsonl"));
    assert_eq!(config.inputs.url("api_url").unwrap().as_str(), "https://api.mintcash.me/");
    assert_eq!(config.inputs.paths("source"), std::slice::from_ref(&config.base));
    assert!(config.project_file.is_none());
}

#[test]
fn every_value_knows_its_file_and_line() {
    let project = Project::with(
        "launch: acme\npeople:\n  - { name: Ada, roles: [engineering] }\n  - { name: Bo, roles: \
         [finance] }\ninputs:\n  webhook_url: https://shop.example/hooks\n  live_secret_key: { env: \
         KEY }\n",
    )
    .user_file("signer: Ada\nscreen:\n  theme: light\n")
    .env("GOLIVE_INPUT_SOURCE", "app:lib")
    .env("GOLIVE_ASCII", "1");
    let config = project.config();
    let file = project.sources.cwd.join("golive.yaml");
    let user = project.sources.config_dir.clone().unwrap().join("config.yaml");
    let origin = |name: &str| {
        let row = show(&config).iter().find(|row| row.name == name).unwrap();
        (row.value.clone().unwrap(), row.origin.clone().unwrap())
    };
    assert_eq!(origin("launch"), ("acme".into(), ValueOrigin::Project(file.clone(), Some(1))));
    assert_eq!(origin("signer"), ("Ada".into(), ValueOrigin::UserFile(user.clone(), Some(1))));
    assert_eq!(origin("screen.theme"), ("light".into(), ValueOrigin::UserFile(user, Some(3))));
    assert_eq!(
        origin("screen.ascii"),
        ("true".into(), ValueOrigin::Environment("GOLIVE_ASCII".into()))
    );
    assert_eq!(
        origin("inputs.live_secret_key"),
        ("env KEY".into(), ValueOrigin::Project(file, Some(7)))
    );
    assert_eq!(origin("inputs.currency"), ("USD".into(), ValueOrigin::Default));
    let source = config.inputs.get("source").unwrap();
    assert_eq!(source.origin, ValueOrigin::Environment("GOLIVE_INPUT_SOURCE".into()));
    let cwd = &project.sources.cwd;
    assert_eq!(source.value, InputValue::Paths(vec![cwd.join("app"), cwd.join("lib")]));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let mut project = Project::with("signer: File\n").env("GOLIVE_AS", "Environment");
    assert_eq!(project.config().signer.as_deref(), Some("Environment"));
    project.sources.flags.signer = Some("Flag".into());
    let config = project.config();
    assert_eq!(config.signer.as_deref(), Some("Flag"));
    let row = show(&config).iter().find(|row| row.name == "signer").unwrap();
    assert_eq!(row.origin, Some(ValueOrigin::Flag("--as".into())));
}

#[test]
fn the_project_file_is_found_from_a_folder_below_but_not_above_the_repository() {
    let mut project = Project::with("launch: outer\n");
    let shop = project.sources.cwd.clone();
    let deep = shop.join("repo/src/deep");
    std::fs::create_dir_all(&deep).unwrap();
    project.sources.cwd = deep;
    assert_eq!(project.config().launch, "outer");
    assert_eq!(project.config().base, shop);
    std::fs::create_dir_all(shop.join("repo/.git")).unwrap();
    assert_eq!(project.config().launch, "deep", "the repository's root ends the search");
}

#[test]
fn outside_of_home_and_repositories_only_the_current_folder_counts() {
    let mut project = Project::with("launch: foreign\n");
    let below = project.sources.cwd.join("tmp");
    std::fs::create_dir_all(&below).unwrap();
    project.sources.cwd = below;
    project.sources.home = Some(Path::new("/nowhere").to_owned());
    assert_eq!(project.config().launch, "tmp");
}

#[test]
fn a_literal_secret_is_refused_with_its_line_and_never_shown() {
    let secret = "hunter2hunter2";
    for yaml in [
        "inputs:\n  webhook_secret: hunter2hunter2\n",
        "inputs:\n  webhook_secret: |\n    hunter2hunter2\n",
        "inputs: { webhook_url: 5, webhook_secret: hunter2hunter2 }\n",
        "inputs:\n  webhook_secert: hunter2hunter2\n",
        "inputs:\n  webhook_secret: { evn: hunter2hunter2 }\n",
        "inputs:\n  webhook_secret: { env: \"hunter2hunter2 \" }\n",
        "inputs:\n  webhook_secret: [hunter2hunter2]\n",
        "webhook_secret: hunter2hunter2\n",
        "secrets:\n  x: hunter2hunter2\n",
        "inputs:\n  webhook_secret: \"hunter2hunter2\n",
        "inputs:\n  webhook_secret: hunter2hunter2\n  webhook_secret: hunter2hunter2\n",
        "inputs:\n  webhook_url: https://me:hunter2hunter2@shop.example/\n",
        "inputs:\n  effect_count: { url: https://me:hunter2hunter2@shop.example/ }\n",
        "inputs: hunter2hunter2\n",
        "hunter2hunter2\n",
        "[hunter2hunter2\n",
        "inputs:\n  webhook_secret: !secret hunter2hunter2\n",
        "inputs:\n  webhook_secret: &a hunter2hunter2\n  test_webhook_secret: *a\n",
    ] {
        let message = Project::with(yaml).refusal();
        assert!(!message.contains(secret), "{yaml}\n---\n{message}");
        assert!(message.contains("golive.yaml:"), "{message}");
    }
}

#[test]
fn a_provider_key_is_found_anywhere_in_the_file_and_never_shown() {
    let tail = "Abc123Def456Ghi7";
    for prefix in ["sk_live_", "sk_test_"] {
        let key = format!("{prefix}{tail}");
        for yaml in [
            format!("# {key}\nlaunch: acme\n"),
            format!("inputs:\n  effect_count: {{ command: [psql, \"--password={key}\"] }}\n"),
            format!("inputs:\n  webhook_url: https://shop.example/?k={key}\n"),
            format!("inputs:\n  live_secret_key: {{ command: [echo, {key}] }}\n"),
            format!("signer: {key}\n"),
            format!("{key}: 5\n"),
            format!("screen: {{ theme: {key} }}\n"),
            format!("people:\n  - {{ name: Ada, roles: [{key}] }}\n"),
        ] {
            let message = Project::with(&yaml).refusal();
            assert!(!message.contains(tail), "{yaml}\n---\n{message}");
            assert!(message.contains("a secret key of MintCash stands in this file"), "{message}");
        }
    }
    Project::with("# such as sk_live_xxxxxxxxxxxx\nlaunch: acme\n").config();
}

#[test]
fn a_secret_in_the_environment_is_refused_and_never_shown() {
    let message = Project::with("").env("GOLIVE_INPUT_WEBHOOK_SECRET", "hunter2hunter2").refusal();
    assert!(message.contains("webhook_secret: { env: YOUR_VARIABLE }"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    let message = Project::with("").env("GOLIVE_INPUT_WEBHOOK_SECERT", "hunter2hunter2").refusal();
    assert!(message.contains("did you mean `GOLIVE_INPUT_WEBHOOK_SECRET`?"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn launches_are_listed_from_the_state_folder() {
    let project = Project::with("");
    let root = project.sources.state_dir.clone().unwrap();
    assert!(launches(&root).is_empty());
    for name in ["acme", "globex"] {
        let state = places::journal(&root, name);
        std::fs::create_dir_all(state.parent().unwrap()).unwrap();
        std::fs::write(state, "{}\n").unwrap();
    }
    std::fs::create_dir_all(root.join("empty")).unwrap();
    let mut names: Vec<String> = launches(&root).into_iter().map(|one| one.name).collect();
    names.sort();
    assert_eq!(names, ["acme", "globex"]);
}

#[test]
fn a_launch_name_is_safe_as_a_folder() {
    for bad in ["", "..", "../up", "a/b", "a\\b", "-x", "nul", "COM1", "a.", "ä", "a b"] {
        assert!(places::name_fault(bad).is_some(), "{bad}");
    }
    for good in ["acme", "acme-2026.11", "Shop_1", "console"] {
        assert!(places::name_fault(good).is_none(), "{good}");
    }
    for (folder, name) in [("/x/My Shop!", "my-shop"), ("/", "launch"), ("/x/..ü", "launch")] {
        assert_eq!(places::name_from(Path::new(folder)), name);
    }
    let message = Project::with("launch: ../../etc\n").refusal();
    assert!(message.contains("can not be the name of a launch"), "{message}");
}

fn answers(folder: &Path, given: &[(&'static str, &str)]) -> init::Answers {
    let defaults = init::questions(folder).into_iter().map(|one| (one.key, one.default));
    let given = given.iter().map(|(key, text)| (*key, (*text).to_owned()));
    defaults.chain(given).collect()
}

#[test]
fn the_file_that_init_writes_loads_and_says_what_was_answered() {
    let project = Project::with("");
    let folder = project.sources.cwd.clone();
    std::fs::write(folder.join(".env"), "SECRET=hunter2hunter2\n").unwrap();
    let text = init::render(&answers(
        &folder,
        &[
            ("webhook_url", "https://shop.example/hooks?a=1#x"),
            ("live_secret_key", "command op read op://shop/key"),
            ("webhook_secret", "keyring: mintcash/hook secret"),
            ("engineering", "Ada: \"the first\""),
            ("finance", "007"),
            ("source", "., ../other"),
        ],
    ));
    assert!(!text.contains("hunter2"), "{text}");
    let file = folder.join("golive.yaml");
    init::write(&file, &text).unwrap();
    let config = project.config();
    assert_eq!(config.launch, "shop");
    assert_eq!(
        config.inputs.url("webhook_url").unwrap().as_str(),
        "https://shop.example/hooks?a=1#x"
    );
    let shown = |name: &str| config.inputs.get(name).unwrap().value.to_string();
    assert_eq!(shown("live_secret_key"), "command op read op://shop/key");
    assert_eq!(shown("webhook_secret"), "keyring mintcash/hook secret");
    assert_eq!(shown("live_public_key"), "env MINTCASH_LIVE_PUBLIC_KEY");
    assert_eq!(shown("production_config"), ".env");
    assert_eq!(config.inputs.paths("source").len(), 2);
    let people: Vec<&str> = config.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(people, ["Ada: \"the first\"", "007"]);
    let again = init::write(&file, &text).unwrap_err();
    assert!(again.message.contains("is already there"), "{again}");
}

#[test]
fn the_defaults_of_init_load_too() {
    let project = Project::with("");
    let folder = project.sources.cwd.clone();
    for given in [&[][..], &[("engineering", "Ada")], &[("finance", "Ada"), ("engineering", "ada")]]
    {
        std::fs::write(folder.join("golive.yaml"), init::render(&answers(&folder, given))).unwrap();
        project.config();
    }
}

#[test]
fn a_secret_typed_as_an_answer_is_refused_without_repeating_it() {
    for typed in ["hunter2hunter2", "env hunter 2", "env sk_live_abcdefgh", "file", "keyring x", ""]
    {
        let refusal = init::check("live_secret_key", typed).unwrap_err();
        assert!(!refusal.contains("hunter") && !refusal.contains("abcdefgh"), "{refusal}");
    }
    for typed in ["env KEY", "env:KEY", "file /run/secrets/key", "command pass x", "prompt"] {
        init::check("live_secret_key", typed).unwrap();
    }
    assert!(init::check("webhook_url", "shop.example").is_err());
    assert!(init::check("webhook_url", "https://a:b@shop.example").is_err());
}

#[test]
fn paths_of_logs_are_shown_with_their_line_and_wrong_ones_are_said_with_theirs() {
    let project = Project::with(
        "logs:\n  event_log:\n    time: received.at\n    envelope: req.body\n  delivery_log:\n    ms: took\n",
    );
    let config = project.config();
    assert_eq!(config.week.logs.event_log.envelope.as_deref(), Some("req.body"));
    let rows = show::show(&config);
    let row = rows.iter().find(|row| row.name == "logs.event_log.envelope").unwrap();
    assert_eq!(row.value.as_deref(), Some("req.body"));
    let Some(ValueOrigin::Project(_, line)) = row.origin.as_ref() else { panic!("{row:?}") };
    assert_eq!(*line, Some(4));
    assert!(!rows.iter().any(|row| row.name == "logs.event_log.status"), "only what is set");

    let wrong = Project::with(
        "logs:\n  event_log:\n    envelope: req..body\n  delivery_log:\n    ms: took\n    seconds: took_s\n",
    );
    let refusal = wrong.refusal();
    assert!(refusal.contains("a part of it is empty") && refusal.contains(":3:"), "{refusal}");
    assert!(refusal.contains("said twice") && refusal.contains(":6:"), "{refusal}");
    let unknown = Project::with("logs:\n  event_log:\n    envelop: body\n").refusal();
    assert!(unknown.contains("envelope"), "{unknown}");
}
