//! Gives every record an address of its own, and old addresses their way to the new ones.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::collection::{self, Structure};
use crate::link::folder_page::FolderPages;
use crate::link::path;
use crate::model::handbook::{RecordIndex, n_parts, part_path};
use crate::model::kind::Kind;
use crate::model::name::OutputPath;
use crate::model::record::Record;

/// Pages that every site has. A record that wants one of their addresses gets another.
const RESERVED: [&str; 4] = ["search.html", "404.html", "tags/index.html", "problems.html"];
const RESERVED_FOLDERS: [&str; 3] = ["assets", "search", LEDGER_FOLDER];
/// The folder of pages about many records. It is the site's own: a record that wants a place in it gets another.
pub const LEDGER_FOLDER: &str = "ledger";

/// Pages that are made of the records: that of each tag, and the later parts of long lists.
fn generated(records: &[Arc<Record>], config: &Config) -> HashSet<String> {
    let mut n_records: HashMap<&str, usize> = HashMap::new();
    for record in records {
        *n_records.entry(record.kind.as_str()).or_default() += 1;
    }
    let tags = records.iter().flat_map(|record| &record.tags).map(|tag| collection::tag_page(tag));
    let of_kind = |kind: &'_ Kind| {
        let list = collection::list_page(kind);
        let n_parts = n_parts(n_records.get(kind.name.as_str()).copied().unwrap_or(0));
        (2..=n_parts).map(move |part| part_path(&list, part))
    };
    tags.chain(config.kinds.iter().flat_map(of_kind)).map(|path| path.as_str().to_lowercase()).collect()
}

/// The address of each record. Where two want the same (two names that differ in case only are the same to some systems),
/// the first by path has it, and the other gets a number behind its name, so that nothing is lost. A `README.md` beside the
/// page of its folder is called by its own name.
pub fn assign(
    records: &[Arc<Record>],
    folder_pages: &FolderPages<'_>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<OutputPath> {
    let own = RESERVED.iter().map(|path| (*path).to_owned()).chain(generated(records, config));
    let mut taken: HashMap<String, Option<RecordIndex>> = own.map(|path| (path, None)).collect();
    let mut outputs = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        let beside = if folder_pages.is_beside(index, record) { by_own_name(record) } else { None };
        let wanted = beside.as_deref().unwrap_or(record.output.as_str());
        let in_ledger = wanted.split_once('/').filter(|(folder, _)| folder.eq_ignore_ascii_case(LEDGER_FOLDER));
        let holder = match in_ledger {
            Some(_) => Some(&None),
            None => taken.get(&wanted.to_lowercase()),
        };
        let output = match holder {
            None => wanted.to_owned(),
            Some(holder) => {
                let free = match in_ledger {
                    Some((folder, rest)) => free(&format!("{folder}-pages/{rest}"), &taken),
                    None => free(wanted, &taken),
                };
                let holder = match holder {
                    Some(other) => format!("`{}` has it", records[*other].path()),
                    None => "a page of the site's own has it".to_owned(),
                };
                let message = format!("the address `{wanted}` is taken: {holder}; this record is at `{free}`");
                let found = Diagnostic::new(&diagnostic::DUPLICATE_URL, record.file().as_str(), message);
                diagnostics.push(found.hint("rename one of the two, or give it a `slug:`"));
                free
            }
        };
        taken.insert(output.to_lowercase(), Some(index));
        outputs.push(OutputPath::new(output));
    }
    outputs
}

/// The address by the file's name, for one that wants to be the page of its folder and is not: `docs/readme.html`.
fn by_own_name(record: &Record) -> Option<String> {
    let folder = record.output.as_str().strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'))?;
    Some(format!("{folder}{}.html", record.path().stem().to_lowercase()))
}

fn free(wanted: &str, taken: &HashMap<String, Option<RecordIndex>>) -> String {
    let stem = wanted.strip_suffix(".html").unwrap_or(wanted);
    let numbered = (2..).map(|number| format!("{stem}-{number}.html"));
    numbered.into_iter().find(|path| !taken.contains_key(&path.to_lowercase())).expect("there are more numbers than records")
}

/// Old addresses (`aliases:`) and the records that they lead to now.
pub fn redirects(
    records: &[Arc<Record>],
    outputs: &[OutputPath],
    structure: &Structure,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<OutputPath, RecordIndex> {
    let mut own = generated(records, config);
    own.extend(RESERVED.map(str::to_owned));
    own.insert("index.html".to_owned());
    own.extend(structure.collections.iter().map(|collection| collection.output.as_str().to_lowercase()));
    own.extend(structure.folders.values().filter_map(|folder| folder.output.as_ref()).map(|output| output.as_str().to_lowercase()));
    let taken: HashMap<String, RecordIndex> =
        outputs.iter().enumerate().map(|(index, output)| (output.as_str().to_lowercase(), index)).collect();
    let mut redirects: BTreeMap<OutputPath, RecordIndex> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        for alias in record.fields.get("aliases").map(|field| field.entries()).unwrap_or_default() {
            let written = alias.display();
            let refusal = match address_of_alias(&written) {
                None => Some("it is no place in the site".to_owned()),
                Some(path) if own.contains(&path.to_lowercase()) => Some("a page of the site's own is there".to_owned()),
                Some(path) => match (taken.get(&path.to_lowercase()), redirects.get(path.as_str())) {
                    (Some(other), _) => Some(format!("the page of `{}` is there", records[*other].path())),
                    (None, Some(other)) if *other != index => Some(format!("`{}` has it", records[*other].path())),
                    _ => {
                        redirects.insert(OutputPath::new(path), index);
                        None
                    }
                },
            };
            diagnostics.extend(refusal.map(|reason| {
                let message = format!("the alias `{written}` can not be used: {reason}");
                record.source.finding(&diagnostic::ALIAS_REFUSED, alias.span.clone(), message)
            }));
        }
    }
    redirects
}

/// The file that answers at an old address: `/old/name`, `old/name.html`, `old/name/`, `old/name.md`.
fn address_of_alias(alias: &str) -> Option<String> {
    let is_odd = |c: char| c.is_control() || matches!(c, ':' | '?' | '#' | '%' | '\\' | '"' | '<' | '>' | '|' | '*');
    if alias.contains(is_odd) || alias.starts_with("//") || alias.split('/').any(|part| matches!(part, "." | "..")) {
        return None;
    }
    let joined = path::join("", alias).filter(|path| !path.is_empty())?;
    if RESERVED_FOLDERS.contains(&joined.split('/').next().unwrap_or_default()) {
        return None;
    }
    if alias.ends_with('/') {
        return Some(format!("{joined}/index.html"));
    }
    let stem = joined.strip_suffix(".html").or_else(|| joined.strip_suffix(".md")).unwrap_or(&joined);
    (!stem.is_empty()).then(|| format!("{stem}.html"))
}
