//! Front matter to typed fields, as the record's kind declares them.
//!
//! A value that does not fit its type is a diagnostic, and is kept as the text that was written.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::calendar::{Date, DayOrder, FoundDate, Moment, is_duration, read_date};
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::model::field::{Field, Value};
use crate::model::kind::{FieldDeclaration, FieldType, Kind, RelationType, fold_key};
use crate::model::record::WrittenRelation;
use crate::model::source::SourceFile;
use crate::parse::times::Clockwork;
use crate::parse::unread::unread_date;
use crate::parse::{ReadFields, draft};
use crate::scheme::{self, Scheme};
use crate::yaml::{Node, NodeValue};

/// Years outside of which a date is surely a slip of the pen.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2100;

/// Reads the entries of `root` as `kind` declares them.
pub fn read(
    source: &SourceFile,
    root: Option<&Node>,
    head_start: usize,
    kind: &Kind,
    config: &Config,
    day_order: DayOrder,
    diagnostics: &mut Vec<Diagnostic>,
) -> ReadFields {
    let mut reader = FieldReader { source, config, day_order, diagnostics };
    let (mut fields, mut relations) = (BTreeMap::new(), Vec::new());
    for (key, node) in root.and_then(Node::entries).unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        if node.is_null() {
            continue;
        }
        if name == "links" && reader.links(node, kind, config, &mut relations) {
            continue;
        }
        // A page may hold keys of any program: only what can be nothing else is read under another name.
        let is_plain = || node.members().iter().all(|member| member.text().is_some());
        let in_other_words = || {
            let known = config.vocabulary.key(name).and_then(|(name, _)| kind.field(name)).filter(|(name, _)| !fields.contains_key(*name));
            known.filter(|(name, _)| !kind.free || (matches!(*name, "authors" | "weight") && is_plain()))
        };
        if let Some((name, declaration)) = kind.field(name).or_else(in_other_words) {
            let is_own_word = kind.field(key.text().unwrap_or_default()).is_some();
            if let Some(list) = values_of(node).filter(|_| !is_own_word && declaration.kind == FieldType::List(Box::new(FieldType::String)))
            {
                fields.extend((!list.is_empty()).then(|| (name.to_owned(), Field { value: Value::List(list), span: node.span.clone() })));
            } else if declaration.kind == FieldType::Integer && !is_own_word {
                // `id: adrs-adr013`, `adr: "0001"`: a word for the number that may hold more than it.
                fields.extend(
                    number_within(node).map(|number| (name.to_owned(), Field { value: Value::Integer(number), span: node.span.clone() })),
                );
            } else if declaration.kind == FieldType::Number
                && key.text() != Some(name)
                && node.text().is_none_or(|text| number(text).is_none())
            {
                // `nav_order: b`: other programs order by words, too.
                continue;
            } else if let Some(field) = reader.field(node, name, &declaration.kind) {
                fields.insert(name.to_owned(), field);
            }
        } else if let Some(written_as) = relation_name(kind, config, name) {
            relations.extend(reader.relation(node, written_as));
        } else if !matches!(fold_key(name).as_str(), "lastreviewedon" | "reviewin") {
            reader.unknown(key, name, kind);
        }
    }
    if let Some(field) = root.and_then(next_review).filter(|_| !fields.contains_key("review_by")) {
        fields.insert("review_by".to_owned(), field);
    }
    if root.is_some() {
        reader.missing(&fields, &kind.fields, head_start..head_start + 1, kind.name.as_str());
    }
    ReadFields { fields, relations }
}

