//! `handbook` turns a team's engineering knowledge, Markdown in git, into a fast, searchable web site.
//!
//! One way, plain data; each stage is a function of the one before:
//!
//! ```text
//!  content/**.md     SourceFile       Record         Handbook                     OutputFile
//!  ────────────▶ load ─────────▶ parse ──────▶ link ─────┬─────▶ render ─▶ pages ─────┬─────▶ write ─▶ public/
//!                               one file      all files  ├─▶ ledger ─▶┘                    │
//!                               at a time     together   └─────▶ index ─▶ search data ─────┘
//!                                                                 └─▶ tantivy, for `handbook search`
//! ```
//!
//! 1. [`load`] reads folders: an [`Input`](load::Input) of source files, theme and settings ([`config`]).
//! 2. [`parse`] makes a [`Record`](model::record::Record) of one [`SourceFile`](model::source::SourceFile); it never fails.
//!    The text is read by [`markdown`], the head by [`yaml`] (JSON, too) or [`toml`](mod@toml). What it found is kept on disk between two runs ([`cache`]).
//! 3. [`link`] joins the records that the build's audience may see into a [`Handbook`](model::handbook::Handbook):
//!    addresses, references, relations, backlinks, lists.
//! 4. [`ledger`] says what the records amount to on a day: what held when, what is owed, promised and due.
//! 5. [`index`] says what is searchable, keeps it in tantivy, and ranks what is found.
//! 6. [`render`] makes one page of the handbook and a theme. `build` calls it for all pages, `serve` for the page that a
//!    browser asks for.
//!    What git knows of the files ([`git`]) is asked for beside all this, and joins here.
//! 7. [`write`](mod@write) puts files into a folder, so that at every instant it is a whole site.
//!
//! [`pipeline`] is the only module that knows all stages; `serve` is the same pipeline, run again when [`watch`] sees a
//! change, over a [`Memo`](pipeline::Memo) of what did not change; so is [`lsp`], with open texts laid over the files.
//!
//! What holds everywhere:
//! - The middle (`parse`, `link`, `ledger`, `render`) opens no file and asks no clock: its results depend on its arguments alone.
//! - A flaw in somebody's content is a [`Diagnostic`](diagnostic::Diagnostic): collected, never thrown. A failure of the
//!   machine is an `Err` that names its path. A broken promise of ours is an `expect` that says why it should hold.
//! - Kinds are data (`src/kinds/*.yaml`): no module asks whether a record is a decision.
//! - A dependency is used in one module; `tests/architecture.rs` holds the code to that, and to the layers.

pub mod cache;
pub mod calendar;
pub mod check;
pub mod cli;
pub mod command;
pub mod config;
pub mod diagnostic;
pub mod disk;
pub mod git;
pub mod glob;
pub mod highlight;
pub mod index;
pub mod ledger;
pub mod link;
pub mod load;
pub mod lsp;
pub mod markdown;
pub mod model;
pub mod parse;
pub mod pipeline;
pub mod progress;
pub mod render;
pub mod scheme;
pub mod serve;
pub mod slug;
pub mod style;
pub mod toml;
pub mod watch;
pub mod write;
pub mod yaml;
