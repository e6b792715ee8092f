//! `handbook confirm`: somebody looked at a record again and it holds; the day of the next look moves, and the record keeps why.

use crate::cli::ConfirmArguments;
use crate::command::change::metadata::{Change, write_fields};
use crate::command::change::{Plan, Workplace};
use crate::command::init::quoted;
use crate::command::{Failure, Outcome, show};
use crate::model::field::Value;
use crate::model::kind::Meaning;
use crate::pipeline::Assembled;

/// The field that holds the day of the next look, and the one that holds the looks that were taken.
const REVIEW: &str = "review_by";
const CONFIRMED: &str = "confirmed";

/// Moves the day by which a record is looked at again, and adds the reason to the record.
pub fn run(arguments: &ConfirmArguments) -> Result<Outcome, Failure> {
    let place = Workplace::open(&arguments.place)?;
    let index = show::find(&place.assembled.handbook, &arguments.reference, &[])?;
    let record = place.record(index);
    let refuse = |message: String| Err(Failure::Usage(message));
    let because = arguments.because.trim();
    if because.is_empty() {
        return refuse("say why it holds: `--because \"...\"`".to_owned());
    }
    let today = place.occasion.today;
    if arguments.until <= today {
        return refuse(format!("{} is not after today, {today}", arguments.until));
    }
    let standing = &place.assembled.handbook.linked[index].standing;
    if let Some(status) = standing.status.as_ref().filter(|status| status.meaning == Meaning::Closed) {
        return refuse(format!("{} is {}, so there is nothing to confirm", record.path(), status.name));
    }
    let entry = format!("{{date: {today}, because: {}}}", in_flow(because));
    let changes = [(REVIEW, Change::Set(arguments.until.iso())), (CONFIRMED, Change::Append(entry))];
    let mut plan = Plan::default();
    plan.edit(index, write_fields(record, &changes).map_err(Failure::Usage)?);
    let path = record.path();
    let n_before = record.fields.get(CONFIRMED).map_or(0, |field| field.entries().len());
    let is_done = |outcome: &Assembled| {
        let record = outcome.handbook.records.iter().find(|record| record.path() == path);
        record.is_some_and(|record| {
            let says = record
                .fields
                .get(CONFIRMED)
                .is_some_and(|field| matches!(field.value, Value::List(_)) && field.entries().len() == n_before + 1);
            says && record.date_field(REVIEW) == Some(arguments.until)
        })
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    place.carry_out(&plan, arguments.dry_run, is_done, &mut out)
}

/// `text` as a value within braces, where a comma would end it.
fn in_flow(text: &str) -> String {
    if text.contains(',') { serde_json::Value::from(text).to_string() } else { quoted(text) }
}
