//! Addresses that another program writes with a template: `[Home]({{ site.baseurl }}/index.html)` (Jekyll), `[Page]({{< ref "page" >}})`
//! (Hugo), `[Page]({% link page.md %})`. What stands around the address becomes spaces in front of it, which Markdown passes over, so
//! that every byte behind it keeps its place.

use std::borrow::Cow;
use std::ops::Range;

/// The pairs of marks between which a template stands in an address.
const MARKS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}")];
/// Bytes of a template, and of what follows it in an address.
const ADDRESS_BYTES_MAX: usize = 400;

/// `text` with the addresses alone where templates tell them, of the same length. `code` tells the ranges, in order, in which all
/// stays as it is.
pub fn addresses(text: &str, code: impl FnOnce() -> Vec<Range<usize>>) -> Cow<'_, str> {
    if !text.contains("]({") {
        return Cow::Borrowed(text);
    }
    let code = code();
    let is_code = |at: usize| code.get(code.partition_point(|range| range.end <= at)).is_some_and(|range| range.contains(&at));
    let mut bytes = text.as_bytes().to_vec();
    for (at, _) in text.match_indices("]({").filter(|(at, _)| !is_code(*at)) {
        let start = at + 2;
        let Some((template, address)) = template(beginning(&text[start..])) else { continue };
        let after = beginning(&text[start + template.end..]);
        let rest = &after[..after.find([')', ' ', '\n']).unwrap_or(0)];
        let end = start + template.end + rest.len();
        let whole = format!("{address}{rest}");
        bytes[start..end].fill(b' ');
        bytes[end - whole.len()..end].copy_from_slice(whole.as_bytes());
    }
    Cow::Owned(String::from_utf8(bytes).expect("whole passages were replaced"))
}

/// As much of `text` as is looked at.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(ADDRESS_BYTES_MAX)]
}

/// The template with which `text` begins, and the address that it tells; empty, where it stands for the root of the site.
fn template(text: &str) -> Option<(Range<usize>, &str)> {
    let (open, close) = MARKS.iter().find(|(open, _)| text.starts_with(open))?;
    let length = text.find(close).filter(|length| !text[..*length].contains('\n'))?;
    let inside = text[open.len()..length].trim();
    let words = || inside.split_whitespace();
    let quoted = inside.split(['"', '\'']).nth(1);
    let address = match words().next()? {
        "ref" | "relref" => quoted.or_else(|| words().nth(1))?,
        "link" => quoted.or_else(|| words().nth(1))?,
        "site.baseurl" | "site.url" | "site.base_url" | "base_url" | "page.root" => "",
        first if first.starts_with(['"', '\'']) => quoted?,
        _ => return None,
    };
    Some((0..length + close.len(), address))
}
