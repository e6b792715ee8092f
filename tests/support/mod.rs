//! What tests share: folders with files, the built binary, the text forms of stage results.

pub mod case;
pub mod dump;
pub mod ledger;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder for one test, removed when the test ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// A folder with `files`: path and text.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for the test"));
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(file, bytes).expect("a file can be written");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn has(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }
}

/// Runs the binary in `dir`.
pub fn handbook(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
    command.current_dir(dir).args(arguments).env("NO_COLOR", "1").env_remove("SOURCE_DATE_EPOCH");
    command.output().expect("the binary can be run")
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// All files below `folder`, relative, with `/`.
pub fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.expect("the folder can be read");
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(folder).expect("it is below").to_string_lossy().replace('\\', "/");
            found.push((relative, entry.path().to_owned()));
        }
    }
    found
}

/// The sample handbook.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("content")
}

/// What stands in quotes in a script file of the search data.
pub fn search_quoted(script: &[u8]) -> Vec<u8> {
    let begin = script.windows(3).position(|three| three == b"\",\"").expect("handbookSearch(\"name\",\"content\")") + 3;
    let mut content = script[begin..].strip_suffix(b"\");\n").expect("the file is whole").iter();
    let mut quoted = Vec::new();
    while let Some(byte) = content.next() {
        let escaped = (*byte == b'\\').then(|| content.next().expect("something is escaped"));
        quoted.push(match escaped {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(plain) => *plain,
            None => *byte,
        });
    }
    quoted
}

/// What was deflated.
pub fn inflated(deflated: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::DeflateDecoder::new(deflated).read_to_end(&mut bytes).expect("deflated");
    bytes
}
