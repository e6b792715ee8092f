//! Trees of pages in YAML: `_toc.yml` of Jupyter Book, and `toc` under `project` in `myst.yml` of MyST. Each entry names a file, and
//! has others below it, under a title or not.

use crate::link::navigation::{Outlined, exact};
use crate::link::path;
use crate::link::resolve::Resolver;
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;
use crate::yaml::{self, Node};

/// Keys of the page that an entry is.
const PAGES: [&str; 2] = ["root", "file"];
/// Keys of the title over what is below an entry; `part` is that of the first Jupyter Books.
const TITLES: [&str; 3] = ["caption", "title", "part"];
/// Keys of the lists below an entry.
const LISTS: [&str; 6] = ["parts", "chapters", "sections", "entries", "subtrees", "children"];

/// What `text`, the file `path`, says.
pub fn read(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Outlined {
    let mut outlined = Outlined::default();
    let (Some(root), _) = yaml::parse(text) else { return outlined };
    let is_myst = path.file_name().starts_with("myst.");
    let tree = if is_myst { root.get("project").and_then(|project| project.get("toc")) } else { Some(&root) };
    let page = |name: &str| exact(resolver, &path::join(path.folder(), name)?);
    match tree {
        Some(entry) if entry.entries().is_some() => take(entry, &page, &mut outlined),
        Some(list) => take_all(list, &page, &mut outlined),
        None => {}
    }
    outlined
}

fn take_all(list: &Node, page: &impl Fn(&str) -> Option<RecordIndex>, outlined: &mut Outlined) {
    list.members().iter().filter(|member| member.entries().is_some()).for_each(|entry| take(entry, page, outlined));
}

/// An entry, and those below it; the depth is bounded by that of the YAML that is read.
fn take(entry: &Node, page: &impl Fn(&str) -> Option<RecordIndex>, outlined: &mut Outlined) {
    let text = |key: &&str| entry.get(key).and_then(Node::text);
    let (part, start) = (outlined.parts.len(), outlined.order.len());
    let lists: Vec<&Node> = LISTS.iter().filter_map(|key| entry.get(key)).collect();
    let title = TITLES.iter().find_map(text).filter(|_| !lists.is_empty());
    outlined.parts.extend(title.map(|title| (title.to_owned(), Vec::new())));
    outlined.order.extend(PAGES.iter().filter_map(text).filter_map(page));
    lists.into_iter().for_each(|list| take_all(list, page, outlined));
    if title.is_some() {
        outlined.parts[part].1 = outlined.order[start..].to_vec();
    }
}
