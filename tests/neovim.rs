//! The language server in Neovim, as its authors use it. Where there is no Neovim this says so and passes; CI sets
//! `HANDBOOK_REQUIRE_NEOVIM` and installs it.

use std::path::Path;
use std::process::Command;

use crate::support::Folder;

#[test]
fn an_author_in_neovim_is_helped() {
    if Command::new("nvim").arg("--version").output().is_err() {
        assert!(std::env::var_os("HANDBOOK_REQUIRE_NEOVIM").is_none(), "HANDBOOK_REQUIRE_NEOVIM is set, and there is no Neovim");
        eprintln!("\n*** NOT TESTED: this test needs Neovim (Debian: apt-get install neovim) ***\n");
        return;
    }
    let folder = Folder::with(&[
        ("handbook.yaml", "title: Team\n"),
        ("decisions/0001-first.md", "---\nstatus: accepted\ndate: 2021-01-02\n---\n# First\n\n## Context\n\nLong ago.\n"),
        ("decisions/0002-second.md", "---\nstatus: accepted\ndate: 2022-01-02\n---\n# Second\n\n## Why\n\nBecause of [[1]].\n"),
    ]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editors/neovim.lua");
    let state = tempfile::tempdir().expect("a folder for its state");
    let output = Command::new("nvim")
        .current_dir(folder.path())
        .args(["--headless", "--clean", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .env("HANDBOOK_PROGRAM", env!("CARGO_BIN_EXE_handbook"))
        .env("XDG_STATE_HOME", state.path())
        .env("XDG_CACHE_HOME", state.path())
        .output()
        .expect("it can be run");
    let told = String::from_utf8_lossy(&output.stderr).replace('\r', "");
    assert!(!told.contains("failed:") && told.matches("ok: ").count() == 11, "{told}");
    assert!(folder.read("decisions/0001-first.md").contains("[the second](0002-another.md#why)"), "what is saved is what was shown");
}
