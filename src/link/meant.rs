//! Which file of the handbook a path means, as it is written in one of its files. Where folders from elsewhere are mounted,
//! a path may be right in the handbook, in the folder's own repository, or on disk.

use crate::config::Sources;
use crate::link::path;

/// The paths in the handbook that `target` can mean in a file of `folder`, the likeliest first.
pub fn meant(sources: &Sources, folder: &str, target: &str) -> Vec<String> {
    let plain = path::join(folder, target);
    if sources.mounted.is_empty() {
        return plain.into_iter().chain(below_folders_above(folder, target)).collect();
    }
    let at = sources.of(folder).map_or("", |source| &source.at);
    if let Some(absolute) = target.strip_prefix('/') {
        // The root that an author means is that of the folder at home.
        return path::join(at, absolute).into_iter().chain(plain).chain(below_folders_above(folder, target)).collect();
    }
    let stays = plain
        .as_deref()
        .is_some_and(|path| at.is_empty() || path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let on_disk = sources.on_disk(folder, target);
    let candidates = if stays { [plain, on_disk] } else { [on_disk, plain] };
    candidates.into_iter().flatten().collect()
}

/// What `target` means that begins with `/`, where a site is made of one of the folders above: that of `docs/`, say. The outermost
/// comes first.
fn below_folders_above(folder: &str, target: &str) -> Vec<String> {
    let Some(absolute) = target.strip_prefix('/').filter(|_| !folder.is_empty()) else { return Vec::new() };
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.filter_map(|end| path::join(&folder[..end], absolute)).collect()
}
