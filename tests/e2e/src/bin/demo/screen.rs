//! What the demo prints: a few lines a step, in colours on a terminal.

use std::io::{IsTerminal, stdout};
use std::time::Duration;

/// Columns of the output.
const WIDTH: usize = 100;

/// Column at which everything but a step's number begins.
const INDENT: usize = 4;

/// Columns taken by `sent  ` and the like.
const LABEL: usize = 6;

/// Printer of the demo's lines.
pub(crate) struct Screen {
    colours: bool,
}

/// Colour of a piece of text.
#[derive(Clone, Copy)]
pub(crate) enum Ink {
    /// Titles.
    Bold,
    /// What matters less.
    Dim,
    /// Sent.
    Blue,
    /// Came back as it should.
    Green,
    /// Not as it should.
    Red,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Blue => "34",
            Self::Green => "32",
            Self::Red => "31",
        }
    }
}

impl Screen {
    /// Colours on a terminal, unless `NO_COLOR` is set to anything.
    pub(crate) fn new() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: stdout().is_terminal() && !refused }
    }

    /// A line without indent.
    pub(crate) fn line(&self, ink: Ink, text: &str) {
        println!("{}", self.paint(ink, text));
    }

    /// The head of a step: its number, what it does, how long the call took.
    pub(crate) fn head(&self, number: usize, title: &str, took: Duration) {
        let time = format!("{:.1} ms", took.as_secs_f64() * 1000.0);
        let gap = WIDTH.saturating_sub(INDENT + title.chars().count() + time.len()).max(1);
        let (title, time) = (self.paint(Ink::Bold, title), self.paint(Ink::Dim, &time));
        println!("\n{number:>2}  {title}{}{time}", " ".repeat(gap));
    }

    /// Labelled lines under a head; long ones are wrapped.
    pub(crate) fn lines(&self, label: &str, ink: Ink, lines: &[String]) {
        let mut label = format!("{}{label:<LABEL$}", " ".repeat(INDENT));
        for text in lines.iter().flat_map(|line| wrap(line, WIDTH - INDENT - LABEL)) {
            println!("{}{text}", self.paint(ink, &label));
            label = " ".repeat(INDENT + LABEL);
        }
    }

    fn paint(&self, ink: Ink, text: &str) -> String {
        if self.colours { format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
    }
}

/// Breaks a line at blanks; words that are too long stay whole.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in line.split(' ') {
        let Some(last) = out.last_mut() else { continue };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            out.push(format!("  {word}"));
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks() {
        for (line, want) in [
            ("", vec![""]),
            ("one two", vec!["one two"]),
            ("one two three", vec!["one two", "  three"]),
            ("incomprehensible", vec!["incomprehensible"]),
        ] {
            assert_eq!(wrap(line, 8), want, "{line}");
        }
    }
}
