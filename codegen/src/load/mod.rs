//! Spec files to [`Spec`]: reads everything, complains about everything, gives up on nothing.

mod disk;
mod domain;
mod errors;
mod example;
mod field;
mod glossary;
mod method;
mod paging;
mod platform;
mod reader;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Style, count};
use crate::diagnostics::{
    doc_full_stop, example_missing, missing_doc, missing_file, stray_file, unused_type, yaml_syntax,
};
use crate::model::{At, Domain, Platform, Span, Spec};
use crate::source::{Sources, slashed};
use crate::yaml::{self, Node};
use crate::{parallel, validate};

#[cfg(test)]
pub(crate) use field::parse_type;

pub use disk::Files;
pub(crate) use disk::is_dir;
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

impl Loaded {
    /// All problems as text, an empty line after each.
    #[must_use]
    pub fn report(&self, style: Style) -> String {
        self.diagnostics.iter().map(|diagnostic| diagnostic.render(&self.sources, style) + "\n\n").collect()
    }

    /// One line: how much was checked, or how much is wrong. `known` has the number of methods of each domain that was not
    /// looked at, because it is known to be right.
    #[must_use]
    pub fn summary(&self, known: &[usize]) -> String {
        let Self { spec, sources, diagnostics } = self;
        if diagnostics.is_empty() {
            let methods = spec.domains.iter().map(|domain| domain.methods.len()).chain(known.iter().copied());
            let domains = spec.domains.len() + known.len();
            return format!("checked {} in {}: ok", count(methods.sum(), "method"), count(domains, "domain"));
        }
        let files: BTreeSet<String> = diagnostics.iter().map(|diagnostic| sources.path(diagnostic.span)).collect();
        format!("{} in {}", count(diagnostics.len(), "problem"), count(files.len(), "file"))
    }
}

/// What the catalogue asks of a spec beyond being right.
const HOUSE_RULES: [&str; 4] = [doc_full_stop::ID, example_missing::ID, missing_doc::ID, unused_type::ID];

/// Loads and judges all specs under a folder. A folder that cannot be read is a diagnostic too.
#[must_use]
pub fn load(dir: &Path) -> Loaded {
    Files::read(dir).load(&|_| true)
}

/// Loads and judges specs that are in memory. Paths are relative to the specs folder: `trade/taobao.trade.get.yaml`.
#[must_use]
pub fn load_files(files: Vec<(PathBuf, String)>) -> Loaded {
    Files::from(files).load(&|_| true)
}

impl Files {
    /// Loads and judges `platform.yaml`, `glossary.yaml` and the domains that are wanted. Problems of the others are not seen,
    /// nor is a method that one of them declares too; but a file that has no place, or cannot be read, is one wherever it is.
    #[must_use]
    pub fn load(self, wanted: &dyn Fn(&str) -> bool) -> Loaded {
        let mut sources = self.folder.as_deref().map(Sources::below).unwrap_or_default();
        let (diagnostics, unreadable) = (Vec::new(), BTreeSet::new());
        let mut plan = Plan { sources: &mut sources, own: self.own, diagnostics, unreadable };
        for (path, problem) in self.problems {
            plan.unreadable.insert(slashed(&path));
            let span = plan.empty_file(path);
            plan.diagnostics.push(problem(span));
        }
        let (shared, folders) = plan.sort(self.files, wanted);
        let mut diagnostics = plan.diagnostics;

        let mut spec = Spec::default();
        if let Some(file) = shared.platform {
            spec.platform = parse(&sources, file, &mut diagnostics, platform::read).unwrap_or_default();
        }
        if let Some(file) = shared.glossary {
            spec.glossary = parse(&sources, file, &mut diagnostics, glossary::read).unwrap_or_default();
        }
        // Specs of one's own have none.
        let platform = (!spec.platform.tiers.is_empty()).then_some(&spec.platform);
        let read = parallel::map(&folders, |folder| folder.read(&sources, platform));
        for (domain, problems) in read {
            spec.domains.push(domain);
            diagnostics.extend(problems);
        }
        validate::platform(&spec.platform, &mut diagnostics);
        validate::duplicates(&spec.domains, &mut diagnostics);
        if self.own {
            diagnostics.retain(|diagnostic| !HOUSE_RULES.contains(&diagnostic.id));
        }
        diagnostics
            .sort_by_cached_key(|diagnostic| (sources.path(diagnostic.span), diagnostic.span.start, diagnostic.id));
        diagnostics.dedup();
        Loaded { spec, sources, diagnostics }
    }
}