/// The value of one node as a field called `name` of the type `kind`.
pub fn value(
    source: &SourceFile,
    node: &Node,
    name: &str,
    kind: &FieldType,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Field> {
    FieldReader { source, config, day_order: config.day_order, diagnostics }.field(node, name, kind)
}

/// `last_reviewed_on: 2024-01-02` and `review_in: 6 months`, as GOV.UK writes it: the day of the next review.
fn next_review(root: &Node) -> Option<Field> {
    let last = root.get("last_reviewed_on").and_then(|node| Date::parse(node.text()?).ok())?;
    let node = root.get("review_in")?;
    let (number, unit) = node.text()?.trim().split_once(' ')?;
    let number: i32 = number.parse().ok().filter(|number| (1..=240).contains(number))?;
    let months = if unit.starts_with("year") { number * 12 } else { number };
    let day = last.months_later(months).filter(|_| unit.starts_with("month") || unit.starts_with("year"))?;
    Some(Field { value: Value::Date(day), span: node.span.clone() })
}

/// The number with which a text ends.
fn number_within(node: &Node) -> Option<i64> {
    let text = node.text()?;
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (1..=5).contains(&digits).then(|| text[text.len() - digits..].parse().ok()).flatten()
}

/// The relation, or inverse of one, that `key` means in a record of `kind`, by its own name or another word for it.
pub fn relation_name<'a>(kind: &'a Kind, config: &'a Config, key: &str) -> Option<&'a str> {
    declared_relation(kind, config, key).or_else(|| declared_relation(kind, config, config.vocabulary.key(key)?.0))
}

fn declared_relation<'a>(kind: &'a Kind, config: &'a Config, key: &str) -> Option<&'a str> {
    let folded = fold_key(key);
    if let Some(relation) = kind.relations.iter().find(|relation| fold_key(&relation.name) == folded) {
        return Some(&relation.name);
    }
    let points_here =
        |relation: &&RelationType| fold_key(&relation.inverse) == folded && (relation.to.is_empty() || relation.to.contains(&kind.name));
    config.kinds.iter().flat_map(|kind| &kind.relations).find(points_here).map(|relation| relation.inverse.as_str())
}

struct FieldReader<'a> {
    source: &'a SourceFile,
    config: &'a Config,
    /// Which number comes first in dates of numbers.
    day_order: DayOrder,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl FieldReader<'_> {
    fn complain(&mut self, span: &Range<usize>, message: String) {
        self.diagnostics.push(self.source.finding(&diagnostic::FIELD_TYPE, span.clone(), message));
    }

    /// The value of `node` as `kind`; nothing when a shape is wanted that it does not have.
    fn field(&mut self, node: &Node, name: &str, kind: &FieldType) -> Option<Field> {
        let span = node.span.clone();
        if is_left_in_braces(node) && !holds_maps(kind) {
            let message = format!("`{name}` is what the template leaves to be filled in");
            self.diagnostics.push(self.source.finding(&diagnostic::TEMPLATE_LEFT, span, message).hint("fill it in, or take the line out"));
            return None;
        }
        match kind {
            FieldType::List(of) => {
                let entries = self.members(node, name, of);
                Some(Field { value: Value::List(entries), span })
            }
            FieldType::Map(fields) => self.map(node, name, fields),
            FieldType::Reference(_) => Some(Field { value: Value::Reference(reference_text(node)?), span }),
            _ => match &node.value {
                NodeValue::Scalar { text, .. } => Some(Field { value: self.scalar(text, &span, name, kind), span }),
                _ => {
                    self.complain(&span, format!("`{name}` is {}, and should be a {}", node.describe(), kind.name()));
                    None
                }
            },
        }
    }

    /// `links: [{target: 3, kind: supersedes}]`; whether `node` is of that shape.
    fn links(&mut self, node: &Node, kind: &Kind, config: &Config, relations: &mut Vec<WrittenRelation>) -> bool {
        let link = |member: &Node| {
            let (target, verb) = (member.get("target")?.text()?, member.get("kind")?.text()?);
            let name = relation_name(kind, config, verb).unwrap_or("related");
            Some(WrittenRelation { name: name.to_owned(), target: target.to_owned(), span: member.span.clone(), is_phrase: false })
        };
        let found: Option<Vec<WrittenRelation>> = node.members().iter().map(link).collect();
        let is_links = found.as_ref().is_some_and(|found| !found.is_empty());
        relations.extend(found.unwrap_or_default());
        is_links
    }

    fn members(&mut self, node: &Node, name: &str, of: &FieldType) -> Vec<Field> {
        if let (NodeValue::Scalar { text, .. }, FieldType::Person) = (&node.value, of) {
            return comma_separated(text, &node.span);
        }
        if let (NodeValue::Scalar { text, .. }, "tags") = (&node.value, name) {
            return comma_separated(text, &node.span);
        }
        // `{Ada, Bob}`: braces where brackets are meant, as MADR's template suggests.
        let in_braces: Option<Vec<&Node>> = node
            .entries()
            .filter(|entries| matches!(of, FieldType::Person | FieldType::String) && entries.iter().all(|(_, value)| value.is_null()))
            .map(|entries| entries.iter().map(|(key, _)| key).collect());
        let members = in_braces.unwrap_or_else(|| node.members().iter().filter(|member| !member.is_null()).collect());
        members.into_iter().filter_map(|member| self.field(member, name, of)).collect()
    }

    fn map(&mut self, node: &Node, name: &str, declared: &BTreeMap<String, FieldDeclaration>) -> Option<Field> {
        let Some(entries) = node.entries() else {
            if let (NodeValue::Scalar { text, .. }, Some(main)) = (&node.value, main_entry(declared)) {
                if self.config.vocabulary.is_nothing(text) {
                    return None;
                }
                let entry = Field { value: Value::Text(text.clone()), span: node.span.clone() };
                return Some(Field { value: Value::Map(vec![(main.to_owned(), entry)]), span: node.span.clone() });
            }
            self.complain(&node.span, format!("`{name}` is {}, and should be a mapping", node.describe()));
            return None;
        };
        let mut fields = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let written = key.text().unwrap_or_default();
            let declaration = declared.get_key_value(written);
            if value.is_null() {
                continue;
            }
            match declaration {
                Some((entry, declaration)) => {
                    fields.extend(self.field(value, entry, &declaration.kind).map(|field| (entry.clone(), field)));
                }
                None => {
                    let hint = did_you_mean(&nearest(written, declared.keys().map(String::as_str), 1))
                        .unwrap_or_else(|| format!("it may hold {}", declared.keys().cloned().collect::<Vec<_>>().join(", ")));
                    let message = format!("`{name}` has no entry `{written}`");
                    self.diagnostics.push(self.source.finding(&diagnostic::FIELD_UNKNOWN, key.span.clone(), message).hint(hint));
                    fields.extend(
                        value
                            .text()
                            .map(|text| (written.to_owned(), Field { value: Value::Text(text.to_owned()), span: value.span.clone() })),
                    );
                }
            }
        }
        let known: BTreeMap<String, Field> = fields.iter().cloned().collect();
        self.missing(&known, declared, node.span.start..node.span.start + 1, name);
        Some(Field { value: Value::Map(fields), span: node.span.clone() })
    }

    fn missing(&mut self, fields: &BTreeMap<String, Field>, declared: &BTreeMap<String, FieldDeclaration>, at: Range<usize>, of: &str) {
        for (name, declaration) in declared.iter().filter(|(name, declaration)| declaration.required && !fields.contains_key(*name)) {
            let message = format!("`{of}` has no `{name}`");
            let found = self.source.finding(&diagnostic::FIELD_MISSING, at.clone(), message);
            self.diagnostics.push(found.hint(format!("add `{name}:`, a {}", declaration.kind.name())));
        }
    }

    /// The text as a value of `kind`; as the text it is, with a diagnostic, when it is none.
    fn scalar(&mut self, text: &str, span: &Range<usize>, name: &str, kind: &FieldType) -> Value {
        let text = text.trim();
        let value = match kind {
            FieldType::Integer => {
                text.parse().map(Value::Integer).map_err(|_| format!("`{text}` is no whole number from {} to {}", i64::MIN, i64::MAX))
            }
            FieldType::Number => number(text).map(Value::Number).ok_or_else(|| format!("`{text}` is no number; write 0.4 or 40%")),
            FieldType::Boolean => match boolean(text) {
                Some(answer) => Ok(Value::Boolean(answer)),
                None if name == "draft" => Ok(draft::unclear(text, span, self.source, self.config, self.diagnostics)),
                None => Err(format!("`{text}` is neither true nor false")),
            },
            FieldType::Date => match (Date::parse(text), read_date(text, self.day_order)) {
                (Ok(date), _) | (Err(_), Some(FoundDate { date: Ok(date), .. })) => Ok(Value::Date(date)),
                (Err(_), Some(FoundDate { date: Err(problem), .. })) if problem.message.starts_with("it may be") => {
                    self.diagnostics.push(unread_date(self.source, &problem, name, text, span.clone()));
                    Ok(problem.known.map_or_else(|| Value::Text(text.to_owned()), Value::Date))
                }
                (Err(message), _) => Err(message),
            },
            FieldType::DateTime => Moment::parse(text).or_else(|message| self.moment(text).ok_or(message)).map(Value::Moment),
            FieldType::Duration if !is_duration(text) => Err(format!("`{text}` is no duration; write 15m or 1h 30m")),
            FieldType::Enum(words) if name != "status" && !words.is_empty() => {
                match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
                    Some(word) => Ok(Value::Text(word.clone())),
                    None => Err(format!("`{text}` is none of {}", words.join(", "))),
                }
            }
            FieldType::Url => match scheme::of(text) {
                Scheme::Refused(refused) => Err(format!("an address that begins with `{refused}:` is not followed")),
                _ => Ok(Value::Text(text.to_owned())),
            },
            _ => Ok(Value::Text(text.to_owned())),
        };
        match value {
            Ok(value) => {
                self.check_year(&value, span);
                value
            }
            Err(message) => {
                self.complain(span, format!("`{name}`: {message}"));
                Value::Text(if matches!(kind, FieldType::Url) { String::new() } else { text.to_owned() })
            }
        }
    }

    /// A time as timelines write it: `2024-02-03 10:00 UTC`.
    fn moment(&self, text: &str) -> Option<Moment> {
        let clockwork = Clockwork { vocabulary: &self.config.vocabulary, order: self.day_order, zone: None, day: None };
        let read = clockwork.read(text);
        let is_exact = !read.is_approximate && read.until.is_none() && read.problem.is_none() && text[read.end..].trim().is_empty();
        read.at.filter(|at| is_exact && at.has_clock())
    }

    fn check_year(&mut self, value: &Value, span: &Range<usize>) {
        let year = match value {
            Value::Date(date) => date.year(),
            Value::Moment(moment) => moment.date().year(),
            _ => return,
        };
        if !YEARS.contains(&year) {
            let message = format!("the year {year} is far away");
            self.diagnostics.push(self.source.finding(&diagnostic::DATE_FAR, span.clone(), message).hint("mend the year"));
        }
    }

    fn relation(&mut self, node: &Node, name: &str) -> Vec<WrittenRelation> {
        // What another program arranges under the name names no record here: `related: {sections: [...]}`.
        if node.entries().is_some_and(|entries| entries.iter().any(|(_, value)| !matches!(value.value, NodeValue::Scalar { .. }))) {
            let message = format!("`{name}` holds more than references; it is not shown");
            let found = self.source.finding(&diagnostic::FIELD_UNDECLARED, node.span.clone(), message);
            self.diagnostics.push(found.hint("write a list of the records it names"));
            return Vec::new();
        }
        let members = node.members().iter().filter(|member| !member.is_null());
        let written = members.flat_map(|member| {
            let targets = reference_text(member).map(|target| numbers(&target).unwrap_or_else(|| vec![target]));
            if targets.is_none() {
                self.complain(&member.span, format!("`{name}` holds {}, and should hold references", member.describe()));
            }
            let relation = |target| WrittenRelation { name: name.to_owned(), target, span: member.span.clone(), is_phrase: false };
            targets.unwrap_or_default().into_iter().map(relation).collect::<Vec<_>>()
        });
        let written: Vec<_> = written.collect();
        written.into_iter().filter(|relation| !self.config.vocabulary.is_nothing(&relation.target)).collect()
    }

    /// A field that nobody declared: a slip when a declared one is near; else worth a word where kinds are strict.
    fn unknown(&mut self, key: &Node, name: &str, kind: &Kind) {
        if self.config.vocabulary.is_for_other_program(name) {
            return;
        }
        if let Some((known, _)) = self.config.vocabulary.key(name)
            && kind.fields.contains_key(known)
            && !kind.free
        {
            let message = format!("`{name}` means `{known}`, which is said already; it is not shown");
            self.diagnostics.push(self.source.finding(&diagnostic::FIELD_UNDECLARED, key.span.clone(), message).hint("say both in one"));
            return;
        }
        let names = kind.fields.keys().chain(kind.relations.iter().map(|relation| &relation.name)).map(String::as_str);
        let near = names.filter(|known| {
            let slips_max = if kind.free || name.len() <= 5 { 1 } else { 2 };
            known.len() > 3 && name.len() > 3 && strsim::damerau_levenshtein(&fold_key(known), &fold_key(name)) <= slips_max
        });
        if let Some(known) = near.min_by_key(|known| strsim::damerau_levenshtein(known, name)) {
            let message = format!("a {} has no field `{name}`", kind.name);
            self.diagnostics
                .push(self.source.finding(&diagnostic::FIELD_UNKNOWN, key.span.clone(), message).hint(format!("did you mean `{known}`?")));
        } else if !kind.free {
            let message = format!("a {} declares no field `{name}`; it is not shown", kind.name);
            self.diagnostics.push(
                self.source
                    .finding(&diagnostic::FIELD_UNDECLARED, key.span.clone(), message)
                    .hint("declare it under `kinds:` in handbook.yaml"),
            );
        }
    }
}

