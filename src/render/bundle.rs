//! Modules to one script: the search engine is written as ES modules, but a page that is opened from disk may load classic
//! scripts only, and one file is one request.
//!
//! Not a bundler for the world: imports and exports are named and stand on one line each, and imports lead to modules of one
//! folder. Each module becomes a function, so that names at top level stay its own. Comments that fill lines and indentation are
//! left out, so no text may go over several lines. Modules of ours are written [`compact`](super::compact), too.

use std::collections::{BTreeMap, BTreeSet};

use super::compact::compact;

/// A module as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// Its text.
    pub text: &'a str,
    /// It is one of the default theme, unchanged.
    pub is_ours: bool,
}

/// The script of `entry` and all that it imports, each once, in front of what needs it. Fails with what is missing.
pub fn bundle(modules: &BTreeMap<&str, Module<'_>>, entry: &str) -> Result<String, String> {
    let mut script = String::from("(function(){\"use strict\";\n");
    add(modules, entry, &mut BTreeSet::new(), &mut script)?;
    script.push_str("})();\n");
    Ok(script)
}

fn add<'a>(modules: &BTreeMap<&'a str, Module<'a>>, name: &str, done: &mut BTreeSet<&'a str>, script: &mut String) -> Result<(), String> {
    let (name, module) = modules.get_key_value(name).ok_or_else(|| format!("assets/search/{name} is missing"))?;
    if !done.insert(name) {
        return Ok(());
    }
    let (mut body, mut exports) = (String::new(), Vec::new());
    for line in code_lines(module.text) {
        let line = line.as_str();
        if let Some(import) = line.strip_prefix("import ") {
            let (names, path) = import_of(import).ok_or_else(|| format!("assets/search/{name}: `{line}` is no import of names"))?;
            add(modules, path, done, script)?;
            body.push_str(&format!("const {names} = {};\n", variable(path)));
            continue;
        }
        let own = line.strip_prefix("export ");
        exports.extend(own.and_then(declared).map(str::to_owned));
        body.push_str(own.unwrap_or(line));
        body.push('\n');
    }
    body.push_str(&format!("return {{ {} }};\n", exports.join(", ")));
    if module.is_ours {
        body = compact(&body).map_err(|problem| format!("assets/search/{name} has {problem}"))?;
    }
    script.push_str(&format!("const {}=(function(){{\n{body}}})();\n", variable(name)));
    Ok(())
}

/// The lines that are no comments, without the types that stand in comments between code.
fn code_lines(text: &str) -> impl Iterator<Item = String> {
    let mut in_comment = false;
    let lines = text.lines().map(str::trim).map(move |line| {
        let is_comment = in_comment || line.starts_with("/*");
        in_comment = is_comment && !line.contains("*/");
        // What follows a comment on its line is code.
        if is_comment { line.split_once("*/").map_or("", |(_, code)| code.trim_start()) } else { line }
    });
    lines.map(without_types).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

fn without_types(line: &str) -> String {
    let mut code = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, comment)) = rest.split_once("/** @") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after.trim_start());
    }
    code + rest
}

/// The names in braces, and the module, of `{ a, b } from "./module.js";`.
fn import_of(import: &str) -> Option<(&str, &str)> {
    let (names, path) = import.split_once(" from ")?;
    Some((names, path.trim_matches(['"', ';']).strip_prefix("./")?))
}

/// What a line declares: the name after `const`, `class`, `function` or `async function`.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let (_, rest) = line.split_once(' ')?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

fn variable(module: &str) -> String {
    module.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_once_and_before_those_that_need_them_and_keep_their_names() {
        let module = |text| Module { text, is_ours: false };
        let mut modules = BTreeMap::from([
            ("main.js", module("/** Starts. */\nimport { one } from \"./one.js\";\nimport { two } from \"./two.js\";\none(two);\n")),
            ("one.js", module("import { two } from \"./two.js\";\nexport async function one() {\n  // why\n  return two;\n}\n")),
            ("two.js", module("/**\n * Two.\n */\nconst one = 1;\nexport const two = one + 1;\n")),
        ]);
        let script = bundle(&modules, "main.js").expect("all are there");
        let two = "const two_js=(function(){\nconst one = 1;\nconst two = one + 1;\nreturn { two };\n})();\n";
        let one = "const one_js=(function(){\nconst { two } = two_js;\nasync function one() {\nreturn two;\n}\nreturn { one };\n})();\n";
        let main = "const main_js=(function(){\nconst { one } = one_js;\nconst { two } = two_js;\none(two);\nreturn {  };\n})();\n";
        assert_eq!(script, format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n"));
        modules.insert("one.js", Module { is_ours: true, ..modules["one.js"] });
        let one = "const one_js=(function(){\nconst{two:b}=two_js;async function a(){return b}\nreturn{one:a}})();\n";
        assert_eq!(bundle(&modules, "main.js"), Ok(format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n")));
        assert_eq!(bundle(&modules, "no.js"), Err("assets/search/no.js is missing".to_owned()));
    }
}