/// What could not be read, so that nothing is said about what is missing because of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Broken {
    /// The domain's `types.yaml` is not understood.
    pub(crate) types: bool,
    /// A method file of the domain is not understood.
    pub(crate) methods: bool,
}

/// Gives each file its place among the sources, before anything is parsed.
struct Plan<'a> {
    sources: &'a mut Sources,
    /// As in [`Files`].
    own: bool,
    diagnostics: Vec<Diagnostic>,
    /// Files that are there and cannot be read, so that they are not missed.
    unreadable: BTreeSet<String>,
}

/// The files that all domains share, by their index among the sources.
#[derive(Default)]
struct Shared {
    platform: Option<usize>,
    glossary: Option<usize>,
}

/// The files of one domain, by their index among the sources.
#[derive(Default)]
struct Folder {
    name: String,
    domain: Option<usize>,
    types: Option<usize>,
    methods: Vec<usize>,
    /// Where to complain about the domain if its own file is missing.
    place: Span,
    broken: Broken,
}

impl Plan<'_> {
    /// Which file holds what. Complains about files that have no place and about missing ones.
    fn sort(&mut self, mut files: Vec<(PathBuf, String)>, wanted: &dyn Fn(&str) -> bool) -> (Shared, Vec<Folder>) {
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        let mut shared = Shared::default();
        let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
        for (path, text) in files {
            let name = slashed(&path);
            let parts: Vec<&str> = name.split('/').collect();
            match parts[..] {
                ["README.md" | "schema.json" | "groups.yaml" | "audit-exceptions.yaml"] | [_, "names.lock"] => {}
                ["platform.yaml"] => shared.platform = Some(self.sources.add(path, text)),
                ["glossary.yaml"] => shared.glossary = Some(self.sources.add(path, text)),
                [ref folder @ .., file]
                    if file.ends_with(".yaml") && (folder.len() == 1 || self.own && folder.is_empty()) =>
                {
                    let folder = folder.concat();
                    if !wanted(&folder) {
                        continue;
                    }
                    let index = self.sources.add(path, text);
                    let folder = folders.entry(folder).or_default();
                    match file {
                        "domain.yaml" => folder.domain = Some(index),
                        "types.yaml" => folder.types = Some(index),
                        _ => folder.methods.push(index),
                    }
                }
                _ => {
                    let span = self.empty_file(path);
                    self.diagnostics.push(stray_file::new(span));
                }
            }
        }
        if shared.platform.is_none() {
            self.missing(PathBuf::from("platform.yaml"), platform::SAMPLE);
        }
        let folders = folders.into_iter().map(|(name, folder)| self.complete(name, folder)).collect();
        (shared, folders)
    }

    /// What a domain's folder lacks.
    fn complete(&mut self, name: String, mut folder: Folder) -> Folder {
        folder.place = match folder.domain {
            Some(file) => Span { file, start: 0, end: 0 },
            None => self.missing(Path::new(&name).join("domain.yaml"), &domain::sample(&name)),
        };
        for path in &self.unreadable {
            match path.rsplit_once('/').unwrap_or(("", path)) {
                (inside, "types.yaml") if inside == name => folder.broken.types = true,
                (inside, _) if inside == name => folder.broken.methods = true,
                _ => {}
            }
        }
        folder.name = name;
        folder
    }

    /// Complains about a file that must be there, unless it is there and cannot be read.
    fn missing(&mut self, path: PathBuf, sample: &str) -> Span {
        let name = slashed(&path);
        let what = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let span = self.empty_file(path);
        // The empty name is the specs folder itself.
        if !self.own && !self.unreadable.contains(&name) && !self.unreadable.contains("") {
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

impl Folder {
    /// The domain, and everything that is wrong with it.
    fn read(&self, sources: &Sources, platform: Option<&Platform>) -> (Domain, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut broken = self.broken;
        let (mut domain, defaults) = self.domain_file(sources, &mut diagnostics);
        if let Some(file) = self.types {
            match parse(sources, file, &mut diagnostics, types::read_file) {
                Some(types) => domain.types = types,
                None => broken.types = true,
            }
        }
        for &file in &self.methods {
            let path = sources.get(file).map(|source| source.path.as_path()).unwrap_or(Path::new(""));
            match parse(sources, file, &mut diagnostics, |cx, node| method::read(cx, node, path, &defaults)) {
                Some(method) => domain.methods.push(method),
                None => broken.methods = true,
            }
        }
        domain.methods.sort_by(|a, b| a.name.value.cmp(&b.name.value));
        validate::domain(&domain, platform, broken, &mut diagnostics);
        (domain, diagnostics)
    }

    /// The domain's own file, or at least its name.
    fn domain_file(&self, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> (Domain, Defaults) {
        let read = self
            .domain
            .and_then(|file| parse(sources, file, diagnostics, |cx, node| domain::read(cx, node, &self.name)));
        read.unwrap_or_else(|| {
            let name = At { value: self.name.clone(), span: self.place };
            (Domain { name, ..Domain::default() }, Defaults::default())
        })
    }
}

/// Parses a file and hands its tree to `read`.
fn parse<T>(
    sources: &Sources,
    file: usize,
    diagnostics: &mut Vec<Diagnostic>,
    read: impl FnOnce(&mut Cx<'_>, &Node) -> Option<T>,
) -> Option<T> {
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    match yaml::parse(text) {
        Ok(node) => read(&mut Cx { file, text, diagnostics }, &node),
        Err(error) => {
            let span = Span { file, start: error.offset, end: error.offset };
            diagnostics.push(yaml_syntax::new(span, &error.message));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_count() {
        let nothing = load_files(Vec::new());
        assert_eq!(nothing.summary(&[]), "1 problem in 1 file");
        assert!(nothing.report(Style::Plain).contains("missing-file"));
        let platform = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\ntiers: {}\n";
        let empty = load_files(vec![(PathBuf::from("platform.yaml"), platform.to_owned())]);
        assert_eq!(empty.summary(&[]), "checked 0 methods in 0 domains: ok");
        assert_eq!(empty.summary(&[1, 0]), "checked 1 method in 2 domains: ok");
    }

    /// What the catalogue must have and somebody's own methods may lack; what is wrong is wrong for both.
    #[test]
    fn own_methods_need_little() {
        let said = |files: &[(&str, &str)]| {
            let files = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
            let loaded = Files { files, own: true, ..Files::default() }.load(&|_| true);
            let ids: Vec<&str> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.id).collect();
            let domains: Vec<String> = loaded.spec.domains.iter().map(|domain| domain.name.value.clone()).collect();
            (ids, domains.join(","))
        };
        let method = "method: acme.orders.get\neffect: read\n";
        let typed = format!("{method}response: {{ order: Order }}\n");
        let types = "types: { Order: { id: i64 }, Item: { id: { type: i64, doc: 编号。 } } }\n";
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
        let table: [Case<'_>; 7] = [
            (&[("acme.orders.get.yaml", method)], &[], ""),
            (&[("acme.orders.get.yaml", &typed), ("types.yaml", types)], &[], ""),
            (&[("shop/acme.orders.get.yaml", &typed), ("shop/types.yaml", types)], &[], "shop"),
            (
                &[("acme.orders.get.yaml", method), ("domain.yaml", "domain: acme\ntitle: A\ntitle_zh: A\ntier: x\n")],
                &[],
                "",
            ),
            (&[("acme.orders.get.yaml", &typed)], &["unknown-type"], ""),
            (&[("acme.orders.get.yaml", "method: acme.orders.get\n")], &["missing-key"], ""),
            (&[("orders.yaml", method)], &["method-file-mismatch"], ""),
        ];
        for (files, ids, domains) in table {
            assert_eq!(said(files), (ids.to_vec(), domains.to_owned()), "{files:?}");
        }
    }
}
