//! The layouts in which records are met: a table, read from YAML.

use std::sync::LazyLock;

use crate::config::reader::Reader;
use crate::config::vocabulary::fold;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::yaml;

const BUILT_IN: &str = include_str!("../kinds/families.yaml");

/// A layout, and the conditions under which a record is in it. See `src/kinds/families.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Family {
    /// Its name: a letter for the sixteen of decisions.
    pub name: String,
    /// What it is.
    pub about: String,
    /// The kind of its records.
    pub kind: Option<String>,
    /// Where the status stands.
    pub form: Option<String>,
    /// One of these keys is written; folded.
    pub keys: Vec<String>,
    /// So many of these headings; folded.
    pub headings: Vec<String>,
    /// How many.
    pub least: usize,
    /// What the file's name begins with: `number` or `date`.
    pub file: Option<String>,
    /// The entries stand between two thematic breaks.
    pub is_ruled: bool,
}

/// The table, in order.
pub fn families() -> &'static [Family] {
    static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
        let source = SourceFile::new(SourcePath::new("families.yaml"), BUILT_IN.to_owned());
        let mut reader = Reader::new(&source);
        let (root, errors) = yaml::parse(BUILT_IN);
        let root = root.expect("the built-in families are a list");
        let mut families = Vec::new();
        for node in root.members() {
            let mut family = Family { least: 1, ..Family::default() };
            for (key, value) in reader.mapping(node, "family").unwrap_or_default() {
                let text = || value.text().map(str::to_owned);
                match key.text().unwrap_or_default() {
                    "name" => family.name = text().unwrap_or_default(),
                    "about" => family.about = text().unwrap_or_default(),
                    "kind" => family.kind = text(),
                    "form" => family.form = text(),
                    "file" => family.file = text(),
                    "ruled" => family.is_ruled = true,
                    "keys" => family.keys = reader.texts(value, "keys").iter().map(|key| fold(key)).collect(),
                    "headings" => family.headings = reader.texts(value, "headings").iter().map(|title| fold(title)).collect(),
                    "least" => family.least = value.text().and_then(|text| text.parse().ok()).unwrap_or(1),
                    other => reader.complain(key, format!("a family has no `{other}`")),
                }
            }
            families.push(family);
        }
        assert!(errors.is_empty() && reader.diagnostics.is_empty(), "{errors:?} {:?}", reader.diagnostics);
        families
    });
    &FAMILIES
}
