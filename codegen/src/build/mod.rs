//! Typed code for methods of one's own, written while one's crate is built.
//!
//! Methods that the platform grants to single applications are in no public catalogue. Describe them in a folder of specs, or take
//! the `ApiMetadata.xml` that the platform's console offers, and call this from `build.rs`:
//!
//! ```no_run
//! use topsdk_codegen::build::{Config, Effect, Error};
//!
//! fn main() -> Result<(), Error> {
//!     Config::specs("specs").compile("own.rs")?;
//!     Config::metadata("ApiMetadata.xml")
//!         .methods(["acme.orders.*", "acme.stock.get"])
//!         .effect("acme.orders.close", Effect::Idempotent)
//!         .compile("granted.rs")
//! }
//! ```
//!
//! Then include the code into a module of the crate, which depends on `topsdk` by that name:
//!
//! ```ignore
//! /// Methods that the platform grants to us.
//! pub mod granted {
//!     include!(concat!(env!("OUT_DIR"), "/granted.rs"));
//! }
//! ```
//!
//! The code is like that of the SDK's own methods: the same traits, the same client, no second runtime.

mod error;
mod pattern;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use crate::import::plan::plan_alone;
use crate::import::read;
use crate::import::rules::Notes;
use crate::load::Files;
use crate::model::{Domain, Guess, Method, Spec};
use crate::source::slashed;
use crate::{emit, naming, validate, write};

pub use crate::model::{Effect, Session};
pub use error::Error;

/// The domain that metadata is planned into; its methods stand at the root of the file.
const DOMAIN: &str = "own";

/// What to make code of. One `Config` writes one file.
#[derive(Debug, Clone)]
pub struct Config {
    input: Input,
    methods: Option<Vec<String>>,
    effects: Vec<(String, Effect)>,
    sessions: Vec<(String, Session)>,
    out_dir: Option<PathBuf>,
}

#[derive(Debug, Clone)]
enum Input {
    Specs(PathBuf),
    Metadata(PathBuf),
}

impl Config {
    /// Methods that specs describe: `<method>.yaml` in this folder, and `types.yaml` for types that several share. Sub-folders
    /// become modules. `platform.yaml`, `domain.yaml`, docs and examples are not needed. Paths are relative to the crate.
    #[must_use]
    pub fn specs(folder: impl Into<PathBuf>) -> Self {
        Self::new(Input::Specs(folder.into()))
    }

    /// Methods that metadata of the platform describes: an `ApiMetadata.xml`, a page of the documentation centre as JSON, or a
    /// folder of these. Descriptions become docs. What metadata does not tell is guessed: whether a method reads or
    /// writes from the verbs in its name, and a session is optional; [`effect`](Self::effect) and [`session`](Self::session) correct
    /// that.
    #[must_use]
    pub fn metadata(path: impl Into<PathBuf>) -> Self {
        Self::new(Input::Metadata(path.into()))
    }

    fn new(input: Input) -> Self {
        Self { input, methods: None, effects: Vec::new(), sessions: Vec::new(), out_dir: None }
    }

    /// Takes only these methods and the types that they need: names, or patterns such as `acme.*`, in which `*` stands for any
    /// characters. Without this call all methods are taken. Further calls add to the list.
    #[must_use]
    pub fn methods<I: IntoIterator<Item: Into<String>>>(mut self, patterns: I) -> Self {
        self.methods.get_or_insert_default().extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Says what calling these methods twice does, by name or pattern; it decides what may be repeated. Of several that mean one
    /// method, the last counts.
    #[must_use]
    pub fn effect(mut self, methods: impl Into<String>, effect: Effect) -> Self {
        self.effects.push((methods.into(), effect));
        self
    }

    /// Says whether these methods need a user's session, by name or pattern: without one, a call of a method that requires it is
    /// refused before it is sent. Of several that mean one method, the last counts.
    #[must_use]
    pub fn session(mut self, methods: impl Into<String>, session: Session) -> Self {
        self.sessions.push((methods.into(), session));
        self
    }

    /// Writes into this folder in place of cargo's `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Writes the code to a file of this name in `OUT_DIR`, unless it is there already, and tells cargo when to do it again.
    ///
    /// # Errors
    ///
    /// Input that cannot be read or understood, with every problem in it and its place; a name or pattern that means no method;
    /// methods whose names would be one in Rust; a file that cannot be written. No file is written then.
    pub fn compile(&self, file_name: &str) -> Result<(), Error> {
        // First, so that cargo comes again when the input that is at fault has changed.
        let (Input::Specs(input) | Input::Metadata(input)) = &self.input;
        // What is not run by cargo may have closed its output.
        let _ = writeln!(stdout(), "cargo:rerun-if-changed={}", input.display());
        if Path::new(file_name).file_name().is_none_or(|name| name != file_name) {
            return Err(Error::new(format!("compile: `{file_name}` is not the name of a file")));
        }
        let folder = match (&self.out_dir, env::var_os("OUT_DIR")) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => PathBuf::from(folder),
            (None, None) => {
                return Err(Error::new(
                    "OUT_DIR is not set: call this from a build script, or name a folder by `out_dir`",
                ));
            }
        };
        let text = self.generate()?;
        let path = folder.join(file_name);
        if fs::read_to_string(&path).is_ok_and(|found| found == text) {
            return Ok(());
        }
        write::replace(&path, &text).map_err(|error| Error::disk(&path, &error))
    }

