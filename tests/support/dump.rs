//! Stage results as text, for cases.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use handbook::calendar::Date;
use handbook::config::Config;
use handbook::diagnostic::Diagnostic;
use handbook::highlight::Highlighter;
use handbook::link::asset::FileBeside;
use handbook::link::audience::Scope;
use handbook::link::navigation::is_outline;
use handbook::load::{Input, Roots, ThemeFiles};
use handbook::markdown::{directives, is_directive_target};
use handbook::model::handbook::{Folder, Handbook, Neighbours};
use handbook::model::name::SourcePath;
use handbook::model::source::SourceFile;
use handbook::parse::records_of;
use handbook::pipeline::{Assembled, KnownLists, Memo, Occasion, assemble, search_contents, setting, site};
use handbook::render::{Theme, pages, render};

use crate::support::ledger;

/// A handbook made of `files` in memory. `handbook.yaml` is its configuration; what does not end in `.md` lies beside.
pub fn assembled(files: &[(String, String)], audience: Option<&str>, drafts: bool) -> Assembled {
    let config = files.iter().find(|(path, _)| path == "handbook.yaml");
    let (config, diagnostics) = match config {
        Some((path, text)) => {
            Config::parse("Handbook", path, text).unwrap_or_else(|diagnostics| (Config::built_in("Handbook"), diagnostics))
        }
        None => (Config::built_in("Handbook"), Vec::new()),
    };
    let markdown = files.iter().filter(|(path, _)| path.ends_with(".md") || path.ends_with(".mdx"));
    let source = |(path, text): &(String, String)| {
        let path = SourcePath::new(path);
        let includes = includes(&path, text, files);
        let source = SourceFile::with_includes(path, text.clone(), includes, Vec::new());
        let side_cars = source.path.side_cars();
        let beside = files.iter().find(|(path, _)| side_cars.iter().any(|side_car| side_car.as_str() == path));
        match beside {
            Some((path, text)) => source.beside(Arc::new(SourceFile::new(path.as_str().into(), text.clone()))),
            None => source,
        }
    };
    let sources = records_of(markdown.map(source).collect(), &config);
    let beside = files.iter().filter(|(path, _)| !path.ends_with(".md") && !path.ends_with(".mdx") && path != "handbook.yaml");
    let beside = beside.map(|(path, _)| (path.as_str().into(), FileBeside { file: PathBuf::from(path), refused: None }));
    let outlines = files.iter().map(|(path, text)| (SourcePath::new(path), Arc::from(text.as_str())));
    let outlines = outlines.filter(|(path, _)| is_outline(path)).collect::<BTreeMap<_, _>>().into();
    let theme = ThemeFiles::load(&PathBuf::from("no-such-folder"), "default").expect("the default theme is there");
    let scope = scope(&config, audience, drafts);
    let input = Input {
        seen: Arc::default(),
        config: config.into(),
        sources,
        files: beside.collect::<BTreeMap<_, _>>().into(),
        outlines,
        theme: theme.into(),
        diagnostics,
        roots: Roots::default(),
        repositories: Vec::new(),
        code_owners: Default::default(),
    };
    assemble(input, &mut Memo::default(), scope)
}

/// For whom a case is.
pub fn scope(config: &Config, audience: Option<&str>, drafts: bool) -> Scope {
    Scope { audience: audience.map(|name| config.audience(name).expect("the case names an audience")), drafts }
}

/// The texts of the `files` that `text` includes, directly or through others.
fn includes(path: &SourcePath, text: &str, files: &[(String, String)]) -> BTreeMap<SourcePath, Arc<str>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![(path.clone(), text.to_owned())];
    while let Some((from, text)) = pending.pop() {
        for path in directives(&text).iter().filter_map(|(_, target)| is_directive_target(&from, target)) {
            if let Some((_, text)) = files.iter().find(|(name, _)| name == path.as_str())
                && found.insert(path.clone(), Arc::from(text.as_str())).is_none()
            {
                pending.push((path, text.clone()));
            }
        }
    }
    found
}

