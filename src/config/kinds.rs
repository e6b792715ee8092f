//! Kinds from YAML: the built-in ones and a team's own, in one format.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::config::reader::Reader;
use crate::config::vocabulary::fold;
use crate::diagnostic::{Diagnostic, did_you_mean, nearest};
use crate::model::kind::{FieldDeclaration, FieldType, Kind, Meaning, RelationType, StatusType};
use crate::model::name::{KindName, SourcePath};
use crate::model::source::SourceFile;
use crate::yaml::{self, Node};

const COMMON: &str = include_str!("../kinds/common.yaml");
const BUILT_IN: [(&str, &str); 8] = [
    ("decision.yaml", include_str!("../kinds/decision.yaml")),
    ("principle.yaml", include_str!("../kinds/principle.yaml")),
    ("postmortem.yaml", include_str!("../kinds/postmortem.yaml")),
    ("team.yaml", include_str!("../kinds/team.yaml")),
    ("practice.yaml", include_str!("../kinds/practice.yaml")),
    ("role.yaml", include_str!("../kinds/role.yaml")),
    ("guide.yaml", include_str!("../kinds/guide.yaml")),
    ("page.yaml", include_str!("../kinds/page.yaml")),
];
const KEYS: [&str; 22] = [
    "name",
    "plural",
    "label",
    "label_plural",
    "about",
    "icon",
    "order",
    "folders",
    "search_boost",
    "numbered",
    "free",
    "blameless",
    "shape",
    "outline",
    "marks",
    "names",
    "shape_min",
    "statuses",
    "fields",
    "relations",
    "columns",
    "template",
];
const TYPES: [&str; 14] =
    ["string", "text", "integer", "number", "boolean", "date", "datetime", "duration", "url", "enum", "person", "reference", "list", "map"];
const COLOURS: [&str; 5] = ["green", "blue", "amber", "red", "grey"];
/// Fields that a kind may declare at most, and how deep lists and maps may nest.
const FIELDS_MAX: usize = 500;
const DEPTH_MAX: usize = 6;

/// The kinds that every handbook has.
pub fn built_in() -> Vec<Kind> {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
        let mut kinds = Vec::new();
        for (name, text) in BUILT_IN {
            let source = SourceFile::new(SourcePath::new(name), text.to_owned());
            let mut reader = Reader::new(&source);
            let (root, errors) = yaml::parse(text);
            merge_one(&mut kinds, &mut reader, &root.expect("a built-in kind is a mapping"));
            assert!(errors.is_empty() && reader.diagnostics.is_empty(), "{name}: {errors:?} {:?}", reader.diagnostics);
        }
        kinds
    });
    KINDS.clone()
}

/// Adds the kinds in `list` to `kinds`; one with a known name changes that kind.
pub fn merge(kinds: &mut Vec<Kind>, reader: &mut Reader<'_>, list: &Node) {
    for node in list.members() {
        merge_one(kinds, reader, node);
    }
    kinds.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
}

fn merge_one(kinds: &mut Vec<Kind>, reader: &mut Reader<'_>, node: &Node) {
    let Some(entries) = reader.mapping(node, "kinds") else { return };
    let Some(name) = node.get("name").and_then(Node::text).filter(|name| is_word(name)) else {
        return reader.complain(node, "a kind needs a `name` of letters, digits, `-` and `_`".to_owned());
    };
    let existing = kinds.iter().position(|kind| kind.name.as_str() == name);
    let mut kind = existing.map_or_else(|| blank(name), |index| kinds[index].clone());
    for (key, value) in entries {
        set(&mut kind, reader, key, value);
    }
    if !kind.statuses.is_empty() {
        let words = kind.statuses.iter().map(|status| status.name.clone()).collect();
        if let Some(status) = kind.fields.get_mut("status") {
            status.kind = FieldType::Enum(words);
        }
    }
    if kind.relations.iter().any(|relation| relation.supersedes) && kind.superseded_status().is_none() {
        reader.complain(node, format!("a {name} supersedes others, and no status says so; mark one with `replaced: true`"));
    }
    // A folder holds records of one kind: a kind that a team adds takes it from the built-in one.
    for (_, other) in kinds.iter_mut().enumerate().filter(|(index, _)| existing != Some(*index)) {
        other.folders.retain(|folder| !kind.folders.iter().any(|own| own.eq_ignore_ascii_case(folder)));
    }
    match existing {
        Some(index) => kinds[index] = kind,
        None => kinds.push(kind),
    }
}

