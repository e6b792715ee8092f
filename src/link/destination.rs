//! Where each link of a body leads.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Sources;
use crate::diagnostic::{self, Diagnostic, did_you_mean};
use crate::link::asset::{self, FileBeside, Places};
use crate::link::meant::meant;
use crate::link::navigation::is_contents;
use crate::link::resolve::{PathMatch, Resolved, Resolver, decoded};
use crate::model::forge::Origin;
use crate::model::handbook::{Destination, Folder, RecordIndex};
use crate::model::name::{OutputPath, SourcePath};
use crate::model::record::Record;
use crate::model::section::{Link, LinkForm};
use crate::parse::is_template;
use crate::scheme::{self, Scheme};

/// Broken links of one record for which the nearest names are looked up; it takes a look at every record, or every section.
const SUGGESTIONS_MAX: usize = 20;
/// Findings about the links of one record that are told one by one; the rest is counted.
const FINDINGS_MAX: usize = 200;

/// What links can lead to.
pub struct Context<'a> {
    /// The records.
    pub records: &'a [Arc<Record>],
    /// Finds them.
    pub resolver: &'a Resolver<'a>,
    /// Finds those that are left out for being drafts.
    pub drafts: &'a Resolver<'a>,
    /// Files beside them.
    pub files: &'a BTreeMap<SourcePath, FileBeside>,
    /// Where they go.
    pub places: &'a Places,
    /// Where they are on the web.
    pub origins: &'a [Origin],
    /// What is mounted in the handbook.
    pub sources: &'a Sources,
    /// Folders and their pages.
    pub folders: &'a BTreeMap<String, Folder>,
    /// Addresses of the records.
    pub outputs: &'a [OutputPath],
}

/// The links of one record.
pub struct Links {
    /// Where they lead, in order.
    pub destinations: Vec<Destination>,
    /// Files that they make part of the site.
    pub assets: Vec<(SourcePath, OutputPath)>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves the links of record `from`.
pub fn destinations(context: &Context<'_>, from: RecordIndex) -> Links {
    let record = &context.records[from];
    let mut resolution = Resolution {
        context,
        from,
        record,
        links: Links { destinations: Vec::new(), assets: Vec::new(), diagnostics: Vec::new() },
        n_findings: 0,
    };
    for link in &record.outline.links {
        let destination = match link.form {
            LinkForm::Wiki => resolution.wiki(link),
            LinkForm::Embed if resolution.is_file(link) => resolution.address(link),
            LinkForm::Embed => resolution.wiki(link),
            LinkForm::Markdown | LinkForm::Image | LinkForm::Entry => resolution.address(link),
        };
        resolution.links.destinations.push(destination);
    }
    resolution.count_the_rest();
    resolution.links
}

struct Resolution<'a> {
    context: &'a Context<'a>,
    from: RecordIndex,
    record: &'a Record,
    links: Links,
    n_findings: usize,
}

