//! A line for each sign-in, in columns, as wide as the terminal.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Signin;
use crate::color::Palette;
use crate::sanitize::printable;

/// So many rows decide how wide the columns are.
const ROWS_MEASURED: usize = 500;

const GAP: usize = 2;

/// What stands in a cell for something the record does not have.
const ABSENT: &str = "-";

#[derive(Debug)]
struct Column {
    title: &'static str,
    /// It may be cut off down to this.
    narrowest: usize,
    /// Room for what is usual there, as long as more rows may come than were measured.
    usual: usize,
    /// When there is no room, the column with the highest number goes first.
    expendable: u8,
}

const fn column(title: &'static str, [narrowest, usual]: [usize; 2], expendable: u8) -> Column {
    Column { title, narrowest, usual, expendable }
}

const COLUMNS: [Column; 10] = [
    column("TIME", [19, 19], 0),
    column("USER", [8, 20], 0),
    column("SOURCE IP", [15, 15], 0),
    column("EVENT", [12, 16], 2),
    column("OUTCOME", [10, 10], 0),
    column("REASON", [19, 19], 1),
    column("PRINCIPAL", [9, 13], 5),
    column("MFA", [8, 8], 4),
    column("RECORD", [10, 12], 3),
    column("RULES", [18, 24], 0),
];

const OUTCOME: usize = 4;
const RECORD: usize = 8;
const RULES: usize = 9;

/// The cells of one sign-in, safe to print.
#[derive(Clone, Debug)]
pub(crate) struct Row([String; COLUMNS.len()]);

impl Row {
    /// The row of a sign-in.
    pub(super) fn new(signin: &Signin<'_>) -> Self {
        let Signin { position, record, verdict, .. } = signin;
        let field = |value: &Option<String>| printable(value.as_deref().unwrap_or(ABSENT)).into();
        let value = |value: &str| printable(value).into_owned();
        let file = position.file.rsplit('/').next().unwrap_or(position.file);
        Self([
            time(record.time.as_deref().unwrap_or(ABSENT)),
            field(&record.user),
            field(&record.source_ip),
            field(&record.event),
            value(verdict.outcome),
            value(verdict.reason.unwrap_or(ABSENT)),
            value(verdict.principal),
            value(verdict.mfa),
            value(&format!("{file}:{}", position.record)),
            match &verdict.rules[..] {
                [] => ABSENT.to_owned(),
                rules => value(&rules.join(" ")),
            },
        ])
    }
}

/// `2025-03-29 11:10:09` of `2025-03-29T11:10:09Z`; anything else as it is.
fn time(time: &str) -> String {
    match time.strip_suffix('Z').and_then(|time| time.split_once('T')) {
        Some((date, clock)) => printable(&format!("{date} {clock}")).into_owned(),
        None => printable(time).into_owned(),
    }
}

/// Lays out rows as they come. The first ones are held back to measure the columns.
#[derive(Debug)]
pub(super) struct Table {
    palette: Palette,
    /// Width of the terminal, if it is one: then nothing is wider.
    width: Option<usize>,
    /// The columns there are.
    columns: Vec<usize>,
    held: Vec<Row>,
    layout: Option<Layout>,
}

/// The columns that are shown, and how wide.
#[derive(Debug, PartialEq, Eq)]
struct Layout(Vec<(usize, usize)>);

impl Table {
    /// A table for a terminal of this width, or without limit. `rules`: rows may match some.
    pub(super) fn new(palette: Palette, width: Option<usize>, rules: bool) -> Self {
        let columns = (0..COLUMNS.len()).filter(|index| rules || *index != RULES).collect();
        Self { palette, width, columns, held: Vec::new(), layout: None }
    }

    /// Takes rows and gives the text that is ready.
    pub(super) fn push(&mut self, rows: Vec<Row>) -> String {
        self.held.extend(rows);
        match self.layout.is_some() || self.held.len() >= ROWS_MEASURED {
            true => self.flush(true),
            false => String::new(),
        }
    }

    /// Gives the text of all rows so far. `more`: others may follow.
    pub(super) fn flush(&mut self, more: bool) -> String {
        let mut text = String::new();
        let rows = std::mem::take(&mut self.held);
        if rows.is_empty() {
            return text;
        }
        if self.layout.is_none() {
            let layout = Layout::measure(&self.columns, &rows, self.width, more);
            let title = self.palette.title();
            let titles = COLUMNS.map(|column| column.title.to_owned());
            let _ = writeln!(text, "{title}{}{title:#}", self.line(&layout, &Row(titles), false));
            self.layout = Some(layout);
        }
        if let Some(layout) = &self.layout {
            for row in &rows {
                let _ = writeln!(text, "{}", self.line(layout, row, true));
            }
        }
        text
    }

