//! Draws the pictures of the README: `cargo run --example screenshots` writes them to `assets/`.
//!
//! They come from the same stage as the stories in `tests/screen.rs`; a test there fails when a
//! picture is out of date.

#[path = "../tests/stage/mod.rs"]
#[expect(dead_code, reason = "the stage also serves the tests")]
mod stage;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    std::fs::create_dir_all(&folder)?;
    for (name, svg) in stage::pictures::all() {
        std::fs::write(folder.join(name), svg)?;
    }
    Ok(())
}
