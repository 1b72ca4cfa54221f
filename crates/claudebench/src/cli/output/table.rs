//! Tables for people: columns lined up, the widest text cut to what the terminal holds.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::one_line;

/// How a text is set off, where colour can be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Style {
    /// Not at all.
    #[default]
    Plain,
    /// A heading.
    Bold,
    /// Less important.
    Dim,
    /// Good.
    Green,
    /// Under way, or to be looked at.
    Yellow,
    /// Bad.
    Red,
    /// Something to act on.
    Cyan,
}

impl Style {
    /// The text in this style.
    pub(crate) fn paint(self, text: &str, color: bool) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            _ if !color => return text.to_owned(),
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Red => "31",
            Self::Cyan => "36",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// A text of a table, in its style.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A text, made safe to show, on one line.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()), style: Style::Plain }
    }

    /// The same in a style.
    pub(crate) fn styled(style: Style, text: impl AsRef<str>) -> Self {
        Self { style, ..Self::new(text) }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// Rows under their headings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    right: Vec<usize>,
}

/// The narrowest that a cut column gets.
const NARROWEST: usize = 16;
const GAP: usize = 2;

impl Table {
    /// An empty table. The last column takes what room is left, and is cut to it.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new(), right: Vec::new() }
    }

    /// A table of names and values, without headings.
    pub(crate) fn of_fields() -> Self {
        Self::default()
    }

    /// Sets columns to the right: numbers.
    #[must_use]
    pub(crate) fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a name and its value.
    pub(crate) fn field(&mut self, name: &str, value: impl Into<Cell>) {
        self.rows.push(vec![Cell::styled(Style::Dim, name), value.into()]);
    }

    /// The table as text, each line ended.
    pub(crate) fn render(&self, width: Option<usize>, color: bool) -> String {
        let heading: Vec<Cell> =
            self.headings.iter().map(|text| Cell::styled(Style::Bold, text)).collect();
        let lines = (!heading.is_empty()).then_some(&heading).into_iter().chain(&self.rows);
        let widths = self.widths(lines.clone(), width);
        let mut text = String::new();
        for line in lines {
            let mut rest = line.len();
            for (column, cell) in line.iter().enumerate() {
                rest -= 1;
                let room = widths.get(column).copied().unwrap_or(0);
                let shown = cut(&cell.text, room);
                let pad = " ".repeat(room.saturating_sub(shown.width()));
                let painted = cell.style.paint(&shown, color);
                if self.right.contains(&column) {
                    text.push_str(&pad);
                    text.push_str(&painted);
                } else {
                    text.push_str(&painted);
                    if rest > 0 {
                        text.push_str(&pad);
                    }
                }
                if rest > 0 {
                    text.push_str(&" ".repeat(GAP));
                }
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }

    fn widths<'a>(
        &self,
        lines: impl Iterator<Item = &'a Vec<Cell>>,
        width: Option<usize>,
    ) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for line in lines {
            for (column, cell) in line.iter().enumerate() {
                let wide = cell.text.width();
                match widths.get_mut(column) {
                    Some(known) => *known = (*known).max(wide),
                    None => widths.push(wide),
                }
            }
        }
        let before: usize = widths.iter().rev().skip(1).map(|wide| wide + GAP).sum();
        if let (Some(width), Some(last)) = (width, widths.last_mut()) {
            *last = (*last).min(width.saturating_sub(before).max(NARROWEST));
        }
        widths
    }
}

/// At most so many columns of a text.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = 0;
    let fits = text.chars().take_while(|c| {
        used += c.width().unwrap_or(0);
        used < room
    });
    let mut short: String = fits.collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks() -> Table {
        let mut table = Table::new(&["ID", "PRIO", "TEXT"]).right(&[1]);
        table.row(["t-1".into(), "7".into(), "Write the release notes\nand send them".into()]);
        table.row(["t-22".into(), "100".into(), Cell::styled(Style::Red, "修正")]);
        table
    }

    #[test]
    fn columns_are_lined_up() {
        assert_eq!(
            tasks().render(None, false),
            "ID    PRIO  TEXT\n\
             t-1      7  Write the release notes and send them\n\
             t-22   100  修正\n"
        );
    }

    #[test]
    fn the_last_column_is_cut_to_the_terminal() {
        assert_eq!(
            tasks().render(Some(30), false),
            "ID    PRIO  TEXT\n\
             t-1      7  Write the release…\n\
             t-22   100  修正\n"
        );
        assert_eq!(cut("修正修正", 5), "修正…");
    }

    #[test]
    fn colour_does_not_move_columns() {
        let painted = tasks().render(None, true);
        assert!(painted.contains("\x1b[31m修正\x1b[0m\n"), "{painted:?}");
        let plain = painted.replace("\x1b[31m", "").replace("\x1b[1m", "").replace("\x1b[0m", "");
        assert_eq!(plain, tasks().render(None, false));
    }

    #[test]
    fn fields_stand_without_headings() {
        let mut table = Table::of_fields();
        table.field("id", "t-1");
        table.field("status", "pending\x1b[2J");
        assert_eq!(table.render(None, false), "id      t-1\nstatus  pending\u{fffd}[2J\n");
    }
}
