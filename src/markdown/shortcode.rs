//! Shortcodes of Hugo, alone in a line: `{{< include "a.md" >}}`, `{{% alert color="warning" %}}`.

/// With what a shortcode begins.
pub const MARKS: [&str; 2] = ["{{<", "{{%"];

/// A shortcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcode<'t> {
    /// Its name; with a stroke in front where it is the end of one.
    pub name: &'t str,
    arguments: &'t str,
}

/// The shortcode that `line` is; `None` for a line that holds more than one, or anything beside it.
pub fn of_line(line: &str) -> Option<Shortcode<'_>> {
    let ends = ["/>}}", ">}}", "/%}}", "%}}"];
    let inside = MARKS.iter().find_map(|mark| line.strip_prefix(mark))?;
    let inside = ends.iter().find_map(|end| inside.strip_suffix(end))?.trim();
    // What is escaped for documentation is no shortcode: `{{</* include */>}}`.
    let is_one = !inside.is_empty() && !inside.contains("{{") && !inside.contains("}}") && !inside.starts_with("/*");
    is_one.then(|| Shortcode::of(inside))
}

impl<'t> Shortcode<'t> {
    /// The name and what follows it, as they stand between the marks.
    pub fn of(inside: &'t str) -> Self {
        let (name, arguments) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        Self { name, arguments }
    }

    /// The first argument, where it has no name: `warning`, `"One"`.
    pub fn first(&self) -> Option<&'t str> {
        let arguments = self.arguments.trim_start();
        let quoted = arguments.strip_prefix('"').and_then(|quoted| quoted.split_once('"')).map(|(first, _)| first);
        quoted.or_else(|| arguments.split_whitespace().next().filter(|first| !first.contains('=')))
    }

    /// The value of the argument `name`, written in quotation marks.
    pub fn argument(&self, name: &str) -> Option<&'t str> {
        let starts = self.arguments.match_indices(name).filter(|(at, _)| *at == 0 || self.arguments[..*at].ends_with(' '));
        let values = starts.filter_map(|(at, _)| self.arguments[at + name.len()..].strip_prefix("=\""));
        values.filter_map(|value| value.split_once('"')).map(|(value, _)| value).next()
    }
}
