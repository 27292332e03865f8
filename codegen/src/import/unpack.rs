//! Metadata in a tar archive, compressed by xz or not.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::path::Component;

use lzma_rust2::XzReader;

use super::archive::{Counted, Document, folder_of, is_metadata, read};
use super::error::{ImportError, Result};

/// Most bytes that an archive may unpack to.
const MAX_TOTAL: u64 = 1 << 30;
/// Most memory that unpacking may take, KiB.
const MAX_UNPACK_KIB: u32 = 256 << 10;

/// Hands every metadata file of an archive to `visit`; `count` is how much of the archive has been read.
pub(super) fn open(
    file: Counted,
    xz: bool,
    shown: &str,
    count: &Cell<u64>,
    visit: &mut dyn FnMut(Document) -> Result<()>,
) -> Result<()> {
    let file = BufReader::new(file);
    match xz {
        true => unpack(shown, XzReader::new_mem_limit(file, true, MAX_UNPACK_KIB), count, visit),
        false => unpack(shown, file, count, visit),
    }
}

fn unpack(
    shown: &str,
    stream: impl Read,
    count: &Cell<u64>,
    visit: &mut dyn FnMut(Document) -> Result<()>,
) -> Result<()> {
    let failed = |error: io::Error| ImportError::of_file(shown, format!("the archive cannot be unpacked: {error}"));
    let mut archived = tar::Archive::new(stream.take(MAX_TOTAL));
    let mut found = false;
    for entry in archived.entries().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path().map_err(failed)?.into_owned();
        let name = format!("{shown}: {}", path.display());
        if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(ImportError::of_file(name, "the path leads out of the archive"));
        }
        if !entry.header().entry_type().is_file() || !is_metadata(&path) {
            continue;
        }
        found = true;
        let size = entry.size();
        let bytes = read(&name, entry, size)?;
        visit(Document { name, folder: folder_of(&path), alone: false, bytes, cost: count.take() })?;
    }
    if found { Ok(()) } else { Err(ImportError::of_file(shown, "the archive holds no .json or .xml file")) }
}
