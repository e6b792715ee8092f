//! Plain data that crosses the border of a stage.
//!
//! No file is opened here and no decision is taken: a type holds what one stage found and the next one needs.

pub mod field;
pub mod forge;
pub mod handbook;
pub mod history;
pub mod kind;
pub mod name;
pub mod output;
pub mod reading;
pub mod record;
pub mod section;
pub mod shape;
pub mod source;
pub mod told;
