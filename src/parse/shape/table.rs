//! Tables: their cells with places, and the keys and values that a table of metadata holds in whatever orientation.

use std::ops::Range;

use crate::model::reading::Form;
use crate::parse::shape::inline;
use crate::parse::shape::lines::{Layout, Line, Sort, trimmed};

/// What stands over the second column of a table of keys and values.
const LEGENDS: [&str; 13] =
    ["value", "values", "details", "detail", "description", "wert", "valeur", "valor", "値", "内容", "值", "说明", "значение"];

/// The rows of a table; the first is the head.
#[derive(Debug, Default)]
pub struct Table {
    /// The rows, the line under the head left out.
    pub rows: Vec<Row>,
    /// The whole table.
    pub whole: Range<usize>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Text of the cells.
    pub cells: Vec<Cell>,
    /// The line.
    pub whole: Range<usize>,
}

/// One cell.
#[derive(Debug)]
pub struct Cell {
    /// Markdown.
    pub text: String,
    /// Bytes of the source.
    pub span: Range<usize>,
}

/// A key and a value out of a table.
#[derive(Debug)]
pub struct Pair {
    /// The key, without marks.
    pub key: String,
    /// The value.
    pub value: String,
    /// Where the value stands.
    pub span: Range<usize>,
    /// The row; the whole table for a table whose head holds the keys.
    pub whole: Range<usize>,
    /// The orientation.
    pub form: Form,
}

/// The table at the beginning of `lines`, and how many lines it takes.
pub fn read(layout: &Layout<'_>, lines: &[Line]) -> (Table, usize) {
    let is_row = |line: &&Line| line.sort == Sort::Row || (line.sort == Sort::Text && layout.content(line).contains('|'));
    let n = lines.iter().take_while(is_row).count().max(1);
    let rows = lines[..n].iter().filter(|line| !is_delimiter(layout.content(line)));
    let rows: Vec<Row> = rows.map(|line| Row { cells: cells(layout, line), whole: line.whole.clone() }).collect();
    (Table { rows, whole: lines[0].whole.start..lines[n - 1].whole.end }, n)
}

/// Whether a line is the one under the head of a table.
pub fn is_delimiter(line: &str) -> bool {
    line.contains('-') && line.contains('|') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// The keys and values of a table of metadata: in its head and its one row, or side by side in each row, the head included.
/// Some words are both a key and a status: `Proposed`.
pub fn pairs(table: &Table, is_known: impl Fn(&str) -> bool, is_status: impl Fn(&str) -> bool) -> Vec<Pair> {
    let key_of = |cell: &Cell| inline::plain(&cell.text).trim_end_matches([':', '：']).trim().to_owned();
    let pair = |key: &Cell, value: &Cell, whole: &Range<usize>, form| Pair {
        key: key_of(key),
        value: value.text.clone(),
        span: value.span.clone(),
        whole: whole.clone(),
        form,
    };
    let is_mere_key = |cell: &Cell| is_known(&key_of(cell)) && !is_status(&key_of(cell));
    let may_be_value = |head: &Row, cell: &Cell| {
        let key = key_of(cell);
        !is_known(&key) || is_status(&key) && head.cells.iter().skip(1).any(is_mere_key)
    };
    if let [head, row] = table.rows.as_slice()
        && head.cells.len() >= 2
        && head.cells.iter().filter(|cell| is_known(&key_of(cell))).count() * 2 > head.cells.len().min(row.cells.len())
        && row.cells.first().is_none_or(|cell| may_be_value(head, cell))
    {
        return head.cells.iter().zip(&row.cells).map(|(key, value)| pair(key, value, &table.whole, Form::HeaderTable)).collect();
    }
    let n_columns = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if !(2..=4).contains(&n_columns) || n_columns == 3 {
        return Vec::new();
    }
    let form = if n_columns == 4 { Form::Grid } else { Form::KeyTable };
    let pairs_of_row = |row: &Row| {
        let pairs = row.cells.chunks_exact(2).filter(|pair| !key_of(&pair[0]).is_empty());
        pairs.map(|cells| pair(&cells[0], &cells[1], &row.whole, form)).collect::<Vec<_>>()
    };
    // `Field | Value` over the columns is no entry itself.
    let is_legend = |row: &Row| {
        row.cells.len() == 2 && LEGENDS.contains(&key_of(&row.cells[1]).to_lowercase().as_str()) && !is_known(&key_of(&row.cells[0]))
    };
    let rows = table.rows.iter().enumerate().filter(|(index, row)| *index > 0 || !is_legend(row)).map(|(_, row)| row);
    // A head of several keys over rows without any is that of columns: `Date | Decision | Status | Owner`.
    let has_label = |row: &Row| row.cells.iter().step_by(2).any(|cell| is_known(&key_of(cell)));
    let is_of_columns = table.rows.split_first().is_some_and(|(head, rows)| {
        let names_values = head.cells.iter().skip(1).step_by(2).any(|cell| is_known(&key_of(cell)));
        !rows.is_empty() && !rows.iter().any(has_label) && (names_values || form == Form::Grid && rows.len() > 1)
    });
    if is_of_columns {
        return Vec::new();
    }
    let pairs: Vec<Pair> = rows.flat_map(pairs_of_row).collect();
    if pairs.iter().any(|pair| is_known(&pair.key)) { pairs } else { Vec::new() }
}

fn cells(layout: &Layout<'_>, line: &Line) -> Vec<Cell> {
    let content = layout.content(line);
    let (mut cells, mut start, mut in_code, mut is_escaped) = (Vec::new(), 0, false, false);
    let mut push = |range: Range<usize>| {
        let span = trimmed(layout.text, line.content.start + range.start..line.content.start + range.end);
        cells.push(Cell { text: layout.text[span.clone()].to_owned(), span });
    };
    for (at, byte) in content.bytes().enumerate() {
        match byte {
            b'|' if !in_code && !is_escaped => {
                if at > 0 {
                    push(start..at);
                }
                start = at + 1;
            }
            b'`' => in_code = !in_code && content[at + 1..].contains('`'),
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if !content[start..].trim().is_empty() {
        push(start..content.len());
    }
    cells
}