impl Resolution<'_> {
    /// Says how many findings there are beyond those that were told one by one.
    fn count_the_rest(&mut self) {
        let rest = self.n_findings.saturating_sub(FINDINGS_MAX);
        if rest > 0 {
            let message = format!("{rest} more links of this file have findings");
            self.links.diagnostics.push(Diagnostic::new(&diagnostic::BROKEN_LINK, self.record.file().as_str(), message));
        }
    }

    fn complain(&mut self, link: &Link, rule: &'static diagnostic::Rule, message: String, hint: Option<String>) -> Destination {
        // What is there to be copied names what is yet to be written.
        if *rule == diagnostic::BROKEN_LINK && is_template(&self.record.slug().to_lowercase()) {
            return Destination::Nowhere(message);
        }
        self.n_findings += 1;
        if self.n_findings <= FINDINGS_MAX {
            let found = self.record.source.finding(rule, link.span.clone(), message.clone());
            self.links.diagnostics.push(Diagnostic { hint, ..found });
        }
        Destination::Nowhere(message)
    }

    /// How this record writes a link to the file `path`.
    fn written_here(&self, path: &str) -> String {
        OutputPath::new(self.record.file().as_str()).relative(path)
    }

    fn nearest_from_here(&self, path: &str) -> Vec<String> {
        self.context.resolver.nearest(path).iter().map(|path| self.written_here(path)).collect()
    }

    fn may_suggest(&self) -> bool {
        self.links.diagnostics.len() < SUGGESTIONS_MAX
    }

    fn wiki(&mut self, link: &Link) -> Destination {
        let (name, fragment) = link.target.split_once('#').unwrap_or((&link.target, ""));
        if name.trim().is_empty() {
            return self.anchored(link, self.from, fragment);
        }
        match self.context.resolver.reference(self.record, name, &[]) {
            Resolved::One(index) | Resolved::WrongKind(index) => self.anchored(link, index, fragment),
            Resolved::Many(several) => {
                let paths: Vec<&str> = several.iter().take(4).map(|index| self.context.records[*index].path().as_str()).collect();
                let hint = format!("name one of them by its path: {}", paths.join(", "));
                self.complain(
                    link,
                    &diagnostic::REFERENCE_AMBIGUOUS,
                    format!("`[[{}]]` fits {} records", link.target, several.len()),
                    Some(hint),
                )
            }
            Resolved::None if self.context.drafts.reference(self.record, name, &[]) != Resolved::None => self.draft(link, name.trim()),
            Resolved::None => {
                let hint = self.may_suggest().then(|| did_you_mean(&self.context.resolver.nearest(name))).flatten();
                self.complain(link, &diagnostic::BROKEN_LINK, format!("no record is called `{}`", name.trim()), hint)
            }
        }
    }

    fn address(&mut self, link: &Link) -> Destination {
        let target = link.target.trim();
        match scheme::of(target) {
            Scheme::Followed => return self.own(link, target).unwrap_or_else(|| Destination::External(target.to_owned())),
            Scheme::Refused(scheme) => {
                return self.complain(link, &diagnostic::LINK_SCHEME, format!("a link that begins with `{scheme}:` is not followed"), None);
            }
            Scheme::Relative => {}
        }
        // `[Ann Lee](@ann)` names a person on a host of repositories, and no file.
        if target.starts_with('@') && !target.contains(['/', '.']) {
            return Destination::Nowhere(format!("`{target}` is a person's name"));
        }
        let (written, fragment) = target.split_once('#').unwrap_or((target, ""));
        let written = written.split('?').next().unwrap_or_default();
        if written.is_empty() && target.starts_with('#') {
            return self.anchored(link, self.from, fragment);
        }
        if written.is_empty() && is_contents(self.record) {
            // A chapter that is not written yet.
            return Destination::Nowhere("not written yet".to_owned());
        }
        if written.contains('*') && is_contents(self.record) {
            // `[All others](*.md)`: a pattern for the program that makes a navigation of it.
            return Destination::Nowhere("a pattern".to_owned());
        }
        if written.is_empty() {
            return self.complain(link, &diagnostic::BROKEN_LINK, "this link names nothing".to_owned(), None);
        }
        let Some(path) = self.path(&decoded(written)) else {
            return self.complain(link, &diagnostic::LINK_OUTSIDE, format!("`{written}` leads out of the content folder"), None);
        };
        match self.context.resolver.path(&path) {
            Some(PathMatch::Exact(index)) => self.anchored(link, index, fragment),
            None if self.context.files.contains_key(path.as_str()) => self.file(link, &SourcePath::new(&path)),
            None if self.folder(&path).is_some() => self.folder(&path).expect("just asked"),
            Some(PathMatch::OtherCase(index)) => {
                let name = self.context.records[index].path();
                let hint = Some(format!("write `{}`", self.written_here(name.as_str())));
                self.complain(link, &diagnostic::LINK_CASE, format!("`{written}` differs in case from the file `{name}`"), hint);
                self.anchored(link, index, fragment)
            }
            None => self.broken(link, written, &path),
        }
    }

    /// The path in the handbook that `written` means: the first of those that it can mean where there is something. One that
    /// leads out of a mounted folder, and to nothing, leads out of the handbook.
    fn path(&self, written: &str) -> Option<String> {
        let folder = self.record.file().folder();
        let mut candidates = meant(self.context.sources, folder, written);
        let is_there = |path: &String| {
            let path = path.trim_end_matches('/');
            self.context.resolver.path(path).is_some() || self.context.files.contains_key(path) || self.folder(path).is_some()
        };
        match candidates.iter().position(is_there) {
            Some(found) => Some(candidates.swap_remove(found)),
            None => candidates.into_iter().next().filter(|path| self.context.sources.is_beside(folder, path)),
        }
    }

    fn draft(&mut self, link: &Link, name: &str) -> Destination {
        let hint = Some("publish it, or build with --drafts".to_owned());
        self.complain(link, &diagnostic::BROKEN_LINK, format!("`{name}` is a draft, and is left out"), hint)
    }

    fn broken(&mut self, link: &Link, written: &str, path: &str) -> Destination {
        if self.context.drafts.path(path).is_some() {
            return self.draft(link, path);
        }
        if path.split('/').any(|part| part.starts_with('.')) {
            let message = format!("`{path}` is hidden, and nothing that is hidden is published");
            return self.complain(link, &diagnostic::BROKEN_LINK, message, None);
        }
        let at = self.context.sources.of(path).map_or(0, |source| source.at.len() + 1);
        let first_end = path.get(at..).and_then(|below| below.find('/')).map_or(path.len(), |end| at + end);
        if written.starts_with('/') && !self.context.folders.contains_key(&path[..first_end]) {
            return self.complain(
                link,
                &diagnostic::LINK_TO_HOST,
                format!("`{written}` leads to the root of the host, not into this handbook"),
                None,
            );
        }
        let is_mail = written.contains('@') && !written.starts_with('@') && !written.contains('/');
        let hint = match is_mail {
            true => Some(format!("write `mailto:{written}`")),
            false => self.may_suggest().then(|| did_you_mean(&self.nearest_from_here(path))).flatten(),
        };
        let what = if link.form == LinkForm::Image { "picture" } else { "file" };
        self.complain(link, &diagnostic::BROKEN_LINK, format!("there is no {what} `{path}`"), hint)
    }

    /// Where a link to the web page of a file of this handbook leads: its record, or the page of its folder. A section that
    /// is not there is no finding, since the host shows files in its own way: `#L12` is a line.
    fn own(&self, link: &Link, address: &str) -> Option<Destination> {
        if link.form == LinkForm::Image {
            return None;
        }
        let path = self.context.origins.iter().find_map(|origin| origin.path_of(address))?;
        let fragment = address.split_once('#').map_or("", |(_, fragment)| fragment);
        match self.context.resolver.path(&path) {
            Some(PathMatch::Exact(index)) => Some(Destination::Record(index, self.context.resolver.anchor(index, fragment).flatten())),
            Some(PathMatch::OtherCase(_)) => None,
            None => self.folder(&path),
        }
    }

    fn anchored(&mut self, link: &Link, index: RecordIndex, fragment: &str) -> Destination {
        match self.context.resolver.anchor(index, fragment.trim()) {
            Some(anchor) => Destination::Record(index, anchor),
            None if let Some(part) = self.part(index, fragment.trim()) => part,
            None => {
                let hint = self.may_suggest().then(|| did_you_mean(&self.context.resolver.nearest_anchors(index, fragment))).flatten();
                let path = self.context.records[index].path();
                self.complain(link, &diagnostic::BROKEN_ANCHOR, format!("`{path}` has no section `#{fragment}`"), hint);
                Destination::Record(index, None)
            }
        }
    }

    /// The section `fragment` of a record that stands in the same file as `index`: readers of the file see all of them there.
    fn part(&self, index: RecordIndex, fragment: &str) -> Option<Destination> {
        let Context { records, resolver, .. } = self.context;
        records[index].source.part.as_ref()?;
        let beside = (0..records.len()).filter(|other| *other != index && records[*other].file() == records[index].file());
        let found = beside.filter_map(|other| Some(Destination::Record(other, resolver.anchor(other, fragment)?)));
        found.into_iter().next()
    }

    /// Whether a link names a file beside the records.
    fn is_file(&self, link: &Link) -> bool {
        self.path(&decoded(link.target.trim())).is_some_and(|path| self.context.files.contains_key(path.as_str()))
    }

    fn folder(&self, path: &str) -> Option<Destination> {
        let folder = self.context.folders.get(path.trim_end_matches('/'))?;
        folder.output.clone().or_else(|| folder.index.map(|index| self.context.outputs[index].clone())).map(Destination::Folder)
    }

    fn file(&mut self, link: &Link, path: &SourcePath) -> Destination {
        if let Some(reason) = self.context.files[path].refused {
            return self.complain(link, &diagnostic::ASSET_REFUSED, format!("`{path}` is not published: {reason}"), None);
        }
        if !asset::is_published(path) {
            return self.complain(
                link,
                &diagnostic::ASSET_REFUSED,
                format!("`{path}` is not published: files of its type could run in a reader's browser, or are source code"),
                None,
            );
        }
        let output = self.context.places.output(path);
        self.links.assets.push((path.clone(), output.clone()));
        Destination::Asset(output)
    }
}
