//! Modules to scripts: the search engine is written as ES modules, but a page that is opened from disk may load classic
//! scripts only, and one file is one request.
//!
//! Not a bundler for the world: imports and exports are named and stand on one line each, and imports lead to modules of one
//! folder. Each module becomes a function, so that names at top level stay its own, that gives what it exports: in a row, and
//! imports take from it by place, so that no name has to be sent. Comments that fill lines and indentation are left out, so no
//! text may go over several lines. Modules of ours are written [`compact`](super::compact), too.
//!
//! What a module imports when it gets there, `import("./facts.js")`, goes into a second script with all that only this needs.
//! That script is a function of the modules of the first that it uses; `part.js` loads it when the first of these imports comes.
//! What such a module exports has its name with it: who imports it later asks for that.

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
    let bundle = Bundle {
        modules,
        exports: modules.iter().map(|(name, module)| (*name, exports(module.text))).collect(),
        later: modules.values().flat_map(|module| imported_later(&code_of(module.text))).collect(),
    };
    let mut first = Vec::new();
    bundle.add(entry, &[], &mut first)?;
    let later: BTreeSet<String> = first.iter().flat_map(|code| code.later.iter().cloned()).collect();
    if later.is_empty() {
        return Ok(format!("(function(){{\"use strict\";\n{}}})();\n", functions(&first)));
    }
    bundle.add(LOADER, &[], &mut first)?;
    let mut second = Vec::new();
    for name in &later {
        bundle.add(name, &first, &mut second)?;
    }
    if let Some(code) = second.iter().find(|code| !code.later.is_empty()) {
        return Err(format!("assets/search/{} is itself imported later, and may import nothing later", code.name));
    }
    // A module that is imported later by one may be imported at once by another: then the first script has it.
    let is_shared = |name: &str| later.contains(name) || second.iter().any(|user| user.imports.contains(&name));
    let shared = bundle.variables(first.iter().map(|code| code.name).filter(|name| is_shared(name)));
    let made = bundle.variables(later.iter().map(String::as_str));
    let script = format!("globalThis.handbookPart=function({shared}){{\"use strict\";\n{}return{{{made}}}}};\n", functions(&second));
    let (part, name) = (bundle.exported("part", LOADER)?, name_second(script));
    let loader = format!("const {LATER}=()=>{part}(\"{name}\",make=>make({shared}));\n");
    Ok(format!("(function(){{\"use strict\";\n{loader}{}}})();\n", functions(&first)))
}

/// What scripts are made of.
struct Bundle<'a> {
    modules: &'a BTreeMap<&'a str, Module<'a>>,
    /// The names that each exports, in order.
    exports: BTreeMap<&'a str, Vec<String>>,
    /// The modules that one of them imports when it gets there.
    later: BTreeSet<String>,
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

