//! The linked handbook to pages. [`pages`] is the table of what the site consists of; [`render`] makes one of them.
//!
//! `build` maps [`render`] over the table, on all processors; `serve` calls it for the page that a browser asks for.
//! Both give the same bytes, since a page depends on nothing but the [`Site`].

pub mod bundle;
mod calendar;
mod compact;
mod draw;
mod feed;
mod formats;
mod frame;
mod history;
mod overview;
mod page;
mod quotes;
mod record;
mod shared;
mod theme;
mod view;

use std::fmt;
use std::sync::Arc;

use tera::Context;

use crate::calendar::Date;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::highlight::Highlighter;
use crate::ledger::Ledger;
use crate::model::forge::Origin;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::history::History;
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};

pub use feed::News;
pub use overview::Overview;
pub use page::pages;
pub use quotes::Shown;
pub use theme::{Theme, ThemeError};

/// Everything that a page can depend on.
pub struct Site<'a> {
    /// The linked records.
    pub handbook: &'a Handbook,
    /// What they amount to.
    pub ledger: &'a Ledger,
    /// Where the records come from.
    pub past: Past<'a>,
    /// What the team set.
    pub config: &'a Config,
    /// Templates and assets.
    pub theme: &'a Theme,
    /// Marks up code.
    pub highlighter: &'a Highlighter,
    /// For whom, when and where it is shown.
    pub setting: Setting,
    /// What all pages share, made once.
    shared: Context,
}

/// Where the records come from: who changed them and when, and where they are on the web.
pub struct Past<'a> {
    /// The history of the files.
    pub history: &'a History,
    /// The repositories' hosts.
    pub origins: Vec<Origin>,
}

/// For whom, when and where a site is shown.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The day for which overdue and stale are reckoned.
    pub today: Date,
    /// The audience that the site is for, when it is not for all.
    pub audience: Option<String>,
    /// The pages reload themselves: the site is being served to its author.
    pub is_live: bool,
    /// What is wrong, shown to the author while the site is served.
    pub findings: Arc<Vec<Diagnostic>>,
    /// What is not known yet: pages are shown before all records are read.
    pub unread: Option<Unread>,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Records that are read.
    pub n_read: usize,
    /// All of them; 0 while that is not known.
    pub n_records: usize,
}

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// The front page.
    Home,
    /// A record.
    Record(RecordIndex),
    /// A page of the list of a kind: which collection, and which part of it, from 1.
    List(usize, usize),
    /// A folder that has no page of its own.
    Folder(String),
    /// All tags.
    Tags,
    /// One tag: an index into the handbook's tags.
    Tag(usize),
    /// A page about many records, and which part of it, from 1.
    Overview(Overview, usize),
    /// The same for programs.
    Data(Overview),
    /// The rituals of a team, or of all, for calendar programs.
    Calendar(Option<RecordIndex>),
    /// The search page.
    Search,
    /// What a host shows when there is no such page.
    NotFound,
    /// Leads from an old address to a record.
    Redirect(RecordIndex),
    /// The news.
    Feed(News),
    /// All addresses, for search engines.
    Sitemap,
    /// What search engines may read.
    Robots,
    /// Everything that is wrong; while the site is served only.
    Problems,
    /// How files were read: which of them, and which part, from 1; while the site is served only.
    Formats(formats::Group, usize),
    /// Stands for a page that is not known yet, or for all of them, with the reason why there is none.
    Waiting(Option<String>),
}

/// A page that could not be made.
#[derive(Clone, Debug)]
pub struct RenderError {
    /// Which one.
    pub path: OutputPath,
    /// What the template engine says: template, line, column.
    pub message: String,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the page {} can not be rendered\n{}", self.path, self.message)
    }
}

impl std::error::Error for RenderError {}

/// Bytes that a page may have.
const PAGE_BYTES_MAX: usize = 32 * 1024 * 1024;

impl<'a> Site<'a> {
    /// A site; what its pages share is put together here.
    pub fn new(
        handbook: &'a Handbook,
        ledger: &'a Ledger,
        past: Past<'a>,
        config: &'a Config,
        theme: &'a Theme,
        highlighter: &'a Highlighter,
        setting: Setting,
    ) -> Self {
        let mut site = Self { handbook, ledger, past, config, theme, highlighter, setting, shared: Context::new() };
        site.shared = shared::shared(&site);
        site
    }
}

/// Makes the page `page` at `path`.
pub fn render(site: &Site<'_>, path: &OutputPath, page: &Page) -> Result<OutputFile, RenderError> {
    let fail = |message: String| RenderError { path: path.clone(), message };
    let text = match page {
        Page::Robots => robots(site),
        Page::Data(overview) => overview::page::data(site, overview),
        Page::Calendar(team) => calendar::calendar(site, *team),
        _ => {
            let (template, context) = page::context(site, path, page);
            site.theme.render(template, &site.shared, &context).map_err(fail)?
        }
    };
    if text.len() > PAGE_BYTES_MAX {
        return Err(fail(format!("it has {} MiB, and a page may have {}", text.len() >> 20, PAGE_BYTES_MAX >> 20)));
    }
    Ok(OutputFile { path: path.clone(), bytes: text.into_bytes(), turn: Turn::Page })
}

fn robots(site: &Site<'_>) -> String {
    match &site.config.base_url {
        Some(base_url) => format!("User-agent: *\nAllow: /\nSitemap: {base_url}sitemap.xml\n"),
        None => "User-agent: *\nAllow: /\n".to_owned(),
    }
}
