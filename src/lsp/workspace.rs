//! The handbook as its author sees it: what is on the disk, with the open texts laid over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{DiagnosticSeverity, NumberOrString, Position, Uri};

use super::position::{Encoding, path_of, uri_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::{Input, LoadError, Project};
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::pipeline::{Assembled, Memo, Occasion, assemble, examine, reword};

/// The handbook, the open texts, and what follows from both.
pub struct Workspace {
    project: Project,
    occasion: Occasion,
    memo: Memo,
    /// What is on the disk.
    saved: Input,
    /// Open texts, by the file that they are of.
    open: BTreeMap<PathBuf, String>,
    assembled: Assembled,
    /// Whether places of what is wrong between records may have moved.
    is_rough: bool,
}

impl Workspace {
    /// Reads the handbook.
    pub fn open(project: Project, occasion: Occasion) -> Result<Self, LoadError> {
        let mut memo = Memo::of(&project);
        let saved = project.load(&[project.dir.join("public")])?;
        let mut assembled = assemble(saved.clone(), &mut memo, occasion.scope);
        examine(&mut assembled, occasion.today);
        Ok(Self { project, occasion, memo, saved, open: BTreeMap::new(), assembled, is_rough: false })
    }

    /// What all of it means.
    pub fn assembled(&self) -> &Assembled {
        &self.assembled
    }

    /// Takes what an editor shows for a file.
    pub fn write(&mut self, uri: &Uri, text: String) {
        let Some(file) = path_of(uri) else { return };
        let text = text.replace("\r\n", "\n");
        let next = self.assembled.input.source_at(&file).map(|source| self.saved.with_text(source, text.clone()));
        let is_other = next.as_ref().is_none_or(|next| self.assembled.input.sources.iter().all(|known| known.hash != next.hash));
        self.open.insert(file.clone(), text);
        if !is_other {
            return;
        }
        match next.filter(|_| !self.holds_several(&file)).and_then(|next| reword(&self.assembled, vec![next], &mut self.memo)) {
            Some(assembled) => (self.assembled, self.is_rough) = (assembled, true),
            None => self.link(),
        }
    }

    /// Whether several records stand in the file.
    fn holds_several(&self, file: &Path) -> bool {
        self.assembled.input.source_at(file).is_some_and(|source| source.part.is_some())
    }

    /// Forgets what an editor showed for a file.
    pub fn close(&mut self, uri: &Uri) {
        if path_of(uri).is_some_and(|file| self.open.remove(&file).is_some()) {
            self.reload();
        }
    }

    /// Reads what changed on the disk. While the settings can not be read, what was read last holds.
    pub fn reload(&mut self) {
        if let Ok(saved) = self.project.load(&[self.project.dir.join("public")]) {
            self.saved = saved;
            self.link();
        }
    }

    /// Links all records anew, if that was put off; tells whether it was.
    pub fn settle(&mut self) -> bool {
        let is_rough = self.is_rough;
        if is_rough {
            self.link();
        }
        is_rough
    }

    fn link(&mut self) {
        let mut input = self.saved.clone();
        for (file, text) in &self.open {
            let Some(path) = input.roots.path(file).map(SourcePath::new) else { continue };
            let source = match self.saved.source_at(file) {
                Some(source) => self.saved.with_text(source, text.clone()),
                // A file that was not saved yet.
                None if path.is_markdown() && !is_hidden(&path) => SourceFile::new(path, text.clone()),
                None => continue,
            };
            input.lay_over(source);
        }
        self.assembled = assemble(input, &mut self.memo, self.occasion.scope);
        examine(&mut self.assembled, self.occasion.today);
        self.is_rough = false;
    }

    /// The record of a file.
    pub fn record(&self, uri: &Uri) -> Option<RecordIndex> {
        let path = self.assembled.input.roots.path(&path_of(uri)?)?;
        self.assembled.handbook.records.binary_search_by(|record| record.path().as_str().cmp(&path)).ok()
    }

    /// The record of a file, and the byte of its text, that an editor asks about.
    pub fn place(&self, uri: &Uri, position: Position, encoding: Encoding) -> Option<(RecordIndex, usize)> {
        let record = self.record(uri)?;
        Some((record, encoding.offset(&self.assembled.handbook.records[record].source.text, position)))
    }

    /// The address of the file at `path` of the handbook.
    pub fn uri(&self, path: &str) -> Option<Uri> {
        let file = self.assembled.input.roots.file(path);
        uri_of(&file.canonicalize().ok().or_else(|| std::path::absolute(&file).ok())?)
    }

    /// The address of the file at `path`, which need not be there, beside that at `known`.
    pub fn uri_beside(&self, known: &str, path: &str) -> Option<Uri> {
        let file = self.assembled.input.roots.file(known).canonicalize().ok()?;
        uri_of(&file.with_file_name(SourcePath::new(path).file_name()))
    }

    /// What is wrong with each file, by its path in the handbook.
    pub fn diagnostics(&self, encoding: Encoding) -> BTreeMap<String, Vec<lsp_types::Diagnostic>> {
        let mut by_file: BTreeMap<String, Vec<lsp_types::Diagnostic>> = BTreeMap::new();
        for diagnostic in self.assembled.diagnostics.iter() {
            by_file.entry(diagnostic.path.clone()).or_default().push(self.shown(diagnostic, encoding));
        }
        by_file
    }

    fn shown(&self, diagnostic: &Diagnostic, encoding: Encoding) -> lsp_types::Diagnostic {
        let sources = &self.assembled.input.sources;
        let source = sources.binary_search_by(|source| source.path.as_str().cmp(&diagnostic.path)).ok().map(|at| &sources[at]);
        let line = diagnostic.place.as_ref().map_or(0, |place| place.line.saturating_sub(1));
        let text = source.and_then(|source| source.whole().text.lines().nth(line as usize)).unwrap_or_default();
        let character = |column: u32| {
            let end = text.char_indices().nth(column as usize).map_or(text.len(), |(at, _)| at);
            Position::new(line, encoding.position(&text[..end], end).character)
        };
        let (start, end) = match &diagnostic.place {
            Some(place) => (place.column.saturating_sub(1), place.column.saturating_sub(1) + place.length),
            None => (0, 0),
        };
        let hint = diagnostic.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
        lsp_types::Diagnostic {
            range: lsp_types::Range::new(character(start), character(end)),
            severity: Some(match diagnostic.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Note => DiagnosticSeverity::INFORMATION,
            }),
            code: Some(NumberOrString::String(diagnostic.rule.code.to_owned())),
            source: Some("handbook".to_owned()),
            message: format!("{}{hint}", diagnostic.message),
            ..lsp_types::Diagnostic::default()
        }
    }
}

/// Whether a part of the path begins with a full stop: such files are no part of the handbook.
fn is_hidden(path: &SourcePath) -> bool {
    path.as_str().split('/').any(|part| part.starts_with('.'))
}
