//! The one place that writes generated files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What differs between the wanted files and a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are not there.
    pub added: Vec<PathBuf>,
    /// Files with another content.
    pub changed: Vec<PathBuf>,
    /// Files that nothing asks for any more.
    pub orphans: Vec<PathBuf>,
    /// Files that are as they should be.
    pub unchanged: usize,
}

impl Changes {
    /// Whether the folder is as it should be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.orphans.is_empty()
    }

    /// Adds what differs in another folder.
    pub fn extend(&mut self, other: Self) {
        self.added.extend(other.added);
        self.changed.extend(other.changed);
        self.orphans.extend(other.orphans);
        self.unchanged += other.unchanged;
    }
}

/// Compares a folder with the wanted files, given by path relative to it. Nothing is written.
///
/// # Errors
///
/// The folder cannot be read.
pub fn compare(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<Changes> {
    let mut changes = Changes::default();
    for (path, text) in files {
        let path = folder.join(path);
        match fs::read(&path) {
            Ok(found) if found == text.as_bytes() => changes.unchanged += 1,
            Ok(_) => changes.changed.push(path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => changes.added.push(path),
            Err(e) => return Err(e),
        }
    }
    let mut found = Vec::new();
    list(folder, &mut found)?;
    let wanted = |path: &PathBuf| {
        let relative = path.strip_prefix(folder).unwrap_or(path);
        files.contains_key(&relative.to_string_lossy().replace('\\', "/"))
    };
    found.retain(|path| !wanted(path));
    changes.orphans = found;
    Ok(changes)
}

/// Makes a folder equal to the wanted files. Files that are equal already are not touched, so that build tools see no change;
/// a file is written beside its place and then moved, so that a full disk leaves the old one whole.
///
/// # Errors
///
/// A file cannot be read, written or removed.
pub fn apply(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<Changes> {
    let changes = compare(folder, files)?;
    for path in changes.added.iter().chain(&changes.changed) {
        let relative = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let text = files.get(&relative).map(String::as_str).unwrap_or_default();
        replace(path, text)?;
    }
    for path in &changes.orphans {
        fs::remove_file(path)?;
        // A domain that is gone leaves an empty folder; one that is not stays.
        if let Some(parent) = path.parent() {
            let _ = fs::remove_dir(parent);
        }
    }
    Ok(changes)
}

/// Writes a file beside its place and moves it there.
///
/// # Errors
///
/// The folder or the file cannot be written.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let beside = path.with_extension("part");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// All files below a folder, sorted; none if the folder is not there.
fn list(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            list(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
