//! What an import writes: from the specs that are there and the metadata to the files that change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use crate::load::{Loaded, load_files};
use crate::model::{Domain, Method};
use crate::{naming, validate};

use super::adopt::Declared;
use super::error::{ImportError, Result};
use super::facts::{Facts, hash};
use super::groups::{self, Groups};
use super::lock::{self, Lock, SHARED};
use super::merge::{self, Edits};
use super::names::Taken;
use super::read::Catalogue;
use super::report::Report;
use super::rules::{self, Lowered};
use super::types::{self, Input};
use super::types_file::TypesFile;
use super::{effect, paging, write};

/// A specs folder in memory: paths relative to it, with `/`, to texts.
pub type Files = BTreeMap<String, String>;

/// What an import changes.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files to write, new or with another text.
    pub write: Files,
    /// Files to remove: those of imported methods that belong to another domain now.
    pub remove: BTreeSet<String>,
    /// What was done and found.
    pub report: Report,
}

/// Plans an import. `words` keeps titles and descriptions.
///
/// # Errors
///
/// Specs that are not valid, or would not be after the import; a `groups.yaml` that is not understood, and a folder name that leads
/// nowhere.
pub fn plan(files: &Files, mut catalogue: Catalogue, words: bool) -> Result<Plan> {
    if !words {
        catalogue.forget_words();
    }
    let groups = files.get(groups::FILE).map_or_else(|| Ok(Groups::default()), |text| Groups::parse(text))?;
    let loaded = load(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
        .map_err(|error| error.and("mend the specs first (cargo xtask check)"))?;
    let plan = Planner { files, loaded: &loaded, plan: Plan::default(), words }.run(&catalogue, &groups)?;
    plan.check(files)?;
    Ok(plan)
}

/// Loads specs that have to be valid.
fn load<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Loaded> {
    let loaded = load_files(files.map(|(path, text)| (PathBuf::from(path), text.to_owned())).collect());
    let Some(first) = loaded.diagnostics.first() else { return Ok(loaded) };
    let (file, position) = (loaded.sources.path(first.span), loaded.sources.position(first.span));
    Err(ImportError::at(file, format!("line {}", position.line), first.message.clone()))
}

impl Plan {
    /// Fails where the specs would not be valid any more, which would also refuse the next import.
    fn check(&self, files: &Files) -> Result<()> {
        if self.write.is_empty() && self.remove.is_empty() {
            return Ok(());
        }
        let kept = files.iter().filter(|(path, _)| !self.write.contains_key(*path) && !self.remove.contains(*path));
        let error = match load(kept.chain(&self.write).map(|(path, text)| (path.as_str(), text.as_str()))) {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        Err(error.and("so it would be after the import: write by hand what the metadata adds here, or leave it out"))
    }
}

/// Plans an import into a folder that is empty, with titles and descriptions, all of it into one domain.
///
/// # Errors
///
/// A method whose file would lead elsewhere.
pub fn plan_alone(catalogue: &Catalogue, domain: &str) -> Result<Plan> {
    let (files, loaded) = (Files::new(), Loaded::default());
    let planner = Planner { files: &files, loaded: &loaded, plan: Plan::default(), words: true };
    planner.run(catalogue, &Groups::one(domain))
}

/// A method of the metadata and what is to be done with it.
struct Task<'a> {
    facts: &'a Facts,
    lowered: Lowered,
    state: State<'a>,
}

/// Where a spec was imported from: the format and the documentation group.
type Place<'a> = (&'a str, Option<&'a str>);

/// The methods that have a spec.
type Known<'a> = HashMap<&'a str, (&'a Domain, &'a Method)>;

enum State<'a> {
    /// The import writes the whole file; perhaps it did before, at this path.
    Own { before: Option<&'a str> },
    /// A person wrote it: what it lacks is added.
    Person { method: &'a Method, path: &'a str, edits: Edits },
}

struct Planner<'a> {
    files: &'a Files,
    loaded: &'a Loaded,
    plan: Plan,
    words: bool,
}

impl<'a> Planner<'a> {
    fn run(mut self, catalogue: &'a Catalogue, groups: &Groups) -> Result<Plan> {
        self.plan.report.notes.clone_from(&catalogue.notes);
        let tasks = self.tasks(&catalogue.methods, groups)?;
        self.removed(catalogue);
        for (domain, tasks) in &tasks {
            self.domain(domain, tasks, groups)?;
        }
        Ok(self.plan)
    }

