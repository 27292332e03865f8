//! What an import did and found, for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::rules::{Notes, Rule};

/// What an import did and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Methods that had no spec.
    pub added: Vec<String>,
    /// Methods whose spec is another now.
    pub changed: Vec<String>,
    /// Methods whose spec is as it was.
    pub unchanged: usize,
    /// Methods that were imported once and are not in the metadata any more: of the groups of which all methods were read, and of
    /// those that are not there where most were read. Their specs stay.
    pub removed: Vec<String>,
    /// Where specs that people wrote and metadata disagree; the specs stay.
    pub conflicts: Vec<String>,
    /// What was read and not used.
    pub notes: Vec<String>,
    /// Where each rule for odd data was used.
    pub rules: Notes,
    /// Imported methods by domain.
    pub domains: BTreeMap<String, usize>,
}

/// Most places that are listed of a rule; the number tells how many there are.
const SHOWN: usize = 40;

impl Report {
    /// One line.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} added, {} changed, {} unchanged, {} removed upstream, {} conflicts",
            self.added.len(),
            self.changed.len(),
            self.unchanged,
            self.removed.len(),
            self.conflicts.len()
        )
    }

    /// Everything, in Markdown. `all`: every place of every rule, else the first of each.
    #[must_use]
    pub fn text(&self, all: bool) -> String {
        let mut text = format!("# Import\n\n{}\n", self.summary());
        let most = if all { usize::MAX } else { SHOWN };
        for (title, lines) in [
            ("Removed upstream", &self.removed),
            ("Conflicts", &self.conflicts),
            ("Read and not used", &self.notes),
            ("Added", &self.added),
            ("Changed", &self.changed),
        ] {
            list(&mut text, title, lines, most);
        }
        for rule in Rule::ALL {
            let Some(places) = self.rules.get(&rule) else { continue };
            let (name, means) = rule.explain();
            let lines: Vec<String> = places.iter().map(|place| format!("{} {}", place.method, place.path)).collect();
            list(&mut text, &format!("{name}: {means}"), &lines, most);
        }
        let domains: Vec<String> = self.domains.iter().map(|(domain, methods)| format!("{domain} {methods}")).collect();
        list(&mut text, "Domains", &domains, usize::MAX);
        text
    }
}

fn list(text: &mut String, title: &str, lines: &[String], most: usize) {
    if lines.is_empty() {
        return;
    }
    // Writing to a string does not fail.
    let _ = write!(text, "\n## {title} ({})\n\n", lines.len());
    for line in lines.iter().take(most) {
        let _ = writeln!(text, "- {}", line.trim_end());
    }
    if lines.len() > most {
        let _ = writeln!(text, "- and {} more", lines.len() - most);
    }
}
