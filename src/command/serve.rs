//! `handbook serve`: the site while it is being written.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::ServeArguments;
use crate::command::{Failure, Outcome, folder, occasion, report};
use crate::index::browser;
use crate::load::Project;
use crate::model::name::OutputPath;
use crate::pipeline::{Assembled, BuildError, Memo, Occasion, assemble, setting, site, theme_assets};
use crate::render::{Page, Setting, Theme, pages, render};
use crate::serve::{Pages, Reply, Server};
use crate::watch::Watch;

/// Serves the site and follows what is written.
pub fn run(arguments: &ServeArguments) -> Result<Outcome, Failure> {
    let dir = folder(arguments.folder.as_ref(), &arguments.place);
    let project = Project::open(dir)?;
    let (config, _) = project.config()?;
    let content = project.content(&config)?;
    let occasion = occasion(&arguments.place.occasion, &config)?;
    let mut memo = Memo::default();
    let snapshot = Snapshot::take(&project, &mut memo, &occasion)?;
    say(&snapshot.summary());
    let mut seen = snapshot.fingerprint();
    let server = Server::new(snapshot);

    let watched: Vec<PathBuf> = [content, project.themes()].into_iter().filter(|path| path.is_dir()).collect();
    let watch = Watch::begin(&watched, &project.dir, &[dir.join("public"), PathBuf::from("public"), project.cache()]);
    if let Some(reason) = &watch.fallback {
        say(&format!("the system does not report changes ({reason}); files are looked at once a second"));
    }
    let updated = server.clone();
    std::thread::spawn(move || {
        loop {
            watch.wait();
            match Project::open(&project.dir).map_err(BuildError::Load).and_then(|project| Snapshot::take(&project, &mut memo, &occasion)) {
                Ok(snapshot) if snapshot.fingerprint() == seen => {}
                Ok(snapshot) => {
                    seen = snapshot.fingerprint();
                    say(&snapshot.summary());
                    updated.replace(snapshot);
                }
                Err(error) => say(&format!("error: {error}\nthe last good site is still shown")),
            }
        }
    });

    if !arguments.host.is_loopback() {
        say(&format!("warning: {} can be reached from other machines", arguments.host));
    }
    server.run(arguments.host, arguments.port, |address| {
        let url = format!("http://{address}/");
        say(&format!("serving {url}    (Ctrl-C ends it)"));
        if arguments.open
            && let Err(error) = open::that_detached(&url)
        {
            say(&format!("no browser could be opened: {error}"));
        }
    })?;
    Ok(Outcome::Fine)
}

fn say(message: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    // Nobody reading is no reason to stop serving.
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}

/// Everything that is served at one moment.
struct Snapshot {
    assembled: Assembled,
    theme: Theme,
    highlighter: Arc<crate::highlight::Highlighter>,
    setting: Setting,
    pages: BTreeMap<OutputPath, Page>,
    assets: BTreeMap<OutputPath, Vec<u8>>,
    files: BTreeMap<OutputPath, PathBuf>,
}

impl Snapshot {
    fn take(project: &Project, memo: &mut Memo, occasion: &Occasion) -> Result<Self, BuildError> {
        let input = project.load(&[project.dir.join("public")])?;
        let theme = Theme::compile(&input.theme)?;
        let assembled = assemble(input, memo, occasion.scope);
        let highlighter = memo.highlighter();
        let search_data = browser::file(&assembled.handbook, &assembled.input.config);
        let setting = setting(&assembled, occasion, search_data.path.clone(), true);
        let pages = pages(&site(&assembled, &theme, &highlighter, setting.clone()));
        let assets = theme_assets(&theme, true).into_iter().chain([search_data]).map(|file| (file.path, file.bytes)).collect();
        let beside =
            |(source, output): (&crate::model::name::SourcePath, &OutputPath)| (output.clone(), assembled.input.files[source].file.clone());
        let files = assembled.handbook.assets.iter().map(beside).collect();
        Ok(Self { assembled, theme, highlighter, setting, pages, assets, files })
    }

    /// Tells whether two snapshots were taken of the same content.
    fn fingerprint(&self) -> (Vec<crate::model::source::ContentHash>, Vec<OutputPath>) {
        let input = &self.assembled.input;
        let hashes = [input.config.hash, input.theme.hash].into_iter().chain(input.sources.iter().map(|source| source.hash));
        (hashes.collect(), self.files.keys().cloned().collect())
    }

    fn summary(&self) -> String {
        let shown = &self.assembled.diagnostics;
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = report::print(&shown.iter().take(20).cloned().collect::<Vec<_>>(), false, &mut text);
        format!("{}{} records: {}", String::from_utf8_lossy(&text), self.assembled.handbook.records.len(), report::summary(shown))
    }

    fn rendered(&self, path: &OutputPath, page: &Page) -> Reply {
        let site = site(&self.assembled, &self.theme, &self.highlighter, self.setting.clone());
        match render(&site, path, page) {
            Ok(file) => Reply { bytes: file.bytes, name: path.to_string(), is_found: *page != Page::NotFound },
            Err(error) => Reply { bytes: error.to_string().into_bytes(), name: "error.txt".to_owned(), is_found: true },
        }
    }
}

impl Pages for Snapshot {
    fn has(&self, path: &str) -> bool {
        self.pages.contains_key(path) || self.assets.contains_key(path) || self.files.contains_key(path)
    }

    fn reply(&self, path: &str) -> Option<Reply> {
        if let Some((path, page)) = self.pages.get_key_value(path) {
            return Some(self.rendered(path, page));
        }
        let found = |bytes: Vec<u8>| Reply { bytes, name: path.to_owned(), is_found: true };
        if let Some(bytes) = self.assets.get(path) {
            return Some(found(bytes.clone()));
        }
        if let Some(bytes) = self.files.get(path).and_then(|file| std::fs::read(file).ok()) {
            return Some(found(bytes));
        }
        let (path, page) = self.pages.get_key_value("404.html")?;
        Some(self.rendered(path, page))
    }
}
