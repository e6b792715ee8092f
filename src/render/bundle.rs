//! Modules to scripts: the search engine is written as ES modules, but a page that is opened from disk may load classic
//! scripts only, and one file is one request.
//!
//! Not a bundler for the world: imports and exports are named and stand on one line each, and imports lead to modules of one
//! folder. Each module becomes a function, so that names at top level stay its own. Comments that fill lines and indentation are
//! left out, so no text may go over several lines. Modules of ours are written [`compact`](super::compact), too.
//!
//! What a module imports when it gets there, `import("./facts.js")`, goes into a second script with all that only this needs.
//! That script is a function of the modules of the first that it uses; `part.js` loads it when the first of these imports comes.

use std::collections::{BTreeMap, BTreeSet};

use super::compact::compact;

/// Loads the second script.
const LOADER: &str = "part.js";
/// What stands in the first script for the modules of the second, as a promise.
const LATER: &str = "handbookLater";
/// How an import begins that is not made before it is needed.
const IMPORT_LATER: &str = "import(\"./";

/// A module as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// Its text.
    pub text: &'a str,
    /// It is one of the default theme, unchanged.
    pub is_ours: bool,
}

/// The script of `entry` and all that it imports, each once, in front of what needs it. Where some are imported later,
/// `name_second` is given the script of these, and says what it is called in the folder of the first. Fails with what is missing.
pub fn bundle(modules: &BTreeMap<&str, Module<'_>>, entry: &str, name_second: impl FnOnce(String) -> String) -> Result<String, String> {
    let mut first = Vec::new();
    add(modules, entry, &[], &mut first)?;
    let later: BTreeSet<String> = first.iter().flat_map(|code| code.later.iter().cloned()).collect();
    if later.is_empty() {
        return Ok(format!("(function(){{\"use strict\";\n{}}})();\n", functions(&first)));
    }
    add(modules, LOADER, &[], &mut first)?;
    let mut second = Vec::new();
    for name in &later {
        add(modules, name, &first, &mut second)?;
    }
    if let Some(code) = second.iter().find(|code| !code.later.is_empty()) {
        return Err(format!("assets/search/{} is itself imported later, and may import nothing later", code.name));
    }
    let shared = first.iter().filter(|code| second.iter().any(|user| user.imports.contains(&code.name)));
    let shared = shared.map(|code| variable(code.name)).collect::<Vec<_>>().join(",");
    let made = later.iter().map(|name| variable(name)).collect::<Vec<_>>().join(",");
    let script = format!("globalThis.handbookPart=function({shared}){{\"use strict\";\n{}return{{{made}}}}};\n", functions(&second));
    let name = name_second(script);
    let loader = format!("const {LATER}=()=>{}.part(\"{name}\",make=>make({shared}));\n", variable(LOADER));
    Ok(format!("(function(){{\"use strict\";\n{loader}{}}})();\n", functions(&first)))
}

/// A module, read.
struct Code<'a> {
    name: &'a str,
    /// The modules that it imports.
    imports: Vec<&'a str>,
    /// Those that it imports when it gets there.
    later: Vec<String>,
    /// The function that it becomes.
    function: String,
}

fn functions(codes: &[Code<'_>]) -> String {
    codes.iter().map(|code| code.function.as_str()).collect()
}

/// Adds a module behind all that it imports, unless it is there, or in `elsewhere`.
fn add<'a>(modules: &BTreeMap<&'a str, Module<'a>>, name: &str, elsewhere: &[Code<'_>], codes: &mut Vec<Code<'a>>) -> Result<(), String> {
    if elsewhere.iter().chain(codes.iter()).any(|code| code.name == name) {
        return Ok(());
    }
    let code = read(modules, name)?;
    for path in &code.imports {
        add(modules, path, elsewhere, codes)?;
    }
    codes.push(code);
    Ok(())
}

fn read<'a>(modules: &BTreeMap<&'a str, Module<'a>>, name: &str) -> Result<Code<'a>, String> {
    let (name, module) = modules.get_key_value(name).ok_or_else(|| format!("assets/search/{name} is missing"))?;
    let (mut body, mut exports, mut imports) = (String::new(), Vec::new(), Vec::new());
    for line in code_lines(module.text) {
        let line = line.as_str();
        if let Some(import) = line.strip_prefix("import ") {
            let import = import_of(import).and_then(|(names, path)| Some((names, *modules.get_key_value(path)?.0)));
            let (names, path) = import.ok_or_else(|| format!("assets/search/{name}: `{line}` imports no names of a module"))?;
            body.push_str(&format!("const {names} = {};\n", variable(path)));
            imports.push(path);
            continue;
        }
        let own = line.strip_prefix("export ");
        exports.extend(own.and_then(declared).map(str::to_owned));
        body.push_str(own.unwrap_or(line));
        body.push('\n');
    }
    body.push_str(&format!("return {{ {} }};\n", exports.join(", ")));
    let (mut body, later) = with_later(&body);
    if module.is_ours {
        body = compact(&body).map_err(|problem| format!("assets/search/{name} has {problem}"))?;
    }
    let function = format!("const {}=(function(){{\n{body}}})();\n", variable(name));
    Ok(Code { name, imports, later, function })
}

