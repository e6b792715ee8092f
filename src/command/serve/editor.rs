//! Opens a file at a line in the author's editor.
//!
//! The command comes from the environment alone (`HANDBOOK_EDITOR`, `VISUAL`, `EDITOR`): settings come with the content, and content
//! runs nothing.

use std::path::Path;
use std::process::{Command, Stdio};

/// How editors that have windows of their own are told the line, by the name of the program.
const WITH_WINDOWS: [(&[&str], &[&str]); 5] = [
    (&["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"], &["-g", "{file}:{line}"]),
    (&["zed", "zeditor", "subl", "sublime_text"], &["{file}:{line}"]),
    (&["idea", "pycharm", "webstorm", "goland", "rustrover", "clion", "phpstorm", "rubymine", "fleet"], &["--line", "{line}", "{file}"]),
    (&["gvim", "mvim", "nvim-qt", "emacsclient", "gedit", "gnome-text-editor", "xed", "pluma"], &["+{line}", "{file}"]),
    (&["kate", "kwrite"], &["-l", "{line}", "{file}"]),
];
/// Editors that need a terminal, which a server has none of.
const IN_TERMINALS: [&str; 12] = ["vi", "vim", "nvim", "nano", "pico", "emacs", "hx", "helix", "micro", "ne", "joe", "ed"];
/// What to do about it.
const ADVICE: &str = "set HANDBOOK_EDITOR to a command such as `code -g {file}:{line}`, and start again";

/// The author's editor: the program and what it is told, with `{file}` and `{line}` to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    program: String,
    arguments: Vec<String>,
}

impl Editor {
    /// The editor that the environment names; else why none can be opened.
    pub fn from_environment() -> Result<Self, String> {
        let named =
            |name: &str| std::env::var(name).ok().filter(|command| !command.trim().is_empty()).map(|command| (name.to_owned(), command));
        let (name, command) = ["HANDBOOK_EDITOR", "VISUAL", "EDITOR"]
            .iter()
            .find_map(|name| named(name))
            .ok_or_else(|| format!("no editor is named; {ADVICE}"))?;
        Self::of_command(&command).map_err(|reason| format!("{name} is `{command}`, {reason}; {ADVICE}"))
    }

    /// The editor that a command starts: words with spaces between them.
    fn of_command(command: &str) -> Result<Self, String> {
        let mut words = command.split_whitespace().map(str::to_owned);
        let program = words.next().unwrap_or_default();
        let mut arguments: Vec<String> = words.collect();
        let name = Path::new(&program).file_stem().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if IN_TERMINALS.contains(&name.as_str()) {
            return Err("which needs a terminal".to_owned());
        }
        if !arguments.iter().any(|argument| argument.contains("{file}")) {
            let known = WITH_WINDOWS.iter().find(|(names, _)| names.contains(&name.as_str())).map_or(&["{file}"][..], |(_, told)| told);
            arguments.extend(known.iter().map(|argument| (*argument).to_owned()));
        }
        Ok(Self { program, arguments })
    }

    /// Opens `file` at `line`, from 1, and does not wait for it to be closed.
    pub fn open(&self, file: &Path, line: usize) -> Result<(), String> {
        let filled = |argument: &String| argument.replace("{line}", &line.to_string()).replace("{file}", &file.to_string_lossy());
        let mut command = Command::new(&self.program);
        command.args(self.arguments.iter().map(filled)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("`{}` can not be started: {error}; {ADVICE}", self.program))?;
        // A child that nobody waits for stays in the table of processes.
        std::thread::spawn(move || child.wait());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Editor;

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        let told = |command: &str| Editor::of_command(command).map(|editor| editor.arguments.join(" "));
        assert_eq!(told("code").as_deref(), Ok("-g {file}:{line}"));
        assert_eq!(told("/usr/bin/code --wait").as_deref(), Ok("--wait -g {file}:{line}"));
        assert_eq!(told("emacsclient -n").as_deref(), Ok("-n +{line} {file}"));
        assert_eq!(told("idea").as_deref(), Ok("--line {line} {file}"));
        assert_eq!(told("my-editor").as_deref(), Ok("{file}"));
        assert_eq!(told("tmux split vim +{line} {file}").as_deref(), Ok("split vim +{line} {file}"));
        assert!(told("nvim").is_err());
    }
}
