//! The spec files' texts, and where a byte of them stands.

use std::path::{Component, Path, PathBuf};

use crate::model::Span;

/// All spec files of one run; a [`Span`] names a file by its index here.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The specs folder as people are shown it; empty where the files are in memory.
    folder: PathBuf,
    files: Vec<Source>,
}

/// One spec file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path relative to the specs folder.
    pub path: PathBuf,
    /// The whole text; empty for a file that could not be read.
    pub text: String,
}

/// A place for people: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Sources {
    /// Files below this folder. It is shown from the current folder where it lies below that, so that terminals can open it.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let folder = folder.strip_prefix(here).unwrap_or(folder).to_path_buf();
        Self { folder, files: Vec::new() }
    }

    /// Adds a file and returns its index.
    pub fn add(&mut self, path: PathBuf, text: String) -> usize {
        self.files.push(Source { path, text });
        self.files.len() - 1
    }

    /// The file with this index.
    #[must_use]
    pub fn get(&self, file: usize) -> Option<&Source> {
        self.files.get(file)
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// The path of a span's file with `/` between its parts; empty when there is no such file.
    #[must_use]
    pub fn path(&self, span: Span) -> String {
        self.get(span.file).map(Source::display).unwrap_or_default()
    }

    /// The same from the folder that people are in.
    #[must_use]
    pub fn shown(&self, span: Span) -> String {
        self.get(span.file).map(|source| slashed(&self.folder.join(&source.path))).unwrap_or_default()
    }

    /// Where a span begins; 1:1 when there is no such file.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.get(span.file).map_or(Position { line: 1, column: 1 }, |source| source.position(span.start))
    }
}

impl Source {
    /// The path with `/` between its parts, whatever the system.
    #[must_use]
    pub fn display(&self) -> String {
        slashed(&self.path)
    }

    /// Where a byte stands; an offset past the end stands at the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = floor_char_boundary(&self.text, offset);
        let before = self.text.get(..offset).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        Position { line: before.matches('\n').count() + 1, column: last.chars().count() + 1 }
    }

    /// A span's byte range, cut to the text and to whole characters.
    #[must_use]
    pub fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = floor_char_boundary(&self.text, span.start);
        let end = floor_char_boundary(&self.text, span.end).max(start);
        start..end
    }
}

/// A path with `/` between its parts, whatever the system.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let (mut text, mut parts) = (String::new(), path.components().peekable());
    while let Some(part) = parts.next() {
        let root = part == Component::RootDir;
        text += &if root { "/".into() } else { part.as_os_str().to_string_lossy() };
        // A root, and what stands before one (`C:`), need no mark behind them.
        if !root && parts.peek().is_some_and(|next| *next != Component::RootDir) {
            text.push('/');
        }
    }
    text
}

/// The last character boundary at or before `offset`.
fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_slashes() {
        for path in ["", "a", "a/b.yaml", "/", "/a/b", "../a", "./a"] {
            assert_eq!(slashed(Path::new(path)), path);
        }
        assert_eq!(slashed(&Path::new("a").join("b")), "a/b");
    }

    #[test]
    fn positions() {
        let mut sources = Sources::default();
        let file = sources.add(PathBuf::from("trade/x.yaml"), "a: 1\n标题: b\n".to_owned());
        // (offset, line, column)
        let table =
            [(0, 1, 1), (3, 1, 4), (4, 1, 5), (5, 2, 1), (8, 2, 2), (9, 2, 2), (13, 2, 5), (15, 3, 1), (99, 3, 1)];
        for (start, line, column) in table {
            let span = Span { file, start, end: start };
            assert_eq!(sources.position(span), Position { line, column }, "offset {start}");
        }
        assert_eq!(sources.path(Span { file, start: 0, end: 0 }), "trade/x.yaml");
        assert_eq!(sources.position(Span { file: 7, start: 3, end: 4 }), Position { line: 1, column: 1 });
    }
}
