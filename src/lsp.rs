//! `handbook lsp`: a language server for editors, over standard input and output (Language Server Protocol 3.17).
//!
//! What an author types is laid over what is on the disk, and goes through the same stages as everything else: what an editor
//! underlines is what `check` finds. The one home of lsp-server and lsp-types.

mod complete;
mod context;
mod position;
mod rename;
mod target;
mod workspace;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{self as note, Notification as _};
use lsp_types::request::{self as ask, Request as _};
use lsp_types::{
    CompletionParams, CompletionResponse, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DocumentSymbolParams, DocumentSymbolResponse, GotoDefinitionParams, GotoDefinitionResponse, HoverParams, PrepareRenameResponse,
    PublishDiagnosticsParams, ReferenceParams, RenameFilesParams, RenameParams, TextDocumentPositionParams, WorkspaceSymbolParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::load::Project;
use crate::pipeline::Occasion;
use position::Encoding;
use workspace::Workspace;

/// How long nothing must be typed before all records are linked anew.
const QUIET: Duration = Duration::from_millis(300);

/// Serves one editor until it ends the connection. The handbook is the folder that the editor has open, else `dir`.
pub fn run(dir: &Path, occasion: &Occasion) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (connection, threads) = Connection::stdio();
    serve(&connection, dir, occasion)?;
    // The writer ends when nothing can be sent any more.
    drop(connection);
    threads.join()?;
    Ok(())
}

fn serve(connection: &Connection, dir: &Path, occasion: &Occasion) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (id, parameters) = connection.initialize_start()?;
    let encoding = encoding(&parameters);
    let about = json!({"capabilities": capabilities(encoding), "serverInfo": {"name": "handbook", "version": env!("CARGO_PKG_VERSION")}});
    connection.initialize_finish(id, about)?;
    let folders = parameters["workspaceFolders"].as_array().into_iter().flatten();
    let folder = folders.filter_map(|folder| folder["uri"].as_str()?.parse().ok()).find_map(|uri| position::path_of(&uri));
    let project = Project::open(folder.as_deref().unwrap_or(dir))?;
    let workspace = Workspace::open(project, occasion.clone())?;
    let mut server = Server { connection, workspace, encoding, published: BTreeMap::new() };
    server.publish()?;
    server.listen()
}

fn encoding(parameters: &Value) -> Encoding {
    let offered = parameters.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
    if offered.is_some_and(|offered| offered.iter().any(|name| name == "utf-8")) { Encoding::Utf8 } else { Encoding::Utf16 }
}

/// What we answer. Written as it is sent: the types of all that a server might do would be a tenth of the program.
fn capabilities(encoding: Encoding) -> Value {
    let renamed = [json!({"glob": "**/*.{md,markdown,mdx}"}), json!({"glob": "**", "matches": "folder"})];
    let renamed: Vec<Value> = renamed.into_iter().map(|pattern| json!({"scheme": "file", "pattern": pattern})).collect();
    json!({
        "positionEncoding": encoding.name(),
        "textDocumentSync": {"openClose": true, "change": FULL, "save": true},
        "completionProvider": {"triggerCharacters": ["[", "(", "#", ":", " ", "/", "-"]},
        "definitionProvider": true,
        "referencesProvider": true,
        "hoverProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "renameProvider": {"prepareProvider": true},
        "workspace": {"fileOperations": {"willRename": {"filters": renamed}}},
    })
}

/// Of a text that changes, all is sent.
const FULL: u8 = 1;

struct Server<'a> {
    connection: &'a Connection,
    workspace: Workspace,
    encoding: Encoding,
    /// What was found wrong with each file, as the editor knows it.
    published: BTreeMap<String, Vec<lsp_types::Diagnostic>>,
}

