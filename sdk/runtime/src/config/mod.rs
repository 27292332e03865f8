//! All settings from one file.
//!
//! ```no_run
//! # async fn run() -> Result<(), topsdk::Error> {
//! use topsdk::Config;
//!
//! let client = Config::load("topsdk.toml")?.profile("production")?.client()?;
//! # Ok(()) }
//! ```
//!
//! ```toml
//! [app]
//! environment = "production"
//! secret = { env = "TOP_APP_SECRET" }
//!
//! [retry]
//! attempts = 4
//!
//! [limits]
//! tiers.trade = { per_minute = 600 }
//!
//! [profiles.staging]
//! app.environment = "sandbox"
//! limits = false
//! ```
//!
//! A file has a section for each thing that can be set, and profiles that say what is different in one environment. Everything is
//! checked when a profile is taken, and everything that is wrong is told at once, each with file, line, column and key: see
//! [`ConfigError::problems`]. All keys are listed in the guide, `docs/configuration.md` of the repository.
//!
//! The sections are read by the types that programs set too, such as [`Retry`](crate::layer::Retry) and
//! [`Batches`](crate::batch::Batches).

mod app;
mod node;
mod read;
mod reference;
mod section;
mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

pub use reference::Reference;
pub use settings::Settings;

use crate::batch::no_batch_router;
use crate::credentials::optional;
use crate::error::{ConfigError, ConfigPlace, ConfigProblem, Error};
use crate::nearest::nearest;
use node::{Node, Value};
use read::listed;
use reference::{Sources, literal_secrets};
use section::{FEATURES, Parts, Reading, SECTIONS, SHARED, Section};

/// Holds the profiles.
const PROFILES: &str = "profiles";
/// Holds what sections mean that say `redis = true`.
const REDIS: &str = "redis";

