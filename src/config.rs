//! `handbook.yaml` to [`Config`]: what a team sets, its own kinds included. Every key is optional.

mod checks;
pub mod families;
mod kinds;
mod reader;
mod sources;
pub mod vocabulary;

use std::sync::{Arc, LazyLock};

use crate::calendar::DayOrder;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::model::history::HistoryDetail;
use crate::model::kind::Kind;
use crate::model::name::{KindName, SourcePath};
use crate::model::source::{ContentHash, SourceFile};
use crate::yaml;
use reader::Reader;
use vocabulary::Vocabulary;

pub use checks::Checks;
pub use sources::{Source, Sources};

/// Everything that a team sets.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the site.
    pub title: String,
    /// One sentence about it.
    pub description: String,
    /// Where the site will be, with a `/` at the end. Feeds and the site map need it; pages do not.
    pub base_url: Option<String>,
    /// BCP 47 tag of the language it is written in.
    pub language: String,
    /// The folder with the records, relative to the folder of `handbook.yaml`.
    pub content: Option<String>,
    /// The theme: a folder in `themes/`.
    pub theme: String,
    /// Who a build can be for, from the widest audience to the narrowest.
    pub audiences: Vec<String>,
    /// The audience of a record that names none: an index into `audiences`.
    pub default_audience: usize,
    /// Where a reader can edit a record: an address to which the record's path is added.
    pub repository: Option<String>,
    /// How much of a record's history its page tells; unset, it depends on who the build is for.
    pub history: Option<HistoryDetail>,
    /// The name of the content folder, where it is that of a folder of records: `postmortems`, `adr`.
    pub folder: Option<String>,
    /// The folders that are mounted in the handbook.
    pub sources: Sources,
    /// Whether a number belongs to one record of its kind in the whole handbook, not only in its folder.
    pub are_numbers_global: bool,
    /// Patterns of files that are no records, as in `.gitignore`.
    pub ignore: Vec<String>,
    /// Whether HTML in Markdown is passed on to the reader's browser. Off: what can harm nobody is shown as what it means, the rest as text.
    pub raw_html: bool,
    /// Words that mean the same.
    pub synonyms: Vec<Vec<String>>,
    /// The kinds, in order.
    pub kinds: Vec<Kind>,
    /// The words under which fields, statuses and sections may be written.
    pub vocabulary: Vocabulary,
    /// Which number comes first in dates such as `9/12/22`.
    pub day_order: DayOrder,
    /// The status of a record that says none, by its folder: of all below it, too.
    pub assume: Vec<(String, String)>,
    /// People who belong to no team of the handbook.
    pub people: Vec<String>,
    /// How much each rule matters.
    pub checks: Checks,
    /// Days after which the progress of a goal is to be looked at again.
    pub check_in_days: i64,
    /// The record that explains the words of the handbook: the path of its file.
    pub glossary: Option<String>,
    /// Hash of everything above and of the program's own source: what was made under another hash is not reused.
    pub hash: ContentHash,
}

/// The keys of `handbook.yaml`, for "did you mean".
const KEYS: [&str; 23] = [
    "title",
    "description",
    "base_url",
    "language",
    "content",
    "theme",
    "audiences",
    "default_audience",
    "repository",
    "history",
    "ignore",
    "raw_html",
    "synonyms",
    "kinds",
    "vocabulary",
    "dates",
    "assume",
    "sources",
    "numbers",
    "checks",
    "people",
    "check_in_days",
    "glossary",
];

