//! Lays out rows in columns that fit the terminal.

use std::borrow::Cow;
use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::fit::{cut_end, cut_start, wrap};
use crate::color::Palette;

/// The number of rows that determine the widths of the columns.
const MEASURED_ROWS: usize = 500;

/// The space between columns.
const GAP: usize = 2;

/// No column is wider; longer cells go over its end.
const MAX_WIDTH: usize = 1000;

/// The text of a cell without a value.
pub(crate) const ABSENT: &str = "-";

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    title: &'static str,
    /// Cells may be cut to this width.
    min_width: usize,
    /// The width of typical cells, which is reserved while more rows may follow.
    typical_width: usize,
    /// On a narrow terminal, the column with the highest number is hidden first; 0 is never hidden.
    hide_order: u8,
    /// Whether long cells are cut at their start instead of their end.
    cut_start: bool,
    /// The style of a cell.
    style: Option<fn(Palette, &str) -> Style>,
}

impl Column {
    /// A column with its minimum and typical width. Cells are plain and cut at their end.
    pub(crate) const fn new(
        title: &'static str,
        [min_width, typical_width]: [usize; 2],
        hide_order: u8,
    ) -> Self {
        Self { title, min_width, typical_width, hide_order, cut_start: false, style: None }
    }

    /// Cuts cells at their start.
    pub(crate) const fn cut_start(self) -> Self {
        Self { cut_start: true, ..self }
    }

    /// Styles cells by the outcome that they contain.
    pub(crate) const fn outcome(self) -> Self {
        Self { style: Some(Palette::outcome), ..self }
    }
}

/// A row. Its text is safe to print.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// A cell for each column.
    Cells(Vec<String>),
    /// A cell for the first column, and a text that spans all others and is wrapped.
    Text {
        /// The cell in the first column.
        first: String,
        /// The text in the other columns.
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

/// Lays out rows as they arrive. The first ones are buffered to measure the columns.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [Column],
    /// Indices of the columns that have content.
    used: Vec<usize>,
    palette: Palette,
    /// Maximum width of a line: the width of the terminal.
    width: Option<usize>,
    first_title: Cow<'static, str>,
    buffered: Vec<Row>,
    layout: Option<Layout>,
}

/// The indices and widths of the visible columns.
#[derive(Debug, PartialEq, Eq)]
struct Layout(Vec<(usize, usize)>);

impl Table {
    /// A table of the columns for whose index `used` is true, for a terminal of this width, or of
    /// unlimited width.
    pub(crate) fn new(
        columns: &'static [Column],
        used: impl Fn(usize) -> bool,
        palette: Palette,
        width: Option<usize>,
    ) -> Self {
        let used = (0..columns.len()).filter(|index| used(*index)).collect();
        let first_title = Cow::Borrowed(columns[0].title);
        Self { columns, used, palette, width, first_title, buffered: Vec::new(), layout: None }
    }

    /// The same with another title of the first column. It is cut before a cell is.
    pub(crate) fn with_first_title(self, title: String) -> Self {
        Self { first_title: Cow::Owned(title), ..self }
    }

    /// Adds rows. Returns the lines that are complete.
    pub(crate) fn push(&mut self, rows: Vec<Row>) -> String {
        self.buffered.extend(rows);
        match self.layout.is_some() || self.buffered.len() >= MEASURED_ROWS {
            true => self.flush(true),
            false => String::new(),
        }
    }

