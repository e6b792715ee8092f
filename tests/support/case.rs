//! Cases as text files: what goes in (`>>> path`), and what must come out (`=== section`).
//!
//! To add one: write a file with empty sections, run `UPDATE_CASES=1 cargo test`, read the diff as a reviewer would.

use std::fs;
use std::path::{Path, PathBuf};

/// One case.
pub struct Case {
    pub file: PathBuf,
    pub about: String,
    pub inputs: Vec<(String, String)>,
    pub outputs: Vec<(String, String)>,
}

impl Case {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a case can be read");
        let mut case = Self { file: file.to_owned(), about: String::new(), inputs: Vec::new(), outputs: Vec::new() };
        for line in text.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix(">>> ") {
                case.inputs.push((name.trim().to_owned(), String::new()));
            } else if let Some(name) = line.strip_prefix("=== ") {
                case.outputs.push((name.trim().to_owned(), String::new()));
            } else if let Some((_, text)) = case.outputs.last_mut().or(case.inputs.last_mut()) {
                text.push_str(line);
            } else {
                case.about.push_str(line);
            }
        }
        case
    }

    fn write(&self) {
        let mut text = self.about.clone();
        for (name, body) in &self.inputs {
            text.push_str(&format!(">>> {name}\n{body}"));
        }
        for (name, body) in &self.outputs {
            text.push_str(&format!("=== {name}\n{body}"));
        }
        fs::write(&self.file, text).expect("a case can be written");
    }
}

/// Runs `outcome` for each section of each case in `tests/cases/FOLDER`, and compares.
pub fn run(folder: &str, outcome: impl Fn(&Case, &str) -> String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let is_update = std::env::var_os("UPDATE_CASES").is_some();
    let mut files: Vec<PathBuf> = fs::read_dir(&root).expect("the folder of cases").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "there are no cases in {}", root.display());
    let mut failures = Vec::new();
    for file in files {
        let mut case = Case::read(&file);
        let found: Vec<(String, String)> = case.outputs.iter().map(|(name, _)| (name.clone(), ended(outcome(&case, name)))).collect();
        for ((name, wanted), (_, found)) in case.outputs.iter().zip(&found) {
            if wanted.trim_end() != found.trim_end() {
                failures.push(format!("{} === {name}\n--- wanted\n{wanted}\n--- found\n{found}", file.display()));
            }
        }
        if is_update {
            case.outputs = found;
            case.write();
        }
    }
    assert!(is_update || failures.is_empty(), "{}", failures.join("\n\n"));
}

fn ended(text: String) -> String {
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}
