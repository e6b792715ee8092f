//! `handbook` turns a folder of Markdown into a searchable web site.
pub mod calendar;
pub mod config;
pub mod diagnostic;
pub mod highlight;
pub mod link;
pub mod markdown;
pub mod load;
pub mod model;
pub mod parse;
pub mod scheme;
pub mod slug;
pub mod yaml;
