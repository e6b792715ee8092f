//! Template sources to compiled templates, assets under names of their content. The one home of tera.

use std::collections::BTreeMap;
use std::fmt;

use tera::{Context, Tera};

use crate::load::{DEFAULT_THEME, ThemeFiles};
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};
use crate::model::source::ContentHash;
use crate::render::bundle::{Module, bundle};
use crate::yaml;

/// The modules of the search engine, and the assets that are made of them: what every search needs, and what few do.
const ENGINE_FOLDER: &str = "assets/search/";
const ENGINE: &str = "search-engine.js";
const SECOND: &str = "search-second.js";

/// A theme, ready to render.
pub struct Theme {
    tera: Tera,
    /// Style, scripts and pictures, each under a name that changes with its content, so that it can be kept for ever.
    pub assets: Vec<OutputFile>,
    /// The addresses of the assets by their name in the theme: `style.css` to `assets/style.4f2a61c0.css`.
    pub asset_paths: BTreeMap<String, String>,
    /// The words of the interface.
    pub strings: BTreeMap<String, String>,
}

/// A theme that can not be used.
#[derive(Clone, Debug)]
pub struct ThemeError(pub String);

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the theme can not be used\n{}", self.0)
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// Compiles the templates; a mistake in any of them is found here, with its place.
    pub fn compile(files: &ThemeFiles) -> Result<Self, ThemeError> {
        let mut templates = Vec::new();
        let (mut assets, mut asset_paths, mut strings) = (Vec::new(), BTreeMap::new(), default_strings()?);
        let mut modules = BTreeMap::new();
        for (path, bytes) in &files.files {
            if let Some(name) = path.strip_prefix("templates/") {
                let text = std::str::from_utf8(bytes).map_err(|_| ThemeError(format!("{path} is not in UTF-8")))?;
                templates.push((name.to_owned(), text.to_owned()));
            } else if let Some(name) = path.strip_prefix(ENGINE_FOLDER) {
                let text = std::str::from_utf8(bytes).map_err(|_| ThemeError(format!("{path} is not in UTF-8")))?;
                modules.insert(name, Module { text, is_ours: DEFAULT_THEME.contains(&(path.as_str(), bytes.as_slice())) });
            } else if let Some(name) = path.strip_prefix("assets/") {
                add_asset(name, bytes.clone(), &mut assets, &mut asset_paths);
            } else if path == "strings.yaml" {
                strings.extend(read_strings(&String::from_utf8_lossy(bytes))?);
            }
        }
        let engine = bundle(&modules, "main.js", |second| {
            add_asset(SECOND, second.into_bytes(), &mut assets, &mut asset_paths);
            asset_paths[SECOND].trim_start_matches("assets/").to_owned()
        });
        let engine = engine.map_err(ThemeError)?;
        add_asset(ENGINE, engine.into_bytes(), &mut assets, &mut asset_paths);
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html", ".xml"]);
        tera.add_raw_templates(templates).map_err(|error| ThemeError(error.to_string()))?;
        Ok(Self { tera, assets, asset_paths, strings })
    }

    /// Renders `template` with what all pages share and what this one has of its own.
    pub fn render(&self, template: &str, shared: &Context, own: &Context) -> Result<String, String> {
        let mut context = shared.clone();
        context.extend(own.clone());
        self.tera.render(template, &context).map_err(|error| error.to_string())
    }
}

fn add_asset(name: &str, bytes: Vec<u8>, assets: &mut Vec<OutputFile>, paths: &mut BTreeMap<String, String>) {
    let output = hashed(name, &bytes);
    paths.insert(name.to_owned(), output.to_string());
    assets.push(OutputFile { path: output, bytes, turn: Turn::Asset });
}

/// `style.css` as `assets/style.4f2a61c0.css`.
fn hashed(name: &str, bytes: &[u8]) -> OutputPath {
    let hash = &ContentHash::of(bytes).hex()[..8];
    match name.rsplit_once('.') {
        Some((stem, ending)) => OutputPath::new(format!("assets/{stem}.{hash}.{ending}")),
        None => OutputPath::new(format!("assets/{name}.{hash}")),
    }
}

/// The words of the default theme: a team's own file replaces those that it names.
fn default_strings() -> Result<BTreeMap<String, String>, ThemeError> {
    let file = DEFAULT_THEME.iter().find(|(path, _)| *path == "strings.yaml");
    file.map_or_else(|| Ok(BTreeMap::new()), |(_, bytes)| read_strings(&String::from_utf8_lossy(bytes)))
}

fn read_strings(text: &str) -> Result<BTreeMap<String, String>, ThemeError> {
    let (root, errors) = yaml::parse(text);
    if let Some(error) = errors.first() {
        let line = text[..error.span.start.min(text.len())].lines().count();
        return Err(ThemeError(format!("strings.yaml, line {line}: {}", error.message)));
    }
    let entries = root.as_ref().and_then(yaml::Node::entries).unwrap_or_default();
    let pair = |(key, value): &(yaml::Node, yaml::Node)| Some((key.text()?.to_owned(), value.text()?.to_owned()));
    Ok(entries.iter().filter_map(pair).collect())
}
