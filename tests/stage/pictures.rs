//! The pictures in the README, drawn from the stage.

use golive::app::msg::Msg;
use golive::config::ThemeName;
use golive::launch::event::RunId;
use golive::ui::svg::{DARK, LIGHT, Palette, picture};

use super::{Stage, forged_probes, midway, probe};

/// Every picture: its file under `assets/`, and its SVG.
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("walk-dark.svg", walk(ThemeName::Dark, &DARK)),
        ("walk-light.svg", walk(ThemeName::Light, &LIGHT)),
        ("sign-dark.svg", sign()),
        ("present-dark.svg", present()),
    ]
}

fn open(size: (u16, u16)) -> Stage {
    let mut stage = Stage::of(midway(), Some("Dana Ito"), size);
    stage.keys("<esc>");
    stage
}

/// The walk while the signature check runs.
fn walk(theme: ThemeName, palette: &Palette) -> String {
    let mut stage = open((116, 34));
    while stage.model.look().theme != theme {
        stage.keys("T");
    }
    stage.go("webhook.signature");
    let step = "webhook.signature".into();
    let run = RunId("run-live".to_owned());
    let mut probes = forged_probes();
    probes.remove(0);
    probes.insert(0, probe("no signature", "refused with 401", true, 41));
    for msg in stage.begin("Dana Ito", &step, &run, probes) {
        stage.send(msg);
    }
    stage.wait(2);
    picture(stage.buffer(), palette)
}

/// The sign dialog, half filled in.
fn sign() -> String {
    let mut stage = open((116, 34));
    stage
        .go("webhook.registered")
        .keys("<enter>Da<enter><tab>")
        .text("Ines, MintCash, by phone 18:20 UTC");
    picture(stage.buffer(), &DARK)
}

/// A failed step for the room.
fn present() -> String {
    let mut stage = open((116, 34));
    stage.go("webhook.signature").keys("p");
    stage.send(Msg::Resize { width: 116, height: 34 });
    picture(stage.buffer(), &DARK)
}
