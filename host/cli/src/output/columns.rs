//! Rows in columns, as wide as the terminal.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::color::Palette;

/// So many rows decide how wide the columns are.
const ROWS_MEASURED: usize = 500;

const GAP: usize = 2;

/// What stands in a cell for something that is not there.
pub(crate) const ABSENT: &str = "-";

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    title: &'static str,
    /// It may be cut off down to this.
    narrowest: usize,
    /// Room for what is usual there, as long as more rows may come than were measured.
    usual: usize,
    /// When there is no room, the column with the highest number goes first.
    expendable: u8,
    /// What is too long loses its beginning, not its end.
    cut_front: bool,
    /// The style of a cell.
    style: Option<fn(Palette, &str) -> Style>,
}

impl Column {
    /// A column with plain cells that may be cut at their end.
    pub(crate) const fn new(
        title: &'static str,
        [narrowest, usual]: [usize; 2],
        expendable: u8,
    ) -> Self {
        Self { title, narrowest, usual, expendable, cut_front: false, style: None }
    }

    /// The same, to be cut at the beginning of its cells.
    pub(crate) const fn cut_front(self) -> Self {
        Self { cut_front: true, ..self }
    }

    /// The same, its cells in the style of the outcome that they name.
    pub(crate) const fn outcome(self) -> Self {
        Self { style: Some(Palette::outcome), ..self }
    }
}

/// A row, safe to print.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// A cell for each column.
    Cells(Vec<String>),
    /// A cell for the first column, and a text that takes all the others and may be longer than a
    /// line.
    Text {
        /// The first cell.
        first: String,
        /// What stands behind it.
        text: String,
        /// The style of both.
        style: Style,
    },
}

impl Row {
    fn cell(&self, index: usize) -> &str {
        match self {
            Row::Cells(cells) => &cells[index],
            Row::Text { first, .. } if index == 0 => first,
            Row::Text { .. } => "",
        }
    }
}

/// Lays out rows as they come. The first ones are held back to measure the columns.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [Column],
    /// Of these, the ones that have something to show.
    used: Vec<usize>,
    palette: Palette,
    /// Width of the terminal, if it is one: then nothing is wider.
    width: Option<usize>,
    held: Vec<Row>,
    layout: Option<Layout>,
}

/// The columns that are shown, and how wide.
#[derive(Debug, PartialEq, Eq)]
struct Layout(Vec<(usize, usize)>);

impl Table {
    /// A table for a terminal of this width, or without limit, that shows those columns which are
    /// `used`.
    pub(crate) fn new(
        columns: &'static [Column],
        used: impl Fn(usize) -> bool,
        palette: Palette,
        width: Option<usize>,
    ) -> Self {
        let used = (0..columns.len()).filter(|index| used(*index)).collect();
        Self { columns, used, palette, width, held: Vec::new(), layout: None }
    }

    /// Takes rows and gives the text that is ready.
    pub(crate) fn push(&mut self, rows: Vec<Row>) -> String {
        self.held.extend(rows);
        match self.layout.is_some() || self.held.len() >= ROWS_MEASURED {
            true => self.flush(true),
            false => String::new(),
        }
    }

    /// Gives the text of all rows so far. `more`: others may follow.
    pub(crate) fn flush(&mut self, more: bool) -> String {
        let mut text = String::new();
        let rows = std::mem::take(&mut self.held);
        if rows.is_empty() {
            return text;
        }
        if self.layout.is_none() {
            let layout = self.measure(&rows, more);
            let title = self.palette.title();
            let _ = writeln!(text, "{title}{}{title:#}", self.titles(&layout));
            self.layout = Some(layout);
        }
        if let Some(layout) = &self.layout {
            for row in &rows {
                match row {
                    Row::Cells(cells) => self.cells(layout, cells, &mut text),
                    Row::Text { first, text: behind, style } => {
                        self.text(layout, first, behind, *style, &mut text);
                    }
                }
            }
        }
        text
    }

