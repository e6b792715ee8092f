//! What a new record shall be: as the command line says, and, on a terminal, as its author answers.

use std::io::{BufRead, Write};

use crate::cli::{NewArguments, OccasionArguments};
use crate::command::ask::{self, Choice, Questions};
use crate::command::{Failure, open, show};
use crate::git;
use crate::ledger::people::people;
use crate::model::handbook::Handbook;
use crate::model::kind::{FieldType, Kind};
use crate::model::name::KindName;
use crate::pipeline::Assembled;
use crate::slug;

/// Choices that are listed; of more, one is named.
const LISTED_MAX: usize = 24;

/// The answer of who wants no owner.
const NOBODY: &str = "nobody";

/// What a new record shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The name of its kind, in any form.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// A reference to who keeps it.
    pub owner: Option<String>,
    /// Who writes it.
    pub authors: Vec<String>,
}

/// What `arguments` say, and the answers to what they leave out.
pub fn wanted(arguments: &NewArguments) -> Result<Wanted, Failure> {
    let (kind, title) = (arguments.kind.clone(), arguments.title.clone());
    if let (Some(kind), Some(title)) = (&kind, &title) {
        let (owner, authors) = (arguments.owner.clone(), arguments.authors.clone());
        return Ok(Wanted { kind: kind.clone(), title: title.clone(), owner, authors });
    }
    if arguments.yes || !ask::is_possible() {
        let example = format!("`handbook new {} \"Its title\"`", kind.as_deref().unwrap_or("decision"));
        let missing = if kind.is_none() { "the kind and the title are missing" } else { "the title is missing" };
        return Err(Failure::Usage(format!("{missing}: {example}")));
    }
    let everything = OccasionArguments { drafts: true, audience: None, ..arguments.place.occasion.clone() };
    let (assembled, _) = open(&arguments.place.dir, &everything)?;
    interview(&mut ask::on_terminal(), &assembled, arguments)
}

fn interview(questions: &mut Questions<impl BufRead, impl Write>, assembled: &Assembled, given: &NewArguments) -> Result<Wanted, Failure> {
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    let kind = match &given.kind {
        Some(kind) => kind.clone(),
        None => questions.choice("Kind", &kinds(&config.kinds), config.kinds.first().map_or("", |kind| kind.name.as_str()))?,
    };
    let declared = config.kind_called(&kind).ok_or_else(|| super::unknown_kind(config, &kind))?;
    let is_title =
        |title: &str| if super::file_name(title).is_empty() { Err("the title needs a letter or a digit".to_owned()) } else { Ok(()) };
    let title = questions.text("Title", "", is_title)?;
    let user = git::user_name(&given.place.dir).unwrap_or_default();
    let people = people(handbook, config);
    let owner = match (&given.owner, keepers(declared)) {
        (Some(owner), _) => Some(owner.clone()),
        (None, Some(kinds)) => {
            let known = people.iter().find(|person| slug::fold(&person.name) == slug::fold(&user));
            let own = known.and_then(|person| person.roles.iter().find(|role| role.left.is_none()));
            let default = own.map_or("", |role| handbook.records[role.team].slug());
            owner(questions, handbook, kinds, default)?
        }
        (None, None) => None,
    };
    let names: Vec<Choice> = people.iter().map(|person| Choice::new(&person.name, "")).collect();
    let names = if names.len() > LISTED_MAX { &[] } else { names.as_slice() };
    let has_authors =
        matches!(declared.fields.get("authors").map(|field| &field.kind), Some(FieldType::List(of)) if **of == FieldType::Person);
    let authors = match has_authors && given.authors.is_empty() {
        true => questions.several("Authors, with commas between them", names, &user)?,
        false => given.authors.clone(),
    };
    Ok(Wanted { kind, title, owner, authors })
}

fn kinds(kinds: &[Kind]) -> Vec<Choice> {
    kinds.iter().map(|kind| Choice::new(kind.name.as_str(), &kind.about)).collect()
}

/// The kinds of records that can keep one of this kind.
fn keepers(kind: &Kind) -> Option<&[KindName]> {
    match &kind.fields.get("owner")?.kind {
        FieldType::Reference(kinds) => Some(kinds),
        _ => None,
    }
}

/// Asks who keeps the record, if anybody can.
fn owner(
    questions: &mut Questions<impl BufRead, impl Write>,
    handbook: &Handbook,
    kinds: &[KindName],
    default: &str,
) -> Result<Option<String>, Failure> {
    let mut keepers: Vec<Choice> = handbook
        .records
        .iter()
        .filter(|record| kinds.contains(&record.kind) && !record.path().is_index())
        .map(|record| Choice::new(record.slug(), &record.title))
        .collect();
    if keepers.is_empty() {
        return Ok(None);
    }
    if keepers.len() > LISTED_MAX {
        let check = |answer: &str| match answer {
            "" => Ok(()),
            answer => show::find(handbook, answer, kinds).map(drop).map_err(|failure| failure.to_string()),
        };
        let question = if default.is_empty() { "Owner, empty for none" } else { "Owner" };
        let answer = questions.text(question, default, check)?;
        return Ok(Some(answer).filter(|answer| !answer.is_empty()));
    }
    keepers.push(Choice::new(NOBODY, "the record has no owner"));
    let answer = questions.choice("Owner", &keepers, if default.is_empty() { NOBODY } else { default })?;
    Ok(Some(answer).filter(|answer| answer != NOBODY))
}
