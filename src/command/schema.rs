//! `handbook schema`: what front matter may say, as JSON Schema (draft 2020-12) for editors and other programs.

use std::io::Write;

use serde_json::{Map, Value, json};

use crate::cli::SchemaArguments;
use crate::command::{Failure, Outcome};
use crate::config::Config;
use crate::diagnostic::{did_you_mean, nearest};
use crate::load::Project;
use crate::model::kind::{FieldDeclaration, FieldType, Kind};

/// Prints the schema of one kind, or of all: a record is of the kind that it says it is.
pub fn run(arguments: &SchemaArguments) -> Result<Outcome, Failure> {
    let (config, _) = Project::open(&arguments.place.dir)?.config()?;
    let schema = match &arguments.kind {
        Some(word) => schema(config.kind_called(word).ok_or_else(|| unknown(word, &config))?, &config),
        None => whole(&config),
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    writeln!(out, "{schema:#}")?;
    Ok(Outcome::Fine)
}

fn unknown(word: &str, config: &Config) -> Failure {
    let names: Vec<&str> = config.kinds.iter().map(|kind| kind.name.as_str()).collect();
    let hint = did_you_mean(&nearest(word, names.iter().copied(), 1)).unwrap_or_else(|| format!("kinds are {}", names.join(", ")));
    Failure::Usage(format!("no kind is called `{word}`; {hint}"))
}

fn whole(config: &Config) -> Value {
    let definitions: Map<String, Value> = config.kinds.iter().map(|kind| (kind.name.to_string(), schema(kind, config))).collect();
    let chosen = config.kinds.iter().map(|kind| {
        let is_said = json!({"properties": {"kind": {"const": kind.name.as_str()}}, "required": ["kind"]});
        json!({"if": is_said, "then": {"$ref": format!("#/$defs/{}", kind.name)}})
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Front matter of {}", config.title),
        "type": "object",
        "properties": {"kind": kind_property(config)},
        "allOf": chosen.collect::<Vec<_>>(),
        "$defs": definitions,
    })
}

fn kind_property(config: &Config) -> Value {
    json!({"enum": config.kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(), "description": "What the record is; else its folder tells."})
}

/// What a record of `kind` may say.
fn schema(kind: &Kind, config: &Config) -> Value {
    let mut properties = properties(&kind.fields, kind, config);
    properties.insert("kind".to_owned(), kind_property(config));
    for relation in &kind.relations {
        properties.insert(relation.name.clone(), references(&relation.label));
        if !relation.inverse.is_empty() {
            properties.insert(relation.inverse.clone(), references(&relation.inverse_label));
        }
    }
    let required = kind.fields.iter().filter(|(_, declaration)| declaration.required).map(|(name, _)| name.as_str());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.label,
        "description": kind.about,
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
    })
}

fn properties(fields: &std::collections::BTreeMap<String, FieldDeclaration>, kind: &Kind, config: &Config) -> Map<String, Value> {
    let property = |(name, declaration): (&String, &FieldDeclaration)| {
        let mut schema = match name.as_str() {
            "status" => {
                json!({"anyOf": [{"enum": kind.statuses.iter().map(|status| status.name.as_str()).collect::<Vec<_>>()}, {"type": "string"}]})
            }
            "audience" => json!({"enum": config.audiences}),
            _ => of_type(&declaration.kind, kind, config),
        };
        if !declaration.about.is_empty() {
            schema["description"] = declaration.about.as_str().into();
        }
        (name.clone(), schema)
    };
    fields.iter().map(property).collect()
}

fn references(label: &str) -> Value {
    let one = json!({"type": ["string", "integer"]});
    json!({"anyOf": [one, {"type": "array", "items": one}], "description": label})
}

fn of_type(field: &FieldType, kind: &Kind, config: &Config) -> Value {
    match field {
        FieldType::String => json!({"type": ["string", "number", "boolean"]}),
        FieldType::Text | FieldType::Person => json!({"type": "string"}),
        FieldType::Integer => json!({"type": "integer"}),
        FieldType::Number => json!({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9.]+ ?%?$"}]}),
        FieldType::Boolean => json!({"type": "boolean"}),
        FieldType::Date => json!({"type": ["string", "integer"], "pattern": r"^[0-9]{4}(-[0-9]{2}){0,2}"}),
        FieldType::DateTime => json!({"type": ["string", "integer"], "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"}),
        FieldType::Duration => json!({"type": "string"}),
        FieldType::Url => json!({"type": "string", "format": "uri-reference"}),
        FieldType::Enum(words) => json!({"enum": words}),
        FieldType::Reference(_) => json!({"type": ["string", "integer"]}),
        FieldType::List(of) => {
            let one = of_type(of, kind, config);
            json!({"anyOf": [{"type": "array", "items": one}, one]})
        }
        FieldType::Map(fields) => {
            let required: Vec<&str> = fields.iter().filter(|(_, field)| field.required).map(|(name, _)| name.as_str()).collect();
            json!({"type": "object", "properties": properties(fields, kind, config), "required": required})
        }
    }
}
