//! Drawings as plain data: shapes with places and classes. A part of the theme writes them as SVG, so that every text is
//! escaped where all others are, and colours are those of the style sheet.
//!
//! A drawing is read from left to right in pixels of its own; the page scales it, or lets it scroll where it is wide.

mod axis;
pub mod balance;
pub mod incidents;
pub mod network;
pub mod tenures;
pub mod timeline;

use serde::Serialize;

use crate::model::name::OutputPath;

pub use axis::Axis;

/// A drawing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Drawing {
    /// What it shows, for those who do not see it.
    pub title: String,
    /// Its size.
    pub width: i64,
    /// Its size.
    pub height: i64,
    /// Whether parts of it lead somewhere.
    pub has_links: bool,
    /// What it consists of, from the back to the front.
    pub shapes: Vec<Shape>,
}

/// A part of a drawing. Classes are `draw-` and one of the style sheet's words.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "sort", rename_all = "lowercase")]
pub enum Shape {
    /// A straight line.
    Line { class: String, x1: i64, y1: i64, x2: i64, y2: i64 },
    /// A rectangle, with what it stands for.
    Rect { class: String, x: i64, y: i64, width: i64, height: i64, tip: String },
    /// A circle, with what it stands for.
    Circle { class: String, x: i64, y: i64, r: i64, tip: String },
    /// Lines from point to point, in the syntax of SVG.
    Path { class: String, d: String },
    /// Words; `anchor` is start, middle or end.
    Text { class: String, x: i64, y: i64, anchor: &'static str, text: String },
    /// What follows, up to the next [`Shape::End`], leads to a page and is called `name`.
    Link { url: String, name: String },
    /// The end of a link.
    End,
}

impl Drawing {
    /// An empty drawing.
    pub fn new(title: String, width: i64, height: i64) -> Self {
        Self { title, width, height, has_links: false, shapes: Vec::new() }
    }

    /// Draws a line.
    pub fn line(&mut self, class: &str, from: (i64, i64), to: (i64, i64)) {
        self.shapes.push(Shape::Line { class: class.to_owned(), x1: from.0, y1: from.1, x2: to.0, y2: to.1 });
    }

    /// Draws a rectangle with its upper left corner at `at`.
    pub fn rect(&mut self, class: &str, at: (i64, i64), size: (i64, i64), tip: &str) {
        self.shapes.push(Shape::Rect { class: class.to_owned(), x: at.0, y: at.1, width: size.0, height: size.1, tip: tip.to_owned() });
    }

    /// Draws a circle around `at`.
    pub fn circle(&mut self, class: &str, at: (i64, i64), r: i64, tip: &str) {
        self.shapes.push(Shape::Circle { class: class.to_owned(), x: at.0, y: at.1, r, tip: tip.to_owned() });
    }

    /// Draws a path.
    pub fn path(&mut self, class: &str, d: String) {
        self.shapes.push(Shape::Path { class: class.to_owned(), d });
    }

    /// Writes words whose base line begins at `at`.
    pub fn text(&mut self, class: &str, at: (i64, i64), text: impl Into<String>) {
        self.write(class, at, "start", text.into());
    }

    /// Writes words around `at`.
    pub fn centred(&mut self, class: &str, at: (i64, i64), text: impl Into<String>) {
        self.write(class, at, "middle", text.into());
    }

    /// Writes words that end at `at`.
    pub fn ending(&mut self, class: &str, at: (i64, i64), text: impl Into<String>) {
        self.write(class, at, "end", text.into());
    }

    /// Makes what `draw` adds a link to the page at `url`, called `name` by those who do not see it.
    pub fn link(&mut self, url: &OutputPath, name: &str, draw: impl FnOnce(&mut Self)) {
        self.has_links = true;
        self.shapes.push(Shape::Link { url: url.to_string(), name: name.to_owned() });
        draw(self);
        self.shapes.push(Shape::End);
    }

    fn write(&mut self, class: &str, at: (i64, i64), anchor: &'static str, text: String) {
        self.shapes.push(Shape::Text { class: class.to_owned(), x: at.0, y: at.1, anchor, text });
    }
}

/// `text` cut to what fits into `width` pixels of the drawings' type, which is small and of many widths: a guess on the safe
/// side.
pub fn fitting(text: &str, width: i64) -> String {
    let width_of = |c: char| {
        if c.is_ascii() { if matches!(c, 'i' | 'j' | 'l' | '.' | ',' | '\'' | 't' | 'f' | 'r' | ' ') { 5 } else { 8 } } else { 13 }
    };
    let total: i64 = text.chars().map(width_of).sum();
    if total <= width {
        return text.to_owned();
    }
    let mut left = width - 10;
    let kept: String = text
        .chars()
        .take_while(|c| {
            left -= width_of(*c);
            left >= 0
        })
        .collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_with_a_sign() {
        assert_eq!(fitting("short", 100), "short");
        let cut = fitting("Put a lock timeout on every migration", 120);
        assert!(cut.ends_with('…') && cut.chars().count() < 20, "{cut}");
    }
}
