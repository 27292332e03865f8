//! The list of all methods and domains, read at the first look-up from the plain heads of the domains' files.

use std::io::Read as _;
use std::sync::{LazyLock, OnceLock};

use flate2::read::DeflateDecoder;

use crate::catalog::method::Method;
use crate::catalog::read::{RS, US, types};
use crate::catalog::{Hit, TypeDef, methods, search};
use crate::generated::catalog::{DOMAINS, GLOSSARY};

/// Ends the plain head of a file.
const FS: u8 = 0x1c;

/// Everything that a look-up by name needs.
pub(super) static INDEX: LazyLock<Index> = LazyLock::new(Index::read);

/// By name, as the file is.
static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| inflate(split(GLOSSARY).1));
    let terms = text.split_terminator(RS).map(|record| {
        let mut parts = record.split(US);
        let mut next = || parts.next().unwrap_or_default();
        Term { name: next(), en: next(), zh: next() }
    });
    terms.collect()
});

/// Domains and methods, each by name.
pub(super) struct Index {
    pub(super) domains: Vec<Domain>,
    pub(super) methods: Vec<Method>,
}

impl Index {
    fn read() -> Self {
        let (mut domains, mut methods) = (Vec::with_capacity(DOMAINS.len()), Vec::new());
        for (number, file) in DOMAINS.iter().enumerate() {
            let (head, packed) = split(file);
            let mut records = head.split_terminator(RS);
            let domain = Domain::new(records.next().unwrap_or_default(), packed);
            let mut start = domain.shared;
            for record in records {
                let method = Method::new(number, start, record);
                start = method.end();
                methods.push(method);
            }
            domains.push(domain);
        }
        methods.sort_by_key(Method::name);
        Self { domains, methods }
    }
}

/// A field name of the glossary.
pub(super) fn term(name: &str) -> Option<&'static Term> {
    TERMS.get(TERMS.binary_search_by(|term| term.name.cmp(name)).ok()?)
}

/// All of the glossary.
pub(super) fn terms() -> &'static [Term] {
    &TERMS
}

/// What a field name means.
#[derive(Debug)]
pub struct Term {
    name: &'static str,
    en: &'static str,
    zh: &'static str,
}

impl Term {
    /// The field name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// In English, a sentence.
    #[must_use]
    pub fn en(&self) -> &'static str {
        self.en
    }

    /// In Chinese, a sentence.
    #[must_use]
    pub fn zh(&self) -> &'static str {
        self.zh
    }
}

/// A group of methods: a cargo feature and a module of this crate.
pub struct Domain {
    name: &'static str,
    title: &'static str,
    title_zh: &'static str,
    doc: &'static str,
    tier: &'static str,
    core: bool,
    /// Where the shared types end in the body.
    shared: usize,
    packed: &'static [u8],
    body: OnceLock<String>,
    types: OnceLock<Vec<TypeDef>>,
}

impl Domain {
    fn new(record: &'static str, packed: &'static [u8]) -> Self {
        let mut parts = record.split(US);
        let mut next = || parts.next().unwrap_or_default();
        Self {
            name: next(),
            title: next(),
            title_zh: next(),
            doc: next(),
            tier: next(),
            core: !next().is_empty(),
            shared: next().parse().unwrap_or_default(),
            packed,
            body: OnceLock::new(),
            types: OnceLock::new(),
        }
    }

    /// Name, such as `trade`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// English title.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Chinese title.
    #[must_use]
    pub fn title_zh(&self) -> &'static str {
        self.title_zh
    }

    /// What the domain covers.
    #[must_use]
    pub fn doc(&self) -> &'static str {
        self.doc
    }

    /// Name of the rate tier of its methods.
    #[must_use]
    pub fn tier(&self) -> &'static str {
        self.tier
    }

    /// Whether its feature is on by default.
    #[must_use]
    pub fn is_core(&self) -> bool {
        self.core
    }

    /// Its methods, by name.
    pub fn methods(&'static self) -> impl Iterator<Item = &'static Method> {
        methods().filter(|method| method.domain().name == self.name)
    }

    /// Those of its methods that fit these words best, as [`search`](crate::catalog::search) finds them in all: at most `limit`.
    #[must_use]
    pub fn search(&'static self, words: &str, limit: usize) -> Vec<Hit> {
        search::among(&|method| method.domain().name == self.name, words, limit)
    }

    /// The types that several of its methods share.
    #[must_use]
    pub fn types(&'static self) -> &'static [TypeDef] {
        self.types.get_or_init(|| types(self.text(0, self.shared)))
    }

    /// The records of the body from one place to another.
    pub(super) fn text(&'static self, start: usize, end: usize) -> &'static str {
        self.body.get_or_init(|| inflate(self.packed)).get(start..end).unwrap_or_default()
    }
}

impl std::fmt::Debug for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Domain").field("name", &self.name).field("title", &self.title).finish_non_exhaustive()
    }
}

/// The head of a file, without the line that says what made it, and the body.
fn split(file: &'static [u8]) -> (&'static str, &'static [u8]) {
    let at = file.iter().position(|byte| *byte == FS).unwrap_or(file.len());
    let (head, body) = file.split_at(at);
    let head = std::str::from_utf8(head).unwrap_or_default();
    (head.split_once('\n').map_or("", |(_, head)| head), body.get(1..).unwrap_or_default())
}

fn inflate(packed: &[u8]) -> String {
    let mut text = String::new();
    // The generator wrote it, and tests read all of it.
    let _ = DeflateDecoder::new(packed).read_to_string(&mut text);
    text
}
