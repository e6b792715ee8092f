//! The language server, asked as an editor does: over its standard input and output.

use std::io::{BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lsp_server::Message;
use serde_json::{Value, json};

use crate::support::Folder;

/// An editor with a handbook open.
struct Editor {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    root: String,
    last: i32,
    /// What was told of each file, by its address.
    told: std::collections::BTreeMap<String, Vec<String>>,
}

impl Editor {
    fn open(folder: &Folder) -> Self {
        let path = folder.path().canonicalize().expect("the folder is there");
        let mut child = Command::new(env!("CARGO_BIN_EXE_handbook"))
            .args(["lsp", "--stdio", "--dir"])
            .arg(Path::new("/"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary can be run");
        let (input, output) = (child.stdin.take().expect("input"), BufReader::new(child.stdout.take().expect("output")));
        let root = format!("file://{}", path.display());
        let mut editor = Self { child, input, output, root: root.clone(), last: 0, told: Default::default() };
        let about = editor.ask("initialize", json!({"capabilities": {}, "workspaceFolders": [{"uri": root, "name": "x"}]}));
        assert_eq!(about["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        editor
    }

    fn send(&mut self, message: Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| self.input.flush()).expect("it listens");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks, and gives the answer; what is told meanwhile is kept.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.send(json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}));
        loop {
            match Message::read(&mut self.output).expect("a message").expect("it is there") {
                Message::Response(response) => {
                    return response.response_result.unwrap_or_else(|error| panic!("{error:?}"));
                }
                Message::Notification(told) if told.method == "textDocument/publishDiagnostics" => {
                    let found = told.params["diagnostics"].as_array().expect("a list");
                    let codes = found
                        .iter()
                        .map(|found| format!("{}@{}", found["code"].as_str().unwrap_or_default(), found["range"]["start"]["line"]));
                    self.told.insert(told.params["uri"].as_str().unwrap_or_default().replace(&self.root, ""), codes.collect());
                }
                _ => {}
            }
        }
    }

    fn write(&mut self, path: &str, text: &str) {
        let uri = format!("{}{path}", self.root);
        self.tell("textDocument/didOpen", json!({"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}));
    }

    fn change(&mut self, path: &str, text: &str) {
        let uri = format!("{}{path}", self.root);
        self.tell("textDocument/didChange", json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]}));
    }

    fn at(&self, path: &str, line: u32, character: u32) -> Value {
        json!({"textDocument": {"uri": format!("{}{path}", self.root)}, "position": {"line": line, "character": character}})
    }

    /// What is offered at the end of a line.
    fn offered(&mut self, path: &str, line: u32) -> Vec<String> {
        let asked = self.at(path, line, 999);
        let found = self.ask("textDocument/completion", asked);
        found["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| item["textEdit"]["newText"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> Folder {
    Folder::with(&[
        ("handbook.yaml", "title: Team\n"),
        (
            "decisions/0001-terraform.md",
            "---\ntitle: Terraform\nstatus: accepted\ndate: 2021-01-02\ntags: [infrastructure]\n---\n## Context\n\n## What 𝄞 follows\n",
        ),
        ("decisions/0002-pulumi.md", "---\ntitle: Pulumi\nstatus: accepted\ndate: 2022-01-02\nsupersedes: [1]\n---\nInstead of [[1]].\n"),
        ("teams/platform.md", "---\ntitle: Platform\n---\n"),
    ])
}

#[test]
fn what_is_typed_is_checked_before_it_is_saved() {
    let folder = folder();
    let mut editor = Editor::open(&folder);
    editor.write("/decisions/0003-new.md", "---\nstatus: acepted\n---\n# New\n\n[x](none.md)\n");
    editor.offered("/decisions/0003-new.md", 0);
    assert_eq!(editor.told["/decisions/0003-new.md"], ["status-unknown@1", "broken-link@5"]);
    editor.change("/decisions/0003-new.md", "---\nstatus: accepted\n---\n# New\n\n\n[x](none.md)\n");
    std::thread::sleep(std::time::Duration::from_millis(600));
    editor.offered("/decisions/0003-new.md", 0);
    assert_eq!(editor.told["/decisions/0003-new.md"], ["broken-link@6"], "what is mended goes, what moves is followed");
    editor.change("/decisions/0003-new.md", "---\nstatus: accepted\n---\n# New\n\n\n[x](0001-terraform.md)\n");
    editor.offered("/decisions/0003-new.md", 0);
    assert!(editor.told["/decisions/0003-new.md"].is_empty());
    assert!(!folder.has("decisions/0003-new.md"), "nothing is written");
}

#[test]
fn what_may_be_meant_is_offered() {
    let folder = folder();
    let mut editor = Editor::open(&folder);
    let path = "/decisions/0002-pulumi.md";
    editor.write(path, "");
    for (text, line, expected) in [
        ("---\nsta\n---\n", 1, "status: "),
        ("---\nstatus: acc\n---\n", 1, "accepted"),
        ("---\ntags: [inf\n---\n", 1, "infrastructure"),
        ("---\ntitle: x\nsupersedes: [\n---\n", 2, "1"),
        ("---\nowner: pla\n---\n", 1, "platform"),
        ("---\ndebt:\n  payb\n---\n", 2, "payback: "),
        ("---\ntitle: x\n---\nSee [[terra\n", 3, "decision/1"),
        ("# P\n\n[x](../te", 2, "../teams/platform.md"),
        ("# P\n\n[[1#what", 2, "what--follows"),
    ] {
        editor.change(path, text);
        let offered = editor.offered(path, line);
        assert!(offered.contains(&expected.to_owned()), "{text}: {offered:?}");
    }
    editor.change(path, "---\nstatus: accepted\nsta\n---\n");
    assert!(editor.offered(path, 0).is_empty());
}

#[test]
fn links_and_references_lead_on_and_say_where() {
    let folder = folder();
    let mut editor = Editor::open(&folder);
    for (line, character) in [(4, 13), (6, 14)] {
        let asked = editor.at("/decisions/0002-pulumi.md", line, character);
        let found = editor.ask("textDocument/definition", asked.clone());
        assert!(found["uri"].as_str().unwrap_or_default().ends_with("/decisions/0001-terraform.md"), "{found}");
        assert_eq!(found["range"]["start"]["line"], 6);
        let said = editor.ask("textDocument/hover", asked);
        let said = said["contents"]["value"].as_str().unwrap_or_default();
        assert!(said.contains("**Terraform**") && said.contains("Superseded") && said.contains("Replaced by **Pulumi**"), "{said}");
    }
    let asked = editor.at("/decisions/0002-pulumi.md", 0, 0);
    assert_eq!(editor.ask("textDocument/definition", asked), Value::Null);
    let mut asked = editor.at("/decisions/0001-terraform.md", 0, 0);
    asked["context"] = json!({"includeDeclaration": false});
    assert_eq!(editor.ask("textDocument/references", asked).as_array().map(Vec::len), Some(1));
    let symbols = editor.ask("workspace/symbol", json!({"query": "terra"}));
    assert_eq!(symbols[0]["name"], "Terraform");
    let uri = json!({"textDocument": {"uri": format!("{}/decisions/0001-terraform.md", editor.root)}});
    let headings = editor.ask("textDocument/documentSymbol", uri);
    assert_eq!(headings[1]["name"], "What 𝄞 follows");
}

/// The texts of all files after an edit, by path; and the file that is renamed, and to what.
fn applied(editor: &Editor, folder: &Folder, edit: &Value) -> (std::collections::BTreeMap<String, String>, Option<(String, String)>) {
    let (mut texts, mut renamed) = (std::collections::BTreeMap::new(), None);
    let path = |uri: &Value| uri.as_str().unwrap_or_default().replace(&format!("{}/", editor.root), "");
    for operation in edit["documentChanges"].as_array().expect("changes") {
        if operation["kind"] == "rename" {
            renamed = Some((path(&operation["oldUri"]), path(&operation["newUri"])));
            continue;
        }
        let name = path(&operation["textDocument"]["uri"]);
        let text = folder.read(&name);
        let offset = |place: &Value| {
            let line = place["line"].as_u64().expect("a line") as usize;
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            start + place["character"].as_u64().expect("a character") as usize
        };
        let mut edited = text.clone();
        for edit in operation["edits"].as_array().expect("edits").iter().rev() {
            edited.replace_range(offset(&edit["range"]["start"])..offset(&edit["range"]["end"]), edit["newText"].as_str().expect("a text"));
        }
        texts.insert(name, edited);
    }
    (texts, renamed)
}

#[test]
fn a_record_that_is_renamed_is_followed_by_what_names_it() {
    let folder = Folder::with(&[
        ("docs/one.md", "# One\n\n[two](two.md#a), [again](./two.md), [[two]], [[two#a|words]], [[Two]], [by title][t]\n\n[t]: two.md\n"),
        ("docs/two.md", "# Two\n\n## A\n\n[one](one.md), [deep](sub/deep.md), [out](https://example.com/two.md)\n"),
        ("docs/sub/deep.md", "---\nrelated: [\"../two.md\", two]\n---\n# Deep\n\n[two](../two.md) [two](/docs/two.md)\n"),
    ]);
    let mut editor = Editor::open(&folder);
    let mut asked = editor.at("/docs/one.md", 2, 3);
    assert_eq!(editor.ask("textDocument/prepareRename", asked.clone())["placeholder"], "two");
    asked["newName"] = "second best.md".into();
    let edit = editor.ask("textDocument/rename", asked.clone());
    let (texts, renamed) = applied(&editor, &folder, &edit);
    assert_eq!(renamed, Some(("docs/two.md".to_owned(), "docs/second%20best.md".to_owned())));
    let one = "# One\n\n[two](second%20best.md#a), [again](./second%20best.md), [[second best]], [[second best#a|words]], [[Two]], [by title][t]\n\n[t]: second%20best.md\n";
    assert_eq!(texts["docs/one.md"], one);
    assert_eq!(
        texts["docs/sub/deep.md"],
        "---\nrelated: [\"../second best.md\", second best]\n---\n# Deep\n\n[two](../second%20best.md) [two](/docs/second%20best.md)\n"
    );
    assert_eq!(texts.len(), 2, "{texts:?}");
    asked["newName"] = "../../x".into();
    assert_eq!(editor.ask("textDocument/rename", asked), Value::Null);
    // An editor moves a file to another folder: the links in it are mended too.
    let files =
        json!({"files": [{"oldUri": format!("{}/docs/two.md", editor.root), "newUri": format!("{}/docs/sub/two.md", editor.root)}]});
    let edit = editor.ask("workspace/willRenameFiles", files);
    let (texts, renamed) = applied(&editor, &folder, &edit);
    assert_eq!(renamed, None);
    assert_eq!(texts["docs/two.md"], "# Two\n\n## A\n\n[one](../one.md), [deep](deep.md), [out](https://example.com/two.md)\n");
    assert!(texts["docs/one.md"].starts_with("# One\n\n[two](sub/two.md#a), [again](./sub/two.md), [[two]]"), "{}", texts["docs/one.md"]);
    assert_eq!(texts["docs/sub/deep.md"], "---\nrelated: [\"two.md\", two]\n---\n# Deep\n\n[two](two.md) [two](/docs/sub/two.md)\n");
}

#[test]
fn it_ends_as_it_is_told_and_knows_what_it_does_not() {
    let folder = folder();
    let mut editor = Editor::open(&folder);
    editor.send(json!({"jsonrpc": "2.0", "id": 99, "method": "textDocument/unheardOf", "params": {}}));
    let answer = loop {
        if let Message::Response(response) = Message::read(&mut editor.output).expect("a message").expect("it is there") {
            break response;
        }
    };
    assert_eq!(answer.response_result.map_err(|error| error.code), Err(-32601));
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    editor.tell("exit", Value::Null);
    assert!(editor.child.wait().expect("it ends").success());
}
