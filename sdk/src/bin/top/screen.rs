//! Where output goes: one answer in four forms, colours only on terminals, broken pipes without a word.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::ValueEnum;
use console::Term;
use serde_json::Value;

use crate::exit::{Exit, Failure};
use crate::page::{Page, Tone};

/// The form of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Table,
    /// JSON, indented
    Json,
    /// YAML
    Yaml,
    /// The bare thing, for scripts: names, the signature, the answer's bytes as they came
    Raw,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On terminals, unless NO_COLOR is set
    Auto,
    /// Even into files and pipes
    Always,
    /// Never
    Never,
}

impl Color {
    /// For everything that is printed from here on.
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

/// What a command has to say, in each form.
pub(crate) trait Answer {
    /// For people.
    fn page(&self, page: &mut Page);

    /// For programs.
    fn value(&self) -> Value;

    /// For scripts. The screen adds no line break.
    fn raw(&self) -> Vec<u8>;
}

/// Standard output and standard error.
pub(crate) struct Screen {
    output: Output,
    /// What was warned of, where standard error is for one document alone.
    warnings: RefCell<Vec<String>>,
}

/// Columns where nobody says how many there are.
const WIDTH: usize = 100;

impl Screen {
    pub(crate) fn new(output: Output) -> Self {
        Self { output, warnings: RefCell::default() }
    }

    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Prints an answer.
    pub(crate) fn show(&self, answer: &dyn Answer) -> Result<(), Failure> {
        match self.output {
            Output::Table => {
                let mut page = page(&Term::stdout());
                answer.page(&mut page);
                print(page.into_text().as_bytes())
            }
            Output::Json | Output::Yaml => plain(structured(self.output, &answer.value()).as_bytes()),
            Output::Raw => plain(&answer.raw()),
        }
    }

    /// Prints bytes as they are, in every form.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        plain(bytes)
    }

    /// Tells on standard error what did not work.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        // Nobody is left to be told of an error here.
        let _ = match self.output {
            Output::Json | Output::Yaml => {
                let mut value = failure.value();
                let warnings = self.warnings.take();
                if let Some(error) = value.get_mut("error").filter(|_| !warnings.is_empty()) {
                    error["warnings"] = warnings.into();
                }
                io::stderr().write_all(structured(self.output, &value).as_bytes())
            }
            Output::Table | Output::Raw => {
                let mut page = page(&Term::stderr());
                failure.page(&mut page);
                anstream::stderr().write_all(page.into_text().as_bytes())
            }
        };
        failure.exit.into()
    }

    /// Says beside the answer, on standard error, that something was done. Programs have the exit code.
    pub(crate) fn note(&self, write: impl Fn(&mut Page)) {
        if matches!(self.output, Output::Json | Output::Yaml) {
            return;
        }
        let mut page = page(&Term::stderr());
        write(&mut page);
        let _ = anstream::stderr().write_all(page.into_text().as_bytes());
    }

    /// Warns on standard error of what may be meant otherwise. Programs are told inside the error, if there is one.
    pub(crate) fn warn(&self, label: &str, text: &str) {
        if matches!(self.output, Output::Json | Output::Yaml) {
            self.warnings.borrow_mut().push(text.to_owned());
        }
        self.note(|page| page.labelled(Tone::Warn, label, Tone::Plain, text));
    }
}

/// A page of the terminal's width; `COLUMNS` wins, as elsewhere, and tells it for pipes too. What is wider is cut on terminals only:
/// in a pipe somebody wants all of it.
fn page(term: &Term) -> Page {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 20);
    let seen = || term.size_checked().filter(|_| term.is_term()).map(|(_, columns)| usize::from(columns));
    Page::new(set.or_else(seen).unwrap_or(WIDTH), term.is_term())
}

/// JSON without the control characters that it leaves as they are, which would steer a terminal.
fn json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    // They stand in strings alone: the rest of JSON is ASCII that can be seen.
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{7f}'..='\u{9f}' => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

fn structured(output: Output, value: &Value) -> String {
    let json = || json(value) + "\n";
    match output {
        // Anything that has no YAML form is still JSON, which YAML readers take.
        Output::Yaml => serde_yaml::to_string(value).unwrap_or_else(|_| json()),
        _ => json(),
    }
}

/// Through the layer that takes colours out where they do not belong.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    written(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Past that layer: data is nobody's to change. A terminal gets a line break in the end.
fn plain(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let line = if out.is_terminal() && !bytes.ends_with(b"\n") { "\n" } else { "" };
    written(out.write_all(bytes).and_then(|()| out.write_all(line.as_bytes())).and_then(|()| out.flush()))
}

/// A reader that has gone, such as `head`, has what it wanted.
fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Output, format!("the output cannot be written: {why}")))
        }
        _ => Ok(()),
    }
}
