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
        if let [change] = group.changes[..]
            && change.place.is_empty()
            && !group.method.is_empty()
        {
            // A method that came or went needs no heading of its own.
            let class = paint(colour(change.rule.class), &format!("{:<8}", change.rule.class));
            let (method, rule) = (paint("1", group.method), paint("2", change.rule.id));
            lines.push(format!("  {class}  {rule}  {method}: {}", line(change)));
            continue;
        }
        if !group.domain.is_empty() {
            let shared = group.method.is_empty();
            lines.push(format!("  {}", paint("1", if shared { "(shared by its methods)" } else { group.method })));
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
            page.push_str(&format!(
                "{gap}#### {}\n\n| class | method | change | rule |\n|---|---|---|---|\n",
                heading(group.domain)
            ));
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

/// Domains with their worst change first, then by name; inside each its methods and what they share, in the same order.
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
        (Reverse(worst.get(group.domain).copied()), group.domain, Reverse(class), group.method)
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::{RULES, Version};
    use super::*;

    fn sample() -> Diff {
        let change = |id: &str, domain: &str, method: &str, place: &str, what: &str| {
            let rule = *RULES.iter().find(|rule| rule.id == id).unwrap();
            let [domain, method, place, what] = [domain, method, place, what].map(str::to_owned);
            Change { rule, domain, method, place, what }
        };
        Diff {
            changes: vec![
                change("doc-changed", "", "", "glossary.tid", "changed"),
                change("method-added", "item", "taobao.item.get", "", "added"),
                change("value-added", "trade", "", "TradeStatus.LATE", "variant `Late` added"),
                change("effect-looser", "trade", "taobao.trade.close", "", "effect write -> read"),
                change("example-changed", "trade", "taobao.trade.get", "", "example changed"),
                change("default-changed", "trade", "taobao.trade.get", "request.sep", "default \"|\\n\" -> none"),
                change("parameter-required", "trade", "taobao.trade.get", "request.tid", "required now"),
            ],
        }
    }

    fn ends(diff: &Diff) -> Ends {
        let version = Version { major: 0, minor: 1, patch: 0 };
        Ends { from: "main".to_owned(), to: "working tree".to_owned(), verdict: Verdict::of(diff, version, version) }
    }

    #[test]
    fn for_terminals() {
        let expected = expect![[r#"
            specs: main -> working tree

            trade
              taobao.trade.get
                breaking  parameter-required  request.tid: required now
                patch     example-changed     example changed
                patch     default-changed     request.sep: default "|\n" -> none
              (shared by its methods)
                minor     value-added  TradeStatus.LATE: variant `Late` added
              minor     effect-looser  taobao.trade.close: effect write -> read (careful: the call may now be repeated or answered from a cache by itself)
            item
              minor     method-added  taobao.item.get: added
            all domains
                patch     doc-changed  glossary.tid: changed

            7 changes in 3 methods of 2 domains: 1 breaking, 3 minor, 3 patch
            next version: 0.2.0 (now 0.1.0), because 1 change is breaking
        "#]];
        expected.assert_eq(&text(&sample(), &ends(&sample()), Style::Plain));
        expect![[r#"
            specs: main -> working tree

            nothing that users see has changed: no new version
        "#]]
        .assert_eq(&text(&Diff::default(), &ends(&Diff::default()), Style::Plain));
        let coloured = text(&sample(), &ends(&sample()), Style::Coloured);
        assert!(coloured.contains("\u{1b}[31mbreaking\u{1b}[0m"), "{coloured}");
    }

    #[test]
    fn for_pull_requests() {
        expect![[r####"
            ### Specs: main -> working tree

            #### trade

            | class | method | change | rule |
            |---|---|---|---|
            | **breaking** | `taobao.trade.get` | request.tid: required now | `parameter-required` |
            | patch | `taobao.trade.get` | example changed | `example-changed` |
            | patch | `taobao.trade.get` | request.sep: default "\|\n" -> none | `default-changed` |
            | minor |  | TradeStatus.LATE: variant `Late` added | `value-added` |
            | minor | `taobao.trade.close` | effect write -> read (careful: the call may now be repeated or answered from a cache by itself) | `effect-looser` |

            #### item

            | class | method | change | rule |
            |---|---|---|---|
            | minor | `taobao.item.get` | added | `method-added` |

            #### all domains

            | class | method | change | rule |
            |---|---|---|---|
            | patch |  | glossary.tid: changed | `doc-changed` |

            7 changes in 3 methods of 2 domains: 1 breaking, 3 minor, 3 patch; **next version: 0.2.0 (now 0.1.0), because 1 change is breaking**.
        "####]].assert_eq(&markdown(&sample(), &ends(&sample())));
        expect![[r#"
            ### Specs: main -> working tree

            nothing that users see has changed: no new version.
        "#]]
        .assert_eq(&markdown(&Diff::default(), &ends(&Diff::default())));
    }

    #[test]
    fn for_programs() {
        let mut diff = sample();
        diff.changes.truncate(1);
        expect![[r#"
            {
              "from": "main",
              "to": "working tree",
              "class": "patch",
              "version": {
                "from": "0.1.0",
                "to": "0.1.0",
                "next": "0.1.1",
                "sentence": "next version: 0.1.1 (now 0.1.0), because nothing changed but words and facts that nothing acts on"
              },
              "totals": {
                "breaking": 0,
                "minor": 0,
                "patch": 1
              },
              "changes": [
                {
                  "class": "patch",
                  "rule": "doc-changed",
                  "domain": "",
                  "method": "",
                  "place": "glossary.tid",
                  "what": "changed",
                  "careful": ""
                }
              ]
            }
        "#]]
        .assert_eq(&json(&diff, &ends(&diff)));
    }

    #[test]
    fn a_version_that_was_raised_already_may_suffice() {
        let [old, new] = [0, 1].map(|minor| Version { major: 0, minor: minor + 1, patch: 0 });
        let said = |from, to| Verdict::of(&sample(), from, to).sentence;
        expect!["version 0.2.0 suffices (it was 0.1.0; 0.2.0 or higher is asked for), because 1 change is breaking"]
            .assert_eq(&said(old, new));
        expect!["next version: 0.2.0 (now 0.1.0), because 1 change is breaking"].assert_eq(&said(old, old));
    }
}
