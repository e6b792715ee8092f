//! All records together: addresses, references, relations, backlinks, collections. Pure: a function of the records,
//! the names of the files beside them, and the settings.
//!
//! Records that the build's audience may not see are gone before this stage begins, so nothing here can leak them.

mod address;
pub mod asset;
pub mod audience;
mod collection;
mod contradiction;
mod destination;
mod folder_page;
pub mod meant;
pub mod navigation;
mod owner;
pub mod path;
mod relation;
pub mod resolve;
mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::link::asset::FileBeside;
use crate::link::folder_page::FolderPages;
use crate::link::navigation::{Navigation, Outlines};
use crate::model::forge::Origin;
use crate::model::handbook::{Backlink, Destination, Handbook, LinkedRecord};
use crate::model::name::SourcePath;
use crate::model::record::Record;
use resolve::Resolver;

pub use address::LEDGER_FOLDER;
pub use collection::tag_slug;
pub use relation::relation_kinds;

/// The linked handbook, and what is wrong between its records.
#[derive(Debug)]
pub struct Linked {
    /// The handbook.
    pub handbook: Handbook,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is around the records.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The files beside them.
    pub files: &'a BTreeMap<SourcePath, FileBeside>,
    /// Those of them that say in which order records are read.
    pub outlines: &'a Outlines,
    /// Where they are on the web: a link there that means one of the records leads to it.
    pub origins: &'a [Origin],
    /// Who owns which file, as the hosts of their repositories see it.
    pub code_owners: &'a BTreeMap<SourcePath, Vec<String>>,
}

/// Links `records`, which are ordered by path, with each other and with what is around them. A link to one of the `drafts`,
/// which are left out, is told from one to nothing.
pub fn link(records: Vec<Arc<Record>>, drafts: &[Arc<Record>], around: Surroundings<'_>, config: &Config) -> Linked {
    let Surroundings { files, outlines, origins, code_owners } = around;
    let mut diagnostics = Vec::new();
    let folder_pages = FolderPages::of(&records);
    let outputs = address::assign(&records, &folder_pages, config, &mut diagnostics);
    let resolver = Resolver::new(&records, &config.sources);
    let drafts = Resolver::new(drafts, &config.sources);
    let relations = relation::relations(&records, &resolver, &drafts, config, &mut diagnostics);
    let standings = standing::standings(&records, &relations, config, &mut diagnostics);
    diagnostics.extend(contradiction::contradictions(&records, &relations.supersedes, config));
    let mut references = relation::references(&records, &resolver, &drafts, config, &mut diagnostics);
    owner::add(&records, code_owners, config, &mut references);
    let navigation = Navigation::new(&records, &resolver, outlines, &config.sources);
    let structure = collection::structure(&records, &outputs, &folder_pages, &navigation, config, &mut diagnostics);
    let places = asset::places(files);
    let context = destination::Context {
        records: &records,
        resolver: &resolver,
        drafts: &drafts,
        files,
        places: &places,
        origins,
        sources: &config.sources,
        folders: &structure.folders,
        outputs: &outputs,
    };
    let links: Vec<_> = (0..records.len()).into_par_iter().map(|index| destination::destinations(&context, index)).collect();

    let redirects = address::redirects(&records, &outputs, &structure, config, &mut diagnostics);
    let mut assets = BTreeMap::new();
    let mut linked: Vec<LinkedRecord> = Vec::with_capacity(records.len());
    let parts =
        outputs.into_iter().zip(standings).zip(relations.by_record.into_iter().zip(relations.unresolved)).zip(references).zip(links);
    for ((((output, standing), (relations, unresolved)), references), links) in parts {
        diagnostics.extend(links.diagnostics);
        assets.extend(links.assets);
        linked.push(LinkedRecord {
            output: Some(output),
            standing,
            links: links.destinations,
            relations,
            unresolved,
            backlinks: Vec::new(),
            references,
        });
    }
    diagnostics.extend(assets.keys().filter_map(|path| places.finding(path)));
    add_backlinks(&mut linked);
    let handbook = Handbook {
        records,
        linked: linked.into(),
        collections: structure.collections.into(),
        folders: structure.folders.into(),
        tags: structure.tags.into(),
        redirects: redirects.into(),
        trails: navigation.trails.into(),
        assets: assets.into(),
    };
    Linked { handbook, diagnostics }
}

/// Tells each record which links lead to it. A record that links twice is named once, by its first link.
fn add_backlinks(linked: &mut [LinkedRecord]) {
    let mut backlinks: Vec<Vec<Backlink>> = linked.iter().map(|_| Vec::new()).collect();
    for (from, record) in linked.iter().enumerate() {
        for (link, destination) in record.links.iter().enumerate() {
            if let Destination::Record(target, _) = destination
                && *target != from
                && backlinks[*target].last().is_none_or(|last| last.from != from)
            {
                backlinks[*target].push(Backlink { from, link });
            }
        }
    }
    for (record, backlinks) in linked.iter_mut().zip(backlinks) {
        record.backlinks = backlinks;
    }
}
