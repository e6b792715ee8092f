//! Faults that the tests ask for, in debug builds: the rest of the program is as it is for everybody.

/// Waits for as long as the file is there that `HANDBOOK_HOLD` names; fails while the one is there that `HANDBOOK_PANIC` names.
pub fn inject() {
    #[cfg(debug_assertions)]
    {
        let is_asked_for = |name: &str| std::env::var_os(name).is_some_and(|file| std::path::Path::new(&file).exists());
        while is_asked_for("HANDBOOK_HOLD") {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(!is_asked_for("HANDBOOK_PANIC"), "injected by HANDBOOK_PANIC");
    }
}