    /// The titles of the columns for which there is no room.
    pub(crate) fn hidden(&self) -> Vec<&'static str> {
        let Some(Layout(shown)) = &self.layout else {
            return Vec::new();
        };
        let hidden = |index: &usize| shown.iter().all(|(column, _)| column != index);
        let used = self.used.iter().copied();
        used.filter(hidden).map(|index| self.columns[index].title).collect()
    }

    fn titles(&self, Layout(columns): &Layout) -> String {
        let padded = |(index, width): &(usize, usize)| {
            format!("{:width$}{:GAP$}", self.columns[*index].title, "")
        };
        columns.iter().map(padded).collect::<String>().trim_end().to_owned()
    }

    fn cells(&self, Layout(columns): &Layout, cells: &[String], text: &mut String) {
        let mut line = String::new();
        for (index, width) in columns {
            let column = &self.columns[*index];
            let cell = match self.width {
                Some(_) if column.cut_front => cut_front(&cells[*index], *width),
                Some(_) => cut_back(&cells[*index], *width),
                None => cells[*index].clone(),
            };
            let style = column.style.map(|style| style(self.palette, &cell)).unwrap_or_default();
            let padding = width.saturating_sub(cell.width()) + GAP;
            let _ = write!(line, "{style}{cell}{style:#}{:padding$}", "");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }

    /// A text from the second column on, broken where a line of the terminal ends.
    fn text(&self, layout: &Layout, first: &str, behind: &str, style: Style, text: &mut String) {
        let Layout(columns) = layout;
        let indent = columns.first().map_or(0, |(_, width)| width + GAP);
        let room = self.width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(1));
        let mut first = first;
        for line in lines(behind, room) {
            let padding = indent.saturating_sub(first.width());
            let _ = writeln!(text, "{style}{first}{:padding$}{line}{style:#}", "");
            first = "";
        }
    }

    fn measure(&self, rows: &[Row], more: bool) -> Layout {
        let wanted = |index: usize| {
            let Column { title, usual, .. } = self.columns[index];
            let least = title.len().max(if more { usual } else { 0 });
            rows.iter().map(|row| row.cell(index).width()).fold(least, usize::max)
        };
        let wanted: Vec<usize> = (0..self.columns.len()).map(wanted).collect();
        let mut shown = self.used.clone();
        let Some(width) = self.width else {
            return Layout(shown.into_iter().map(|index| (index, wanted[index])).collect());
        };
        let narrowest = |index: usize| self.columns[index].narrowest.min(wanted[index]);
        let sum = |shown: &[usize]| -> usize {
            shown.iter().map(|index| narrowest(*index) + GAP).sum::<usize>() - GAP
        };
        let expendable = |index: &usize| self.columns[*index].expendable;
        while sum(&shown) > width
            && let Some(least) = shown.iter().copied().max_by_key(expendable)
            && expendable(&least) > 0
        {
            shown.retain(|index| *index != least);
        }
        let mut room = width.saturating_sub(sum(&shown));
        let widths = shown.into_iter().map(|index| {
            let more = room.min(wanted[index] - narrowest(index));
            room -= more;
            (index, narrowest(index) + more)
        });
        Layout(widths.collect())
    }
}

/// The words of a text in lines of at most this width; a word that is wider is cut.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = cut_back(word, width);
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// The text in at most `width` columns of a terminal, without its end.
fn cut_back(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = fitting(text.chars(), width.saturating_sub(1));
    short.push('…');
    short
}

/// The same without its beginning.
fn cut_front(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let reversed = fitting(text.chars().rev(), width.saturating_sub(1));
    std::iter::once('…').chain(reversed.chars().rev()).collect()
}

/// As many of the characters as have room.
fn fitting(characters: impl Iterator<Item = char>, mut room: usize) -> String {
    characters
        .take_while(|character| {
            let width = character.width().unwrap_or(0);
            let fits = width <= room;
            room = room.saturating_sub(width);
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::new("TIME", [5, 5], 0),
        Column::new("USER", [4, 12], 0),
        Column::new("FILE", [6, 8], 1).cut_front(),
    ];

    fn table(width: Option<usize>) -> Table {
        Table::new(&COLUMNS, |_| true, Palette::default(), width)
    }

    fn cells(cells: [&str; 3]) -> Row {
        Row::Cells(cells.map(str::to_owned).to_vec())
    }

    fn text(text: &str) -> Row {
        Row::Text { first: "11:10".to_owned(), text: text.to_owned(), style: Style::new() }
    }

    #[test]
    fn a_text_takes_all_columns_but_the_first() {
        let mut table = table(Some(30));
        table.push(vec![cells(["11:10", "anaya", "trail"]), text("one two three four five six")]);
        let expected = "\
TIME   USER   FILE
11:10  anaya  trail
11:10  one two three four five
       six
";
        assert_eq!(table.flush(false), expected);
    }

    #[test]
    fn without_a_terminal_a_text_is_one_line() {
        let mut table = table(None);
        let long = "word ".repeat(100);
        table.push(vec![text(long.trim_end())]);
        assert_eq!(table.flush(false), format!("TIME   USER  FILE\n11:10  {}\n", long.trim_end()));
    }

    #[test]
    fn no_line_of_a_text_is_wider_than_the_terminal() {
        for width in 10..60 {
            let mut table = table(Some(width));
            table.push(vec![text(&format!(
                "関所 {} a b c 関所関所 {}",
                "x".repeat(70),
                "y".repeat(9)
            ))]);
            let text = table.flush(false);
            let widest = text.lines().skip(1).map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{width}: {widest:?}\n{text}");
        }
    }

    #[test]
    fn what_is_not_used_is_not_shown_nor_missed() {
        let mut table = Table::new(&COLUMNS, |index| index != 1, Palette::default(), Some(8));
        table.push(vec![cells(["11:10", "anaya", "trail"])]);
        assert_eq!(table.flush(false), "TIME\n11:10\n");
        assert_eq!(table.hidden(), ["FILE"]);
    }

    #[test]
    fn later_rows_find_room_for_what_is_usual() {
        let mut table = table(Some(200));
        assert_eq!(table.push(vec![cells(["11:10", "anaya", "-"])]), "");
        assert!(table.flush(true).contains("anaya         -"));
        let text = table
            .push(vec![cells(["11:11", "somebody", "-"]), cells(["", "a very long name", "-"])]);
        assert!(text.contains("somebody      -"), "{text}");
        assert!(text.contains("a very long…  -"), "{text}");
    }

    #[test]
    fn cells_are_cut() {
        assert_eq!(cut_front("a-long-name.json:12", 10), "…e.json:12");
        assert_eq!(cut_front("関所関所:1", 5), "…所:1");
        assert_eq!(cut_back("関所関所", 6), "関所…");
    }
}