/// Every file of the site, as text.
pub fn site_files(assembled: &Assembled, scope: Scope) -> BTreeMap<String, String> {
    let theme = Theme::compile(&assembled.input.theme).expect("the default theme compiles");
    let occasion = Occasion { today: Date::parse("2026-11-21").expect("a date"), scope };
    let highlighter = Highlighter::default();
    let site = site(assembled, &theme, &highlighter, setting(assembled, &occasion, false));
    let rendered = pages(&site).into_iter().map(|(path, page)| render(&site, &path, &page).unwrap_or_else(|error| panic!("{error}")));
    let pages = rendered.map(|file| (file.path.to_string(), String::from_utf8(file.bytes).expect("pages are text")));
    let searched = search_contents(assembled, &KnownLists::default().next(assembled, None).expect("the index can be made"));
    let searched = searched.into_iter().map(|content| (content.path.to_string(), String::from_utf8_lossy(&content.bytes()).into_owned()));
    pages.chain(searched).collect()
}

/// The section `name` of a case.
pub fn section(assembled: &Assembled, scope: Scope, name: &str) -> String {
    let (what, of) = name.split_once(' ').unwrap_or((name, ""));
    let handbook = &assembled.handbook;
    match what {
        "diagnostics" => diagnostics(&assembled.diagnostics),
        "records" => records(handbook),
        "fields" => fields(handbook, of),
        "outline" => outline(handbook, of),
        "relations" => relations(handbook),
        "standing" => standing(handbook),
        "readings" => readings(handbook),
        "links" => links(handbook),
        "backlinks" => backlinks(handbook),
        "folders" => folders(handbook),
        "trail" => trail(handbook),
        "html" => html(assembled, scope, of),
        "pages" => site_files(assembled, scope).into_keys().filter(|path| !path.starts_with("search/")).map(|path| path + "\n").collect(),
        "data" => site_files(assembled, scope).remove(&format!("ledger/{of}.json")).unwrap_or_default(),
        _ => ledger::section(assembled, what, of).unwrap_or_else(|| panic!("no section is called {name}")),
    }
}

fn diagnostics(diagnostics: &[Diagnostic]) -> String {
    let line = |diagnostic: &Diagnostic| {
        let place = diagnostic.place.as_ref().map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        let hint = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("\n  hint: {hint}"));
        format!("{}{place}: {}[{}]: {}{hint}\n", diagnostic.path, diagnostic.severity.as_str(), diagnostic.rule.code, diagnostic.message)
    };
    diagnostics.iter().map(line).collect()
}

fn records(handbook: &Handbook) -> String {
    let mut text = String::new();
    for (index, record) in handbook.records.iter().enumerate() {
        let number = record.number.map_or_else(String::new, |number| format!(" {number}"));
        let date = record.date.map_or_else(String::new, |date| format!(" {date}"));
        text.push_str(&format!("{} {}{number}{date} \"{}\" at {}\n", record.id, record.kind, record.title, handbook.output(index)));
    }
    text
}

fn folders(handbook: &Handbook) -> String {
    let id = |index: &usize| handbook.records[*index].id.to_string();
    let line = |(path, folder): (&String, &Folder)| {
        let label = folder.label.as_ref().map_or_else(String::new, |label| format!(" \"{label}\""));
        let index = folder.index.as_ref().map_or_else(String::new, |index| format!(" = {}", id(index)));
        let inner: Vec<String> = folder.folders.iter().map(|path| format!("{path}/")).chain(folder.records.iter().map(id)).collect();
        format!("{path}/{label}{index}: {}\n", inner.join(" "))
    };
    handbook.folders.iter().map(line).collect()
}

fn trail(handbook: &Handbook) -> String {
    let id = |index: Option<usize>| index.map_or_else(|| "-".to_owned(), |index| handbook.records[index].id.to_string());
    let line = |(index, around): (&usize, &Neighbours)| format!("{} → {} → {}\n", id(around.previous), id(Some(*index)), id(around.next));
    handbook.trails.iter().map(line).collect()
}

