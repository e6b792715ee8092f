//! The files of a theme: the default one, embedded in the program, with a team's own files in front of them.

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

use crate::load::LoadError;
use crate::model::source::ContentHash;

/// Bytes that one file of a theme may have.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Templates, assets and strings, by their path in the theme: `templates/record.html`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeFiles {
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Hash of all of them.
    pub hash: ContentHash,
}

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../themes/default/", $path)) as &[u8])),*]
    };
}

/// The default theme. A test holds this list against the folder.
pub const DEFAULT_THEME: &[(&str, &[u8])] = embedded![
    "assets/as-of.js",
    "assets/icon.svg",
    "assets/live.js",
    "assets/search.js",
    "assets/search/analysis.js",
    "assets/search/coder.js",
    "assets/search/corrections.js",
    "assets/search/engine.js",
    "assets/search/facts.js",
    "assets/search/from-disk.js",
    "assets/search/main.js",
    "assets/search/part.js",
    "assets/search/places.js",
    "assets/search/plain.js",
    "assets/search/query.js",
    "assets/search/rank.js",
    "assets/search/shards.js",
    "assets/search/spelling.js",
    "assets/search/stem-english.js",
    "assets/search/store.js",
    "assets/site.js",
    "assets/style.css",
    "assets/theme.js",
    "strings.yaml",
    "templates/base.html",
    "templates/feed.xml",
    "templates/folder.html",
    "templates/formats.html",
    "templates/home.html",
    "templates/list.html",
    "templates/not-found.html",
    "templates/overview/actions.html",
    "templates/overview/attention.html",
    "templates/overview/debts.html",
    "templates/overview/digest.html",
    "templates/overview/incidents.html",
    "templates/overview/log.html",
    "templates/overview/map.html",
    "templates/overview/people.html",
    "templates/overview/reviews.html",
    "templates/overview/teams.html",
    "templates/overview/topic.html",
    "templates/overview/topics.html",
    "templates/parts/action-rows.html",
    "templates/parts/around.html",
    "templates/parts/attention-rows.html",
    "templates/parts/banner.html",
    "templates/parts/block.html",
    "templates/parts/blocks/actions.html",
    "templates/parts/blocks/debt.html",
    "templates/parts/blocks/goals.html",
    "templates/parts/blocks/options.html",
    "templates/parts/blocks/pairs.html",
    "templates/parts/blocks/people.html",
    "templates/parts/blocks/rituals.html",
    "templates/parts/blocks/roadmap.html",
    "templates/parts/blocks/table.html",
    "templates/parts/blocks/texts.html",
    "templates/parts/blocks/timeline.html",
    "templates/parts/blocks/urls.html",
    "templates/parts/breadcrumbs.html",
    "templates/parts/chain.html",
    "templates/parts/contents.html",
    "templates/parts/debt-rows.html",
    "templates/parts/facts.html",
    "templates/parts/figures.html",
    "templates/parts/footer.html",
    "templates/parts/head.html",
    "templates/parts/header.html",
    "templates/parts/incident.html",
    "templates/parts/mentions.html",
    "templates/parts/pager.html",
    "templates/parts/problems.html",
    "templates/parts/record-foot.html",
    "templates/parts/record-head.html",
    "templates/parts/review-rows.html",
    "templates/parts/search.html",
    "templates/parts/sidebar.html",
    "templates/parts/similar.html",
    "templates/parts/team.html",
    "templates/parts/ui.html",
    "templates/parts/unread.html",
    "templates/parts/uses.html",
    "templates/problems.html",
    "templates/record.html",
    "templates/redirect.html",
    "templates/search.html",
    "templates/sitemap.xml",
    "templates/tag.html",
    "templates/tags.html",
    "templates/waiting.html",
];

impl ThemeFiles {
    /// The theme `name` of the team's folder `themes`, file by file before the default theme.
    pub fn load(themes: &Path, name: &str) -> Result<Self, LoadError> {
        let mut files = Self::built_in().files;
        let own = themes.join(name);
        if own.is_dir() {
            for entry in WalkDir::new(&own).sort_by_file_name() {
                let entry = entry.map_err(|error| LoadError::Io(own.clone(), error.into()))?;
                let relative = entry.path().strip_prefix(&own).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
                if !entry.file_type().is_file() || relative.split('/').any(|part| part.starts_with('.')) {
                    continue;
                }
                let io = |error| LoadError::Io(entry.path().to_owned(), error);
                if entry.path().metadata().map_err(io)?.len() > FILE_BYTES_MAX {
                    return Err(io(std::io::Error::other("a file of a theme may have 16 MiB")));
                }
                files.insert(relative, std::fs::read(entry.path()).map_err(io)?);
            }
        } else if name != "default" {
            return Err(LoadError::NoFolder(own));
        }
        Ok(Self::new(files))
    }

    /// The default theme alone.
    pub fn built_in() -> Self {
        Self::new(DEFAULT_THEME.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect())
    }

    fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let hash = ContentHash::of_parts(files.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes.as_slice()]));
        Self { files, hash }
    }
}