    /// The methods by domain, and what is to be done with each.
    fn tasks(
        &mut self,
        catalogue: &'a BTreeMap<String, Facts>,
        groups: &Groups,
    ) -> Result<BTreeMap<String, Vec<Task<'a>>>> {
        let mut known: Known<'_> = HashMap::new();
        for domain in &self.loaded.spec.domains {
            known.extend(domain.methods.iter().map(|method| (method.name.value.as_str(), (domain, method))));
        }
        let mut tasks: BTreeMap<String, Vec<Task<'a>>> = BTreeMap::new();
        for (name, facts) in catalogue {
            let lowered = rules::lower(facts, &mut self.plan.report.rules);
            let found = known.get(name.as_str()).copied();
            let path = found.map(|(domain, method)| self.path(domain, method));
            let (domain, state) = match (found, path) {
                (Some((domain, method)), Some((path, text))) => match &method.source {
                    Some(source) if source.from != facts.format.as_str() => {
                        self.compare(domain, method, &lowered, facts);
                        continue;
                    }
                    Some(source) if source.body.as_deref() == Some(hash(&write::body(text)).as_str()) => {
                        // A better place may have been found for it.
                        let domain = groups.domain(name, facts.group.as_deref()).unwrap_or(&domain.name.value);
                        (domain.to_owned(), State::Own { before: Some(path) })
                    }
                    _ => {
                        let edits = merge::compare(domain, method, &lowered);
                        (domain.name.value.clone(), State::Person { method, path, edits })
                    }
                },
                _ => (new_domain(facts, groups, &known), State::Own { before: None }),
            };
            tasks.entry(domain).or_default().push(Task { facts, lowered, state });
        }
        Ok(tasks)
    }

    /// A method's file.
    fn path(&self, domain: &'a Domain, method: &'a Method) -> (&'a str, &'a str) {
        let path = format!("{}/{}", domain.name.value, file_name(method));
        self.files.get_key_value(&path).map_or(("", ""), |(path, text)| (path, text))
    }

    /// Metadata of another format than the one a spec was imported from: only told, for the two would overwrite each other.
    fn compare(&mut self, domain: &Domain, method: &Method, lowered: &Lowered, facts: &Facts) {
        self.plan.report.unchanged += 1;
        let edits = merge::compare(domain, method, lowered);
        let lacking = edits.told_only().into_iter().map(|told| format!("only in {}: {told}", facts.format));
        let conflicts = edits.conflicts.iter().cloned().chain(lacking);
        self.plan.report.conflicts.extend(conflicts.map(|conflict| format!("{}: {conflict}", facts.name)));
    }

    /// Methods that were imported once and are gone. Where most groups were read, a group that is not there is gone too; else it was
    /// not looked at.
    fn removed(&mut self, catalogue: &Catalogue) {
        let whole: BTreeSet<Place<'_>> =
            catalogue.whole.iter().map(|(format, group)| (format.as_str(), group.as_deref())).collect();
        let methods = || self.loaded.spec.domains.iter().flat_map(|domain| &domain.methods);
        let place = |method: &'a Method| -> Option<Place<'a>> {
            method.source.as_ref().map(|source| (source.from.as_str(), source.group.as_deref()))
        };
        let known: BTreeSet<Place<'_>> = methods().filter_map(place).collect();
        let is_most = |format: &str| {
            let (read, other): (Vec<Place<'_>>, Vec<Place<'_>>) =
                known.iter().filter(|(from, _)| *from == format).partition(|place| whole.contains(*place));
            read.len() > other.len()
        };
        let judged: BTreeSet<Place<'_>> =
            known.iter().copied().filter(|place| whole.contains(place) || is_most(place.0)).collect();
        let gone = methods().filter(|method| {
            place(method).is_some_and(|place| judged.contains(&place))
                && !catalogue.methods.contains_key(&method.name.value)
        });
        self.plan.report.removed = gone.map(|method| method.name.value.clone()).collect();
    }

    fn domain(&mut self, name: &str, tasks: &[Task<'a>], groups: &Groups) -> Result<()> {
        self.plan.report.domains.insert(name.to_owned(), tasks.len());
        let domain = self.loaded.spec.domains.iter().find(|domain| domain.name.value == name);
        let file = |file: &str| self.files.get(&format!("{name}/{file}")).map(String::as_str);
        let mut types_file = match file("types.yaml") {
            Some(text) => TypesFile::parse(text).ok_or_else(|| {
                ImportError::of_file(format!("{name}/types.yaml"), "write each type on lines of its own, not in braces")
            })?,
            None => TypesFile::default(),
        };
        let lock = Lock::parse(file("names.lock").unwrap_or_default());
        let has_domain_file = file("domain.yaml").is_some();

        let stays = domain.map(|domain| Stays::new(domain, tasks, &types_file)).unwrap_or_default();
        let entries: Vec<lock::Entry> = lock.entries().filter(|entry| stays.keeps(entry)).cloned().collect();
        let lacking: Vec<Lowered> = tasks.iter().map(Task::needed).collect();
        let types = domain.map(|domain| domain.types.as_slice()).unwrap_or_default();
        let declared = Declared { types, hand: stays.hand.clone(), used: stays.used.clone() };
        let mut input = Input { declared, kept: stays.kept.clone(), lock, ..Input::default() };
        for (task, needed) in tasks.iter().zip(&lacking) {
            let name = task.facts.name.as_str();
            input.blocked.add_method(name);
            input.methods.push((name, needed));
            if let State::Person { method, .. } = &task.state {
                input.alone.insert(name);
                let mut taken = Taken::default();
                method.types.iter().for_each(|def| taken.add(&def.name.value));
                input.taken_in.insert(name, taken);
            }
        }
        stays.hand.iter().for_each(|name| input.taken.add(name));
        stays.names.iter().for_each(|name| input.blocked.add(name));
        stays.methods.iter().for_each(|method| input.blocked.add_method(method));
        let mut output = types::name(input);

        self.plan.report.conflicts.extend(output.lacking.iter().map(|lacking| format!("{name}: {lacking}")));
        types_file.import(&output.shared, &stays.kept);
        let mut wanted = Files::new();
        for task in tasks {
            let named = output.methods.remove(&task.facts.name).unwrap_or_default();
            match &task.state {
                State::Own { before } => {
                    let path = format!("{name}/{}.yaml", task.facts.name);
                    if let Some(before) = before.filter(|before| *before != path) {
                        self.plan.remove.insert(before.to_owned());
                    }
                    let text = write::method(task.facts, &named, &task.guesses(), self.words);
                    let told = before.and_then(|before| self.files.get(before)).map_or("", String::as_str);
                    let text = write::keep(&text, told);
                    self.count(&task.facts.name, before.is_none(), &path, text, &mut wanted);
                }
                State::Person { method, path, edits } => {
                    let text = self.files.get(*path).map(String::as_str).unwrap_or_default();
                    let (text, problems) = merge::apply(text, method, edits, &named, task.facts);
                    let conflicts = edits.conflicts.iter().cloned().chain(problems);
                    self.plan
                        .report
                        .conflicts
                        .extend(conflicts.map(|conflict| format!("{}: {conflict}", task.facts.name)));
                    self.count(&task.facts.name, false, path, text, &mut wanted);
                }
            }
        }
        let named = |entry: &lock::Entry| (entry.scope.clone(), entry.name.clone());
        let again: BTreeSet<(String, String)> = output.lock.iter().map(named).collect();
        output.lock.extend(entries.into_iter().filter(|entry| !again.contains(&named(entry))));
        wanted.insert(format!("{name}/names.lock"), lock::write(output.lock));
        wanted.insert(format!("{name}/types.yaml"), types_file.text());
        if !has_domain_file {
            let text = groups.domain_file(name).unwrap_or_else(|| groups::plain_domain_file(name));
            wanted.insert(format!("{name}/domain.yaml"), text);
        }
        for (path, text) in wanted {
            match self.files.get(&path) {
                Some(before) if *before == text => {}
                Some(_) if text.is_empty() => drop(self.plan.remove.insert(path)),
                None if text.is_empty() => {}
                _ => drop(self.plan.write.insert(path, text)),
            }
        }
        Ok(())
    }

    fn count(&mut self, method: &str, new: bool, path: &str, text: String, wanted: &mut Files) {
        let report = &mut self.plan.report;
        if new {
            report.added.push(method.to_owned());
        } else if self.files.get(path) == Some(&text) {
            report.unchanged += 1;
        } else {
            report.changed.push(method.to_owned());
        }
        wanted.insert(path.to_owned(), text);
    }
}

