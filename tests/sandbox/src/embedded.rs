//! The specs this crate was built with, each file read when it is first needed.
//!
//! Reading them all takes a second; a sandbox that is started for one test calls a few methods. What was read serves every
//! sandbox of the process.

use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use flate2::read::DeflateDecoder;
use topsdk_codegen::load::load_files;
use topsdk_codegen::model::{Domain, Method, Platform};

// Written by the build script: `FOLDERS`, and `METHODS` by name.
include!(concat!(env!("OUT_DIR"), "/specs.rs"));

static PLATFORM: LazyLock<Platform> = LazyLock::new(|| {
    let text = include_str!("../specs/platform.yaml").to_owned();
    load_files(vec![(PathBuf::from("platform.yaml"), text)]).spec.platform
});

/// `platform.yaml`.
pub(crate) fn platform() -> &'static Platform {
    &PLATFORM
}

/// A method and its domain, which has the shared types but not its other methods.
pub(crate) fn method(name: &str) -> Option<(&'static Domain, &'static Method)> {
    let entry = &METHODS[METHODS.binary_search_by_key(&name, |entry| entry.name).ok()?];
    let folder = FOLDERS.get(entry.folder)?;
    Some((folder.domain(), entry.method(folder)?))
}

/// How many methods there are.
pub(crate) fn len() -> usize {
    METHODS.len()
}

/// A domain.
struct Folder {
    name: &'static str,
    /// Where `domain.yaml` and `types.yaml` end in the text.
    head: [usize; 2],
    /// All its files one after another, deflated.
    packed: &'static [u8],
    text: OnceLock<String>,
    domain: OnceLock<Domain>,
}

impl Folder {
    const fn new(name: &'static str, head: [usize; 2], packed: &'static [u8]) -> Self {
        Self { name, head, packed, text: OnceLock::new(), domain: OnceLock::new() }
    }

    fn domain(&self) -> &Domain {
        self.domain.get_or_init(|| self.load("types", self.head[0]..self.head[1]))
    }

    /// The domain with one more file.
    fn load(&self, stem: &str, at: Range<usize>) -> Domain {
        let text = self.text.get_or_init(|| {
            let mut text = String::new();
            // The build script wrote it. What could not be read would be missed by the test that calls every method.
            let _ = DeflateDecoder::new(self.packed).read_to_string(&mut text);
            text
        });
        let file = |stem: &str, at: Range<usize>| {
            let path = PathBuf::from(format!("{}/{stem}.yaml", self.name));
            (path, text.get(at).unwrap_or_default().to_owned())
        };
        // The specs were judged as a whole before; what is said about a part of them here does not matter.
        let loaded = load_files(vec![file("domain", 0..self.head[0]), file(stem, at)]);
        loaded.spec.domains.into_iter().next().unwrap_or_default()
    }
}

/// A method's file.
struct Entry {
    name: &'static str,
    /// Its domain's place in `FOLDERS`.
    folder: usize,
    /// Its place in the domain's text.
    at: Range<usize>,
    /// Boxed, so that the table stays small; none when the file cannot be understood.
    method: OnceLock<Option<Box<Method>>>,
}

impl Entry {
    const fn new(name: &'static str, folder: usize, at: Range<usize>) -> Self {
        Self { name, folder, at, method: OnceLock::new() }
    }

    fn method(&self, folder: &Folder) -> Option<&Method> {
        let read = || folder.load(self.name, self.at.clone()).methods.pop().map(Box::new);
        self.method.get_or_init(read).as_deref()
    }
}