/// The code with other words for `import("./facts.js")`, and the modules that are imported so.
fn with_later(body: &str) -> (String, Vec<String>) {
    let (mut code, mut later, mut rest) = (String::with_capacity(body.len()), Vec::new(), body);
    while let Some((before, (name, after))) =
        rest.split_once(IMPORT_LATER).and_then(|(before, import)| Some((before, import.split_once("\")")?)))
    {
        code.push_str(before);
        code.push_str(&format!("{LATER}().then((second) => second.{})", variable(name)));
        later.push(name.to_owned());
        rest = after;
    }
    (code + rest, later)
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
        let unused = |_| unreachable!("nothing is imported later");
        let mut modules = BTreeMap::from([
            ("main.js", module("/** Starts. */\nimport { one } from \"./one.js\";\nimport { two } from \"./two.js\";\none(two);\n")),
            ("one.js", module("import { two } from \"./two.js\";\nexport async function one() {\n  // why\n  return two;\n}\n")),
            ("two.js", module("/**\n * Two.\n */\nconst one = 1;\nexport const two = one + 1;\n")),
        ]);
        let script = bundle(&modules, "main.js", unused).expect("all are there");
        let two = "const two_js=(function(){\nconst one = 1;\nconst two = one + 1;\nreturn { two };\n})();\n";
        let one = "const one_js=(function(){\nconst { two } = two_js;\nasync function one() {\nreturn two;\n}\nreturn { one };\n})();\n";
        let main = "const main_js=(function(){\nconst { one } = one_js;\nconst { two } = two_js;\none(two);\nreturn {  };\n})();\n";
        assert_eq!(script, format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n"));
        modules.insert("one.js", Module { is_ours: true, ..modules["one.js"] });
        let one = "const one_js=(function(){\nconst{two:b}=two_js;async function a(){return b}\nreturn{one:a}})();\n";
        assert_eq!(bundle(&modules, "main.js", unused), Ok(format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n")));
        assert_eq!(bundle(&modules, "no.js", unused), Err("assets/search/no.js is missing".to_owned()));
    }

    #[test]
    fn what_is_imported_later_is_a_second_script() {
        let module = |text| Module { text, is_ours: true };
        let modules = BTreeMap::from([
            ("main.js", module("import { one } from \"./one.js\";\nconst two = async () => (await import(\"./two.js\")).two(one);\n")),
            ("one.js", module("export const one = 1;\n")),
            ("part.js", module("export const part = (name, open) => open(name);\n")),
            ("three.js", module("export const three = 3;\n")),
            (
                "two.js",
                module(
                    "import { one } from \"./one.js\";\nimport { three } from \"./three.js\";\nexport const two = (add) => add + one + three;\n",
                ),
            ),
        ]);
        let mut second = String::new();
        let first = bundle(&modules, "main.js", |script| {
            second = script;
            "second.js".to_owned()
        });
        let one = "const one_js=(function(){\nconst a=1;return{one:a}})();\n";
        let main =
            "const main_js=(function(){\nconst{one:a}=one_js,c=async()=>(await handbookLater().then((b)=>b.two_js)).two(a);return{}})();\n";
        let part = "const part_js=(function(){\nconst c=(a,b)=>b(a);return{part:c}})();\n";
        let later = "const handbookLater=()=>part_js.part(\"second.js\",make=>make(one_js));\n";
        assert_eq!(first, Ok(format!("(function(){{\"use strict\";\n{later}{one}{main}{part}}})();\n")));
        let three = "const three_js=(function(){\nconst a=3;return{three:a}})();\n";
        let two = "const two_js=(function(){\nconst{one:b}=one_js,{three:c}=three_js,d=(a)=>a+b+c;return{two:d}})();\n";
        assert_eq!(second, format!("globalThis.handbookPart=function(one_js){{\"use strict\";\n{three}{two}return{{two_js}}}};\n"));
    }
}