    /// The titles of the columns for which there is no room.
    pub(super) fn hidden(&self) -> Vec<&'static str> {
        let Some(Layout(shown)) = &self.layout else {
            return Vec::new();
        };
        let hidden = |index: &usize| shown.iter().all(|(column, _)| column != index);
        let columns = self.columns.iter().copied();
        columns.filter(hidden).map(|index| COLUMNS[index].title).collect()
    }

    fn line(&self, Layout(columns): &Layout, Row(cells): &Row, colored: bool) -> String {
        let mut line = String::new();
        for (index, width) in columns {
            let cell = match self.width {
                Some(_) if *index == RECORD => cut_front(&cells[*index], *width),
                Some(_) => cut_back(&cells[*index], *width),
                None => cells[*index].clone(),
            };
            let padding = width.saturating_sub(cell.width()) + GAP;
            if colored && *index == OUTCOME {
                let style = self.palette.outcome(&cell);
                let _ = write!(line, "{style}{cell}{style:#}{:padding$}", "");
            } else {
                let _ = write!(line, "{cell}{:padding$}", "");
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl Layout {
    fn measure(columns: &[usize], rows: &[Row], width: Option<usize>, more: bool) -> Self {
        let wanted: [usize; COLUMNS.len()] = std::array::from_fn(|index| {
            let Column { title, usual, .. } = COLUMNS[index];
            let least = title.len().max(if more { usual } else { 0 });
            rows.iter().map(|row| row.0[index].width()).fold(least, usize::max)
        });
        let Some(width) = width else {
            return Self(columns.iter().map(|index| (*index, wanted[*index])).collect());
        };
        let narrowest = |index: usize| COLUMNS[index].narrowest.min(wanted[index]);
        let mut shown = columns.to_vec();
        let sum = |shown: &[usize]| -> usize {
            shown.iter().map(|index| narrowest(*index) + GAP).sum::<usize>() - GAP
        };
        while sum(&shown) > width
            && let Some(least) =
                shown.iter().copied().max_by_key(|index| COLUMNS[*index].expendable)
            && COLUMNS[least].expendable > 0
        {
            shown.retain(|index| *index != least);
        }
        let mut room = width.saturating_sub(sum(&shown));
        let widths = shown.into_iter().map(|index| {
            let more = room.min(wanted[index] - narrowest(index));
            room -= more;
            (index, narrowest(index) + more)
        });
        Self(widths.collect())
    }
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

    fn row(user: &str) -> Row {
        Row([
            "2025-03-29 11:10:09",
            user,
            "192.0.2.10",
            "ConsoleLogin",
            "failure",
            "bad_password",
            "iam_user",
            "not_used",
            "trail.json:7",
            "bad-password",
        ]
        .map(str::to_owned))
    }

    fn table(width: Option<usize>, users: &[&str]) -> (String, Vec<&'static str>) {
        let mut table = Table::new(Palette::default(), width, false);
        let mut text = table.push(users.iter().map(|user| row(user)).collect());
        text += &table.flush(false);
        (text, table.hidden())
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let (text, hidden) = table(None, &["anaya", "a longer name"]);
        let expected = "\
TIME                 USER           SOURCE IP   EVENT         OUTCOME  REASON        PRINCIPAL  MFA       RECORD
2025-03-29 11:10:09  anaya          192.0.2.10  ConsoleLogin  failure  bad_password  iam_user   not_used  trail.json:7
2025-03-29 11:10:09  a longer name  192.0.2.10  ConsoleLogin  failure  bad_password  iam_user   not_used  trail.json:7
";
        assert_eq!(text, expected);
        assert!(hidden.is_empty());
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 62..130 {
            let (text, _) = table(Some(width), &["anaya", &"関所".repeat(20)]);
            let widest = text.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{width}: {widest:?}\n{text}");
        }
    }

    #[test]
    fn what_matters_least_goes_first() {
        assert_eq!(table(Some(100), &["anaya"]).1, ["PRINCIPAL"]);
        assert_eq!(table(Some(90), &["anaya"]).1, ["PRINCIPAL", "MFA"]);
        let (text, hidden) = table(Some(1), &["anaya"]);
        assert_eq!(hidden, ["EVENT", "REASON", "PRINCIPAL", "MFA", "RECORD"]);
        assert!(text.starts_with("TIME                 USER   SOURCE IP   OUTCOME\n"));
    }

    #[test]
    fn later_rows_find_room_for_what_is_usual() {
        let mut table = Table::new(Palette::default(), Some(200), false);
        assert_eq!(table.push(vec![row("anaya")]), "");
        assert!(table.flush(true).contains("anaya                 192"));
        let text = table.push(vec![row("somebody"), row("somebody with a long name")]);
        assert!(text.contains("somebody              192"), "{text}");
        assert!(text.contains("somebody with a lon…  192"), "{text}");
    }

    #[test]
    fn a_file_name_is_cut_before_the_number_of_the_record() {
        assert_eq!(cut_front("a-long-name.json:12", 10), "…e.json:12");
        assert_eq!(cut_front("関所関所:1", 5), "…所:1");
        assert_eq!(cut_back("関所関所", 6), "関所…");
    }

    #[test]
    fn times() {
        assert_eq!(time("2025-03-29T11:10:09Z"), "2025-03-29 11:10:09");
        assert_eq!(time("yesterday"), "yesterday");
        assert_eq!(time("\u{1b}TZ"), "\\u{1b} ");
    }
}