impl<'a> Bundle<'a> {
    /// Adds a module behind all that it imports, unless it is there, or in `elsewhere`.
    fn add(&self, name: &str, elsewhere: &[Code<'_>], codes: &mut Vec<Code<'a>>) -> Result<(), String> {
        if elsewhere.iter().chain(codes.iter()).any(|code| code.name == name) {
            return Ok(());
        }
        let code = self.read(name)?;
        for path in &code.imports {
            self.add(path, elsewhere, codes)?;
        }
        codes.push(code);
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Code<'a>, String> {
        let (name, module) = self.module(name)?;
        let (mut body, mut imports) = (String::new(), Vec::new());
        for line in code_lines(module.text) {
            let line = line.as_str();
            if let Some(import) = line.strip_prefix("import ") {
                let import = import_of(import).and_then(|(names, path)| Some((names, *self.modules.get_key_value(path)?.0)));
                let (names, path) = import.ok_or_else(|| format!("assets/search/{name}: `{line}` imports no names of a module"))?;
                let taken = self.taken(&names, path).map_err(|problem| format!("assets/search/{name}: {problem}"))?;
                body.push_str(&format!("const {taken} = {};\n", self.variable(path)));
                imports.push(path);
                continue;
            }
            body.push_str(line.strip_prefix("export ").unwrap_or(line));
            body.push('\n');
        }
        let exports = self.exports[name].join(", ");
        body.push_str(&if self.later.contains(name) { format!("return {{ {exports} }};\n") } else { format!("return [{exports}];\n") });
        let later = imported_later(&body);
        for name in &later {
            let promise = format!("{LATER}().then((second) => second.{})", self.variable(name));
            body = body.replace(&format!("{IMPORT_LATER}{name}\")"), &promise);
        }
        if module.is_ours {
            body = compact(&body).map_err(|problem| format!("assets/search/{name} has {problem}"))?;
        }
        let function = format!("const {}=(function(){{\n{body}}})();\n", self.variable(name));
        Ok(Code { name, imports, later, function })
    }

    fn module(&self, name: &str) -> Result<(&'a str, &'a Module<'a>), String> {
        let module = self.modules.get_key_value(name).ok_or_else(|| format!("assets/search/{name} is missing"))?;
        Ok((module.0, module.1))
    }

    /// The pattern that takes names out of what a module gives.
    fn taken(&self, names: &[&str], path: &str) -> Result<String, String> {
        let exported = &self.exports[self.module(path)?.0];
        if let Some(missing) = names.iter().find(|name| !exported.iter().any(|known| known == *name)) {
            return Err(format!("assets/search/{path} exports no `{missing}`"));
        }
        if self.later.contains(path) {
            return Ok(format!("{{ {} }}", names.join(", ")));
        }
        let places: Vec<&str> = exported.iter().map(|name| if names.contains(&name.as_str()) { name } else { "" }).collect();
        Ok(format!("[{}]", places.join(", ").trim_end_matches([',', ' '])))
    }

    /// Something that a module exports, where no import stands.
    fn exported(&self, name: &str, path: &str) -> Result<String, String> {
        let place = self.exports[self.module(path)?.0].iter().position(|known| known == name);
        let place = place.ok_or_else(|| format!("assets/search/{path} exports no `{name}`"))?;
        Ok(if self.later.contains(path) { format!("{}.{name}", self.variable(path)) } else { format!("{}[{place}]", self.variable(path)) })
    }

    /// What stands for a module in a script. Short names of ours have no such sign.
    fn variable(&self, name: &str) -> String {
        format!("${}", self.modules.keys().take_while(|other| **other < name).count())
    }

    fn variables<'b>(&self, names: impl Iterator<Item = &'b str>) -> String {
        names.map(|name| self.variable(name)).collect::<Vec<_>>().join(",")
    }
}

