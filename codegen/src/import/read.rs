//! Reading all metadata of an import: which format a file has, what is too large, which method comes twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::archive::{self, Document};
use crate::validate;

use super::error::{ImportError, Result};
use super::facts::{Facts, Format, Param};
use super::{api_metadata, doc_center};

/// Structures inside each other that are followed.
pub(super) const MAX_DEPTH: usize = 32;
/// Longest name or type, bytes.
const MAX_NAME: usize = 256;
/// Longest description, bytes.
const MAX_DESCRIPTION: usize = 256 << 10;

/// All methods of an import.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// By name. Where two files describe a method, the documentation centre wins, then the first.
    pub methods: BTreeMap<String, Facts>,
    /// Documentation groups of which every method was read, by format: those of folders and archives. A page that was named itself
    /// is one of many; the other format has all methods in one file.
    pub whole: BTreeSet<(Format, Option<String>)>,
    /// What was read and not used: unknown keys, methods described twice.
    pub notes: Vec<String>,
}

/// How far reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files read so far, those in archives too.
    pub files: usize,
    /// Bytes read so far, of as many as [`archive::size`] tells for all paths.
    pub bytes: u64,
}

/// Reads files, folders and archives. `progress` is told after each file.
///
/// # Errors
///
/// The first file that cannot be understood.
pub fn read(paths: &[&Path], progress: &mut dyn FnMut(Progress)) -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let (mut files, mut bytes) = (0, 0);
    for path in paths {
        archive::open(path, &mut |document| {
            files += 1;
            bytes += document.cost;
            progress(Progress { files, bytes });
            catalogue.add(&document)
        })?;
    }
    if catalogue.methods.is_empty() {
        let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(ImportError::of_file(shown.join(", "), "no method in it"));
    }
    Ok(catalogue)
}

impl Catalogue {
    fn add(&mut self, document: &Document) -> Result<()> {
        let Document { name: file, folder, alone, bytes, .. } = document;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            ImportError::at(file, format!("byte {}", error.valid_up_to()), "neither an archive nor UTF-8 text")
        })?;
        let text = text.trim_start_matches('\u{feff}');
        match text.trim_start().chars().next() {
            Some('{' | '[') => {
                if let Some(page) = doc_center::read(file, folder.as_deref(), text)? {
                    self.notes.extend(page.unknown.iter().map(|place| format!("{file}: not understood: {place}")));
                    if !alone {
                        self.whole.insert((page.facts.format, page.facts.group.clone()));
                    }
                    self.insert(page.facts);
                }
            }
            Some('<') => {
                let found = api_metadata::read(file, text)?;
                self.notes.extend(found.unknown.iter().map(|place| format!("{file}: not understood: {place}")));
                for facts in found.methods {
                    self.whole.insert((facts.format, facts.group.clone()));
                    self.insert(facts);
                }
            }
            _ => return Err(ImportError::of_file(file, "neither JSON nor XML")),
        }
        Ok(())
    }

    /// Forgets titles and descriptions: they are other people's sentences.
    pub fn forget_words(&mut self) {
        for facts in self.methods.values_mut() {
            (facts.title, facts.doc) = (None, None);
            facts.request.iter_mut().chain(&mut facts.response).for_each(Param::forget_words);
        }
    }

    fn insert(&mut self, facts: Facts) {
        if let Some(first) = self.methods.get(&facts.name) {
            self.notes.push(format!("{}: {} is described in {} too", facts.place, facts.name, first.place));
            if first.format <= facts.format {
                return;
            }
        }
        self.methods.insert(facts.name.clone(), facts);
    }
}

/// A method's name becomes the name of a file, so that it must not lead elsewhere.
pub(super) fn check_method(file: &str, place: &str, name: &str) -> Result<()> {
    check_name(file, place, name)?;
    if validate::is_method_name(name) {
        return Ok(());
    }
    Err(ImportError::at(
        file,
        place,
        format!("`{name}` is not the name of a method: letters, digits, `_`, `-` and dots between them"),
    ))
}

/// A name or type is short and has no control characters.
pub(super) fn check_name(file: &str, place: &str, name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(ImportError::at(file, place, "is empty"));
    }
    if name.len() > MAX_NAME {
        return Err(ImportError::at(file, place, format!("{} bytes long, at most {MAX_NAME}", name.len())));
    }
    if name.chars().any(char::is_control) {
        return Err(ImportError::at(file, place, "holds a control character"));
    }
    Ok(())
}

/// A description is no longer than a page.
pub(super) fn check_description(file: &str, place: &str, text: &str) -> Result<()> {
    if text.len() > MAX_DESCRIPTION {
        return Err(ImportError::at(file, place, format!("{} bytes long, at most {MAX_DESCRIPTION}", text.len())));
    }
    Ok(())
}
