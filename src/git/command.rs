//! The program `git`, asked to read and to do nothing else: no hook, no pager, no helper of the repository's own
//! configuration is run, nothing is fetched, nothing is locked or written, and no setting changes what comes out.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Git, for one folder.
pub struct Git {
    folder: PathBuf,
}

/// What git answered.
pub struct Answer {
    /// What it printed.
    pub text: String,
    /// It refused since the repository is owned by another user.
    pub is_distrust: bool,
}

/// Settings that hold for every call, whatever the user, the system or the repository set.
const SETTINGS: [&str; 8] = [
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "log.showSignature=false",
    "diff.orderFile=/dev/null",
    "protocol.allow=never",
    "i18n.logOutputEncoding=UTF-8",
];

/// Variables that say where git's settings lie, and how far it looks for a repository: the user's own, and kept. All others
/// that git knows are taken away, since they name another repository (as in a hook) or make git write or run something.
fn is_kept(variable: &str) -> bool {
    variable.starts_with("GIT_CONFIG") || matches!(variable, "GIT_CEILING_DIRECTORIES" | "GIT_DISCOVERY_ACROSS_FILESYSTEM")
}

impl Git {
    /// Git for `folder`.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        let is_foreign = |name: &std::ffi::OsString| name.to_str().is_some_and(|name| name.starts_with("GIT_") && !is_kept(name));
        for (variable, _) in std::env::vars_os().filter(|(name, _)| is_foreign(name)) {
            command.env_remove(variable);
        }
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        command.arg("-C").arg(&self.folder).args(["--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// What git prints; nothing where it is not installed.
    pub fn ask(&self, arguments: &[&str]) -> Option<Answer> {
        let output = self.command(arguments).output().ok()?;
        let is_distrust = String::from_utf8_lossy(&output.stderr).contains("dubious ownership");
        Some(Answer { text: String::from_utf8_lossy(&output.stdout).into_owned(), is_distrust })
    }

    /// Git, with its input and its output piped.
    pub fn spawn_talking(&self, arguments: &[&str]) -> std::io::Result<Child> {
        self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }

    /// Hands every text that git prints and ends with NUL to `take`, as it comes; whether git ended well.
    pub fn each(&self, arguments: &[&str], mut take: impl FnMut(&[u8])) -> bool {
        let Ok(mut child) = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else { return false };
        let mut out = BufReader::with_capacity(1 << 16, child.stdout.take().expect("the output is piped"));
        let mut text = Vec::new();
        while out.read_until(0, &mut text).is_ok_and(|n_read| n_read > 0) {
            take(text.strip_suffix(b"\0").unwrap_or(&text));
            text.clear();
        }
        drop(out);
        child.wait().is_ok_and(|status| status.success())
    }
}
