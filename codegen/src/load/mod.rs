//! Spec files to [`Spec`]: reads everything, complains about everything, gives up on nothing.

mod disk;
mod domain;
mod errors;
mod example;
mod field;
mod glossary;
mod method;
mod platform;
mod reader;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{missing_file, stray_file, yaml_syntax};
use crate::model::{At, Domain, Method, Platform, Span, Spec};
use crate::source::{Sources, slashed};
use crate::validate::validate;
use crate::yaml::{self, Node};

#[cfg(test)]
pub(crate) use field::parse_type;

use domain::Defaults;
use reader::Cx;

/// What loading gives: as much of the specs as could be understood, and every problem in them.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The specs; complete only when there are no diagnostics.
    pub spec: Spec,
    /// The files that the diagnostics' spans point into.
    pub sources: Sources,
    /// Every problem of every file, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads and judges all specs under a folder. A folder that cannot be read is a diagnostic too.
#[must_use]
pub fn load(dir: &Path) -> Loaded {
    let found = disk::read(dir);
    let mut loader = Loader { sources: Sources::below(dir), ..Loader::default() };
    for (path, problem) in found.problems {
        loader.unreadable.insert(slashed(&path));
        let span = loader.empty_file(path);
        loader.diagnostics.push(problem(span));
    }
    loader.load(found.files)
}

/// Loads and judges specs that are in memory. Paths are relative to the specs folder: `trade/taobao.trade.get.yaml`.
#[must_use]
pub fn load_files(files: Vec<(PathBuf, String)>) -> Loaded {
    Loader::default().load(files)
}

/// What could not be read, so that nothing is said about what is missing because of it.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// `platform.yaml`.
    pub(crate) platform: bool,
    /// Domains whose `types.yaml` is not understood.
    pub(crate) types: BTreeSet<String>,
    /// Domains with a method file that is not understood.
    pub(crate) methods: BTreeSet<String>,
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    broken: Broken,
    /// Files that are there and cannot be read, so that they are not missed.
    unreadable: BTreeSet<String>,
}

/// The files of one domain, by what they hold.
#[derive(Default)]
struct Folder {
    domain: Option<(PathBuf, String)>,
    types: Option<(PathBuf, String)>,
    methods: Vec<(PathBuf, String)>,
}

impl Loader {
    fn load(mut self, mut files: Vec<(PathBuf, String)>) -> Loaded {
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        let (mut platform, mut glossary) = (None, None);
        let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
        for (path, text) in files {
            let name = slashed(&path);
            match name.split('/').collect::<Vec<_>>()[..] {
                ["README.md" | "schema.json" | "groups.yaml" | "audit-exceptions.yaml"] | [_, "names.lock"] => {}
                ["platform.yaml"] => platform = Some((path, text)),
                ["glossary.yaml"] => glossary = Some((path, text)),
                [folder, "domain.yaml"] => folders.entry(folder.to_owned()).or_default().domain = Some((path, text)),
                [folder, "types.yaml"] => folders.entry(folder.to_owned()).or_default().types = Some((path, text)),
                [folder, file] if file.ends_with(".yaml") => {
                    folders.entry(folder.to_owned()).or_default().methods.push((path, text));
                }
                _ => {
                    let span = self.empty_file(path);
                    self.diagnostics.push(stray_file::new(span));
                }
            }
        }

        let platform = match platform {
            Some((path, text)) => self.parse(path, text, platform::read).unwrap_or_default(),
            None => {
                self.missing(PathBuf::from("platform.yaml"), platform::SAMPLE);
                Platform::default()
            }
        };
        self.broken.platform = platform.tiers.is_empty();
        let glossary = glossary.and_then(|(path, text)| self.parse(path, text, glossary::read)).unwrap_or_default();
        let domains = folders.into_iter().map(|(name, folder)| self.folder(&name, folder)).collect();
        let spec = Spec { platform, glossary, domains };
        self.diagnostics.extend(validate(&spec, &self.broken));
        self.diagnostics.sort_by(|a, b| {
            let key = |d: &Diagnostic| (self.sources.path(d.span), d.span.start, d.id);
            key(a).cmp(&key(b))
        });
        self.diagnostics.dedup();
        Loaded { spec, sources: self.sources, diagnostics: self.diagnostics }
    }

    fn folder(&mut self, name: &str, folder: Folder) -> Domain {
        let (mut domain, defaults) = self.domain_file(name, folder.domain);
        for path in self.unreadable.iter().filter(|path| path.starts_with(&format!("{name}/"))) {
            let broken = if path.ends_with("/types.yaml") { &mut self.broken.types } else { &mut self.broken.methods };
            broken.insert(name.to_owned());
        }
        if let Some((path, text)) = folder.types {
            match self.parse(path, text, types::read_file) {
                Some(types) => domain.types = types,
                None => {
                    self.broken.types.insert(name.to_owned());
                }
            }
        }
        for (path, text) in folder.methods {
            let file = path.clone();
            match self.parse(path, text, |cx, node| method::read(cx, node, &file, &defaults)) {
                Some(method) => domain.methods.push(method),
                None => {
                    self.broken.methods.insert(name.to_owned());
                }
            }
        }
        let by_name = |a: &Method, b: &Method| a.name.value.cmp(&b.name.value);
        domain.methods.sort_by(by_name);
        domain
    }

    /// The domain's own file, or at least its name.
    fn domain_file(&mut self, name: &str, file: Option<(PathBuf, String)>) -> (Domain, Defaults) {
        let place = match file {
            Some((path, text)) => {
                let file = self.sources.iter().count();
                if let Some(read) = self.parse(path, text, |cx, node| domain::read(cx, node, name)) {
                    return read;
                }
                Span { file, start: 0, end: 0 }
            }
            None => {
                let path = Path::new(name).join("domain.yaml");
                self.missing(path, &domain::sample(name))
            }
        };
        let name = At { value: name.to_owned(), span: place };
        (Domain { name, ..Domain::default() }, Defaults::default())
    }

    /// Parses a file and hands its tree to `read`.
    fn parse<T>(
        &mut self,
        path: PathBuf,
        text: String,
        read: impl FnOnce(&mut Cx<'_>, &Node) -> Option<T>,
    ) -> Option<T> {
        let parsed = yaml::parse(&text);
        let file = self.sources.add(path, text);
        match parsed {
            Ok(node) => {
                let text = self.sources.get(file).map_or("", |source| source.text.as_str());
                read(&mut Cx { file, text, diagnostics: &mut self.diagnostics }, &node)
            }
            Err(error) => {
                let span = Span { file, start: error.offset, end: error.offset };
                self.diagnostics.push(yaml_syntax::new(span, &error.message));
                None
            }
        }
    }

    /// Complains about a file that must be there, unless it is there and cannot be read.
    fn missing(&mut self, path: PathBuf, sample: &str) -> Span {
        let name = slashed(&path);
        let what = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let span = self.empty_file(path);
        // The empty name is the specs folder itself.
        if !self.unreadable.contains(&name) && !self.unreadable.contains("") {
            self.diagnostics.push(missing_file::new(span, &what, sample));
        }
        span
    }

    /// A file of which only the path is known.
    fn empty_file(&mut self, path: PathBuf) -> Span {
        let file = self.sources.add(path, String::new());
        Span { file, start: 0, end: 0 }
    }
}
