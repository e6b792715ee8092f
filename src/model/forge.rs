//! The web site of a repository's host: where one of its files can be edited, where a commit can be read, and which file
//! an address there means. All of it follows from the address that the repository was cloned from.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A repository on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forge {
    style: Style,
    /// `https://github.com/owner/name`, without a name, a password and an ending.
    base: String,
    /// The branch that readers see.
    branch: String,
}

/// A content folder, or one that is mounted in it, and its place on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The folder in the handbook: empty, or a path without `/` at its end.
    pub mount: String,
    /// The folder in the repository, in the same form.
    pub folder: String,
    /// The repository.
    pub forge: Forge,
}

/// How a host builds its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    GitHub,
    GitLab,
    /// Gitea and what came of it: Forgejo, Codeberg.
    Gitea,
    Bitbucket,
    Azure,
    Sourcehut,
}

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Origin {
    /// The origin among `origins` under whose folder `path`, a path in the handbook, lies: the innermost.
    pub fn of<'a>(origins: &'a [Self], path: &str) -> Option<&'a Self> {
        let holds = |origin: &&Self| below(&origin.mount, path).is_some();
        origins.iter().filter(holds).max_by_key(|origin| origin.mount.len())
    }

    /// The origin of the content folder, when `address` is where its files are edited or shown on a known host:
    /// `https://github.com/acme/handbook/edit/main/docs/`.
    pub fn of_address(address: &str) -> Option<Self> {
        let (scheme, host, path) = parts(address)?;
        let style = Style::of_host(&host)?;
        let (repository, rest) = style.views().iter().find_map(|view| path.split_once(&format!("/{view}")))?;
        let (branch, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let forge = Forge::of_remote(&format!("{scheme}://{host}/{repository}"), branch)?;
        Some(Self { mount: String::new(), folder: folder.trim_matches('/').to_owned(), forge })
    }

    /// Where the file at `path`, a path in the handbook, can be edited.
    pub fn edit(&self, path: &str) -> Option<String> {
        Some(self.forge.edit(&within(&self.folder, below(&self.mount, path)?)))
    }

    /// The path in the handbook of the file that `address` leads to.
    pub fn path_of(&self, address: &str) -> Option<String> {
        let path = self.forge.path_of(address)?;
        Some(within(&self.mount, below(&self.folder, &path)?))
    }
}

/// `path` as it is written in `folder`, when it lies there.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    if folder.is_empty() || rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn within(folder: &str, path: &str) -> String {
    let parts = [folder, path].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

impl Forge {
    /// The repository that was cloned from `remote`, when its host is one whose addresses are known. A name or a password
    /// in `remote` is dropped.
    ///
    /// ```
    /// use handbook::model::forge::Forge;
    /// let forge = Forge::of_remote("https://bot:secret@github.com/acme/handbook.git", "main").unwrap();
    /// assert_eq!(forge.edit("docs/a b.md"), "https://github.com/acme/handbook/edit/main/docs/a%20b.md");
    /// let forge = Forge::of_remote("git@gitlab.com:acme/deep/handbook.git", "main").unwrap();
    /// assert_eq!(forge.edit("a.md"), "https://gitlab.com/acme/deep/handbook/-/edit/main/a.md");
    /// assert_eq!(Forge::of_remote("/srv/git/handbook.git", "main"), None);
    /// ```
    pub fn of_remote(remote: &str, branch: &str) -> Option<Self> {
        let (scheme, host, path) = parts(remote.trim())?;
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (host, path) = match host.strip_prefix("ssh.").filter(|host| *host == "dev.azure.com") {
            Some(host) => (host.to_owned(), azure_path(path.strip_prefix("v3/")?)?),
            None => (host.to_owned(), path.to_owned()),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '/' | ':' | '%');
        if path.split('/').count() < 2 || !host.contains('.') || !format!("{host}/{path}").chars().all(is_plain) {
            return None;
        }
        let style = Style::of_host(&host)?;
        Some(Self { style, base: format!("{scheme}://{host}/{path}"), branch: branch.to_owned() })
    }

