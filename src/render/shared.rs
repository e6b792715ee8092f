//! What all pages share.

use serde::Serialize;
use tera::Context;

use crate::render::view::{KindView, kind};
use crate::render::{Site, overview};

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
        has_tags: bool,
        feed_url: &'static str,
    }
    let config = site.config;
    let kinds: Vec<KindView<'_>> = site.handbook.collections.iter().map(|collection| kind(site, collection)).collect();
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
            has_tags: !site.handbook.tags.is_empty(),
            feed_url: "feed.xml",
        },
    );
    context.insert("kinds", &kinds);
    context.insert("views", &overview::places(site));
    context.insert("assets", &site.theme.asset_paths);
    context.insert("strings", &site.theme.strings);
    context
}