    fn generate(&self) -> Result<String, Error> {
        if self.methods.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::new("methods: the list is empty; name some, or leave the call out to take all"));
        }
        let (path, mut spec) = match &self.input {
            Input::Specs(folder) => (folder, self.read_specs(folder)?),
            Input::Metadata(path) => (path, self.read_metadata(path)?),
        };
        self.correct(&mut spec, path)?;
        spec.domains.iter_mut().for_each(only_needed_types);
        check_modules(&spec)?;
        let from = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Ok(emit::foreign(&spec, &from)?)
    }

    fn read_specs(&self, folder: &Path) -> Result<Spec, Error> {
        // What cannot be listed is told as every other path is.
        fs::read_dir(folder).map_err(|error| Error::disk(folder, &error))?;
        let mut found = Files { own: true, ..Files::read(folder) };
        found.files.retain(|(path, _)| is_spec(path));
        found.problems.retain(|(path, _)| is_spec(path) || folder.join(path).is_dir());
        let names = found.files.iter().map(|(path, _)| path).chain(found.problems.iter().map(|(path, _)| path));
        let wanted = self.wanted(names.filter_map(|path| method(path)).collect(), folder)?;
        let is_wanted = |path: &Path| method(path).is_none_or(|name| wanted.contains(&name));
        found.files.retain(|(path, _)| is_wanted(path));
        found.problems.retain(|(path, _)| is_wanted(path));
        let mut loaded = found.load(&|_| true);
        if !loaded.diagnostics.is_empty() {
            return Err(Error::specs(&loaded));
        }
        loaded.spec.domains.retain(|domain| !domain.methods.is_empty());
        Ok(loaded.spec)
    }

    fn read_metadata(&self, path: &Path) -> Result<Spec, Error> {
        let told = |error: crate::import::error::ImportError| Error::new(error.to_string());
        let mut catalogue = read::read(&[path], &mut |_| {}).map_err(told)?;
        let wanted = self.wanted(catalogue.methods.keys().cloned().collect(), path)?;
        catalogue.methods.retain(|name, _| wanted.contains(name));
        let planned = plan_alone(&catalogue, DOMAIN).map_err(told)?;
        for warning in left_out(path, &planned.report.rules) {
            // What is not run by cargo may have closed its output.
            let _ = writeln!(stdout(), "cargo:warning={warning}");
        }
        let at_the_root = |(path, text): (String, String)| {
            let file = path.rsplit('/').next().unwrap_or_default();
            (file.ends_with(".yaml") && file != "domain.yaml").then(|| (PathBuf::from(file), text))
        };
        let files = planned.write.into_iter().filter_map(at_the_root).collect();
        let loaded = Files { files, own: true, ..Files::default() }.load(&|_| true);
        if loaded.diagnostics.is_empty() { Ok(loaded.spec) } else { Err(Error::metadata(path, &loaded)) }
    }

    /// The methods that are asked for, among these of a folder or file.
    fn wanted(&self, names: BTreeSet<String>, of: &Path) -> Result<BTreeSet<String>, Error> {
        let of = slashed(of);
        if names.is_empty() {
            return Err(Error::new(format!("{of}: no method in it")));
        }
        let Some(patterns) = &self.methods else { return Ok(names) };
        patterns.iter().try_for_each(|pattern| pattern::check(pattern, &names, "methods", &of))?;
        Ok(names.into_iter().filter(|name| patterns.iter().any(|pattern| pattern::matches(pattern, name))).collect())
    }

    /// Replaces what was guessed, or stands in a spec, by what was said.
    fn correct(&self, spec: &mut Spec, of: &Path) -> Result<(), Error> {
        let mut methods: Vec<&mut Method> = spec.domains.iter_mut().flat_map(|domain| &mut domain.methods).collect();
        let names: BTreeSet<String> = methods.iter().map(|method| method.name.value.clone()).collect();
        for (pattern, effect) in &self.effects {
            pattern::check(pattern, &names, "effect", &slashed(of))?;
            for method in methods.iter_mut().filter(|method| pattern::matches(pattern, &method.name.value)) {
                method.effect = *effect;
                method.guessed.retain(|guess| *guess != Guess::Effect);
            }
        }
        for (pattern, session) in &self.sessions {
            pattern::check(pattern, &names, "session", &slashed(of))?;
            for method in methods.iter_mut().filter(|method| pattern::matches(pattern, &method.name.value)) {
                method.session = *session;
                method.guessed.retain(|guess| *guess != Guess::Session);
            }
        }
        Ok(())
    }
}