fn find(handbook: &Handbook, id: &str) -> usize {
    handbook.records.iter().position(|record| record.id.as_str() == id).unwrap_or_else(|| panic!("no record {id}"))
}

fn fields(handbook: &Handbook, id: &str) -> String {
    let record = &handbook.records[find(handbook, id)];
    record.fields.iter().map(|(name, field)| format!("{name}: {}\n", field.display())).collect()
}

fn outline(handbook: &Handbook, id: &str) -> String {
    let outline = &handbook.records[find(handbook, id)].outline;
    let mut text = String::new();
    for section in &outline.sections {
        let anchor = section.anchor.as_ref().map_or_else(String::new, |anchor| format!(" #{anchor}"));
        text.push_str(&format!("{} {}{anchor}\n", section.level, section.title));
        text.extend(section.text.lines().map(|line| format!("    {line}\n")));
    }
    text
}

fn relations(handbook: &Handbook) -> String {
    let mut text = String::new();
    for (index, linked) in handbook.linked.iter().enumerate() {
        for relation in &linked.relations {
            text.push_str(&format!("{} {} {}\n", handbook.records[index].id, relation.name, handbook.records[relation.target].id));
        }
    }
    text
}

fn standing(handbook: &Handbook) -> String {
    let mut text = String::new();
    for (index, linked) in handbook.linked.iter().enumerate() {
        let status = linked.standing.status.as_ref().map_or("-", |status| &status.name);
        let note = linked.standing.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        let successors: String = linked.standing.successors.iter().map(|newer| format!(" → {}", handbook.records[*newer].id)).collect();
        text.push_str(&format!("{} {status}{note}{successors}\n", handbook.records[index].id));
    }
    text
}

fn readings(handbook: &Handbook) -> String {
    let mut text = String::new();
    for record in &handbook.records {
        text.push_str(&format!("{} {} {}\n", record.id, record.kind, record.reading.family));
        for origin in &record.reading.origins {
            let value = record.fields.get(&origin.name).map_or_else(String::new, |field| field.display());
            let written = record.relations.iter().filter(|written| written.name == origin.name && written.span == origin.span);
            let written: Vec<&str> = written.map(|written| written.target.as_str()).collect();
            let line = match &origin.beside {
                Some((path, line)) => format!("{path}:{line}"),
                None => record.source.place(origin.span.clone()).line.to_string(),
            };
            text.push_str(&format!("    {} {} {line}: {value}{}\n", origin.name, origin.form.as_str(), written.join(", ")));
        }
        for unread in &record.reading.unread {
            text.push_str(&format!("    ? {}: {}\n", unread.text, unread.reason));
        }
    }
    text
}

fn links(handbook: &Handbook) -> String {
    let mut text = String::new();
    for (index, linked) in handbook.linked.iter().enumerate() {
        for (link, destination) in handbook.records[index].outline.links.iter().zip(&linked.links) {
            text.push_str(&format!("{}: {} → {destination:?}\n", handbook.records[index].id, link.target));
        }
    }
    text
}

fn backlinks(handbook: &Handbook) -> String {
    let mut text = String::new();
    for (index, linked) in handbook.linked.iter().enumerate() {
        for backlink in &linked.backlinks {
            let from = &handbook.records[backlink.from];
            let link = &from.outline.links[backlink.link];
            text.push_str(&format!(
                "{} ← {}: {}[{}]{}\n",
                handbook.records[index].id, from.id, link.sentence.0, link.text, link.sentence.1
            ));
        }
    }
    text
}

fn html(assembled: &Assembled, scope: Scope, id: &str) -> String {
    let path = assembled.handbook.output(find(&assembled.handbook, id)).to_string();
    let page = site_files(assembled, scope).remove(&path).expect("each record has a page");
    let start = page.find("<div class=\"prose\">\n").expect("a record's page has its text") + "<div class=\"prose\">\n".len();
    let end = page[start..].find("\n</div>\n").map_or(page.len(), |end| start + end);
    // The text of a record ends where the next part of the page begins; a `</div>` at the start of a line is the page's.
    page[start..end].trim_end().to_owned()
}
