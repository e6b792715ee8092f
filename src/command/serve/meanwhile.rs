//! What is shown while the first snapshot is not taken: ten thousand records take seconds to read, and one takes a millisecond.
//!
//! Where the address that is asked for names one file for certain, by the rule that makes addresses of paths, that record is shown:
//! as a handbook of one record, so that its links are text. Anywhere else stands how far reading is. Either makes room by itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::calendar::Date;
use crate::config::Config;
use crate::highlight::Highlighter;
use crate::link::audience::Scope;
use crate::load::{Input, Survey, ThemeFiles};
use crate::model::name::{OutputPath, SourcePath};
use crate::parse::output_of_path;
use crate::pipeline::{BuildError, Memo, Occasion, assemble, setting, site, theme_assets};
use crate::render::{Page, Setting, Theme, Unread, pages, render};
use crate::serve::{Outcome, Pages, Reply};

/// The address of the front page.
const HOME: &str = "index.html";

/// What is shown while the first snapshot is not taken.
pub struct Meanwhile {
    /// The handbook without its records.
    blank: Input,
    occasion: Occasion,
    theme: Theme,
    assets: BTreeMap<OutputPath, Vec<u8>>,
    /// The files that addresses name for certain.
    files: BTreeMap<OutputPath, SourcePath>,
    /// How far reading is, while it goes on.
    count: Arc<Count>,
    /// Why there is nothing to show, until that is mended.
    trouble: Option<String>,
}

/// How far reading is, told by any number of threads.
#[derive(Debug, Default)]
pub struct Count {
    n_read: AtomicUsize,
    n_records: AtomicUsize,
}

impl Count {
    /// One more of `n_records` is read; how many that makes.
    pub fn advance(&self, n_records: usize) -> usize {
        self.n_records.store(n_records, Ordering::Relaxed);
        self.n_read.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn unread(&self) -> Unread {
        Unread { n_read: self.n_read.load(Ordering::Relaxed), n_records: self.n_records.load(Ordering::Relaxed) }
    }
}

impl Meanwhile {
    /// What can be shown of a handbook before its records are read.
    pub fn of(survey: &Survey, occasion: Occasion, count: Arc<Count>) -> Result<Self, BuildError> {
        let mut files: BTreeMap<OutputPath, Option<SourcePath>> = BTreeMap::new();
        // For an audience, not even that there is such a file is told.
        for path in survey.markdown().filter(|_| occasion.scope.audience.is_none()) {
            files.entry(output_of_path(path)).and_modify(|found| *found = None).or_insert(Some(path.clone()));
        }
        count.n_records.store(survey.markdown().count(), Ordering::Relaxed);
        let files = files.into_iter().filter_map(|(output, path)| Some((output, path?))).collect();
        Ok(Self { files, count, ..Self::blank(survey.blank(), occasion)? })
    }

    /// What can be shown before anything is known: that it is on its way.
    pub fn unknown() -> Self {
        let config = Config::built_in("Handbook");
        let occasion = Occasion { today: Date::today(), scope: Scope::default() };
        Self::blank(Input::blank(config, ThemeFiles::built_in()), occasion).expect("the theme that comes with the program is right")
    }

    /// What can be shown where nothing can be: why.
    pub fn troubled(reason: &str) -> Self {
        Self { trouble: Some(reason.to_owned()), ..Self::unknown() }
    }

    fn blank(blank: Input, occasion: Occasion) -> Result<Self, BuildError> {
        let theme = Theme::compile(&blank.theme)?;
        let assets = theme_assets(&theme, true).into_iter().map(|file| (file.path, file.bytes)).collect();
        Ok(Self { blank, occasion, theme, assets, files: BTreeMap::new(), count: Arc::default(), trouble: None })
    }

    /// The page at `path`, as far as it follows from its own file. None for an audience: what the text of a record tells of others
    /// can be taken out only when those are known.
    fn alone(&self, path: &OutputPath) -> Option<Vec<u8>> {
        let source = match self.files.get(path) {
            Some(file) => Some(Arc::new(self.blank.read_alone(file).filter(|_| !self.has_side_car(file))?)),
            None if path.as_str() == HOME => None,
            None => return None,
        };
        if self.trouble.is_some() || self.occasion.scope.audience.is_some() {
            return None;
        }
        let input = self.blank.with_sources(source.into_iter().collect());
        self.rendered(input, path, |page| Some(page?.clone()).filter(|page| matches!(page, Page::Record(_) | Page::Home)))
    }

    fn has_side_car(&self, file: &SourcePath) -> bool {
        file.side_cars().iter().any(|beside| self.blank.files.contains_key(beside))
    }

    /// The page that says how far reading is, or why there is nothing.
    fn waiting(&self, path: &OutputPath) -> Option<Vec<u8>> {
        self.rendered(self.blank.clone(), path, |_| Some(Page::Waiting(self.trouble.clone())))
    }

    /// The page at `path` of the handbook `input`: the one that `choose` makes of what that has there.
    fn rendered(&self, input: Input, path: &OutputPath, choose: impl Fn(Option<&Page>) -> Option<Page>) -> Option<Vec<u8>> {
        let assembled = assemble(input, &mut Memo::default(), self.occasion.scope);
        let unread = self.trouble.is_none().then(|| self.count.unread());
        let setting = Setting { unread, findings: Arc::default(), ..setting(&assembled, &self.occasion, true) };
        let highlighter = Highlighter::default();
        let site = site(&assembled, &self.theme, &highlighter, setting);
        let page = choose(pages(&site).get(path))?;
        render(&site, path, &page).ok().map(|file| file.bytes)
    }
}

impl Pages for Meanwhile {
    fn has(&self, path: &str) -> bool {
        self.assets.contains_key(path) || self.files.contains_key(path)
    }

    fn is_settled(&self, path: &str) -> bool {
        self.trouble.is_some() || self.assets.contains_key(path)
    }

    fn edit(&self, _: &str, _: Option<&str>) -> Result<(), String> {
        Err("the handbook is still being read".to_owned())
    }

    fn reply(&self, path: &str) -> Option<Reply> {
        if let Some(bytes) = self.assets.get(path) {
            return Some(Reply { bytes: bytes.clone(), name: path.to_owned(), outcome: Outcome::Found });
        }
        let path = OutputPath::new(path);
        // Templates of a team's own may fail; what is wrong with them is told when everything else is known.
        let (bytes, name) = match self.alone(&path).or_else(|| self.waiting(&path)) {
            Some(bytes) => (bytes, "waiting.html"),
            None => (b"the handbook is being read\n".to_vec(), "waiting.txt"),
        };
        Some(Reply { bytes, name: name.to_owned(), outcome: Outcome::NotYet })
    }
}
