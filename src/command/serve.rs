//! `handbook serve`: the site while it is being written.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::cli::{OccasionArguments, ServeArguments};
use crate::command::{Failure, Outcome, folder, occasion, report};
use crate::load::{CACHE_FOLDER, Project};
use crate::model::name::OutputPath;
use crate::model::source::ContentHash;
use crate::pipeline::{Assembled, BuildError, Memo, assemble_with_history, index_cache, search_files, setting, site, theme_assets};
use crate::render::{Page, Setting, Theme, pages, render};
use crate::serve::{self, Pages, Reply, Server};
use crate::watch::Watch;

/// Serves the site and follows what is written.
pub fn run(arguments: &ServeArguments) -> Result<Outcome, Failure> {
    let dir = folder(arguments.folder.as_ref(), &arguments.place).to_owned();
    let mut memo = Memo::kept(&Project::open(&dir)?);
    let snapshot = Snapshot::take(&dir, &mut memo, &arguments.place.occasion)?;
    say(&snapshot.summary());
    let seen = snapshot.fingerprint();
    let server = Server::new(snapshot);

    let folders = watched(&dir).unwrap_or_else(|| vec![dir.clone()]);
    let watch = begin_watch(&folders, &dir);
    if let Some(reason) = &watch.fallback {
        say(&format!("the system does not report changes ({reason}); files are looked at once a second"));
    }
    let follower =
        Follower { dir, occasion: arguments.place.occasion.clone(), memo, seen: Some(seen), told: String::new(), folders, watch };
    let updated = server.clone();
    std::thread::spawn(move || follower.follow(&updated));

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

/// The folders that a handbook consists of now: its content, and themes of the team's own, which may come later.
fn watched(dir: &Path) -> Option<Vec<PathBuf>> {
    let project = Project::open(dir).ok()?;
    let (roots, _) = project.roots(&project.config().ok()?.0).ok()?;
    Some(roots.iter().map(|(_, folder)| folder.to_owned()).chain([project.themes()]).filter(|path| path.is_dir()).collect())
}

fn begin_watch(folders: &[PathBuf], dir: &Path) -> Watch {
    Watch::begin(folders, dir, &[dir.join("public"), PathBuf::from("public"), dir.join(CACHE_FOLDER)])
}

/// Takes a new snapshot whenever something was written.
struct Follower {
    dir: PathBuf,
    occasion: OccasionArguments,
    memo: Memo,
    /// What is shown; nothing while what was written last is not.
    seen: Option<Fingerprint>,
    /// The reason that was told last.
    told: String,
    folders: Vec<PathBuf>,
    watch: Watch,
}

impl Follower {
    fn follow(mut self, server: &Server<Snapshot>) {
        loop {
            self.watch.wait();
            self.update(server);
            // What lies in a folder that was not watched may have changed before it was.
            if let Some(folders) = watched(&self.dir).filter(|folders| *folders != self.folders) {
                self.watch = begin_watch(&folders, &self.dir);
                self.folders = folders;
                self.update(server);
            }
        }
    }

    fn update(&mut self, server: &Server<Snapshot>) {
        let (dir, occasion, memo) = (&self.dir, &self.occasion, &mut self.memo);
        // A fault of ours must not end the watch: the next edit may be the one that avoids it.
        let taken = catch_unwind(AssertUnwindSafe(|| Snapshot::take(dir, memo, occasion)));
        match taken {
            Ok(Ok(snapshot)) if Some(snapshot.fingerprint()) == self.seen => {}
            Ok(Ok(snapshot)) => {
                self.seen = Some(snapshot.fingerprint());
                say(&snapshot.summary());
                server.replace(snapshot);
            }
            Ok(Err(failure)) => self.trouble(server, &failure.to_string()),
            Err(_) => {
                self.memo = Memo::default();
                self.trouble(server, "handbook itself failed on what was written last; the terminal says where. Please report it.");
            }
        }
    }

    fn trouble(&mut self, server: &Server<Snapshot>, reason: &str) {
        if self.seen.take().is_none() && self.told == reason {
            return;
        }
        self.told = reason.to_owned();
        say(&format!("error: {reason}\nthe last good site is still shown"));
        server.trouble(reason);
    }
}

/// Tells two snapshots apart.
type Fingerprint = (Vec<ContentHash>, Vec<OutputPath>);

/// Everything that is served at one moment.
struct Snapshot {
    assembled: Assembled,
    theme: Theme,
    highlighter: Arc<crate::highlight::Highlighter>,
    setting: Setting,
    pages: BTreeMap<OutputPath, Page>,
    assets: BTreeMap<OutputPath, Vec<u8>>,
    files: BTreeMap<OutputPath, PathBuf>,
    /// Where the search index is kept.
    cache: Option<PathBuf>,
    /// What the browser searches: made when it is first asked for, so that no page waits for it.
    search: OnceLock<BTreeMap<OutputPath, Vec<u8>>>,
}

impl Snapshot {
    fn take(dir: &Path, memo: &mut Memo, arguments: &OccasionArguments) -> Result<Self, Failure> {
        let project = Project::open(dir)?;
        let input = project.load(&[dir.join("public")])?;
        // Which audience a name means is for the settings to say, and they may have changed.
        let occasion = occasion(arguments, &input.config)?;
        let theme = Theme::compile(&input.theme).map_err(BuildError::Theme)?;
        let assembled = assemble_with_history(&project, input, memo, occasion.scope);
        let highlighter = memo.highlighter();
        let setting = setting(&assembled, &occasion, true);
        let pages = pages(&site(&assembled, &theme, &highlighter, setting.clone()));
        let assets = theme_assets(&theme, true).into_iter().map(|file| (file.path, file.bytes)).collect();
        let beside =
            |(source, output): (&crate::model::name::SourcePath, &OutputPath)| (output.clone(), assembled.input.files[source].file.clone());
        let files = assembled.handbook.assets.iter().map(beside).collect();
        let cache = index_cache(dir, &occasion);
        Ok(Self { assembled, theme, highlighter, setting, pages, assets, files, cache, search: OnceLock::new() })
    }

    fn search_files(&self) -> &BTreeMap<OutputPath, Vec<u8>> {
        self.search.get_or_init(|| match search_files(&self.assembled, self.cache.as_deref()) {
            Ok(files) => files.into_iter().map(|file| (file.path, file.bytes)).collect(),
            Err(error) => {
                say(&format!("error: {error}"));
                BTreeMap::new()
            }
        })
    }

    /// Tells whether two snapshots were taken of the same content.
    fn fingerprint(&self) -> Fingerprint {
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
            Ok(file) => {
                let outcome = if *page == Page::NotFound { serve::Outcome::NotFound } else { serve::Outcome::Found };
                Reply { bytes: file.bytes, name: path.to_string(), outcome }
            }
            Err(error) => {
                let bytes = self.failed(path, &error.to_string()).into_bytes();
                Reply { bytes, name: "error.html".to_owned(), outcome: serve::Outcome::Failed }
            }
        }
    }

    /// The page that stands for one that could not be made. It listens for changes, so it goes when the template is mended.
    fn failed(&self, path: &OutputPath, reason: &str) -> String {
        let root = path.to_root();
        let asset = |name: &str| self.theme.asset_paths.get(name).map_or_else(String::new, |path| format!("{root}{path}"));
        let reason = reason.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\" data-root=\"{root}\">\n<meta charset=\"utf-8\">\n<title>A page that can not be rendered</title>\n\
             <link rel=\"stylesheet\" href=\"{}\">\n<script src=\"{}\" defer></script>\n\
             <main class=\"trouble\"><h1>This page can not be rendered</h1>\n<pre>{reason}</pre>\n<p>Mend the template; this page follows.</p></main>\n</html>\n",
            asset("style.css"),
            asset("live.js"),
        )
    }
}

impl Pages for Snapshot {
    fn has(&self, path: &str) -> bool {
        self.pages.contains_key(path)
            || self.assets.contains_key(path)
            || self.files.contains_key(path)
            || path.starts_with("search/") && self.search_files().contains_key(path)
    }

    fn reply(&self, path: &str) -> Option<Reply> {
        if let Some((path, page)) = self.pages.get_key_value(path) {
            return Some(self.rendered(path, page));
        }
        let found = |bytes: Vec<u8>| Reply { bytes, name: path.to_owned(), outcome: serve::Outcome::Found };
        let searched = path.starts_with("search/").then(|| self.search_files().get(path)).flatten();
        if let Some(bytes) = self.assets.get(path).or(searched) {
            return Some(found(bytes.clone()));
        }
        if let Some(bytes) = self.files.get(path).and_then(|file| std::fs::read(file).ok()) {
            return Some(found(bytes));
        }
        let (path, page) = self.pages.get_key_value("404.html")?;
        Some(self.rendered(path, page))
    }
}