/// A kind about which nothing is said yet but its name.
fn blank(name: &str) -> Kind {
    let label = name.replace(['-', '_'], " ");
    let label = label[..1].to_uppercase() + &label[1..];
    let (fields, relations) = common();
    Kind {
        name: KindName::new(name),
        plural: format!("{name}s"),
        label_plural: format!("{label}s"),
        label,
        about: String::new(),
        icon: "▪".to_owned(),
        order: 100,
        folders: vec![format!("{name}s")],
        shape: Vec::new(),
        outline: Vec::new(),
        marks: Vec::new(),
        names: Vec::new(),
        shape_min: 2,
        search_boost: 1.0,
        numbered: false,
        free: false,
        blameless: false,
        statuses: Vec::new(),
        fields,
        relations,
        columns: vec!["title".to_owned(), "date".to_owned()],
        template: String::new(),
    }
}

/// The fields and relations of every kind.
fn common() -> (BTreeMap<String, FieldDeclaration>, Vec<RelationType>) {
    let source = SourceFile::new(SourcePath::new("common.yaml"), COMMON.to_owned());
    let mut reader = Reader::new(&source);
    let (root, _) = yaml::parse(COMMON);
    let root = root.expect("the common fields are a mapping");
    let (mut fields, mut relations) = (BTreeMap::new(), Vec::new());
    read_fields(&mut fields, &mut reader, root.get("fields").expect("there are common fields"), 0);
    read_relations(&mut relations, &mut reader, root.get("relations").expect("there are common relations"));
    (fields, relations)
}

fn set(kind: &mut Kind, reader: &mut Reader<'_>, key: &Node, value: &Node) {
    let name = key.text().unwrap_or_default();
    match name {
        "name" => {}
        "plural" => reader.text_into(value, name, &mut kind.plural),
        "label" => {
            reader.text_into(value, name, &mut kind.label);
            kind.label_plural = format!("{}s", kind.label);
        }
        "label_plural" => reader.text_into(value, name, &mut kind.label_plural),
        "about" => reader.text_into(value, name, &mut kind.about),
        "icon" => reader.text_into(value, name, &mut kind.icon),
        "template" => reader.text_into(value, name, &mut kind.template),
        "order" => kind.order = reader.number(value, name).unwrap_or(100.0) as i64,
        "search_boost" => kind.search_boost = reader.number(value, name).unwrap_or(1.0).clamp(0.1, 10.0),
        "numbered" => kind.numbered = reader.boolean(value, name).unwrap_or(false),
        "free" => kind.free = reader.boolean(value, name).unwrap_or(false),
        "blameless" => kind.blameless = reader.boolean(value, name).unwrap_or(false),
        "folders" => kind.folders = reader.texts(value, name),
        "shape" => kind.shape = folded(&reader.texts(value, name)),
        "outline" => kind.outline = folded(&reader.texts(value, name)),
        "marks" => kind.marks = folded(&reader.texts(value, name)),
        "names" => kind.names = reader.texts(value, name),
        "shape_min" => kind.shape_min = reader.number(value, name).unwrap_or(2.0).clamp(1.0, 100.0) as usize,
        "columns" => kind.columns = reader.texts(value, name),
        "statuses" => read_statuses(&mut kind.statuses, reader, value),
        "fields" => read_fields(&mut kind.fields, reader, value, 0),
        "relations" => read_relations(&mut kind.relations, reader, value),
        _ => {
            let unknown = reader.finding(key, format!("a kind has no entry `{name}`"));
            reader.diagnostics.push(Diagnostic { hint: did_you_mean(&nearest(name, KEYS, 1)), ..unknown });
        }
    }
}

fn read_statuses(statuses: &mut Vec<StatusType>, reader: &mut Reader<'_>, node: &Node) {
    for (key, value) in reader.mapping(node, "statuses").unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        let meaning = match value.get("meaning").and_then(Node::text) {
            Some("open") | None => Meaning::Open,
            Some("in force") => Meaning::InForce,
            Some("closed") => Meaning::Closed,
            Some(other) => {
                reader.complain(value, format!("the meaning of a status is open, in force or closed, not `{other}`"));
                continue;
            }
        };
        let colour = value.get("colour").and_then(Node::text).unwrap_or("grey");
        if !COLOURS.contains(&colour) {
            reader.complain(value, format!("the colour of a status is one of {}, not `{colour}`", COLOURS.join(", ")));
        }
        let label = value.get("label").and_then(Node::text).map_or_else(|| sentence_case(name), str::to_owned);
        let also = value.get("also").map(|also| reader.texts(also, "also")).unwrap_or_default();
        let never_held = value.get("never_held").and_then(|never| reader.boolean(never, "never_held")).unwrap_or(false);
        let replaced = value.get("replaced").and_then(|replaced| reader.boolean(replaced, "replaced")).unwrap_or(false);
        let status = StatusType { name: name.to_owned(), label, meaning, colour: colour.to_owned(), never_held, replaced, also };
        match statuses.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = status,
            None => statuses.push(status),
        }
    }
}

