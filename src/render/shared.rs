//! What all pages share.

use serde::Serialize;
use tera::Context;

use crate::render::view::{KindView, kind};
use crate::render::{Site, Unread, frame, overview};

/// How far reading is, while it is not done.
#[derive(Serialize)]
struct UnreadView {
    n_read: usize,
    n_records: usize,
    words: String,
}

fn unread_view(site: &Site<'_>, Unread { n_read, n_records }: Unread) -> UnreadView {
    let words = frame::string(site, "records_read", "{} of {} records read");
    let words = words.replacen("{}", &n_read.to_string(), 1).replacen("{}", &n_records.to_string(), 1);
    UnreadView { n_read, n_records, words }
}

/// What all pages share.
pub fn shared(site: &Site<'_>) -> Context {
    #[derive(Serialize)]
    struct SiteView<'a> {
        title: &'a str,
        description: &'a str,
        language: &'a str,
        base_url: Option<&'a str>,
        today: String,
        generator: &'static str,
        audience: Option<&'a str>,
        live: bool,
        unread: Option<UnreadView>,
        has_tags: bool,
        feed_url: &'static str,
    }
    let config = site.config;
    // Lists and counts of a part of the records would be taken for the whole.
    let is_whole = site.setting.unread.is_none();
    let kinds: Vec<KindView<'_>> = site.handbook.collections.iter().filter(|_| is_whole).map(|collection| kind(site, collection)).collect();
    let mut context = Context::new();
    context.insert(
        "site",
        &SiteView {
            title: &config.title,
            description: &config.description,
            language: &config.language,
            base_url: config.base_url.as_deref(),
            today: site.setting.today.iso(),
            generator: concat!("handbook ", env!("CARGO_PKG_VERSION")),
            audience: site.setting.audience.as_deref(),
            live: site.setting.is_live,
            unread: site.setting.unread.map(|unread| unread_view(site, unread)),
            has_tags: is_whole && !site.handbook.tags.is_empty(),
            feed_url: "feed.xml",
        },
    );
    context.insert("kinds", &kinds);
    context.insert("views", &if is_whole { overview::places(site) } else { Vec::new() });
    context.insert("assets", &site.theme.asset_paths);
    context.insert("strings", &site.theme.strings);
    context
}
