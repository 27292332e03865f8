//! The table of figures.

use serde_json::json;

/// One figure, and its budget where it has one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    what: String,
    figure: f64,
    unit: Unit,
    /// Least and most, inclusive.
    budget: Option<(f64, f64)>,
}

impl Row {
    pub(super) fn new(what: impl Into<String>, figure: f64, unit: Unit) -> Self {
        Self { what: what.into(), figure, unit, budget: None }
    }

    /// The figure should be this at most.
    pub(super) fn at_most(self, most: f64) -> Self {
        self.between(0.0, most)
    }

    /// The figure should lie between these.
    pub(super) fn between(self, least: f64, most: f64) -> Self {
        Self { budget: Some((least, most)), ..self }
    }

    fn met(&self) -> Option<bool> {
        self.budget.map(|(least, most)| (least..=most).contains(&self.figure))
    }

    fn cells(&self) -> [String; 4] {
        let shown = |number| self.unit.show(number);
        let budget = self.budget.map(|(least, most)| match least {
            0.0 => format!("<= {}", shown(most)),
            _ => format!("{least} - {}", shown(most)),
        });
        let met = self.met().map(|met| if met { "yes" } else { "NO" });
        [self.what.clone(), shown(self.figure), budget.unwrap_or_default(), met.unwrap_or_default().to_owned()]
    }
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Pieces.
    Count,
    /// Lines of text.
    Lines,
    /// Seconds of CPU time.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Thousands of bytes.
    Kilobytes,
    /// Millions of bytes.
    Megabytes,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Lines => "lines",
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Kilobytes => "kB",
            Self::Megabytes => "MB",
        }
    }

    fn show(self, number: f64) -> String {
        let decimals = if self == Self::Seconds { 2 } else { 0 };
        format!("{number:.decimals$} {}", self.name()).trim_end().to_owned()
    }
}

/// How the table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Aligned columns.
    Plain,
    /// A Markdown table.
    Markdown,
    /// A list of objects.
    Json,
}

/// The whole table, ending in a line break.
pub(super) fn render(rows: &[Row], style: Style) -> String {
    match style {
        Style::Plain => plain(rows),
        Style::Markdown => markdown(rows),
        Style::Json => json(rows),
    }
}

const TITLES: [&str; 4] = ["what", "figure", "budget", "met"];

fn plain(rows: &[Row]) -> String {
    let lines: Vec<[String; 4]> =
        std::iter::once(TITLES.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| lines.iter().map(|cells| cells[column].chars().count()).max().unwrap_or_default();
    let (what, figure, budget) = (width(0), width(1), width(2));
    let line =
        |[a, b, c, d]: &[String; 4]| format!("{a:<what$}  {b:>figure$}  {c:>budget$}  {d}").trim_end().to_owned();
    lines.iter().map(|cells| line(cells) + "\n").collect()
}

fn markdown(rows: &[Row]) -> String {
    let line = |cells: [String; 4]| format!("| {} |\n", cells.join(" | "));
    let head = line(TITLES.map(str::to_owned)) + "|---|---:|---:|---|\n";
    rows.iter().fold(head, |text, row| text + &line(row.cells()))
}

fn json(rows: &[Row]) -> String {
    let rows = rows.iter().map(|row| {
        let budget = row.budget.map(|(least, most)| json!({ "least": least, "most": most }));
        json!({ "what": row.what, "figure": row.figure, "unit": row.unit.name(), "budget": budget, "met": row.met() })
    });
    format!("{:#}\n", rows.collect::<serde_json::Value>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> [Row; 4] {
        [
            Row::new("specs", 12.0, Unit::Count),
            Row::new("lines", 130.0, Unit::Lines).between(40.0, 120.0),
            Row::new("check", 1.234, Unit::Seconds).at_most(5.0),
            Row::new("peak", 900.0, Unit::Megabytes).at_most(800.0),
        ]
    }

    #[test]
    fn plain_text_is_aligned() {
        let wanted = "\
what      figure          budget  met
specs         12
lines  130 lines  40 - 120 lines  NO
check     1.23 s       <= 5.00 s  yes
peak      900 MB       <= 800 MB  NO
";
        assert_eq!(render(&rows(), Style::Plain), wanted);
    }

    #[test]
    fn markdown_has_a_head() {
        let wanted = "\
| what | figure | budget | met |
|---|---:|---:|---|
| specs | 12 |  |  |
| lines | 130 lines | 40 - 120 lines | NO |
";
        assert_eq!(render(&rows()[..2], Style::Markdown), wanted);
    }

    #[test]
    fn json_keeps_the_numbers() {
        let value: serde_json::Value = serde_json::from_str(&render(&rows(), Style::Json)).unwrap();
        assert_eq!(value[0], json!({ "what": "specs", "figure": 12.0, "unit": "", "budget": null, "met": null }));
        let budget = json!({ "least": 0.0, "most": 5.0 });
        assert_eq!(value[2], json!({ "what": "check", "figure": 1.234, "unit": "s", "budget": budget, "met": true }));
        assert_eq!(value[3]["met"], false);
    }
}