/// What metadata tells and the code does not have, a line each.
fn left_out(path: &Path, rules: &Notes) -> Vec<String> {
    let file = slashed(path);
    let told = rules.iter().filter(|(rule, _)| rule.loses());
    let lines = told.flat_map(|(rule, places)| {
        let (_, means) = rule.explain();
        places
            .iter()
            .map(|place| format!("{file}: {} {}: {means}", place.method, place.path.trim_end()))
            .collect::<Vec<_>>()
    });
    lines.collect()
}

/// What lies beside the specs for people is left alone; an ending that is nearly right is none of that.
fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

/// The method that a file is named after, if it is one of a method.
fn method(path: &Path) -> Option<String> {
    let name = slashed(path).rsplit('/').next()?.strip_suffix(".yaml")?.to_owned();
    (!matches!(name.as_str(), "domain" | "types" | "platform" | "glossary" | "groups")).then_some(name)
}

fn only_needed_types(domain: &mut Domain) {
    let needed = domain.methods.iter().flat_map(|method| validate::reachable(domain, method));
    let needed: BTreeSet<String> = needed.map(|def| def.name.value.clone()).collect();
    domain.types.retain(|def| needed.contains(&def.name.value));
}

/// Sub-folders stand beside the modules of the methods that lie in none.
fn check_modules(spec: &Spec) -> Result<(), Error> {
    let root = spec.domains.iter().filter(|domain| domain.name.value.is_empty());
    let methods = root.clone().flat_map(|domain| &domain.methods).map(|method| {
        let name = &method.name.value;
        (naming::method_module(name), format!("the method `{name}`"))
    });
    let shared = root.filter(|domain| !domain.types.is_empty()).map(|_| ("types".to_owned(), "types.yaml".to_owned()));
    let taken: BTreeMap<String, String> = methods.chain(shared).collect();
    for domain in &spec.domains {
        let folder = &domain.name.value;
        if let Some(other) = taken.get(folder) {
            return Err(Error::new(format!(
                "the folder `{folder}` and {other} are both the module `{folder}`: rename the folder"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::rules::{Place, Rule};

    #[test]
    fn what_the_code_does_not_have_is_told() {
        let place = |path: &str| vec![Place { method: "acme.orders.get".to_owned(), path: path.to_owned() }];
        let notes = [
            (Rule::NameClash, place("request.Id")),
            (Rule::NoType, place("response.any")),
            (Rule::OddMethod, place("")),
        ];
        let file = Path::new("ApiMetadata.xml");
        assert_eq!(
            left_out(file, &notes.into()),
            [
                "ApiMetadata.xml: acme.orders.get response.any: no type is given; taken as json",
                "ApiMetadata.xml: acme.orders.get request.Id: one name in Rust with an earlier one; left out",
            ]
        );
        assert_eq!(left_out(file, &Notes::new()), [""; 0]);
    }
}
