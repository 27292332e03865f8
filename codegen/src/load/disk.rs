//! The files of a specs folder.

use std::fmt;
use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{stray_file, unreadable_file};
use crate::model::Span;
use crate::parallel;

/// Makes a diagnostic for a file, once the file has a place in the sources.
pub(crate) type Problem = Box<dyn FnOnce(Span) -> Diagnostic + Send>;

/// What a specs folder holds, as texts; paths are relative to it.
#[derive(Default)]
pub struct Files {
    /// The folder; none where the files are in memory.
    pub(crate) folder: Option<PathBuf>,
    /// Methods of somebody's own, not the catalogue. They may lack what that must have: `platform.yaml`, `domain.yaml`, docs and
    /// examples. Those that lie in no sub-folder are a domain without a name.
    pub(crate) own: bool,
    pub(crate) files: Vec<(PathBuf, String)>,
    pub(crate) problems: Vec<(PathBuf, Problem)>,
}

impl From<Vec<(PathBuf, String)>> for Files {
    fn from(files: Vec<(PathBuf, String)>) -> Self {
        Self { files, ..Self::default() }
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("folder", &self.folder).field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl Files {
    /// Reads the folder and its sub-folders, one level deep. Hidden files are left alone. What cannot be read is told by
    /// [`Files::load`].
    #[must_use]
    pub fn read(dir: &Path) -> Self {
        let mut found = Self { folder: Some(dir.to_path_buf()), ..Self::default() };
        let (folders, files): (Vec<_>, Vec<_>) =
            found.list(dir, Path::new("")).into_iter().partition(|(_, is_dir)| *is_dir);
        for entry in files {
            found.file(dir, entry);
        }
        let inner = parallel::map(&folders, |(folder, _)| {
            let mut inner = Self::default();
            for entry in inner.list(dir, folder) {
                inner.file(dir, entry);
            }
            inner
        });
        for inner in inner {
            found.files.extend(inner.files);
            found.problems.extend(inner.problems);
        }
        found
    }

    /// Path and text of every file that could be read.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// What lies in a folder, in order, and whether it is a folder.
    fn list(&mut self, dir: &Path, folder: &Path) -> Vec<(PathBuf, bool)> {
        let entries = fs::read_dir(dir.join(folder)).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        match entries {
            Ok(entries) => {
                let visible = entries.into_iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
                let mut paths: Vec<(PathBuf, bool)> =
                    visible.map(|entry| (folder.join(entry.file_name()), is_dir(&entry))).collect();
                paths.sort();
                paths
            }
            Err(error) => {
                self.unreadable(folder.to_path_buf(), error.kind());
                Vec::new()
            }
        }
    }

    fn file(&mut self, dir: &Path, (path, is_dir): (PathBuf, bool)) {
        if is_dir {
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

/// Whether this is a folder. What a link leads to counts; only links cost another look.
pub(crate) fn is_dir(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => kind.is_dir(),
        _ => entry.path().is_dir(),
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
        let found = Files::read(dir.path());
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
        assert_eq!(Files::read(&dir.path().join("nowhere")).problems.len(), 1);
    }
}
