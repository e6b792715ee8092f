//! Who owns which file, as hosts of repositories read it: `CODEOWNERS` in the root, `.github`, `.gitlab` or `docs`.
//!
//! Of the patterns that fit a file, the last counts. A pattern without owners takes them away.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::glob::Patterns;
use crate::model::name::SourcePath;

/// The owners of files: teams and people as the host calls them, without `@`.
pub type CodeOwners = BTreeMap<SourcePath, Vec<String>>;

/// Where the file may lie; the first that is there counts.
pub const PLACES: [&str; 4] = [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
/// Bytes of the file; hosts read no longer one either.
const BYTES_MAX: u64 = 3 << 20;

/// The rules of one repository.
pub struct Rules {
    patterns: Patterns,
    /// By pattern, as it was added.
    owners: HashMap<String, Vec<String>>,
}

impl Rules {
    /// The rules in the repository at `root`, where there are any.
    pub fn find(root: &Path) -> Option<Self> {
        let file = PLACES.iter().map(|place| root.join(place)).find(|file| file.is_file())?;
        let is_short = file.metadata().ok()?.len() <= BYTES_MAX;
        is_short.then(|| std::fs::read_to_string(file).ok()).flatten().map(|text| Self::read(&text))
    }

    fn read(text: &str) -> Self {
        let mut patterns = Vec::new();
        let mut owners = HashMap::new();
        for line in text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()) {
            let mut words = line.split_whitespace();
            let Some(pattern) = words.next().filter(|pattern| !pattern.starts_with(['[', '^', '!'])) else { continue };
            let named: Vec<String> = words.filter_map(|word| word.strip_prefix('@')).map(str::to_owned).collect();
            // A folder owns what is in it.
            let within = format!("{}/**", pattern.trim_end_matches('/'));
            for pattern in [pattern.to_owned(), within] {
                owners.insert(pattern.clone(), named.clone());
                patterns.push(pattern);
            }
        }
        Self { patterns: Patterns::new(Path::new(""), patterns.iter().map(String::as_str)), owners }
    }

    /// The owners of the file at `path` in the repository.
    pub fn of(&self, path: &str) -> &[String] {
        self.patterns.fitting(path).and_then(|pattern| self.owners.get(pattern)).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_counts() {
        let rules = Rules::read("* @org/all\n/docs/ @org/platform @ada # comment\ndocs/adr @org/sre\n*.draft.md\n[Section]\n");
        assert_eq!(rules.of("README.md"), ["org/all"]);
        assert_eq!(rules.of("docs/guides/a.md"), ["org/platform", "ada"]);
        assert_eq!(rules.of("docs/adr/0001.md"), ["org/sre"]);
        assert!(rules.of("docs/adr/x.draft.md").is_empty());
    }
}