fn read_fields(fields: &mut BTreeMap<String, FieldDeclaration>, reader: &mut Reader<'_>, node: &Node, depth: usize) {
    let entries = reader.mapping(node, "fields").unwrap_or_default();
    if entries.len() > FIELDS_MAX || depth > DEPTH_MAX {
        return reader.complain(node, format!("more than {FIELDS_MAX} fields, or maps nested deeper than {DEPTH_MAX}"));
    }
    for (key, value) in entries {
        let name = key.text().unwrap_or_default();
        if !is_word(name) {
            reader.complain(key, "the name of a field is made of letters, digits, `-` and `_`".to_owned());
            continue;
        }
        let Some(kind) = read_type(reader, value, depth) else { continue };
        let is_narrowed_status = name == "status" && matches!(kind, FieldType::Enum(_));
        if let Some(known) = fields.get(name).filter(|known| known.kind.name() != kind.name() && !is_narrowed_status) {
            reader.complain(key, format!("`{name}` is a {} in every kind and can be nothing else", known.kind.name()));
            continue;
        }
        let text = |entry: &str| value.get(entry).and_then(Node::text).map(str::to_owned);
        let position = fields.len();
        let declaration = FieldDeclaration {
            kind,
            position,
            label: text("label").unwrap_or_else(|| sentence_case(name)),
            about: text("about").or_else(|| fields.get(name).map(|known| known.about.clone())).unwrap_or_default(),
            required: value.get("required").and_then(|required| reader.boolean(required, "required")).unwrap_or(false),
            also: value.get("also").map(|also| reader.texts(also, "also")).unwrap_or_default(),
            numbered: value.get("numbered").and_then(|numbered| reader.boolean(numbered, "numbered")).unwrap_or(false),
        };
        fields.insert(name.to_owned(), declaration);
    }
}

/// A type: `date`, or `{type: list, of: date}`.
fn read_type(reader: &mut Reader<'_>, node: &Node, depth: usize) -> Option<FieldType> {
    if depth > DEPTH_MAX {
        reader.complain(node, format!("types nested deeper than {DEPTH_MAX}"));
        return None;
    }
    let name = node.text().or_else(|| node.get("type").and_then(Node::text)).unwrap_or("string");
    Some(match name {
        "string" => FieldType::String,
        "text" => FieldType::Text,
        "integer" => FieldType::Integer,
        "number" => FieldType::Number,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" => FieldType::DateTime,
        "duration" => FieldType::Duration,
        "url" => FieldType::Url,
        "person" => FieldType::Person,
        "enum" => FieldType::Enum(node.get("values").map(|values| reader.texts(values, "values")).unwrap_or_default()),
        "reference" => FieldType::Reference(read_kind_names(reader, node)),
        "list" => FieldType::List(Box::new(match node.get("of") {
            Some(of) => read_type(reader, of, depth + 1)?,
            None => FieldType::String,
        })),
        "map" => {
            let mut fields = BTreeMap::new();
            if let Some(inner) = node.get("fields") {
                read_fields(&mut fields, reader, inner, depth + 1);
            }
            FieldType::Map(fields)
        }
        other => {
            let unknown = reader.finding(node, format!("no type is called `{other}`"));
            let hint = did_you_mean(&nearest(other, TYPES, 1)).or_else(|| Some(format!("types are {}", TYPES.join(", "))));
            reader.diagnostics.push(Diagnostic { hint, ..unknown });
            return None;
        }
    })
}

fn read_relations(relations: &mut Vec<RelationType>, reader: &mut Reader<'_>, node: &Node) {
    for (key, value) in reader.mapping(node, "relations").unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        let text = |entry: &str| value.get(entry).and_then(Node::text).map(str::to_owned);
        let inverse = text("inverse").unwrap_or_else(|| format!("{name}_by"));
        let relation = RelationType {
            name: name.to_owned(),
            label: text("label").unwrap_or_else(|| sentence_case(name)),
            inverse_label: text("inverse_label").unwrap_or_else(|| sentence_case(&inverse)),
            inverse,
            to: read_kind_names(reader, value),
            supersedes: text("effect").as_deref() == Some("supersedes"),
            ordered: value.get("ordered").and_then(|ordered| reader.boolean(ordered, "ordered")).unwrap_or(false),
        };
        match relations.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = relation,
            None => relations.push(relation),
        }
    }
}

fn read_kind_names(reader: &mut Reader<'_>, node: &Node) -> Vec<KindName> {
    node.get("to").map(|to| reader.texts(to, "to")).unwrap_or_default().iter().map(KindName::new).collect()
}

/// Words as they are compared with those of a text.
fn folded(words: &[String]) -> Vec<String> {
    words.iter().map(|word| fold(word)).collect()
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// `customers_affected` as "Customers affected".
fn sentence_case(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
