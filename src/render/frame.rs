//! What is around every page: its head, the way to it from the front page, the words of the interface.

use crate::model::forge::Origin;
use crate::model::handbook::RecordIndex;
use crate::model::name::OutputPath;
use crate::render::Site;
use crate::render::view::{self, PageView, PlaceView};

/// What is known of a page, before it adds its own.
pub fn page_view<'p>(site: &Site<'_>, path: &'p OutputPath, sort: &'static str, title: String) -> PageView<'p> {
    let canonical = site.config.base_url.as_ref().map(|base_url| format!("{base_url}{}", encoded(path.as_str())));
    let scripts = if site.setting.is_live { vec!["live.js"] } else { Vec::new() };
    PageView {
        sort,
        root: path.to_root(),
        url: path.as_str(),
        title,
        description: None,
        canonical,
        breadcrumbs: Vec::new(),
        edit_url: None,
        scripts,
    }
}

/// The folders on the way to `folder`, it included.
pub fn breadcrumbs(site: &Site<'_>, folder: &str) -> Vec<PlaceView> {
    let mut crumbs = vec![home_place(site)];
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    for end in ends.filter(|end| *end > 0) {
        if let Some((title, url)) = view::folder_place(site, &folder[..end]) {
            crumbs.push(PlaceView { title, url });
        }
    }
    crumbs
}

/// The front page, as a step on the way to others.
pub fn home_place(site: &Site<'_>) -> PlaceView {
    PlaceView { title: string(site, "home", "Home"), url: "index.html".to_owned() }
}

/// Where the source of a record can be edited: where the team says, else on the web page of the repository's host, which
/// alone knows of what is mounted from elsewhere. What is for an audience does not tell them of a repository that the team
/// does not name.
pub fn edit_url(site: &Site<'_>, index: RecordIndex) -> Option<String> {
    let path = site.handbook.records[index].file().as_str();
    let at = site.config.sources.of(path).map_or("", |source| &source.at);
    match site.config.repository.as_ref().filter(|_| at.is_empty()) {
        Some(repository) => Some(format!("{repository}{}", encoded(path))),
        None if site.setting.audience.is_some() => None,
        None => Origin::of(&site.past.origins, path).filter(|origin| origin.mount == at)?.edit(path),
    }
}

/// A word of the interface, or `otherwise` when the theme has none.
pub fn string(site: &Site<'_>, key: &str, otherwise: &str) -> String {
    site.theme.strings.get(key).map_or(otherwise, String::as_str).to_owned()
}

/// A path as part of an address.
pub fn encoded(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(path, KEPT).to_string()
}