    /// Where the file at `path`, a path in the repository, can be edited; where its host has no such page, where it is shown.
    pub fn edit(&self, path: &str) -> String {
        let base = &self.base;
        let (branch, path) = (encoded(&self.branch), encoded(path));
        match self.style {
            Style::GitHub => format!("{base}/edit/{branch}/{path}"),
            Style::GitLab => format!("{base}/-/edit/{branch}/{path}"),
            Style::Gitea => format!("{base}/_edit/{branch}/{path}"),
            Style::Bitbucket => format!("{base}/src/{branch}/{path}?mode=edit"),
            Style::Azure => format!("{base}?path=/{path}&version=GB{branch}"),
            Style::Sourcehut => format!("{base}/tree/{branch}/item/{path}"),
        }
    }

    /// Where `commit` can be read.
    pub fn commit(&self, commit: &str) -> String {
        let base = &self.base;
        match self.style {
            Style::GitLab => format!("{base}/-/commit/{commit}"),
            Style::Bitbucket => format!("{base}/commits/{commit}"),
            Style::GitHub | Style::Gitea | Style::Azure | Style::Sourcehut => format!("{base}/commit/{commit}"),
        }
    }

    /// The path of the file or folder in this repository that `address` shows. An address that names a version (a tag, a
    /// commit) means that version and no other, so it has none.
    fn path_of(&self, address: &str) -> Option<String> {
        let after_scheme = |text: &str| text.split_once("://").map(|(_, rest)| rest.to_owned());
        let (base, address) = (after_scheme(&self.base)?, after_scheme(address.split(['?', '#']).next()?)?);
        let base = base.as_str();
        let head = address.get(..base.len()).filter(|head| head.eq_ignore_ascii_case(base))?;
        let rest = address[head.len()..].strip_prefix('/')?;
        let rest = self.style.views().iter().find_map(|view| rest.strip_prefix(view))?;
        let branches = [self.branch.as_str(), "main", "master", "HEAD"];
        let rest = branches.iter().find_map(|branch| below(branch, rest))?;
        let rest = if self.style == Style::Sourcehut { below("item", rest)? } else { rest };
        Some(percent_decode_str(rest.trim_end_matches('/')).decode_utf8().ok()?.into_owned())
    }
}

impl Style {
    /// What stands between a repository and a branch in the addresses of files and folders.
    fn views(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["blob/", "tree/", "edit/", "raw/"],
            Self::GitLab => &["-/blob/", "-/tree/", "-/edit/", "-/raw/", "blob/", "tree/"],
            Self::Gitea => &["src/branch/", "_edit/", "raw/branch/"],
            Self::Bitbucket => &["src/"],
            Self::Sourcehut => &["tree/"],
            Self::Azure => &[],
        }
    }

    fn of_host(host: &str) -> Option<Self> {
        let name = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
        let has = |word: &str| name.split('.').any(|label| label == word || label.starts_with(&format!("{word}-")));
        match name.as_str() {
            "bitbucket.org" => Some(Self::Bitbucket),
            "dev.azure.com" => Some(Self::Azure),
            "git.sr.ht" => Some(Self::Sourcehut),
            "codeberg.org" => Some(Self::Gitea),
            name if name.ends_with(".visualstudio.com") => Some(Self::Azure),
            _ if has("github") => Some(Self::GitHub),
            _ if has("gitlab") => Some(Self::GitLab),
            _ if has("gitea") || has("forgejo") => Some(Self::Gitea),
            _ => None,
        }
    }
}

/// Scheme, host and path of the address of a remote: `https://host/path`, `ssh://git@host:22/path`, `git@host:path`.
fn parts(remote: &str) -> Option<(&'static str, String, String)> {
    if let Some((scheme, rest)) = remote.split_once("://") {
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit('@').next().unwrap_or(authority);
        return match scheme {
            "https" => Some(("https", host.to_owned(), path.to_owned())),
            "http" => Some(("http", host.to_owned(), path.to_owned())),
            // The port is that of another service than the web's.
            "ssh" | "git" | "git+ssh" => Some(("https", host.split(':').next()?.to_owned(), path.to_owned())),
            _ => None,
        };
    }
    let (authority, path) = remote.split_once(':')?;
    let host = authority.rsplit('@').next().unwrap_or(authority);
    (!authority.contains('/') && !path.starts_with('\\')).then(|| ("https", host.to_owned(), path.to_owned()))
}

