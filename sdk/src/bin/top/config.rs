//! `top config`: files of settings, as the SDK reads them.

use std::path::Path;

use serde_json::{Value, json};
use topsdk::config::Reference;
use topsdk::error::ConfigProblem;
use topsdk::{Config, Error};

use crate::args;
use crate::exit::Failure;
use crate::page::{Page, Tone};
use crate::screen::{Answer, Screen};
use crate::words::count;

/// Runs a sub-command.
pub(crate) fn run(command: &args::Config, screen: &Screen) -> Result<(), Failure> {
    match command {
        args::Config::Check { file, profile } => check(file, profile.as_deref(), screen),
    }
}

fn check(file: &Path, profile: Option<&str>, screen: &Screen) -> Result<(), Failure> {
    let config = Config::load(file).map_err(|error| failure(file, &error))?;
    let checked = match profile {
        Some(name) => config.profile(name).map(drop),
        None => config.check(),
    };
    let queue_unread = match checked {
        Ok(()) => false,
        Err(Error::Config(error)) if error.problems().iter().all(of_queue) => true,
        Err(error) => return Err(failure(file, &error)),
    };
    screen.show(&Good { file, config: &config, profile, queue_unread })
}

/// Whether it is only that this program has no queue: `top` is built without, because a database comes with it. Programs that have
/// one check its section.
fn of_queue(problem: &ConfigProblem) -> bool {
    problem.key().split('.').next_back() == Some("queue") && problem.message().starts_with("needs the feature `queue`")
}

/// Every problem with its place, in the form in which editors and terminals find it.
fn failure(file: &Path, error: &Error) -> Failure {
    let Error::Config(error) = error else { return Failure::usage(error.to_string()) };
    let problems: Vec<&ConfigProblem> = error.problems().iter().filter(|problem| !of_queue(problem)).collect();
    if problems.iter().all(|problem| problem.place().is_none()) {
        let told: Vec<&str> = problems.iter().map(|problem| problem.message()).collect();
        return Failure::usage(told.join("; "));
    }
    let what = format!("{} in {}", count(problems.len(), "problem"), file.display());
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let data = problems.iter().map(|problem| {
        json!({
            "key": problem.key(),
            "message": problem.message(),
            "line": problem.place().map(|place| place.line()),
            "column": problem.place().map(|place| place.column()),
        })
    });
    let mut failure = Failure::usage(what).fact("problems", told.join("\n"));
    // In place of the text, for programs.
    failure.data.push(("problems", data.collect()));
    failure
}

/// A file without mistakes.
struct Good<'a> {
    file: &'a Path,
    config: &'a Config,
    profile: Option<&'a str>,
    /// Whether there is a section that nobody has looked at.
    queue_unread: bool,
}

impl Good<'_> {
    /// What the file names, and whether it is there. Nothing of what it holds.
    fn references(&self) -> Vec<(Reference, bool)> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let there = |reference: &Reference| match reference {
            Reference::Variable(name) => std::env::var_os(name).is_some_and(|value| !value.is_empty()),
            Reference::File(path) => folder.join(path).is_file(),
        };
        self.config.references().into_iter().map(|reference| (reference.clone(), there(&reference))).collect()
    }
}

impl Answer for Good<'_> {
    fn page(&self, page: &mut Page) {
        let what = match self.profile {
            Some(name) => format!("profile {name} of {} is good", self.file.display()),
            None => format!("{} is good", self.file.display()),
        };
        page.line(&[(Tone::Good, "ok "), (Tone::Plain, &what)]);
        if self.queue_unread {
            page.line(&[
                (Tone::Warn, "   "),
                (Tone::Plain, "but `[queue]` is not looked at here: the program that has a queue does it"),
            ]);
        }
        let profiles: Vec<&str> = self.config.profiles().collect();
        if !profiles.is_empty() {
            page.blank();
            page.facts(&[("profiles", profiles.join(", "))]);
        }
        let references = self.references();
        if !references.is_empty() {
            page.blank();
        }
        for (reference, there) in references {
            let (tone, state) = if there { (Tone::Good, "  there    ") } else { (Tone::Warn, "  missing  ") };
            page.line(&[(tone, state), (Tone::Plain, &reference.to_string())]);
        }
    }

    fn value(&self) -> Value {
        let references = self.references().into_iter().map(|(reference, there)| match reference {
            Reference::Variable(name) => json!({ "variable": name, "there": there }),
            Reference::File(path) => json!({ "file": path.display().to_string(), "there": there }),
        });
        json!({
            "file": self.file.display().to_string(),
            "profiles": self.config.profiles().collect::<Vec<_>>(),
            "queue_unread": self.queue_unread,
            "references": references.collect::<Vec<_>>(),
        })
    }

    fn raw(&self) -> Vec<u8> {
        self.config.profiles().map(|name| format!("{name}\n")).collect::<String>().into_bytes()
    }
}
