//! One problem in a spec file, and how it is shown.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::model::Span;
use crate::source::Sources;

/// One problem in a spec file. Every diagnostic is an error: nothing is generated while there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case name; each has a file in [`crate::diagnostics`] that explains it.
    pub id: &'static str,
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead, ready to paste where possible.
    pub help: Option<String>,
}

/// How a diagnostic is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, for terminals.
    Coloured,
}

/// A number of things in words: `1 file`, `2 files`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

impl Diagnostic {
    /// A problem without a known fix.
    pub(crate) fn new(id: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { id, span, message: message.into(), help: None }
    }

    /// Adds the fix.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The problem with its id, `file:line:column`, the line it is in with a mark under the place, and the fix.
    #[must_use]
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        let title = Level::ERROR.primary_title(self.message.as_str()).id(self.id);
        let Some(source) = sources.get(self.span.file) else {
            return renderer.render(&[Group::with_title(title)]);
        };
        let mark = AnnotationKind::Primary.span(first_line(&source.text, source.range(self.span)));
        let excerpt = Snippet::source(source.text.as_str()).path(sources.shown(self.span)).annotation(mark);
        let mut group = title.element(excerpt);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// A mark under more than one line hides what it points at: keep the first line, without what follows the text on it.
fn first_line(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let marked = text.get(range.clone()).unwrap_or_default();
    let line = marked.lines().next().unwrap_or_default().trim_end();
    range.start..range.start + line.len()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use expect_test::expect;

    use super::*;

    fn sample(text: &str, start: usize, end: usize) -> (Sources, Diagnostic) {
        let mut sources = Sources::default();
        let file = sources.add(PathBuf::from("trade/taobao.trade.get.yaml"), text.to_owned());
        let diagnostic = Diagnostic::new("unknown-key", Span { file, start, end }, "`sumary` is not a key of a method");
        (sources, diagnostic.help("write `summary`"))
    }

    #[test]
    fn plain() {
        let (sources, diagnostic) = sample("method: taobao.trade.get\nsumary: One trade.\nsession: none\n", 25, 31);
        expect![[r#"
            error[unknown-key]: `sumary` is not a key of a method
             --> trade/taobao.trade.get.yaml:2:1
              |
            2 | sumary: One trade.
              | ^^^^^^
              |
              = help: write `summary`"#]]
        .assert_eq(&diagnostic.render(&sources, Style::Plain));
    }

    #[test]
    fn wide_and_multi_line_marks_stay_on_their_first_line() {
        let (sources, diagnostic) = sample("标题: { a: b,\n  c: d }\n", 0, 30);
        expect![[r#"
            error[unknown-key]: `sumary` is not a key of a method
             --> trade/taobao.trade.get.yaml:1:1
              |
            1 | 标题: { a: b,
              | ^^^^^^^^^^^^^
              |
              = help: write `summary`"#]]
        .assert_eq(&diagnostic.render(&sources, Style::Plain));
    }

    #[test]
    fn coloured_has_escapes_and_plain_has_none() {
        let (sources, diagnostic) = sample("method: a\n", 0, 6);
        assert!(diagnostic.render(&sources, Style::Coloured).contains("\u{1b}["));
        assert!(!diagnostic.render(&sources, Style::Plain).contains('\u{1b}'));
    }

    #[test]
    fn odd_places_do_not_panic() {
        for (start, end) in [(0, 0), (3, 1), (900, 901), (1, 2)] {
            let (sources, mut diagnostic) = sample("标\n", start, end);
            assert!(diagnostic.render(&sources, Style::Plain).contains("unknown-key"));
            diagnostic.span.file = 9;
            assert!(diagnostic.render(&sources, Style::Plain).contains("unknown-key"));
        }
        let (sources, diagnostic) = sample("", 0, 0);
        assert!(diagnostic.render(&sources, Style::Plain).contains("trade/taobao.trade.get.yaml:1:1"));
    }
}
