//! Metadata files, whether they lie alone, in a folder or in an archive. What a file is, its content tells.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use super::error::{ImportError, Result};

/// Largest file that is read, bytes. The metadata of the whole platform is a tenth of it.
const MAX_FILE: u64 = 256 << 20;
/// One metadata file.
#[derive(Debug)]
pub struct Document {
    /// Path for messages.
    pub name: String,
    /// The folder it lies in, which is the documentation group.
    pub folder: Option<String>,
    /// Whether it was named itself, and not found in a folder or archive.
    pub alone: bool,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Bytes that were read to get it: fewer than it holds where they were packed.
    pub cost: u64,
}

/// How many bytes [`open`] reads at a path: of the file, of the archive as it lies there, or of the files of a folder.
#[must_use]
pub fn size(path: &Path) -> u64 {
    let inside = |path: &Path| match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => size(path),
        Ok(meta) if meta.is_file() && is_metadata(path) => meta.len(),
        _ => 0,
    };
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| inside(&entry.path())).fold(0, u64::saturating_add)
        }
        Ok(meta) => meta.len(),
        Err(_) => 0,
    }
}

/// Hands every file at a path to `visit`: the file itself, those of a folder and its sub-folders, or, with the feature
/// `archive`, those of a tar archive, compressed by xz or not. Folders are read in the order of names, archives in their own.
///
/// # Errors
///
/// What cannot be read, is too large, is cut off, or has a path that leads out of its archive; and what `visit` complains of.
pub fn open(path: &Path, visit: &mut dyn FnMut(Document) -> Result<()>) -> Result<()> {
    let shown = path.display().to_string();
    let meta = fs::metadata(path).map_err(|error| ImportError::of_file(&shown, error.to_string()))?;
    if meta.is_dir() {
        return folder(path, visit);
    }
    let mut file = File::open(path).map_err(|error| ImportError::of_file(&shown, error.to_string()))?;
    let head = head(&mut file).map_err(|error| ImportError::of_file(&shown, error.to_string()))?;
    let count = Rc::new(Cell::new(0));
    let counted = || match File::open(path) {
        Ok(file) => Ok(Counted { file, count: Rc::clone(&count) }),
        Err(error) => Err(ImportError::of_file(&shown, error.to_string())),
    };
    #[cfg(feature = "archive")]
    if is_archive(&head) {
        return super::unpack::open(counted()?, is_xz(&head), &shown, &count, visit);
    }
    if is_archive(&head) {
        return Err(ImportError::of_file(
            shown,
            "an archive: unpack it, or enable the feature `archive` of topsdk-codegen",
        ));
    }
    let bytes = read(&shown, counted()?, meta.len())?;
    visit(Document { name: shown, folder: folder_of(path), alone: true, bytes, cost: count.get() })
}

/// A file that tells how much of it has been read.
pub(super) struct Counted {
    file: File,
    count: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.count.set(self.count.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// What tells an archive from a text.
fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(512).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file begins as one of xz or of tar does.
fn is_archive(head: &[u8]) -> bool {
    is_xz(head) || head.get(257..262) == Some(b"ustar")
}

/// Whether a file begins as one of xz does.
fn is_xz(head: &[u8]) -> bool {
    head.starts_with(b"\xfd7zXZ\0")
}

fn folder(path: &Path, visit: &mut dyn FnMut(Document) -> Result<()>) -> Result<()> {
    let failed = |error: io::Error| ImportError::of_file(path.display().to_string(), error.to_string());
    let mut entries: Vec<_> = fs::read_dir(path).map_err(failed)?.collect::<io::Result<_>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link could lead in a circle.
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            folder(&path, visit)?;
        } else if kind.is_file() && is_metadata(&path) {
            let shown = path.display().to_string();
            let file = File::open(&path).map_err(|error| ImportError::of_file(&shown, error.to_string()))?;
            let length = file.metadata().map_or(0, |meta| meta.len());
            let bytes = read(&shown, file, length)?;
            visit(Document { name: shown, folder: folder_of(&path), alone: false, bytes, cost: length })?;
        }
    }
    Ok(())
}

pub(super) fn folder_of(path: &Path) -> Option<String> {
    Some(path.parent()?.file_name()?.to_string_lossy().into_owned())
}

/// Whether a file of a folder or archive is looked at: others lie there for people.
pub(super) fn is_metadata(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json") || end.eq_ignore_ascii_case("xml"))
}

pub(super) fn read(name: &str, file: impl Read, size: u64) -> Result<Vec<u8>> {
    let too_large = || ImportError::of_file(name, format!("larger than {} MB", MAX_FILE >> 20));
    if size > MAX_FILE {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    let found = file.take(MAX_FILE + 1).read_to_end(&mut bytes);
    let found = found.map_err(|error| ImportError::of_file(name, format!("cannot be read: {error}")))?;
    match u64::try_from(found) {
        Ok(found) if found > MAX_FILE => Err(too_large()),
        Ok(found) if found < size => Err(ImportError::of_file(name, "cut off before its end")),
        _ => Ok(bytes),
    }
}