impl Config {
    /// What holds where there is no `handbook.yaml`. `title` names the site.
    pub fn built_in(title: &str) -> Self {
        static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
            let mut vocabulary = Vocabulary::built_in();
            vocabulary.learn(&kinds::built_in());
            vocabulary
        });
        Self {
            title: title.to_owned(),
            description: String::new(),
            base_url: None,
            language: "en".to_owned(),
            content: None,
            theme: "default".to_owned(),
            audiences: vec!["public".to_owned(), "internal".to_owned()],
            default_audience: 1,
            repository: None,
            history: None,
            folder: None,
            sources: Sources::default(),
            are_numbers_global: false,
            ignore: Vec::new(),
            raw_html: false,
            synonyms: Vec::new(),
            kinds: kinds::built_in(),
            vocabulary: VOCABULARY.clone(),
            day_order: DayOrder::Unknown,
            assume: Vec::new(),
            people: Vec::new(),
            checks: Checks::default(),
            check_in_days: 45,
            glossary: None,
            hash: ContentHash::of(env!("HANDBOOK_SOURCE").as_bytes()),
        }
    }

    /// Reads `text`, the content of `handbook.yaml`. An entry that can not be read is a diagnostic, and what is
    /// built in holds in its place; text that is no YAML is an error, since nothing in it can be relied on.
    pub fn parse(title: &str, path: &str, text: &str) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let source = Arc::new(SourceFile::new(SourcePath::new(path), text.to_owned()));
        let (root, errors) = yaml::parse(&source.text);
        if !errors.is_empty() {
            return Err(errors.into_iter().map(|error| reader::syntax(&source, error)).collect());
        }
        let mut config = Self::built_in(title);
        config.hash = ContentHash::of_parts([config.hash.0.as_slice(), text.as_bytes()]);
        let Some(root) = root else { return Ok((config, Vec::new())) };
        let mut reader = Reader::new(&source);
        let Some(entries) = reader.mapping(&root, "handbook.yaml") else { return Err(reader.diagnostics) };
        for (key, value) in entries {
            config.set(&mut reader, key, value);
        }
        config.vocabulary.learn(&config.kinds);
        config.check_default_audience(&mut reader, &root);
        let content = config.content.as_deref().unwrap_or_default();
        config.sources = Sources::read(&mut reader, root.get("sources"), content, &config.audiences, &config.kinds);
        Ok((config, reader.diagnostics))
    }

    /// Takes the name of the content folder over, where it tells what lies in it.
    pub fn lies_in(&mut self, folder: &str) {
        let is_named = |kind: &Kind| kind.folders.iter().any(|known| known.eq_ignore_ascii_case(folder));
        if self.kinds.iter().any(is_named) || self.kind_of_last_words(folder).is_some() {
            self.folder = Some(folder.to_owned());
            self.hash = ContentHash::of_parts([self.hash.0.as_slice(), folder.as_bytes()]);
        }
    }

    /// The kind whose folders are called as the last words of `folder` are: `ios-decision-records`, `platform_adr`.
    pub fn kind_of_last_words(&self, folder: &str) -> Option<&Kind> {
        let folder = folder.to_lowercase();
        let is_front = |front: &str| front.is_empty() || front.ends_with(['-', '_', ' ']);
        let ends = |name: &String| folder.strip_suffix(name.as_str()).is_some_and(is_front);
        self.kinds.iter().find(|kind| !kind.shape.is_empty() && kind.folders.iter().any(ends))
    }

    /// The kind called `name`.
    pub fn kind(&self, name: &KindName) -> &Kind {
        self.kinds.iter().find(|kind| kind.name == *name).expect("parse gives records only kinds that are configured")
    }

    /// The kind called `word`: by its name or its plural.
    pub fn kind_called(&self, word: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name.as_str().eq_ignore_ascii_case(word) || kind.plural.eq_ignore_ascii_case(word))
    }

    /// The index of the audience called `word`.
    pub fn audience(&self, word: &str) -> Option<usize> {
        self.audiences.iter().position(|audience| audience == word)
    }

    fn set(&mut self, reader: &mut Reader<'_>, key: &yaml::Node, value: &yaml::Node) {
        let name = key.text().unwrap_or_default();
        match name {
            "title" => reader.text_into(value, name, &mut self.title),
            "description" => reader.text_into(value, name, &mut self.description),
            "language" => reader.text_into(value, name, &mut self.language),
            "theme" => reader.text_into(value, name, &mut self.theme),
            "base_url" => self.base_url = reader.web_address(value, name),
            "repository" => self.repository = reader.web_address(value, name),
            "history" => self.history = reader.one_of(value, name, &HistoryDetail::NAMES),
            "content" => self.content = reader.text(value, name).map(str::to_owned),
            "audiences" => match reader.texts(value, name) {
                audiences if audiences.is_empty() => reader.complain(value, "`audiences` names no audience".to_owned()),
                audiences => {
                    self.default_audience = audiences.len() - 1;
                    self.audiences = audiences;
                }
            },
            "default_audience" => {} // read when all audiences are known
            "ignore" => self.ignore = reader.texts(value, name),
            "raw_html" => self.raw_html = reader.boolean(value, name).unwrap_or(false),
            "synonyms" => self.synonyms = value.members().iter().map(|group| reader.texts(group, name)).collect(),
            "people" => self.people = reader.texts(value, name),
            "checks" => self.checks = Checks::read(reader, value),
            "kinds" => kinds::merge(&mut self.kinds, reader, value),
            "vocabulary" => self.vocabulary.extend(reader, value),
            "dates" => match reader.text(value, name) {
                Some("day first") => self.day_order = DayOrder::DayFirst,
                Some("month first") => self.day_order = DayOrder::MonthFirst,
                Some(other) => reader.complain(value, format!("`dates` is `day first` or `month first`, not `{other}`")),
                None => {}
            },
            "assume" => {
                for (folder, status) in reader.mapping(value, name).unwrap_or_default() {
                    let folder = folder.text().unwrap_or_default().trim_matches('/').to_owned();
                    self.assume.extend(reader.text(status, name).map(|status| (folder, status.to_owned())));
                }
            }
            "numbers" => {
                let scope = reader.one_of(value, name, &[("folder", false), ("handbook", true)]);
                self.are_numbers_global = scope.unwrap_or(false);
            }
            "check_in_days" => self.check_in_days = reader.number(value, name).unwrap_or(45.0).clamp(1.0, 3650.0) as i64,
            "glossary" => self.glossary = reader.text(value, name).map(str::to_owned),
            "sources" => {} // read when all audiences and kinds are known
            _ => {
                let unknown = reader.finding(key, format!("`handbook.yaml` has no key `{name}`"));
                reader.diagnostics.push(Diagnostic { hint: did_you_mean(&nearest(name, KEYS, 1)), ..unknown });
            }
        }
    }

    fn check_default_audience(&mut self, reader: &mut Reader<'_>, root: &yaml::Node) {
        let Some(value) = root.get("default_audience") else { return };
        let Some(word) = reader.text(value, "default_audience").map(str::to_owned) else { return };
        match self.audience(&word) {
            Some(index) => self.default_audience = index,
            None => {
                let unknown = reader.finding(value, format!("`{word}` is none of the audiences {}", self.audiences.join(", ")));
                let hint = did_you_mean(&nearest(&word, self.audiences.iter().map(String::as_str), 1));
                reader.diagnostics.push(Diagnostic {
                    hint,
                    rule: &diagnostic::AUDIENCE_UNKNOWN,
                    severity: diagnostic::AUDIENCE_UNKNOWN.severity,
                    ..unknown
                });
            }
        }
    }
}
