//! Formulas in TeX to MathML, which browsers draw without a script. The one home of pulldown-latex.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, mathml::push_mathml};

/// Bytes of a formula that are read; a longer one is no formula.
const FORMULA_BYTES_MAX: usize = 4096;
/// Groups within one another that are followed.
const NESTING_MAX: usize = 64;

/// `formula` as MathML, or why it can not be read.
pub fn mathml(formula: &str, is_block: bool) -> Result<String, String> {
    let depth = formula.bytes().scan(0_usize, |depth, byte| {
        match byte {
            b'{' => *depth += 1,
            b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    if formula.len() > FORMULA_BYTES_MAX || depth.max().unwrap_or(0) > NESTING_MAX {
        return Err(format!("longer than {FORMULA_BYTES_MAX} bytes or nested deeper than {NESTING_MAX}"));
    }
    let storage = Storage::new();
    if let Some(error) = Parser::new(formula, &storage).find_map(Result::err) {
        return Err(error.to_string().lines().next().unwrap_or("it is no TeX").to_owned());
    }
    let storage = Storage::new();
    let display_mode = if is_block { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut html = String::new();
    push_mathml(&mut html, Parser::new(formula, &storage), config).map_err(|error| error.to_string())?;
    Ok(without_styles(&html))
}

/// The site's content policy allows no inline style: colours and explicit spaces are left out.
fn without_styles(html: &str) -> String {
    const ATTRIBUTE: &str = " style=\"";
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find(ATTRIBUTE) {
        kept.push_str(&rest[..start]);
        let value = &rest[start + ATTRIBUTE.len()..];
        rest = value.find('"').map_or("", |end| &value[end + 1..]);
    }
    kept + rest
}
