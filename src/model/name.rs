//! Names of things, each a type of its own, so that a path can not be taken for an address.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! name {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::new(<&str>::deserialize(deserializer)?))
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// Path of a source file, relative to the content folder, with `/` between its parts.
    SourcePath
}
name! {
    /// Identity of a record: its source path without the ending, `decisions/0012-rancher`.
    RecordId
}
name! {
    /// Path of a file of the site, relative to the site's root, with `/` between its parts. Also its address.
    OutputPath
}
name! {
    /// The fragment that leads to a section, without `#`.
    Anchor
}
name! {
    /// Name of a kind, as in `kind: decision`.
    KindName
}

impl SourcePath {
    /// The folder's path, empty for a file at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part of the path, with its ending.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The last part of the path, without its ending.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or(name, |(stem, _)| stem)
    }

    /// Whether the file is one of Markdown, by its ending.
    pub fn is_markdown(&self) -> bool {
        let name = self.file_name().to_ascii_lowercase();
        [".md", ".markdown", ".mdx"].iter().any(|ending| name.ends_with(ending) && name.len() > ending.len())
    }

    /// Whether the file may be its folder's own page: `README.md`, `index.md` or `_index.md`, in any case.
    pub fn is_index(&self) -> bool {
        self.index_rank().is_some()
    }

    /// How good a claim the file has to be its folder's own page, the best being 0; `None` where it has none.
    pub fn index_rank(&self) -> Option<usize> {
        let stem = self.stem();
        ["index", "_index", "readme"].iter().position(|name| stem.eq_ignore_ascii_case(name))
    }

    /// Where a file may lie that holds the metadata of this one: YAML of the same name, or beside a folder's own page.
    pub fn side_cars(&self) -> Vec<SourcePath> {
        let folder = self.folder();
        let in_folder = |name: String| SourcePath::new(if folder.is_empty() { name } else { format!("{folder}/{name}") });
        if self.is_index() {
            return INDEX_SIDE_CARS.into_iter().map(|name| in_folder(name.to_owned())).collect();
        }
        ["yaml", "yml"].into_iter().map(|ending| in_folder(format!("{}.{ending}", self.stem()))).collect()
    }

    /// The record that this file would be.
    pub fn record_id(&self) -> RecordId {
        match self.folder() {
            "" => RecordId::new(self.stem()),
            folder => RecordId::new(format!("{folder}/{}", self.stem())),
        }
    }
}

/// Files that hold the metadata of a folder's own page.
const INDEX_SIDE_CARS: [&str; 5] = ["kep.yaml", "adr.yaml", "rfc.yaml", "team.yaml", "team.yml"];

impl OutputPath {
    /// `../` as often as it takes to get from this file to the site's root.
    pub fn to_root(&self) -> String {
        "../".repeat(self.0.matches('/').count())
    }

    /// How this file's page names `target`: relative, so that the site works under any path and from disk.
    ///
    /// ```
    /// use handbook::model::name::OutputPath;
    /// let page = OutputPath::new("decisions/0009-terraform.html");
    /// assert_eq!(page.relative("decisions/0001-aws.html"), "0001-aws.html");
    /// assert_eq!(page.relative("teams/sre.html"), "../teams/sre.html");
    /// ```
    pub fn relative(&self, target: &str) -> String {
        let here: Vec<&str> = self.0.split('/').collect();
        let there: Vec<&str> = target.split('/').collect();
        let shared = here[..here.len() - 1].iter().zip(&there[..there.len() - 1]).take_while(|(a, b)| a == b).count();
        let up = "../".repeat(here.len() - 1 - shared);
        format!("{up}{}", there[shared..].join("/"))
    }
}