/// `org/project/name`, as it is cloned over ssh, as it is on the web.
fn azure_path(path: &str) -> Option<String> {
    let (project, name) = path.rsplit_once('/')?;
    Some(format!("{project}/_git/{name}"))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(remote: &str) -> Option<String> {
        Forge::of_remote(remote, "main").map(|forge| forge.edit("docs/a b.md"))
    }

    #[test]
    fn hosts() {
        let table = [
            ("git@github.com:acme/hb.git", Some("https://github.com/acme/hb/edit/main/docs/a%20b.md")),
            ("https://github.acme.dev/acme/hb", Some("https://github.acme.dev/acme/hb/edit/main/docs/a%20b.md")),
            ("ssh://git@gitlab.acme.dev:2222/a/b/hb.git", Some("https://gitlab.acme.dev/a/b/hb/-/edit/main/docs/a%20b.md")),
            ("https://token@codeberg.org/acme/hb.git", Some("https://codeberg.org/acme/hb/_edit/main/docs/a%20b.md")),
            ("https://forgejo.acme.dev/acme/hb", Some("https://forgejo.acme.dev/acme/hb/_edit/main/docs/a%20b.md")),
            ("https://me@bitbucket.org/acme/hb.git", Some("https://bitbucket.org/acme/hb/src/main/docs/a%20b.md?mode=edit")),
            (
                "git@ssh.dev.azure.com:v3/acme/project/hb",
                Some("https://dev.azure.com/acme/project/_git/hb?path=/docs/a%20b.md&version=GBmain"),
            ),
            (
                "https://acme@dev.azure.com/acme/project/_git/hb",
                Some("https://dev.azure.com/acme/project/_git/hb?path=/docs/a%20b.md&version=GBmain"),
            ),
            ("git@git.sr.ht:~me/hb", Some("https://git.sr.ht/~me/hb/tree/main/item/docs/a%20b.md")),
            // Nothing is known of these.
            ("/srv/git/hb.git", None),
            ("C:\\git\\hb", None),
            ("file:///srv/git/hb.git", None),
            ("https://example.org/acme/hb.git", None),
            ("git@github-work:acme/hb.git", None),
            ("javascript://github.com/a/b", None),
            ("https://github.com/a\"onload=/b", None),
            ("", None),
        ];
        for (remote, wanted) in table {
            assert_eq!(edit(remote).as_deref(), wanted, "{remote}");
        }
    }

    #[test]
    fn addresses_of_own_files() {
        let forge = Forge::of_remote("git@github.com:acme/hb.git", "release/2").expect("a known host");
        let origin = Origin { mount: "payments".to_owned(), folder: "docs".to_owned(), forge };
        let path = |address: &str| origin.path_of(address);
        assert_eq!(path("https://github.com/acme/hb/blob/release/2/docs/a%20b.md#why").as_deref(), Some("payments/a b.md"));
        assert_eq!(path("http://GitHub.com/Acme/hb/tree/main/docs/").as_deref(), Some("payments"));
        assert_eq!(path("https://github.com/acme/hb/blob/v1.0/docs/a.md"), None);
        assert_eq!(path("https://github.com/acme/hb/blob/main/src/a.md"), None);
        assert_eq!(path("https://github.com/acme/hbx/blob/main/docs/a.md"), None);
        assert_eq!(path("https://github.com/acme/hb/issues/3"), None);
        assert_eq!(origin.edit("payments/a.md").as_deref(), Some("https://github.com/acme/hb/edit/release/2/docs/a.md"));
        let origin = Origin::of_address("https://gitlab.com/acme/deep/hb/-/edit/main/docs/").expect("a known host");
        assert_eq!(origin.path_of("https://gitlab.com/acme/deep/hb/-/blob/main/docs/a.md").as_deref(), Some("a.md"));
        assert_eq!(origin.edit("a.md").as_deref(), Some("https://gitlab.com/acme/deep/hb/-/edit/main/docs/a.md"));
        assert_eq!(Origin::of_address("https://git.example.org/handbook/"), None);
        let origin = Origin::of_address("https://github.com/acme/hb/edit/main/").expect("a known host");
        assert_eq!(origin.path_of("https://github.com/acme/hb/blob/main/a.md").as_deref(), Some("a.md"));
    }

    #[test]
    fn files_of_other_folders() {
        let forge = Forge::of_remote("git@github.com:acme/hb.git", "main").expect("a known host");
        let origin = Origin { mount: "payments".to_owned(), folder: String::new(), forge };
        assert_eq!(Origin::of(std::slice::from_ref(&origin), "paymentsx/a.md"), None);
    }
}
