//! What did not work: told like help, and as an exit code.

use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::page::{Page, Tone};

/// How the program ends when something did not work. The numbers are documented in `docs/cli.md` and do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The platform said no, or a signature is wrong.
    Refused = 1,
    /// Wrong usage or settings, or a local check said no: nothing was sent.
    Usage = 2,
    /// The connection failed or a time limit ran out.
    Network = 3,
    /// The platform answered something that cannot be read.
    Unreadable = 4,
    /// There is nothing of this name.
    NotFound = 5,
    /// The output cannot be written; what was to be done is done.
    Output = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Something that did not work: what happened, the facts about it, what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// One sentence without a full stop.
    pub(crate) what: String,
    /// Labels and texts, in the order in which they are shown.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Commands that may help.
    pub(crate) tries: Vec<String>,
    /// More for programs that read the message as JSON or YAML.
    pub(crate) data: Vec<(&'static str, Value)>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), facts: Vec::new(), tries: Vec::new(), data: Vec::new() }
    }

    /// Wrong usage or settings.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// Adds a labelled text.
    pub(crate) fn fact(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.facts.push((label, text.into()));
        self
    }

    /// Adds a command that may help.
    pub(crate) fn attempt(mut self, command: impl Into<String>) -> Self {
        self.tries.push(command.into());
        self
    }

    /// For people.
    pub(crate) fn page(&self, page: &mut Page) {
        page.labelled(Tone::Bad, "error: ", Tone::Strong, &self.what);
        if !self.facts.is_empty() {
            page.blank();
            page.facts(&self.facts);
        }
        if !self.tries.is_empty() {
            page.blank();
        }
        for (at, command) in self.tries.iter().enumerate() {
            page.line(&[(Tone::Label, if at == 0 { "try: " } else { "     " }), (Tone::Code, command)]);
        }
    }

    /// For programs.
    pub(crate) fn value(&self) -> Value {
        let mut error = Map::new();
        error.insert("what".into(), self.what.clone().into());
        for (label, text) in &self.facts {
            error.insert((*label).into(), text.clone().into());
        }
        error.extend(self.data.iter().map(|(name, value)| ((*name).into(), value.clone())));
        error.insert("try".into(), self.tries.clone().into());
        error.insert("exit".into(), (self.exit as u8).into());
        serde_json::json!({ "error": error })
    }
}
