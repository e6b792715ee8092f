//! What the records of a handbook amount to on a day: what held when, what is owed, promised, due, and how incidents went.
//!
//! Between `link` and `render`: each file is one question, and its answer is plain data, a function of the linked
//! handbook, the settings and the day. Nothing here asks for a kind by its name: a record takes part by the statuses,
//! relations and fields that its kind declares. A handbook that uses none of them gets empty answers.

pub mod tenure;