fn functions(codes: &[Code<'_>]) -> String {
    codes.iter().map(|code| code.function.as_str()).collect()
}

/// The names that a module exports, in order.
fn exports(text: &str) -> Vec<String> {
    code_lines(text).filter_map(|line| line.strip_prefix("export ").and_then(declared).map(str::to_owned)).collect()
}

/// The modules that code imports when it gets there.
fn imported_later(code: &str) -> Vec<String> {
    code.split(IMPORT_LATER).skip(1).filter_map(|import| Some(import.split_once("\")")?.0.to_owned())).collect()
}

fn code_of(text: &str) -> String {
    code_lines(text).collect::<Vec<_>>().join("\n")
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
fn import_of(import: &str) -> Option<(Vec<&str>, &str)> {
    let (names, path) = import.split_once(" from ")?;
    let names = names.trim().strip_prefix('{')?.strip_suffix('}')?;
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    Some((names, path.trim_matches(['"', ';']).strip_prefix("./")?))
}

/// What a line declares: the name after `const`, `class`, `function` or `async function`.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let (_, rest) = line.split_once(' ')?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
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
        let two = "const $2=(function(){\nconst one = 1;\nconst two = one + 1;\nreturn [two];\n})();\n";
        let one = "const $1=(function(){\nconst [two] = $2;\nasync function one() {\nreturn two;\n}\nreturn [one];\n})();\n";
        let main = "const $0=(function(){\nconst [one] = $1;\nconst [two] = $2;\none(two);\nreturn [];\n})();\n";
        assert_eq!(script, format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n"));
        modules.insert("one.js", Module { is_ours: true, ..modules["one.js"] });
        let one = "const $1=(function(){\nconst[b]=$2;async function a(){return b}\nreturn[a]})();\n";
        assert_eq!(bundle(&modules, "main.js", unused), Ok(format!("(function(){{\"use strict\";\n{two}{one}{main}}})();\n")));
        assert_eq!(bundle(&modules, "no.js", unused), Err("assets/search/no.js is missing".to_owned()));
        modules.insert("main.js", module("import { three } from \"./two.js\";\n"));
        let problem = "assets/search/main.js: assets/search/two.js exports no `three`";
        assert_eq!(bundle(&modules, "main.js", unused), Err(problem.to_owned()));
    }

    /// The first script, and the second, which is called `second.js`.
    fn both(modules: &BTreeMap<&str, Module<'_>>) -> (Result<String, String>, String) {
        let mut second = String::new();
        let first = bundle(modules, "main.js", |script| {
            second = script;
            "second.js".to_owned()
        });
        (first, second)
    }

    #[test]
    fn what_is_imported_later_is_a_second_script() {
        let module = |text| Module { text, is_ours: true };
        let modules = BTreeMap::from([
            ("main.js", module("import { one } from \"./one.js\";\nconst two = async () => (await import(\"./two.js\")).two(one);\n")),
            ("one.js", module("export const one = 1;\n")),
            ("part.js", module("export const part = (name, open) => open(name);\n")),
            ("three.js", module("export const four = 4;\nexport const three = 3;\n")),
            (
                "two.js",
                module(
                    "import { one } from \"./one.js\";\nimport { three } from \"./three.js\";\nexport const two = (add) => add + one + three;\n",
                ),
            ),
        ]);
        let (first, second) = both(&modules);
        let one = "const $1=(function(){\nconst a=1;return[a]})();\n";
        let main = "const $0=(function(){\nconst[a]=$1,c=async()=>(await handbookLater().then((b)=>b.$4)).two(a);return[]})();\n";
        let part = "const $2=(function(){\nconst c=(a,b)=>b(a);return[c]})();\n";
        let later = "const handbookLater=()=>$2[0](\"second.js\",make=>make($1));\n";
        assert_eq!(first, Ok(format!("(function(){{\"use strict\";\n{later}{one}{main}{part}}})();\n")));
        let three = "const $3=(function(){\nconst a=4,b=3;return[a,b]})();\n";
        let two = "const $4=(function(){\nconst[b]=$1,[,c]=$3,d=(a)=>a+b+c;return{two:d}})();\n";
        assert_eq!(second, format!("globalThis.handbookPart=function($1){{\"use strict\";\n{three}{two}return{{$4}}}};\n"));
    }

    #[test]
    fn what_is_imported_at_once_and_later_is_in_the_first_script() {
        let module = |text| Module { text, is_ours: true };
        let modules = BTreeMap::from([
            ("main.js", module("import { two } from \"./two.js\";\nimport { one } from \"./one.js\";\none(two);\n")),
            ("one.js", module("export const one = async () => (await import(\"./two.js\")).two;\n")),
            ("part.js", module("export const part = (name, open) => open(name);\n")),
            ("two.js", module("export const two = 2;\n")),
        ]);
        let (first, second) = both(&modules);
        assert!(first.is_ok_and(|first| first.contains("make($3)") && first.contains("const{two:b}=$3")));
        assert_eq!(second, "globalThis.handbookPart=function($3){\"use strict\";\nreturn{$3}};\n");
    }
}
