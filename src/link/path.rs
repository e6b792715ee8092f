//! Paths within the content folder, as links write them.

/// The path that `target` means when it is written in a file of `folder`: relative to that folder, or to the content
/// folder when it begins with `/`. `None` when it leads out of the content folder.
///
/// ```
/// use handbook::link::path::join;
/// assert_eq!(join("decisions", "../teams/sre.md").as_deref(), Some("teams/sre.md"));
/// assert_eq!(join("decisions", "../../etc/passwd"), None);
/// ```
pub fn join(folder: &str, target: &str) -> Option<String> {
    let (start, relative) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder, target),
    };
    let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
