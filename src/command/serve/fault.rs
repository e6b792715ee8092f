//! Faults that the tests ask for, in debug builds: the rest of the program is as it is for everybody.

/// Before everything is looked at: waits for as long as the file is there that `HANDBOOK_HOLD` names.
pub fn hold() {
    while is_asked_for("HANDBOOK_HOLD") {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Fails while the file is there that `HANDBOOK_PANIC` names.
pub fn fail() {
    assert!(!is_asked_for("HANDBOOK_PANIC"), "injected by HANDBOOK_PANIC");
}

fn is_asked_for(name: &str) -> bool {
    cfg!(debug_assertions) && std::env::var_os(name).is_some_and(|file| std::path::Path::new(&file).exists())
}
