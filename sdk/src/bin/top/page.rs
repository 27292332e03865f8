//! Text for people: coloured, wrapped to the terminal, in columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use console::{measure_text_width, truncate_str};

use crate::words::wrap;

/// What a piece of text is; decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Label,
    Code,
    Good,
    Warn,
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Label => Style::new().dimmed(),
            Self::Code => color(AnsiColor::Cyan),
            Self::Good => color(AnsiColor::Green),
            Self::Warn => color(AnsiColor::Yellow),
            Self::Bad => color(AnsiColor::Red).bold(),
        }
    }
}

/// A piece of text and what it is.
pub(crate) type Piece<'a> = (Tone, &'a str);

/// A name, its type and what it is.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) indent: usize,
    pub(crate) name: String,
    pub(crate) tone: Tone,
    /// Put behind the name.
    pub(crate) mark: &'static str,
    pub(crate) ty: String,
    pub(crate) text: String,
}

/// Most columns of names and of types; what is longer has its text on the next line.
const NAMES: usize = 28;
const TYPES: usize = 16;

/// A row of a table.
pub(crate) type Row = Vec<(Tone, String)>;

/// A text under construction. Colours are always in it: the screen takes them out where they do not belong.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    width: usize,
    cut: bool,
}

impl Page {
    /// A page of this width; `cut` rows of tables to it.
    pub(crate) fn new(width: usize, cut: bool) -> Self {
        Self { text: String::new(), width, cut }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Columns of a line of prose. Longer lines are hard to read, however wide the terminal is.
    pub(crate) fn width(&self) -> usize {
        self.width.min(100)
    }

    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line of pieces, as it is.
    pub(crate) fn line(&mut self, pieces: &[Piece<'_>]) {
        for (tone, text) in pieces {
            self.piece(*tone, &clean(text));
        }
        self.text.push('\n');
    }

    /// A label and a text beside it, wrapped.
    pub(crate) fn labelled(&mut self, tone: Tone, label: &str, text_tone: Tone, text: &str) {
        let columns = measure_text_width(label);
        let indent = " ".repeat(columns);
        for (at, line) in wrap(text, self.width().saturating_sub(columns)).iter().enumerate() {
            match at {
                0 => self.line(&[(tone, label), (text_tone, line)]),
                _ => self.line(&[(Tone::Plain, &indent), (text_tone, line)]),
            }
        }
    }

    /// A title above what follows.
    pub(crate) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.blank();
        }
        self.line(&[(Tone::Strong, text)]);
    }

    /// Prose, wrapped and indented.
    pub(crate) fn prose(&mut self, indent: usize, text: &str) {
        for line in wrap(text, self.width().saturating_sub(indent)) {
            self.line(&[(Tone::Plain, &" ".repeat(indent)), (Tone::Plain, &line)]);
        }
    }

    /// Text that must not be wrapped, such as code.
    pub(crate) fn block(&mut self, indent: usize, tone: Tone, text: &str) {
        for line in text.lines() {
            match line {
                "" => self.blank(),
                line => self.line(&[(Tone::Plain, &" ".repeat(indent)), (tone, line)]),
            }
        }
    }

    /// Paragraphs and lists of Markdown, filled anew.
    pub(crate) fn markdown(&mut self, text: &str) {
        let mut paragraph = String::new();
        for line in text.lines().chain([""]) {
            let starts = line.is_empty() || line.starts_with("- ");
            if starts && !paragraph.is_empty() {
                let item = paragraph.strip_prefix("- ");
                match item {
                    Some(item) => self.fact(0, "-", 0, item),
                    None => self.prose(0, &paragraph),
                }
                paragraph.clear();
            }
            match line {
                "" => self.blank(),
                line if paragraph.is_empty() => paragraph.push_str(line.trim()),
                line => paragraph = format!("{paragraph} {}", line.trim()),
            }
        }
    }

    /// Labels in one column, texts in another.
    pub(crate) fn facts<L: AsRef<str>, T: AsRef<str>>(&mut self, facts: &[(L, T)]) {
        let labels = facts.iter().map(|(label, _)| measure_text_width(label.as_ref())).max().unwrap_or(0);
        for (label, text) in facts {
            self.fact(2, label.as_ref(), labels, text.as_ref());
        }
    }

    /// A label of so many columns, and its text beside it.
    pub(crate) fn fact(&mut self, indent: usize, label: &str, columns: usize, text: &str) {
        let columns = columns.max(measure_text_width(label));
        let mut lines = wrap(text, self.width().saturating_sub(indent + columns + 2)).into_iter();
        let first = lines.next().unwrap_or_default();
        let pad = if first.is_empty() { 0 } else { columns - measure_text_width(label) + 2 };
        self.line(&[
            (Tone::Plain, &" ".repeat(indent)),
            (Tone::Label, label),
            (Tone::Plain, &" ".repeat(pad)),
            (Tone::Plain, &first),
        ]);
        for line in lines {
            self.line(&[(Tone::Plain, &" ".repeat(indent + columns + 2)), (Tone::Plain, &line)]);
        }
    }

