//! Which elements are closed where they are opened, and stand where they may.

use std::collections::HashMap;

use pulldown_cmark::{Event, Tag};

use super::element::{Content, Element};
use super::items::Item;

/// Elements that may be open at once.
const DEPTH_MAX: usize = 50;
/// Blocks that stand in the cells of a table, which Markdown has no others for.
const IN_CELLS: [&str; 5] = ["ul", "ol", "li", "details", "summary"];

/// Which elements are closed, and where.
#[derive(Default)]
pub struct Pairs {
    /// By item that closes some: the items that open them, innermost first.
    pub closed_at: HashMap<usize, Vec<usize>>,
    /// By item that opens one which is closed, and stands where it may: its name.
    pub taken: HashMap<usize, &'static str>,
}

impl Pairs {
    /// Of all items of a text.
    pub fn of(items: &[Item<'_>]) -> Self {
        let mut walk = Walk::default();
        for (at, item) in items.iter().enumerate() {
            match item {
                Item::Event(Event::Start(tag), _) => {
                    walk.open.push(Open::Markdown { is_link: matches!(tag, Tag::Link { .. }), is_cell: *tag == Tag::TableCell });
                }
                Item::Event(Event::End(_), _) => while matches!(walk.open.pop(), Some(Open::Element { .. })) {},
                Item::Event(..) | Item::Text { .. } => {}
                Item::EndOfBlock => walk.end_words(),
                Item::Element { element, in_block, .. } => walk.element(at, element, *in_block),
            }
        }
        let Walk { mut pairs, mut held, .. } = walk;
        // What must stand in something stands in nothing where that is text.
        held.sort_unstable();
        for (at, name, holder) in held {
            let holder = holder.and_then(|holder| pairs.taken.get(&holder).copied());
            if !may_stand_in(name, holder) {
                pairs.taken.remove(&at);
            }
        }
        pairs
    }
}

/// A walk over the items.
#[derive(Default)]
struct Walk {
    open: Vec<Open>,
    pairs: Pairs,
    /// Those that are closed: the item that opens it, its name, and the item that opens what it stands in.
    held: Vec<(usize, &'static str, Option<usize>)>,
}

/// What is open.
enum Open {
    Element {
        at: usize,
        name: &'static str,
        holder: Option<usize>,
        is_inline: bool,
    },
    /// Something of Markdown; what is opened in it is closed in it.
    Markdown {
        is_link: bool,
        is_cell: bool,
    },
}

impl Walk {
    fn element(&mut self, at: usize, element: &Element, in_block: bool) {
        let Some(name) = element.name else { return };
        let content = element.content();
        let is_inline = content == Content::Inline;
        if in_block && (matches!(content, Content::Division | Content::Block) || name == "hr") {
            self.end_words();
        }
        let is_paired = is_inline || (content == Content::Block && (in_block || (IN_CELLS.contains(&name) && self.is_in_cell())));
        if is_paired && element.is_end {
            self.end(at, name);
        } else if is_paired {
            self.begin(at, name, is_inline);
        }
    }

    fn begin(&mut self, at: usize, name: &'static str, is_inline: bool) {
        while self.open.last().is_some_and(|open| open.ends_before(name)) {
            self.close(at);
        }
        if self.open.len() < DEPTH_MAX && !(name == "a" && self.is_in_link()) {
            let holder = self.open.last().and_then(|open| if let Open::Element { at, .. } = open { Some(*at) } else { None });
            self.open.push(Open::Element { at, name, holder, is_inline });
        }
    }

    /// Closes the last of `name` that is open, and what may be left open in it.
    fn end(&mut self, at: usize, name: &str) {
        let near = || self.open.iter().rev().take(DEPTH_MAX).take_while(|open| matches!(open, Open::Element { .. }));
        let is_it = |open: &Open| matches!(open, Open::Element { name: known, .. } if *known == name);
        let Some(n_inside) = near().position(is_it) else { return };
        if near().take(n_inside).all(Open::may_stay_open) {
            (0..=n_inside).for_each(|_| self.close(at));
        }
    }

    fn close(&mut self, at: usize) {
        if let Some(Open::Element { at: opened, name, holder, .. }) = self.open.pop() {
            self.pairs.closed_at.entry(at).or_default().push(opened);
            self.pairs.taken.insert(opened, name);
            self.held.push((opened, name, holder));
        }
    }

    /// Words in bold and the like end with their line of text.
    fn end_words(&mut self) {
        while matches!(self.open.last(), Some(Open::Element { is_inline: true, .. })) {
            self.open.pop();
        }
    }

    fn is_in_link(&self) -> bool {
        let is_link = |open: &Open| matches!(open, Open::Markdown { is_link: true, .. } | Open::Element { name: "a", .. });
        self.open.iter().rev().take(DEPTH_MAX).any(is_link)
    }

    /// Whether the innermost that is of Markdown is a cell of a table.
    fn is_in_cell(&self) -> bool {
        let of_markdown = |open: &Open| if let Open::Markdown { is_cell, .. } = open { Some(*is_cell) } else { None };
        self.open.iter().rev().take(DEPTH_MAX).find_map(of_markdown) == Some(true)
    }
}

impl Open {
    /// Whether an element may be left open where the one around it ends.
    fn may_stay_open(&self) -> bool {
        matches!(self, Self::Element { name: "li" | "td" | "th" | "tr" | "dt" | "dd" | "thead" | "tbody" | "tfoot", .. })
    }

    /// Whether an element ends where another of `name` begins.
    fn ends_before(&self, name: &str) -> bool {
        let Self::Element { name: open, .. } = self else { return false };
        match name {
            "li" => *open == "li",
            "td" | "th" => matches!(*open, "td" | "th"),
            "tr" => matches!(*open, "td" | "th" | "tr"),
            "dt" | "dd" => matches!(*open, "dt" | "dd"),
            _ => false,
        }
    }
}

fn may_stand_in(name: &str, holder: Option<&str>) -> bool {
    match name {
        "li" => matches!(holder, Some("ul" | "ol")),
        "tr" => matches!(holder, Some("table" | "thead" | "tbody" | "tfoot")),
        "td" | "th" => holder == Some("tr"),
        "thead" | "tbody" | "tfoot" | "caption" => holder == Some("table"),
        "summary" => holder == Some("details"),
        "dt" | "dd" => holder == Some("dl"),
        _ => true,
    }
}
