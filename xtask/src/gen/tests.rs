//! A run that takes what it can from the one before must not differ from one that takes nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tempfile::TempDir;
use topsdk_codegen::source::slashed;

use super::*;

const PLATFORM: &str = include_str!("../../../codegen/tests/golden/specs/platform.yaml");
const MANIFEST: &str = include_str!("../../../codegen/tests/golden/Cargo.toml");

/// What can happen between two runs. Domains, methods and contents are told by small numbers.
#[derive(Debug, Clone)]
enum Event {
    /// A method is added or changed; the last one of a domain has the same name in all.
    Method(usize, usize, usize),
    /// A method is removed.
    Removed(usize, usize),
    /// A method goes to another domain under the same name.
    Moved(usize, usize, usize),
    /// A file of a domain is no YAML.
    Broken(usize, usize),
    /// Shared types change, or go.
    Types(usize, usize),
    /// `domain.yaml` changes, or goes.
    Domain(usize, usize),
    /// A domain goes, or comes back.
    Gone(usize),
    /// `platform.yaml` changes.
    Platform(usize),
    /// `glossary.yaml` changes, or goes.
    Glossary(usize),
    /// A file that has no place.
    Stray(usize),
    /// Somebody edits a generated file.
    OutputEdited(prop::sample::Index),
    /// Somebody removes a generated file.
    OutputRemoved(prop::sample::Index),
    /// A generated file that nothing asks for.
    Orphan(usize),
    /// The records are cut short.
    RecordsCut(prop::sample::Index),
    /// A byte of the records is another one.
    RecordsSpoilt(prop::sample::Index),
    /// The records are those of an earlier run.
    RecordsOld(prop::sample::Index),
    /// The generator is another one.
    Build(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let (domain, content) = (0..3_usize, 0..4_usize);
    let event = prop_oneof![
        6 => (domain.clone(), 0..4_usize, content.clone()).prop_map(|(d, m, c)| Event::Method(d, m, c)),
        2 => (domain.clone(), 0..4_usize).prop_map(|(d, m)| Event::Removed(d, m)),
        1 => (domain.clone(), 0..4_usize, domain.clone()).prop_map(|(d, m, to)| Event::Moved(d, m, to)),
        1 => (domain.clone(), 0..4_usize).prop_map(|(d, m)| Event::Broken(d, m)),
        2 => (domain.clone(), content.clone()).prop_map(|(d, c)| Event::Types(d, c)),
        2 => (domain.clone(), content.clone()).prop_map(|(d, c)| Event::Domain(d, c)),
        1 => domain.prop_map(Event::Gone),
        1 => (0..3_usize).prop_map(Event::Platform),
        1 => content.clone().prop_map(Event::Glossary),
        1 => content.clone().prop_map(Event::Stray),
        1 => any::<prop::sample::Index>().prop_map(Event::OutputEdited),
        1 => any::<prop::sample::Index>().prop_map(Event::OutputRemoved),
        1 => content.clone().prop_map(Event::Orphan),
        1 => any::<prop::sample::Index>().prop_map(Event::RecordsCut),
        1 => any::<prop::sample::Index>().prop_map(Event::RecordsSpoilt),
        2 => any::<prop::sample::Index>().prop_map(Event::RecordsOld),
        1 => (0..2_usize).prop_map(Event::Build),
    ];
    prop::collection::vec(event, 1..10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_make_no_difference(events in events()) {
        let mut project = Project::new();
        for event in &events {
            let before = project.specs.clone();
            project.happens(event);
            // What is wrong is told and then taken back.
            if !project.runs_like_a_full_run() {
                project.set(before);
                assert!(project.runs_like_a_full_run(), "{event:?} was taken back");
            }
        }
    }
}

#[test]
fn only_what_differs_is_loaded() {
    let mut project = Project::new();
    assert!(project.runs_like_a_full_run());
    let loaded = |project: &Project| {
        let files = load::Files::read(&project.path("specs"));
        let records = cache::read(&project.former.path, &cache::inputs(&project.former.build, &files));
        let (loaded, _) = load_others(files, &project.path("specs"), intact(project.folder.path(), records));
        loaded.spec.domains.iter().map(|domain| domain.name.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(loaded(&project), [""; 0]);
    project.happens(&Event::Method(1, 0, 2));
    assert_eq!(loaded(&project), ["d1"]);
    fs::remove_file(project.path("sdk/src/generated/d2/mod.rs")).unwrap();
    assert_eq!(loaded(&project), ["d1", "d2"]);
    project.happens(&Event::Glossary(2));
    assert_eq!(loaded(&project), ["d0", "d1", "d2"]);
}

#[test]
fn a_check_takes_nothing_from_records_and_writes_none() {
    let mut project = Project::new();
    assert!(project.runs_like_a_full_run());
    project.happens(&Event::Method(0, 1, 3));
    let records = fs::read(&project.former.path).unwrap();
    let Ok(changes) = generate(project.folder.path(), None, true) else { panic!("the specs have a problem") };
    assert_eq!(changes.added.len() + changes.changed.len() + changes.orphans.len(), 5, "{changes:?}");
    assert_eq!(fs::read(&project.former.path).unwrap(), records);
}

/// A repository, and what its specs are.
struct Project {
    folder: TempDir,
    specs: BTreeMap<String, String>,
    former: Former,
    /// The records of all runs.
    history: Vec<Vec<u8>>,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let former = Former { path: folder.path().join("records"), build: "0".to_owned() };
        let mut project = Self { folder, specs: BTreeMap::new(), former, history: Vec::new() };
        write_by_hand(project.folder.path());
        project.happens(&Event::Platform(0));
        (0..3).for_each(|domain| project.happens(&Event::Gone(domain)));
        assert!(project.runs_like_a_full_run());
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn happens(&mut self, event: &Event) {
        let mut specs = self.specs.clone();
        match event {
            Event::Method(domain, method, content) => {
                specs.insert(file(*domain, *method), self::method(*domain, *method, *content));
            }
            Event::Removed(domain, method) => {
                specs.remove(&file(*domain, *method));
            }
            Event::Moved(domain, method, to) => {
                if let Some(text) = specs.remove(&file(*domain, *method)) {
                    specs.insert(file(*domain, *method).replace(&format!("d{domain}/"), &format!("d{to}/")), text);
                }
            }
            Event::Broken(domain, 3) => {
                specs.insert(format!("d{domain}/types.yaml"), "types: [".to_owned());
            }
            Event::Broken(domain, method) => {
                specs.insert(file(*domain, *method), "method: [".to_owned());
            }
            Event::Types(domain, content) => set(&mut specs, format!("d{domain}/types.yaml"), types(*content)),
            Event::Domain(domain, content) => {
                set(&mut specs, format!("d{domain}/domain.yaml"), self::domain(*domain, *content));
            }
            Event::Gone(domain) => {
                let (before, folder) = (specs.len(), format!("d{domain}/"));
                specs.retain(|path, _| !path.starts_with(&folder));
                if specs.len() == before {
                    set(&mut specs, format!("{folder}domain.yaml"), self::domain(*domain, 0));
                    set(&mut specs, format!("{folder}types.yaml"), types(0));
                    (0..2).for_each(|m| set(&mut specs, file(*domain, m), Some(method(*domain, m, 0))));
                }
            }
            Event::Platform(content) => {
                let text = match content {
                    0 => PLATFORM.to_owned(),
                    1 => PLATFORM.replace("gw.example.com", "gateway.example.com"),
                    _ => PLATFORM.replace("tiers: { odd:", "tiers: { even:"),
                };
                specs.insert("platform.yaml".to_owned(), text);
            }
            Event::Glossary(content) => {
                let text = format!("id: {{ en: Number {content}., zh: \"编号{content}。\" }}\n");
                set(&mut specs, "glossary.yaml".to_owned(), (*content > 0).then_some(text));
            }
            Event::Stray(content) => {
                let path = ["notes.txt", "d0/notes.txt", "d1/deep/x.yaml", "README.md"][*content];
                specs.insert(path.to_owned(), "Mine.\n".to_owned());
            }
            Event::OutputEdited(which) => {
                let (path, content) = self.output(which);
                fs::write(path, [content, b"// mine\n".to_vec()].concat()).unwrap();
            }
            Event::OutputRemoved(which) => fs::remove_file(self.output(which).0).unwrap(),
            Event::Orphan(content) => {
                let path = ["d0/old.rs", "old/mod.rs", "d2/old/mod.rs", "old.rs"][*content];
                let path = self.path("sdk/src/generated").join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "// Generated by `cargo xtask gen` from specs/. Do not edit.\n").unwrap();
            }
            Event::RecordsCut(which) => {
                let records = fs::read(&self.former.path).unwrap();
                fs::write(&self.former.path, &records[..which.index(records.len())]).unwrap();
            }
            Event::RecordsSpoilt(which) => {
                let mut records = fs::read(&self.former.path).unwrap();
                let at = which.index(records.len());
                records[at] ^= 1;
                fs::write(&self.former.path, records).unwrap();
            }
            Event::RecordsOld(which) => fs::write(&self.former.path, which.get(&self.history)).unwrap(),
            Event::Build(build) => self.former.build = build.to_string(),
        }
        self.set(specs);
    }

    /// Makes the specs on the disk these.
    fn set(&mut self, specs: BTreeMap<String, String>) {
        let folder = self.path("specs");
        for path in self.specs.keys().filter(|path| !specs.contains_key(*path)) {
            write::remove(&folder.join(path)).unwrap();
            let _ = fs::remove_dir(folder.join("d1/deep"));
            let _ = fs::remove_dir(folder.join("d1"));
        }
        for (path, text) in &specs {
            if self.specs.get(path) != Some(text) {
                write::replace(&folder.join(path), text).unwrap();
            }
        }
        self.specs = specs;
    }

    /// One of the files that are generated of a domain.
    fn output(&self, which: &prop::sample::Index) -> (PathBuf, Vec<u8>) {
        let files = files(self.folder.path());
        let own: Vec<_> =
            files.into_iter().filter(|(path, _)| path.contains("generated/") || path.contains("domains/")).collect();
        let (path, content) = which.get(&own).clone();
        (self.path(&path), content)
    }

    /// Runs the generator, compares with a run on the bare specs, and tells whether these have no problem.
    fn runs_like_a_full_run(&mut self) -> bool {
        let bare = tempfile::tempdir().unwrap();
        write_by_hand(bare.path());
        for (path, text) in &self.specs {
            write::replace(&bare.path().join("specs").join(path), text).unwrap();
        }
        let root = self.folder.path();
        let before = files(root);
        match (generate(bare.path(), None, false), generate(root, Some(&self.former), false)) {
            (Ok(full), Ok(_)) => {
                let (full_files, found) = (files(bare.path()), files(root));
                let differing: Vec<_> = full_files.keys().chain(found.keys()).collect();
                let differing = differing.into_iter().filter(|path| full_files.get(*path) != found.get(*path));
                assert_eq!(differing.collect::<Vec<_>>(), [""; 0], "with and without records");
                let Ok(again) = generate(root, Some(&self.former), false) else { panic!("no second run") };
                assert!(again.is_empty(), "{again:?}");
                assert_eq!(again.unchanged, full.added.len() + full.changed.len() + full.unchanged);
                self.history.push(fs::read(&self.former.path).unwrap());
                true
            }
            (Err(full), Err(found)) => {
                assert_eq!(said(full), said(found));
                assert_eq!(files(root), before, "something was written");
                false
            }
            (full, found) => panic!("without records: {}, with: {}", full.is_ok(), found.is_ok()),
        }
    }
}

/// What the generator finds in every repository.
fn write_by_hand(root: &Path) {
    let costs = include_str!("../../../docs/compile-cost.csv");
    let files = [("sdk/Cargo.toml", MANIFEST), ("Cargo.toml", MANIFEST), ("docs/compile-cost.csv", costs)];
    files.into_iter().for_each(|(path, text)| write::replace(&root.join(path), text).unwrap());
}

/// What a failed run says.
fn said(failure: Failure) -> Vec<String> {
    match failure {
        Failure::Specs(loaded) => loaded
            .diagnostics
            .iter()
            .map(|said| {
                let (place, path) = (loaded.sources.position(said.span), loaded.sources.path(said.span));
                format!("{path}:{}:{}: {} {:?}", place.line, place.column, said.message, said.help)
            })
            .collect(),
        Failure::Other(message) => panic!("{message}"),
    }
}

/// Everything that the generator may write.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = ["sdk", "docs", "tests"].iter().map(|folder| root.join(folder)).collect();
    for path in ["Cargo.toml", "specs/schema.json"] {
        found.extend(fs::read(root.join(path)).ok().map(|text| (path.to_owned(), text)));
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(slashed(path.strip_prefix(root).unwrap()), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn set(specs: &mut BTreeMap<String, String>, path: String, text: Option<String>) {
    match text {
        Some(text) => specs.insert(path, text),
        None => specs.remove(&path),
    };
}

fn file(domain: usize, method: usize) -> String {
    format!("d{domain}/{}.yaml", name(domain, method))
}

fn name(domain: usize, method: usize) -> String {
    if method == 3 { "taobao.same.get".to_owned() } else { format!("taobao.d{domain}.m{method}.get") }
}

fn method(domain: usize, method: usize, content: usize) -> String {
    let name = name(domain, method);
    let example = "example: { request: { id: 1 }, response: { part: { id: 2 } } }\n";
    match content {
        // As the import writes one: no docs, no example.
        3 => format!(
            "method: {name}\nsource: {{ from: doc-center, hash: a, body: b }}\neffect: read\nrequest: {{ id: i64 }}\n\
             response: {{ part: Part }}\n"
        ),
        _ => format!(
            "method: {name}\nsummary: Reads {content}.\neffect: read\nrequest: {{ id: {{ type: i64, required: true }} }}\n\
             response: {{ part: {{ type: Part, doc: The part. }} }}\n{example}"
        ),
    }
}

fn types(content: usize) -> Option<String> {
    (content < 3).then(|| format!("types: {{ Part: {{ $doc: Kind {content}., id: i64 }} }}\n"))
}

fn domain(domain: usize, content: usize) -> Option<String> {
    // In the SDK, by default or not, or in a crate of its own.
    let home = *["core: false", "core: true", "crate: distant"].get(content)?;
    Some(format!("domain: d{domain}\ntitle: Domain {content}\ntitle_zh: 域\ndoc: For tests.\ntier: odd\n{home}\n"))
}
