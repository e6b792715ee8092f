//! What holds for a record of a mounted folder where the record itself is silent.

use std::collections::BTreeMap;

use crate::config::Source;
use crate::model::field::{Field, Value};
use crate::model::kind::{FieldType, Kind};
use crate::model::record::WrittenStatus;

/// Where `source` says that its records stand.
pub fn status(kind: &Kind, source: Option<&Source>) -> Option<WrittenStatus> {
    let written = source?.status.as_ref()?;
    let status = kind.status(written)?;
    Some(WrittenStatus { name: Some(status.name.clone()), written: written.clone(), span: 0..0 })
}

/// Adds what `source` says of its records to `fields`, as far as the kind has such fields and they are not filled in.
pub fn complete(fields: &mut BTreeMap<String, Field>, kind: &Kind, source: Option<&Source>) {
    let Some(source) = source else { return };
    // A page, or a team among decisions, has other places to stand, or none.
    let status = source.status.as_ref().filter(|status| kind.status(status).is_some());
    for (name, default) in [("owner", source.owner.as_ref()), ("status", status)] {
        let (Some(text), Some(declaration)) = (default, kind.fields.get(name)) else { continue };
        let value = match declaration.kind {
            FieldType::Reference(_) => Value::Reference(text.clone()),
            _ => Value::Text(text.clone()),
        };
        fields.entry(name.to_owned()).or_insert(Field { value, span: 0..0 });
    }
}