impl Server<'_> {
    fn listen(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        loop {
            let message = match self.connection.receiver.recv_timeout(QUIET) {
                Ok(message) => message,
                Err(error) if error.is_timeout() => {
                    if self.workspace.settle() {
                        self.publish()?;
                    }
                    continue;
                }
                Err(_) => return Ok(()),
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let response = self.answer(request);
                    self.connection.sender.send(response.into())?;
                }
                Message::Notification(notification) => self.notice(notification)?,
                Message::Response(_) => {}
            }
        }
    }

    fn notice(&mut self, Notification { method, params }: Notification) -> Result<(), Box<dyn Error + Send + Sync>> {
        match method.as_str() {
            note::DidOpenTextDocument::METHOD => {
                let DidOpenTextDocumentParams { text_document } = serde_json::from_value(params)?;
                self.workspace.write(&text_document.uri, text_document.text);
            }
            note::DidChangeTextDocument::METHOD => {
                let DidChangeTextDocumentParams { text_document, content_changes } = serde_json::from_value(params)?;
                if let Some(last) = content_changes.into_iter().last() {
                    self.workspace.write(&text_document.uri, last.text);
                }
            }
            note::DidCloseTextDocument::METHOD => {
                let DidCloseTextDocumentParams { text_document } = serde_json::from_value(params)?;
                self.workspace.close(&text_document.uri);
            }
            note::DidSaveTextDocument::METHOD | note::DidChangeWatchedFiles::METHOD => self.workspace.reload(),
            _ => return Ok(()),
        }
        self.publish()
    }

    fn answer(&self, request: Request) -> Response {
        let Request { id, method, params } = request;
        match method.as_str() {
            ask::Completion::METHOD => reply(id, params, |asked: CompletionParams| {
                let place = asked.text_document_position;
                let (record, at) = self.workspace.place(&place.text_document.uri, place.position, self.encoding)?;
                Some(CompletionResponse::List(complete::complete(&self.workspace, record, at, self.encoding)))
            }),
            ask::GotoDefinition::METHOD => reply(id, params, |asked: GotoDefinitionParams| {
                let place = asked.text_document_position_params;
                let (record, at) = self.workspace.place(&place.text_document.uri, place.position, self.encoding)?;
                let target = target::at(self.workspace.assembled(), record, at)?;
                Some(GotoDefinitionResponse::Scalar(target.location(&self.workspace, self.encoding)?))
            }),
            ask::References::METHOD => reply(id, params, |asked: ReferenceParams| {
                let place = asked.text_document_position;
                let (record, at) = self.workspace.place(&place.text_document.uri, place.position, self.encoding)?;
                let meant = target::at(self.workspace.assembled(), record, at).map_or(record, |target| target.record);
                Some(target::links_to(&self.workspace, meant, self.encoding))
            }),
            ask::HoverRequest::METHOD => reply(id, params, |asked: HoverParams| {
                let place = asked.text_document_position_params;
                let (record, at) = self.workspace.place(&place.text_document.uri, place.position, self.encoding)?;
                target::hover(&self.workspace, record, at, self.encoding)
            }),
            ask::PrepareRenameRequest::METHOD => reply(id, params, |asked: TextDocumentPositionParams| {
                let (record, at) = self.workspace.place(&asked.text_document.uri, asked.position, self.encoding)?;
                let handbook = &self.workspace.assembled().handbook;
                let target = target::at(self.workspace.assembled(), record, at)?;
                let range = self.encoding.range(&handbook.records[record].source.text, target.written);
                let placeholder = handbook.records[target.record].path().stem().to_owned();
                Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
            }),
            ask::Rename::METHOD => reply(id, params, |asked: RenameParams| {
                let place = asked.text_document_position;
                let (record, at) = self.workspace.place(&place.text_document.uri, place.position, self.encoding)?;
                let meant = target::at(self.workspace.assembled(), record, at)?.record;
                rename::rename(&self.workspace, meant, &asked.new_name, self.encoding)
            }),
            ask::WillRenameFiles::METHOD => {
                reply(id, params, |asked: RenameFilesParams| rename::follow(&self.workspace, &asked.files, self.encoding))
            }
            ask::DocumentSymbolRequest::METHOD => reply(id, params, |asked: DocumentSymbolParams| {
                let record = self.workspace.record(&asked.text_document.uri)?;
                Some(DocumentSymbolResponse::Nested(target::headings(&self.workspace, record, self.encoding)))
            }),
            ask::WorkspaceSymbolRequest::METHOD => {
                reply(id, params, |asked: WorkspaceSymbolParams| Some(target::records(&self.workspace, &asked.query, self.encoding)))
            }
            _ => Response::new_err(id, lsp_server::ErrorCode::MethodNotFound as i32, format!("`{method}` is not answered")),
        }
    }

    /// Tells the editor what is wrong with each file, as far as that is news.
    fn publish(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let found = self.workspace.diagnostics(self.encoding);
        let mended: Vec<String> = self.published.keys().filter(|path| !found.contains_key(*path)).cloned().collect();
        let changed = found.iter().filter(|(path, found)| self.published.get(*path) != Some(found));
        let news = changed.map(|(path, found)| (path.clone(), found.clone())).chain(mended.into_iter().map(|path| (path, Vec::new())));
        for (path, diagnostics) in news.collect::<Vec<_>>() {
            let Some(uri) = self.workspace.uri(&path) else { continue };
            let parameters = PublishDiagnosticsParams { uri, diagnostics, version: None };
            let notification = Notification::new(note::PublishDiagnostics::METHOD.to_owned(), parameters);
            self.connection.sender.send(notification.into())?;
        }
        self.published = found;
        Ok(())
    }
}

/// The answer to a request: nothing, where nothing is known.
fn reply<P: DeserializeOwned, R: Serialize>(id: RequestId, params: Value, answer: impl FnOnce(P) -> Option<R>) -> Response {
    match serde_json::from_value(params) {
        Ok(params) => Response::new_ok(id, answer(params)),
        Err(error) => Response::new_err(id, lsp_server::ErrorCode::InvalidParams as i32, error.to_string()),
    }
}