impl Task<'_> {
    fn guesses(&self) -> write::Guesses {
        let effect = effect::guess(&self.facts.name);
        write::Guesses { effect, paging: paging::guess(effect, &self.facts.request, &self.lowered) }
    }

    /// What needs types: the whole method, or what a person's spec lacks.
    fn needed(&self) -> Lowered {
        match &self.state {
            State::Own { .. } => self.lowered.clone(),
            State::Person { edits, .. } => edits.needed(),
        }
    }
}

/// What stands in a domain and is not written anew.
#[derive(Default)]
struct Stays {
    /// Shared types that people wrote.
    hand: BTreeSet<String>,
    /// Shared types that methods use which are not written anew.
    used: BTreeSet<String>,
    /// Imported types that methods outside this import use.
    kept: BTreeSet<String>,
    /// Types of methods that are not written anew, with which new shared ones would clash.
    names: BTreeSet<String>,
    /// Methods outside this import.
    methods: BTreeSet<String>,
}

impl Stays {
    fn new(domain: &Domain, tasks: &[Task<'_>], file: &TypesFile) -> Self {
        let hand: BTreeSet<String> = file.hand().into_iter().map(str::to_owned).collect();
        let is_shared = |name: &String| domain.types.iter().any(|shared| shared.name.value == *name);
        let own: BTreeSet<&str> = tasks
            .iter()
            .filter(|task| matches!(task.state, State::Own { .. }))
            .map(|task| task.facts.name.as_str())
            .collect();
        let mut stays = Self::default();
        for method in domain.methods.iter().filter(|method| !own.contains(method.name.value.as_str())) {
            stays.methods.insert(method.name.value.clone());
            stays.names.extend(method.types.iter().map(|def| def.name.value.clone()));
            stays.used.extend(validate::reachable(domain, method).into_iter().map(|def| def.name.value.clone()));
        }
        stays.used.retain(is_shared);
        stays.kept = stays.used.difference(&hand).cloned().collect();
        // A type by hand may hold imported ones.
        for def in domain.types.iter().filter(|def| hand.contains(&def.name.value)) {
            let held = validate::reachable_from(domain, def).into_iter().map(|def| def.name.value.clone());
            stays.kept.extend(held.filter(|name| is_shared(name) && !hand.contains(name)));
        }
        stays.hand = hand;
        stays
    }

    /// Whether a line of the lock is about what is not written anew.
    fn keeps(&self, entry: &lock::Entry) -> bool {
        if entry.scope == SHARED { self.kept.contains(&entry.name) } else { self.methods.contains(&entry.scope) }
    }
}

fn file_name(method: &Method) -> String {
    method.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The domain of a method that has no spec yet: as `groups.yaml` says, else where most methods are whose names begin alike, else
/// named after the group or the vendor.
fn new_domain(facts: &Facts, groups: &Groups, known: &Known<'_>) -> String {
    if let Some(domain) = groups.domain(&facts.name, facts.group.as_deref()) {
        return domain.to_owned();
    }
    let mut ends: Vec<usize> = facts.name.match_indices('.').map(|(at, _)| at + 1).skip(1).collect();
    while facts.group.is_none()
        && let Some(beginning) = ends.pop().and_then(|end| facts.name.get(..end))
    {
        let mut alike: BTreeMap<&str, usize> = BTreeMap::new();
        for (domain, _) in known.iter().filter(|(name, _)| name.starts_with(beginning)).map(|(_, found)| found) {
            *alike.entry(&domain.name.value).or_default() += 1;
        }
        // The last of equals is the first by name.
        if let Some((domain, _)) = alike.into_iter().rev().max_by_key(|(_, methods)| *methods) {
            return domain.to_owned();
        }
    }
    let named = facts.group.as_deref().or_else(|| naming::method_stem(&facts.name).split('.').next());
    naming::domain(named.unwrap_or("other"))
}