/// The one entry of a mapping that must be there, where it is a text: a text alone in place of the mapping is that entry.
fn main_entry(declared: &BTreeMap<String, FieldDeclaration>) -> Option<&str> {
    let mut required = declared.iter().filter(|(_, declaration)| declaration.required);
    let (name, declaration) = required.next()?;
    (required.next().is_none() && matches!(declaration.kind, FieldType::String | FieldType::Text)).then_some(name)
}

/// Whether a value is a text in braces, as templates leave it, `{list everyone involved in the decision}`, which is a mapping
/// without values to YAML.
fn is_left_in_braces(node: &Node) -> bool {
    let is_sentence = |(key, value): &(Node, Node)| value.is_null() && key.text().is_some_and(|key| key.split_whitespace().count() > 2);
    node.entries().is_some_and(|entries| entries.iter().all(|(_, value)| value.is_null()) && entries.iter().any(is_sentence))
}

fn holds_maps(kind: &FieldType) -> bool {
    match kind {
        FieldType::Map(_) => true,
        FieldType::List(of) => holds_maps(of),
        _ => false,
    }
}

/// The values of a mapping that holds nothing but texts: `prs: {accepted: https://...}`.
fn values_of(node: &Node) -> Option<Vec<Field>> {
    let entries = node.entries()?.iter().filter(|(_, value)| !value.is_null());
    entries.map(|(_, value)| Some(Field { value: Value::Text(value.text()?.to_owned()), span: value.span.clone() })).collect()
}

/// Yes or no, in the words of YAML, old ones included.
fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    let number = match text.strip_suffix('%') {
        Some(percentage) => percentage.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()?,
    };
    number.is_finite().then_some(number)
}

fn comma_separated(text: &str, span: &Range<usize>) -> Vec<Field> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| Field { value: Value::Text(word.to_owned()), span: span.clone() }).collect()
}

/// The numbers in a text that has nothing else: `2718, 2930`.
fn numbers(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
    let is_number = |part: &String| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() > 1 && parts.iter().all(is_number)).then_some(parts)
}

/// A reference as written. `[[Terraform]]` without quotes is, to YAML, a list in a list.
fn reference_text(node: &Node) -> Option<String> {
    let mut node = node;
    while let NodeValue::Sequence(members) = &node.value {
        let [only] = members.as_slice() else { return None };
        node = only;
    }
    node.text().map(|text| text.trim().to_owned())
}
