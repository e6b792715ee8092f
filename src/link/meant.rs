//! Which file of the handbook a path means, as it is written in one of its files. Where folders from elsewhere are mounted,
//! a path may be right in the handbook, in the folder's own repository, or on disk.

use crate::config::Sources;
use crate::link::path;

/// The paths in the handbook that `target` can mean in a file of `folder`, the likeliest first.
pub fn meant(sources: &Sources, folder: &str, target: &str) -> Vec<String> {
    let plain = path::join(folder, target);
    if sources.mounted.is_empty() {
        return plain.into_iter().collect();
    }
    let at = sources.of(folder).map_or("", |source| &source.at);
    if let Some(absolute) = target.strip_prefix('/') {
        // The root that an author means is that of the folder at home.
        return path::join(at, absolute).into_iter().chain(plain).collect();
    }
    let stays = plain
        .as_deref()
        .is_some_and(|path| at.is_empty() || path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let on_disk = sources.on_disk(folder, target);
    let candidates = if stays { [plain, on_disk] } else { [on_disk, plain] };
    candidates.into_iter().flatten().collect()
}
