//! A diff for people and programs.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::json;

use super::{Change, Class, Diff, Verdict};
use crate::diagnostic::Style;

/// The two states as they are called, and what their difference asks of the version.
#[derive(Debug, Clone)]
pub struct Ends {
    /// The old state: a revision.
    pub from: String,
    /// The new state: a revision, or the working tree.
    pub to: String,
    /// The next version.
    pub verdict: Verdict,
}

/// Changes of one method, or of what a domain's methods share.
struct Group<'a> {
    domain: &'a str,
    method: &'a str,
    changes: Vec<&'a Change>,
}

const CLASSES: [Class; 3] = [Class::Breaking, Class::Minor, Class::Patch];

/// Text for terminals: one line a change below its domain and method, the worst first.
#[must_use]
pub fn text(diff: &Diff, ends: &Ends, style: Style) -> String {
    let paint = |code: &str, text: &str| match style {
        Style::Plain => text.to_owned(),
        Style::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    };
    let mut lines = vec![format!("specs: {} -> {}", ends.from, ends.to), String::new()];
    let mut domain = None;
    for group in groups(diff) {
        if domain != Some(group.domain) {
            lines.push(paint("1", heading(group.domain)));
            domain = Some(group.domain);
        }
        if !group.method.is_empty() {
            lines.push(format!("  {}", paint("1", group.method)));
        }
        let width = group.changes.iter().map(|change| change.rule.id.len()).max().unwrap_or_default();
        for change in group.changes {
            let class = paint(colour(change.rule.class), &format!("{:<8}", change.rule.class));
            let rule = paint("2", &format!("{:<width$}", change.rule.id));
            lines.push(format!("    {class}  {rule}  {}", line(change)));
        }
    }
    if domain.is_some() {
        lines.push(String::new());
        lines.push(totals(diff));
    }
    lines.push(paint("1", &ends.verdict.sentence));
    lines.join("\n") + "\n"
}

/// Markdown for a pull request.
#[must_use]
pub fn markdown(diff: &Diff, ends: &Ends) -> String {
    let mut page = format!("### Specs: {} -> {}\n\n", ends.from, ends.to);
    let mut domain = None;
    for group in groups(diff) {
        if domain != Some(group.domain) {
            let gap = if domain.is_some() { "\n" } else { "" };
            page.push_str(&format!("{gap}#### {}\n\n| class | method | change | rule |\n|---|---|---|---|\n", heading(group.domain)));
            domain = Some(group.domain);
        }
        for change in group.changes {
            let class = match change.rule.class {
                Class::Breaking => "**breaking**",
                other => other.as_str(),
            };
            let method = if group.method.is_empty() { "" } else { &format!("`{}`", group.method) };
            page.push_str(&format!("| {class} | {method} | {} | `{}` |\n", cell(&line(change)), change.rule.id));
        }
    }
    if domain.is_some() {
        page.push_str(&format!("\n{}; **{}**.\n", totals(diff), ends.verdict.sentence));
    } else {
        page.push_str(&format!("{}.\n", ends.verdict.sentence));
    }
    page
}

/// JSON for programs, in one document.
#[must_use]
pub fn json(diff: &Diff, ends: &Ends) -> String {
    let changes = groups(diff).into_iter().flat_map(|group| group.changes);
    let changes: Vec<_> = changes
        .map(|change| {
            json!({
                "class": change.rule.class.as_str(),
                "rule": change.rule.id,
                "domain": change.domain,
                "method": change.method,
                "place": change.place,
                "what": change.what,
                "careful": change.rule.careful,
            })
        })
        .collect();
    let totals: BTreeMap<&str, usize> = CLASSES.map(|class| (class.as_str(), diff.count(class))).into();
    let verdict = &ends.verdict;
    let document = json!({
        "from": ends.from,
        "to": ends.to,
        "class": diff.class().map(Class::as_str),
        "version": {
            "from": verdict.from.to_string(),
            "to": verdict.to.to_string(),
            "next": verdict.next.map(|next| next.to_string()),
            "sentence": verdict.sentence,
        },
        "totals": totals,
        "changes": changes,
    });
    format!("{document:#}\n")
}

/// Domains with their worst change first, then by name; inside each what is shared, then methods in the same order.
fn groups(diff: &Diff) -> Vec<Group<'_>> {
    let mut all: BTreeMap<(&str, &str), Vec<&Change>> = BTreeMap::new();
    for change in &diff.changes {
        all.entry((&change.domain, &change.method)).or_default().push(change);
    }
    let mut worst: BTreeMap<&str, Class> = BTreeMap::new();
    for change in &diff.changes {
        let class = worst.entry(&change.domain).or_insert(change.rule.class);
        *class = (*class).max(change.rule.class);
    }
    let mut groups: Vec<Group<'_>> =
        all.into_iter().map(|((domain, method), changes)| Group { domain, method, changes }).collect();
    for group in &mut groups {
        group.changes.sort_by_key(|change| (Reverse(change.rule.class), &change.place, change.rule.id));
    }
    groups.sort_by_key(|group| {
        let class = group.changes.first().map(|change| change.rule.class);
        (Reverse(worst.get(group.domain).copied()), group.domain, !group.method.is_empty(), Reverse(class), group.method)
    });
    groups
}

fn heading(domain: &str) -> &str {
    if domain.is_empty() { "all domains" } else { domain }
}

fn colour(class: Class) -> &'static str {
    match class {
        Class::Breaking => "31",
        Class::Minor => "33",
        Class::Patch => "32",
    }
}

/// Place, what is different, and what to make sure of.
fn line(change: &Change) -> String {
    let place = if change.place.is_empty() { String::new() } else { format!("{}: ", change.place) };
    let careful = change.rule.careful;
    let careful = if careful.is_empty() { String::new() } else { format!(" (careful: {careful})") };
    // One line each, whatever a default or a note holds.
    format!("{place}{}{careful}", change.what).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A cell of a table may hold no bar.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn totals(diff: &Diff) -> String {
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let groups = groups(diff);
    let methods = groups.iter().filter(|group| !group.method.is_empty()).count();
    let mut domains: Vec<&str> = groups.iter().map(|group| group.domain).filter(|domain| !domain.is_empty()).collect();
    domains.dedup();
    let classes = CLASSES.map(|class| format!("{} {class}", diff.count(class))).join(", ");
    let (changes, methods) = (count(diff.changes.len(), "change"), count(methods, "method"));
    format!("{changes} in {methods} of {}: {classes}", count(domains.len(), "domain"))
}