    /// Returns the lines of all rows so far. `more`: other rows may follow.
    pub(crate) fn flush(&mut self, more: bool) -> String {
        let mut text = String::new();
        let rows = std::mem::take(&mut self.buffered);
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
                    Row::Text { first, text: spanning, style } => {
                        self.spanning(layout, first, spanning, *style, &mut text);
                    }
                }
            }
        }
        text
    }

    /// The titles of the columns that do not fit.
    pub(crate) fn hidden(&self) -> Vec<&'static str> {
        let Some(Layout(shown)) = &self.layout else {
            return Vec::new();
        };
        let hidden = |index: &usize| shown.iter().all(|(column, _)| column != index);
        let used = self.used.iter().copied();
        used.filter(hidden).map(|index| self.columns[index].title).collect()
    }

    fn title(&self, index: usize) -> &str {
        if index == 0 { &self.first_title } else { self.columns[index].title }
    }

    fn titles(&self, Layout(columns): &Layout) -> String {
        let padded = |(index, width): &(usize, usize)| {
            let title = match self.width {
                Some(_) => cut_end(self.title(*index), *width),
                None => self.title(*index).to_owned(),
            };
            format!("{title:width$}{:GAP$}", "")
        };
        columns.iter().map(padded).collect::<String>().trim_end().to_owned()
    }

    fn cells(&self, Layout(columns): &Layout, cells: &[String], text: &mut String) {
        let mut line = String::new();
        for (index, width) in columns {
            let column = &self.columns[*index];
            let cell = match self.width {
                Some(_) if column.cut_start => cut_start(&cells[*index], *width),
                Some(_) => cut_end(&cells[*index], *width),
                None => cells[*index].clone(),
            };
            let style = column.style.map(|style| style(self.palette, &cell)).unwrap_or_default();
            let padding = width.saturating_sub(cell.width()) + GAP;
            let _ = write!(line, "{style}{cell}{style:#}{:padding$}", "");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }

    /// Writes a cell, and a text that spans the other columns.
    fn spanning(
        &self,
        Layout(columns): &Layout,
        first: &str,
        spanning: &str,
        style: Style,
        text: &mut String,
    ) {
        let indent = columns.first().map_or(0, |(_, width)| width + GAP);
        let width = self.width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(1));
        let mut first = first;
        for line in wrap(spanning, width) {
            let padding = indent.saturating_sub(first.width());
            let _ = writeln!(text, "{style}{first}{:padding$}{line}{style:#}", "");
            first = "";
        }
    }

    fn measure(&self, rows: &[Row], more: bool) -> Layout {
        let wanted = |index: usize| {
            let Column { typical_width, .. } = self.columns[index];
            let min = self.title(index).width().max(if more { typical_width } else { 0 });
            rows.iter().map(|row| row.cell(index).width()).fold(min, usize::max).min(MAX_WIDTH)
        };
        let wanted: Vec<usize> = (0..self.columns.len()).map(wanted).collect();
        let mut shown = self.used.clone();
        let Some(width) = self.width else {
            return Layout(shown.into_iter().map(|index| (index, wanted[index])).collect());
        };
        let min_width = |index: usize| self.columns[index].min_width.min(wanted[index]);
        let sum = |shown: &[usize]| -> usize {
            shown.iter().map(|index| min_width(*index) + GAP).sum::<usize>() - GAP
        };
        let hide_order = |index: &usize| self.columns[*index].hide_order;
        while sum(&shown) > width
            && let Some(first) = shown.iter().copied().max_by_key(hide_order)
            && hide_order(&first) > 0
        {
            shown.retain(|index| *index != first);
        }
        let mut spare = width.saturating_sub(sum(&shown));
        let widths = shown.into_iter().map(|index| {
            let extra = spare.min(wanted[index] - min_width(index));
            spare -= extra;
            (index, min_width(index) + extra)
        });
        Layout(widths.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::new("TIME", [5, 5], 0),
        Column::new("USER", [4, 12], 0),
        Column::new("FILE", [6, 8], 1).cut_start(),
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
    fn text_spans_all_columns_but_the_first() {
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
    fn without_a_terminal_text_is_not_wrapped() {
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
    fn a_cell_of_any_length_is_shown() {
        let mut table = table(None);
        let long = "x".repeat(70_000);
        table.push(vec![cells(["11:10", &long, "trail"])]);
        assert!(table.flush(false).ends_with(&format!("11:10  {long}  trail\n")));
    }

    #[test]
    fn unused_columns_are_neither_shown_nor_reported_as_hidden() {
        let mut table = Table::new(&COLUMNS, |index| index != 1, Palette::default(), Some(8));
        table.push(vec![cells(["11:10", "anaya", "trail"])]);
        assert_eq!(table.flush(false), "TIME\n11:10\n");
        assert_eq!(table.hidden(), ["FILE"]);
    }

    #[test]
    fn typical_widths_are_reserved_for_later_rows() {
        let mut table = table(Some(200));
        assert_eq!(table.push(vec![cells(["11:10", "anaya", "-"])]), "");
        assert!(table.flush(true).contains("anaya         -"));
        let text = table
            .push(vec![cells(["11:11", "somebody", "-"]), cells(["", "a very long name", "-"])]);
        assert!(text.contains("somebody      -"), "{text}");
        assert!(text.contains("a very long…  -"), "{text}");
    }
}