    /// Names, types and texts, each in a column; texts are wrapped.
    pub(crate) fn entries(&mut self, entries: &[Entry]) {
        let columns = |of: &dyn Fn(&Entry) -> usize, most: usize| {
            entries.iter().map(of).filter(|columns| *columns <= most).max().unwrap_or(0)
        };
        let names = columns(&|entry| entry.indent + measure_text_width(&entry.name) + entry.mark.len(), NAMES);
        let types = columns(&|entry| measure_text_width(&entry.ty), TYPES);
        let start = 2 + names + 2 + if types > 0 { types + 2 } else { 0 };
        for entry in entries {
            let lead = format!("{:width$}", "", width = entry.indent + 2);
            let name_end = entry.indent + measure_text_width(&entry.name) + entry.mark.len();
            let ty_start = name_end.max(names) + 2;
            let ty_end = 2 + ty_start + measure_text_width(&entry.ty);
            let mut lines = wrap(&entry.text, self.width().saturating_sub(start)).into_iter();
            let beside = if entry.ty.is_empty() { name_end <= names } else { ty_end + 2 <= start };
            let first = if beside { lines.next().unwrap_or_default() } else { String::new() };
            let ty = match (entry.ty.is_empty(), first.is_empty()) {
                (true, true) => String::new(),
                (true, false) => " ".repeat(start - 2 - name_end),
                (false, true) => format!("{:pad$}{}", "", entry.ty, pad = ty_start - name_end),
                (false, false) => {
                    format!("{:pad$}{}{:rest$}", "", entry.ty, "", pad = ty_start - name_end, rest = start - ty_end)
                }
            };
            self.line(&[
                (Tone::Plain, &lead),
                (entry.tone, &entry.name),
                (Tone::Warn, entry.mark),
                (Tone::Code, &ty),
                (Tone::Plain, &first),
            ]);
            for line in lines {
                self.line(&[(Tone::Plain, &" ".repeat(start)), (Tone::Plain, &line)]);
            }
        }
    }

    /// Rows under titles. On a terminal they are cut to its width.
    pub(crate) fn table(&mut self, titles: &[&str], rows: &[Row]) {
        self.table_at(0, titles, rows);
    }

    /// The same, indented.
    pub(crate) fn table_at(&mut self, indent: usize, titles: &[&str], rows: &[Row]) {
        let mut widths: Vec<usize> = titles.iter().map(|title| measure_text_width(title)).collect();
        // One long cell must not push all others out of a terminal.
        let most = if self.cut { self.width * 11 / 20 } else { usize::MAX };
        for row in rows {
            for (width, (_, cell)) in widths.iter_mut().zip(row) {
                let columns = measure_text_width(cell);
                *width = if columns > most { *width } else { columns.max(*width) };
            }
        }
        let header: Row = titles.iter().map(|title| (Tone::Label, (*title).to_owned())).collect();
        for row in std::iter::once(&header).chain(rows) {
            let mut line: Row = vec![(Tone::Plain, " ".repeat(indent))];
            let mut used = indent;
            let filled = row.iter().rposition(|(_, cell)| !cell.is_empty()).map_or(0, |last| last + 1);
            for (at, ((tone, cell), width)) in row.iter().zip(&widths).take(filled).enumerate() {
                let cell = clean(cell);
                let left = self.width.saturating_sub(used);
                if self.cut && left < 2 {
                    break;
                }
                if self.cut && measure_text_width(&cell) > left {
                    line.push((*tone, truncate_str(&cell, left, "…").into_owned()));
                    break;
                }
                let columns = measure_text_width(&cell);
                let pad = if at + 1 < filled { width.saturating_sub(columns) + 2 } else { 0 };
                line.extend([(*tone, cell), (Tone::Plain, " ".repeat(pad))]);
                used += columns + pad;
            }
            if line.last().is_some_and(|(_, text)| text.trim().is_empty()) {
                line.pop();
            }
            let pieces: Vec<Piece<'_>> = line.iter().map(|(tone, text)| (*tone, text.as_str())).collect();
            self.line(&pieces);
        }
    }

    fn piece(&mut self, tone: Tone, text: &str) {
        let style = tone.style();
        let _ = write!(self.text, "{style}{text}{style:#}");
    }
}

/// The text without control characters: what comes from outside must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a page shows, without colours.
    fn shown(width: usize, cut: bool, write: impl Fn(&mut Page)) -> String {
        let mut page = Page::new(width, cut);
        write(&mut page);
        console::strip_ansi_codes(&page.into_text()).into_owned()
    }

    fn rows() -> Vec<Row> {
        let cell = |text: &str| (Tone::Plain, text.to_owned());
        vec![vec![cell("a"), cell("卖家备注很长很长")], vec![cell("long name"), cell("short")]]
    }

    #[test]
    fn tables_are_cut_on_terminals_only() {
        let write = |page: &mut Page| page.table(&["NAME", "WHAT"], &rows());
        assert_eq!(shown(20, true, write), "NAME       WHAT\na          卖家备注…\nlong name  short\n");
        assert_eq!(shown(20, false, write), "NAME       WHAT\na          卖家备注很长很长\nlong name  short\n");
        assert_eq!(shown(4, true, write), "NAME\na\nlon…\n");
    }

    #[test]
    fn facts_are_wrapped_beside_their_labels() {
        let write = |page: &mut Page| page.facts(&[("means", "one two three"), ("fix", "")]);
        assert_eq!(shown(17, true, write), "  means  one two\n         three\n  fix\n");
    }

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(
            shown(80, true, |page| page.line(&[(Tone::Plain, "a\x1b[2Jb\r\u{7}")])),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}\n"
        );
    }
}
