//! The files of a specs folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{stray_file, unreadable_file};
use crate::model::Span;

/// Makes a diagnostic for a file, once the file has a place in the sources.
pub(super) type Problem = Box<dyn FnOnce(Span) -> Diagnostic>;

/// What a specs folder holds; paths are relative to it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<(PathBuf, String)>,
    pub(super) problems: Vec<(PathBuf, Problem)>,
}

/// Reads the folder and its sub-folders, one level deep. Hidden files are left alone.
pub(super) fn read(dir: &Path) -> Found {
    let mut found = Found::default();
    for path in found.list(dir, Path::new("")) {
        if dir.join(&path).is_dir() {
            for inner in found.list(dir, &path) {
                found.file(dir, inner);
            }
        } else {
            found.file(dir, path);
        }
    }
    found
}

impl Found {
    fn list(&mut self, dir: &Path, folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(dir.join(folder)).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        match entries {
            Ok(entries) => {
                let visible = entries.into_iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
                let mut paths: Vec<PathBuf> = visible.map(|entry| folder.join(entry.file_name())).collect();
                paths.sort();
                paths
            }
            Err(error) => {
                self.unreadable(folder.to_path_buf(), error.kind());
                Vec::new()
            }
        }
    }

    fn file(&mut self, dir: &Path, path: PathBuf) {
        if dir.join(&path).is_dir() {
            self.problems.push((path, Box::new(stray_file::new)));
            return;
        }
        match fs::read(dir.join(&path)) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => self.files.push((path, text)),
                Err(_) => self.problems.push((path, Box::new(unreadable_file::not_utf8))),
            },
            Err(error) => self.unreadable(path, error.kind()),
        }
    }

    fn unreadable(&mut self, path: PathBuf, kind: ErrorKind) {
        self.problems.push((path, Box::new(move |span| unreadable_file::new(span, &kind.to_string()))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_text_is_a_problem_and_hidden_files_are_none() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("trade/deep")).unwrap();
        fs::write(dir.path().join("platform.yaml"), "tiers: {}").unwrap();
        fs::write(dir.path().join("trade/.hidden"), "x").unwrap();
        fs::write(dir.path().join("trade/latin.yaml"), b"\xff\xfe").unwrap();
        let found = read(dir.path());
        let files: Vec<_> = found.files.iter().map(|(path, _)| path.clone()).collect();
        assert_eq!(files, [PathBuf::from("platform.yaml")]);
        let problems: Vec<_> = found
            .problems
            .into_iter()
            .map(|(path, problem)| (crate::source::slashed(&path), problem(Span::default()).id))
            .collect();
        assert_eq!(
            problems,
            [("trade/deep".to_owned(), "stray-file"), ("trade/latin.yaml".to_owned(), "unreadable-file")]
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_problem() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(&dir.path().join("nowhere")).problems.len(), 1);
    }
}
