//! Reads the files that a record includes, so that later stages need no disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::load::roots::Roots;
use crate::markdown;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;

/// Bytes that the includes of one record may have together, and their number.
const BYTES_MAX: usize = 4 * 1024 * 1024;
const FILES_MAX: usize = 200;
/// Findings about the includes of one record; after that many, the rest is not looked at.
const FINDINGS_MAX: usize = 100;

/// The texts of all files that `text`, the file at `path`, includes directly or through others.
pub fn collect(path: &SourcePath, text: &str, roots: &Roots) -> (BTreeMap<SourcePath, Arc<str>>, Vec<Diagnostic>) {
    if !text.contains("{{#include ") {
        return (BTreeMap::new(), Vec::new());
    }
    let source = SourceFile::new(path.clone(), text.to_owned());
    let (mut found, mut diagnostics) = (BTreeMap::new(), Vec::new());
    let first: Vec<_> = markdown::directives(text).into_iter().map(|(range, target)| (range, target.to_owned())).collect();
    for (range, target) in first {
        if diagnostics.len() >= FINDINGS_MAX {
            let message = format!("{FINDINGS_MAX} includes of this file have findings; those after here are not looked at");
            diagnostics.push(source.finding(&diagnostic::INCLUDE, range, message));
            break;
        }
        let mut pending = vec![(vec![path.clone()], target)];
        while diagnostics.len() < FINDINGS_MAX
            && let Some((chain, target)) = pending.pop()
        {
            match include(&chain, &target, roots, &found) {
                Ok(Some((included, text))) => {
                    let chain = [chain, vec![included.clone()]].concat();
                    pending.extend(markdown::directives(&text).into_iter().map(|(_, target)| (chain.clone(), target.to_owned())));
                    found.insert(included, text);
                }
                Ok(None) => {}
                Err(message) => diagnostics.push(source.finding(&diagnostic::INCLUDE, range.clone(), message)),
            }
        }
    }
    (found, diagnostics)
}

/// What a file and those that it includes name to be included, whether it is there or not.
pub fn named(source: &SourceFile) -> Vec<SourcePath> {
    let texts = source.includes.iter().map(|(path, text)| (path, &**text));
    let targets =
        |(from, text)| markdown::directives(text).into_iter().filter_map(move |(_, target)| markdown::is_directive_target(from, target));
    texts.chain([(source.file(), source.text.as_str())]).flat_map(targets).collect()
}

/// The file that `target` means at the end of `chain`; nothing when it was read before.
fn include(
    chain: &[SourcePath],
    target: &str,
    roots: &Roots,
    found: &BTreeMap<SourcePath, Arc<str>>,
) -> Result<Option<(SourcePath, Arc<str>)>, String> {
    let from = chain.last().expect("a chain begins with the record");
    let path = markdown::is_directive_target(from, target)
        .ok_or_else(|| format!("`{target}` leads out of the content folder, and is not included"))?;
    if chain.contains(&path) {
        let names: Vec<&str> = chain.iter().map(SourcePath::as_str).collect();
        return Err(format!("`{path}` includes itself: {} → {path}", names.join(" → ")));
    }
    if found.contains_key(&path) {
        return Ok(None);
    }
    let n_bytes: usize = found.values().map(|text| text.len()).sum();
    if found.len() >= FILES_MAX || n_bytes > BYTES_MAX {
        return Err(format!("more than {FILES_MAX} files or {} MiB are included", BYTES_MAX >> 20));
    }
    let (folder, below) = roots.locate(path.as_str());
    let file = folder.join(below);
    let real = file.canonicalize().map_err(|error| format!("`{path}` can not be included: {error}"))?;
    if !folder.canonicalize().is_ok_and(|root| real.starts_with(root)) {
        return Err(format!("`{path}` leads out of the content folder, and is not included"));
    }
    if path.as_str().split('/').any(|part| part.starts_with('.')) || !real.is_file() {
        return Err(format!("`{path}` is hidden or no file, and is not included"));
    }
    let text = std::fs::read_to_string(&real).map_err(|error| format!("`{path}` can not be included: {error}"))?;
    Ok(Some((path, Arc::from(text.replace("\r\n", "\n")))))
}
