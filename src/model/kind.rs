//! Kinds are data: what a record may say, where it may stand, how it relates to others.
//!
//! The built-in kinds are read from YAML in `src/kinds/`, in the format in which a team adds its own
//! under `kinds:` in `handbook.yaml`. What a record can do hangs on what its kind declares, never on the kind's name.

use std::collections::BTreeMap;

use crate::model::name::KindName;

/// What records of one kind have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// As in `kind: decision`.
    pub name: KindName,
    /// In addresses and on the command line: `decisions`.
    pub plural: String,
    /// For readers: "Decision".
    pub label: String,
    /// For readers: "Decisions".
    pub label_plural: String,
    /// One sentence for lists and the home page.
    pub about: String,
    /// One character.
    pub icon: String,
    /// Place among the kinds: small numbers first.
    pub order: i64,
    /// Names of folders whose records are of this kind, when they do not say otherwise.
    pub folders: Vec<String>,
    /// Headings by which a record is recognised that neither says its kind nor lies in such a folder: letters and
    /// digits only, in small letters.
    pub shape: Vec<String>,
    /// Headings that such records often have, and other texts too, in the same form: two of them count as one of those, in a file with
    /// a number in its name, or where there are several.
    pub outline: Vec<String>,
    /// Keys of metadata that only such records carry, in the same form.
    pub marks: Vec<String>,
    /// Words in the names of files that hold such records.
    pub names: Vec<String>,
    /// Signs that are needed: each heading, a status and a word in the file's name count once, a mark twice.
    pub shape_min: usize,
    /// Factor on the score of its records in search.
    pub search_boost: f64,
    /// Whether records carry a number, which a file name like `0012-rancher.md` gives too.
    pub numbered: bool,
    /// Whether fields that the kind does not declare pass without a word.
    pub free: bool,
    /// Whether its records look for causes and not for culprits, so that their words are checked for blame.
    pub blameless: bool,
    /// Where a record may stand, in order.
    pub statuses: Vec<StatusType>,
    /// What the front matter may say, by name, the common fields included.
    pub fields: BTreeMap<String, FieldDeclaration>,
    /// How records of this kind relate to others.
    pub relations: Vec<RelationType>,
    /// The columns of its list: names of fields.
    pub columns: Vec<String>,
    /// The body of a new record.
    pub template: String,
}

/// One place where a record may stand.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusType {
    /// As in `status: accepted`.
    pub name: String,
    /// For readers.
    pub label: String,
    /// What follows from it.
    pub meaning: Meaning,
    /// Its colour: green, blue, amber, red or grey.
    pub colour: String,
    /// Closed without ever having held: rejected.
    pub never_held: bool,
    /// Where a record stands that a newer one replaces.
    pub replaced: bool,
    /// Other words for the same.
    pub also: Vec<String>,
}

/// What a status means for somebody who follows the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Not yet settled.
    Open,
    /// Holds.
    InForce,
    /// No longer holds, or never did.
    Closed,
}

impl Meaning {
    /// As written in the YAML of a kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InForce => "in force",
            Self::Closed => "closed",
        }
    }
}

/// What a field may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDeclaration {
    /// The type of its value.
    pub kind: FieldType,
    /// For readers.
    pub label: String,
    /// One sentence for whoever fills it in.
    pub about: String,
    /// Its place among the fields, as the kind declares them: on a page they stand in this order.
    pub position: usize,
    /// Whether it must be there.
    pub required: bool,
    /// Other names under which it may be written.
    pub also: Vec<String>,
    /// A section of its name is a value only where it holds a number: without one, "Issue" tells what the record is about.
    pub numbered: bool,
}

/// The types that a field can have.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// A line of text, taken as it is written.
    String,
    /// Sentences.
    Text,
    /// A whole number.
    Integer,
    /// A number or a percentage.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day; a month or a year where only that is known.
    Date,
    /// A day and a time, with a zone or without.
    DateTime,
    /// `15m`, `1h 30m`, `PT15M`.
    Duration,
    /// An address whose scheme is safe to follow.
    Url,
    /// One of these words.
    Enum(Vec<String>),
    /// A person's name.
    Person,
    /// Another record, of one of these kinds (any, when empty).
    Reference(Vec<KindName>),
    /// Several values of one type.
    List(Box<FieldType>),
    /// Named values.
    Map(BTreeMap<String, FieldDeclaration>),
}

impl FieldType {
    /// Its name, as in the YAML of a kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Duration => "duration",
            Self::Url => "url",
            Self::Enum(_) => "enum",
            Self::Person => "person",
            Self::Reference(_) => "reference",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }
}

/// How one record may relate to another. It can be written at either end.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationType {
    /// As in `supersedes: [9]`.
    pub name: String,
    /// For readers, at the record that names the other.
    pub label: String,
    /// The same relation seen from the other end: `superseded_by`.
    pub inverse: String,
    /// For readers, at the other end.
    pub inverse_label: String,
    /// Kinds of the other record; any, when empty.
    pub to: Vec<KindName>,
    /// Whether the record that names the other replaces it.
    pub supersedes: bool,
    /// Whether the others are read in the order in which they are named.
    pub ordered: bool,
}

impl Kind {
    /// The status that is called `word`, by its name or another word for it.
    pub fn status(&self, word: &str) -> Option<&StatusType> {
        let is_called = |status: &&StatusType| {
            status.name.eq_ignore_ascii_case(word) || status.also.iter().any(|other| other.eq_ignore_ascii_case(word))
        };
        self.statuses.iter().find(is_called)
    }

    /// The status of a record that was replaced.
    pub fn superseded_status(&self) -> Option<&StatusType> {
        self.statuses.iter().find(|status| status.replaced)
    }

    /// The field called `name`, by its own name or another, and its own name.
    pub fn field(&self, name: &str) -> Option<(&str, &FieldDeclaration)> {
        if let Some((key, declaration)) = self.fields.get_key_value(name) {
            return Some((key, declaration));
        }
        let folded = fold_key(name);
        self.fields
            .iter()
            .find(|(key, declaration)| fold_key(key) == folded || declaration.also.iter().any(|also| fold_key(also) == folded))
            .map(|(key, declaration)| (key.as_str(), declaration))
    }
}

/// A key of front matter without what people vary: case, `-`, `_` and spaces.
pub fn fold_key(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}