/// A file of settings, read and not yet checked.
pub struct Config {
    name: String,
    text: String,
    folder: PathBuf,
    root: Node,
    /// Whether secrets may stand in the file itself.
    private: bool,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it cannot be read or is no TOML, with all mistakes.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|why| ConfigError::new(format!("{name} cannot be read: {why}")))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::new(name, text, folder, is_private(path))
    }

    /// Takes settings that the program has from elsewhere. `name` is what messages call them. Secrets may stand in the text itself,
    /// and files that it names are looked for in the current folder.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if it is no TOML, with all mistakes.
    pub fn parse(name: impl Into<String>, text: impl Into<String>) -> Result<Self, Error> {
        Self::new(name.into(), text.into(), PathBuf::new(), true)
    }

    fn new(name: String, text: String, folder: PathBuf, private: bool) -> Result<Self, Error> {
        let parsed = Node::parse(&text);
        let mut config = Self { name, text, folder, root: Node::default(), private };
        match parsed {
            Ok(root) => config.root = root,
            Err(mistakes) => {
                let problems = mistakes.into_iter().map(|mistake| ConfigProblem {
                    place: Some(config.place(mistake.at)),
                    ..ConfigProblem::new("", mistake.message)
                });
                ConfigError::none_of(problems.collect())?;
            }
        }
        Ok(config)
    }

    /// The settings without a profile.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with everything that is wrong with them.
    pub fn settings(&self) -> Result<Settings, Error> {
        self.take(None, &optional)
    }

    /// The settings of a profile: those of the file, and over them those of `[profiles.NAME]`, key by key. A table in braces is one value
    /// and replaced whole.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no such profile, or with everything that is wrong with the settings.
    pub fn profile(&self, name: &str) -> Result<Settings, Error> {
        self.take(Some(name), &optional)
    }

    /// The names of the profiles, sorted.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.root.get(PROFILES).and_then(Node::table).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The variables and files that the settings name, of all profiles.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        Reference::all(&self.root, &mut found);
        found.sort();
        found.dedup();
        found
    }

    /// Looks over all profiles, without following references: what a variable or a secret file holds is not looked at, nor whether
    /// there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with everything that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        let sources = Sources { folder: &self.folder, variable: &|_| None, follow: false };
        let (_, mut problems) = self.read(None, &sources);
        for name in self.profiles() {
            // What is wrong without a profile mostly is with each.
            let new = |(at, problem): &(usize, ConfigProblem)| {
                !problems.iter().any(|(known, told)| known == at && told.message == problem.message)
            };
            let (_, found) = self.read(Some(name), &sources);
            let found: Vec<_> = found.into_iter().filter(new).collect();
            problems.extend(found);
        }
        Ok(sorted(problems)?)
    }

    fn take(&self, profile: Option<&str>, variable: &dyn Fn(&str) -> Option<String>) -> Result<Settings, Error> {
        let (settings, problems) = self.read(profile, &Sources { folder: &self.folder, variable, follow: true });
        sorted(problems)?;
        settings.ok_or_else(|| ConfigError::at("app", "there is no key or no secret").into())
    }

    /// Reads the settings of a profile, and tells what is wrong and where.
    fn read(&self, profile: Option<&str>, sources: &Sources<'_>) -> (Option<Settings>, Vec<(usize, ConfigProblem)>) {
        let mut problems = Vec::new();
        let mut root = self.root.clone();
        let mut profiles = root.take(PROFILES).unwrap_or_default();
        if profiles.table().is_none() {
            problems.push(ConfigProblem::new(PROFILES, "expected tables named `[profiles.NAME]`"));
        }
        if let Some(name) = profile {
            match profiles.take(name) {
                Some(over) if over.table().is_some() => root.overlay(over.into_profile()),
                Some(_) => problems.push(ConfigProblem::new(format!("{PROFILES}.{name}"), "expected a table")),
                // What the rest would be, nobody knows.
                None => return (None, vec![(0, self.no_profile(name))]),
            }
        }
        app::complete(&mut root);
        share_redis(&mut root, &mut problems);
        let whole = root.clone();
        lacking_features(&mut root, &mut problems);
        unknown_sections(&root, &mut problems);
        if !self.private {
            literal_secrets(&root, &mut problems);
        }
        let node = root.get("app").unwrap_or(&root);
        let base = app::read(&mut Reading { name: "app", node, sources, problems: &mut problems });
        let mut parts = Parts::default();
        for Section { name, read } in SECTIONS {
            if let Some(node) = root.get(name) {
                read(&mut Reading { name, node, sources, problems: &mut problems }, &mut parts);
            }
        }
        if parts.coalesces && base.as_ref().is_some_and(|base| base.environment().batch_url().is_none()) {
            let why = no_batch_router().problems().iter().map(|problem| problem.message()).collect::<String>();
            problems.push(ConfigProblem::new("coalesce", why));
        }
        let mut located: Vec<(usize, ConfigProblem)> = Vec::new();
        for (at, problem) in problems.into_iter().map(|problem| self.located(problem, &whole, profile)) {
            // What is wrong with `[redis]` is so for each section that uses it.
            let same = |(known_at, known): &(usize, ConfigProblem)| {
                *known_at == at
                    && known.message == problem.message
                    && [known, &problem].iter().all(|p| of_redis(&p.key))
            };
            if !located.iter().any(same) {
                located.push((at, problem));
            }
        }
        (base.map(|base| Settings { base, parts }), located)
    }

    /// A problem with its place, and the key as the file has it.
    fn located(&self, mut problem: ConfigProblem, root: &Node, profile: Option<&str>) -> (usize, ConfigProblem) {
        if problem.key.is_empty() {
            return (0, problem);
        }
        let node = match root.nearest(&problem.key) {
            (_, 0) => self.root.nearest(&problem.key).0,
            (node, _) => node,
        };
        problem.place = Some(self.place(node.key_at));
        if let Some(profile) = profile.filter(|_| node.in_profile) {
            problem.key = format!("{PROFILES}.{profile}.{}", problem.key);
        }
        (node.key_at, problem)
    }

    fn no_profile(&self, name: &str) -> ConfigProblem {
        let names: Vec<&str> = self.profiles().collect();
        let hint = match nearest(name, names.iter().copied(), 1).first().copied() {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "there are none".to_owned(),
            None => format!("there are {}", listed(&names)),
        };
        ConfigProblem::new("", format!("{}: no profile `{name}`; {hint}", self.name))
    }

    /// Where a byte stands.
    fn place(&self, at: usize) -> ConfigPlace {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        ConfigPlace {
            file: self.name.clone(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The problems in the order of the file.
fn sorted(mut problems: Vec<(usize, ConfigProblem)>) -> Result<(), ConfigError> {
    problems.sort_by_key(|(at, _)| *at);
    ConfigError::none_of(problems.into_iter().map(|(_, problem)| problem).collect())
}

/// Puts the table `[redis]` where sections say `redis = true`.
fn share_redis(root: &mut Node, problems: &mut Vec<ConfigProblem>) {
    let shared = root.take(REDIS);
    for (section, part) in SHARED {
        let Some(node) = root.get_mut(section).and_then(|section| section.get_mut(REDIS)) else { continue };
        let meant = shared.as_ref().map(|shared| part.map_or(Some(shared), |part| shared.get(part)));
        match (&mut node.value, meant) {
            (Value::Boolean(true), Some(Some(meant))) => node.value = meant.value.clone(),
            (Value::Boolean(true), told) => {
                let why = match told {
                    None => "there is no table `[redis]`",
                    Some(_) => "the table `[redis]` has no `url`",
                };
                problems.push(ConfigProblem::new(format!("{section}.{REDIS}"), why));
            }
            // A table that only says more than `[redis]` does.
            (Value::Table(own), Some(Some(Node { value: Value::Table(meant), .. })))
                if part.is_none() && !own.contains_key("url") && !own.is_empty() =>
            {
                for (key, node) in meant {
                    own.entry(key.clone()).or_insert_with(|| node.clone());
                }
            }
            (Value::Boolean(false), _) => {
                if let Some(section) = root.get_mut(section) {
                    section.take(REDIS);
                }
            }
            _ => {}
        }
    }
}

/// Whether a key stands in the table `redis` of a section, or is that table.
fn of_redis(key: &str) -> bool {
    key.split('.').any(|part| part == REDIS)
}

/// Takes out what is not compiled in, and says which feature has it.
fn lacking_features(root: &mut Node, problems: &mut Vec<ConfigProblem>) {
    for (key, feature, _) in FEATURES.iter().filter(|(_, _, on)| !on) {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        if let Some(node) = root.remove(&path)
            && !matches!(node.value, Value::Boolean(false))
        {
            problems.push(ConfigProblem::new(*key, format!("needs the feature `{feature}` of topsdk")));
        }
    }
}

fn unknown_sections(root: &Node, problems: &mut Vec<ConfigProblem>) {
    let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).chain(["app", REDIS, PROFILES]).collect();
    for key in root.table().into_iter().flatten().map(|(key, _)| key.as_str()) {
        let hint = match nearest(key, known.iter().copied(), 1).first().copied() {
            Some(PROFILES) if key == PROFILES => "a profile has none of its own".to_owned(),
            Some(near) if near == key => continue,
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", listed(&known)),
        };
        problems.push(ConfigProblem::new(key, format!("unknown key; {hint}")));
    }
}

/// Whether nobody but its owner reads a file.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 == 0)
}

/// Whether nobody but its owner reads a file: folders of users are their own on this system.
#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}
