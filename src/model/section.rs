//! What the text of a record consists of.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::name::Anchor;

/// The body of a record, taken apart: what is searched, listed and linked. The HTML is made later, when a page is rendered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outline {
    /// The sections in the order of the text. The first has no heading: it is the text before the first one.
    pub sections: Vec<Section>,
    /// All links, in the order of the text.
    pub links: Vec<Link>,
    /// Further places that can be linked to: `<a name="...">`, footnotes.
    pub anchors: Vec<Anchor>,
    /// The first level-one heading, when it opens the text and so serves as the title.
    pub title: Option<String>,
    /// The first paragraph, as plain text.
    pub lead: String,
    /// The first paragraphs, from which `parse` takes the lead: the first that is no metadata. Empty afterwards.
    pub leads: Vec<Lead>,
}

impl Outline {
    /// Whether both have the same headings, and the same links in the same sections.
    pub fn links_alike(&self, other: &Self) -> bool {
        // A heading may change and keep its anchor; tables of contents name it.
        let heading = |section: &Section| (section.anchor.clone(), section.level, section.title.clone());
        let link = |link: &Link| (link.form, link.target.clone(), link.text.clone(), link.section);
        (&self.anchors, &self.title) == (&other.anchors, &other.title)
            && self.sections.iter().map(heading).eq(other.sections.iter().map(heading))
            && self.links.iter().map(link).eq(other.links.iter().map(link))
    }
}

/// A paragraph that may stand for the text in lists.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lead {
    /// Plain text, shortened.
    pub text: String,
    /// Where it stands in the source file, in bytes.
    pub span: Range<usize>,
}

/// A heading and the text under it, up to the next heading of any level.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Section {
    /// Leads here; `None` for the text before the first heading.
    pub anchor: Option<Anchor>,
    /// 1 to 6; 0 for the text before the first heading.
    pub level: u8,
    /// The heading as plain text.
    pub title: String,
    /// Where the heading stands in the source file, in bytes.
    pub span: Range<usize>,
    /// The text under it as plain text, blocks divided by `\n`.
    pub text: String,
    /// Names and commands of several words that it has as code: `cargo build`.
    pub code: Vec<String>,
}

/// A link as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    /// How it is written.
    pub form: LinkForm,
    /// What it names, as written: an address, a path, the inside of `[[...]]` before the bar.
    pub target: String,
    /// The words that are shown.
    pub text: String,
    /// Where it stands in the source file, in bytes.
    pub span: Range<usize>,
    /// The section it stands in: an index into [`Outline::sections`].
    pub section: usize,
    /// The sentence around it: what comes before the link's words, and what comes after.
    pub sentence: (String, String),
}

/// How a link is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkForm {
    /// `[text](target)`, `[text][label]`, `<https://...>`.
    Markdown,
    /// `![text](target)`.
    Image,
    /// `[[target]]`, `[[target|text]]`.
    Wiki,
    /// `![[target]]`.
    Embed,
    /// `target` or `text <target>` in a table of contents of Sphinx.
    Entry,
}
