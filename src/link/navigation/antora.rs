//! `nav.adoc` of Antora, as far as its cross-references lead to Markdown: lists of `xref:page.md[]`, and titles over them.

use crate::link::navigation::{Outlined, exact};
use crate::link::path;
use crate::link::resolve::Resolver;
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;

/// What `text`, the file `path`, says.
pub fn read(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Outlined {
    let mut outlined = Outlined::default();
    // Stars and parts of the titles that are open, the outermost first.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for line in text.lines().map(str::trim) {
        let level = line.bytes().take_while(|byte| *byte == b'*').count();
        let item = line[level..].trim();
        let title = line.strip_prefix('.').filter(|title| !title.starts_with(['.', ' ']) && !title.is_empty());
        if level == 0 && title.is_none() {
            continue;
        }
        open.retain(|(above, _)| *above < level);
        let xref = item.split_once("xref:").and_then(|(_, xref)| xref.split_once('['));
        match xref.and_then(|(target, _)| page(path, target, resolver)) {
            Some(index) => {
                outlined.order.push(index);
                open.iter().for_each(|(_, part)| outlined.parts[*part].1.push(index));
            }
            None if xref.is_none() => {
                open.push((level, outlined.parts.len()));
                outlined.parts.push((title.unwrap_or(item).to_owned(), Vec::new()));
            }
            None => {}
        }
    }
    outlined.parts.retain(|(_, pages)| !pages.is_empty());
    outlined
}

/// The page that `target` names, `version@component:module:page.md#part` in full: it lies in the folder `pages` of its module.
fn page(nav: &SourcePath, target: &str, resolver: &Resolver<'_>) -> Option<RecordIndex> {
    let target = target.split('#').next().unwrap_or_default();
    let target = target.rsplit_once('@').map_or(target, |(_, target)| target);
    let (named, file) = target.rsplit_once(':').map_or((None, target), |(modules, file)| (modules.rsplit(':').next(), file));
    // `modules/ROOT/nav.adoc`, or in a folder of its module.
    let (modules, own) = match nav.folder().rsplit_once("modules/") {
        Some((before, module)) => (format!("{before}modules"), module.split('/').next().unwrap_or_default()),
        None => (nav.folder().to_owned(), ""),
    };
    let module = path::join(&modules, named.unwrap_or(own))?;
    exact(resolver, &path::join(&module, &format!("pages/{file}"))?)
}
