//! A line for each sign-in, for people.

use super::columns::{ABSENT, Column, Row, Table};
use super::signin::Signin;
use super::verdict::Verdict;
use crate::color::Palette;
use crate::name::bounded;
use crate::sanitize::printable;
use crate::zone::Zone;

const COLUMNS: [Column; 10] = [
    Column::new("TIME", [19, 19], 0),
    Column::new("USER", [8, 20], 0),
    Column::new("SOURCE IP", [15, 15], 0),
    Column::new("EVENT", [12, 16], 2),
    Column::new("OUTCOME", [10, 10], 0).outcome(),
    Column::new("REASON", [19, 19], 1),
    Column::new("PRINCIPAL", [9, 13], 5),
    Column::new("MFA", [8, 8], 4),
    Column::new("RECORD", [10, 12], 3).cut_start(),
    Column::new("RULES", [18, 24], 0),
];

const RULES: usize = 9;

/// An empty table for a terminal of this width, or of unlimited width. `rules`: show the column with
/// the rules that match.
pub(super) fn table(palette: Palette, width: Option<usize>, rules: bool, zone: &Zone) -> Table {
    let table = Table::new(&COLUMNS, |index| rules || index != RULES, palette, width);
    table.with_first_title(zone.title())
}

/// The row of a sign-in, with its time in a zone.
pub(super) fn row(signin: &Signin<'_>, zone: &Zone) -> Row {
    let Signin { position, record, verdict, .. } = signin;
    let value = |value: &str| printable(&bounded(value)).into_owned();
    let field = |field: &Option<String>| value(field.as_deref().unwrap_or(ABSENT));
    let file = position.file.rsplit('/').next().unwrap_or(position.file);
    let cells: [String; COLUMNS.len()] = [
        zone.format(record.time.as_deref().unwrap_or(ABSENT)),
        value(record.display_name().unwrap_or(ABSENT)),
        field(&record.source_ip),
        field(&record.event),
        value(verdict.outcome),
        value(verdict.reason.unwrap_or(ABSENT)),
        value(verdict.principal),
        value(verdict.mfa),
        value(&format!("{file}:{}", position.record)),
        match rules(verdict) {
            rules if rules.is_empty() => ABSENT.to_owned(),
            rules => printable(&rules.join(" ")).into_owned(),
        },
    ];
    Row::Cells(cells.into())
}

/// The rules that match, and whether others are silenced.
fn rules<'v>(verdict: &'v Verdict<'_>) -> Vec<&'v str> {
    let silenced = (!verdict.silenced.is_empty()).then_some("silenced");
    verdict.reported_rules().map(String::as_str).chain(silenced).collect()
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn row(user: &str) -> Row {
        let cells = [
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
        ];
        Row::Cells(cells.map(str::to_owned).to_vec())
    }

    fn laid_out(width: Option<usize>, users: &[&str]) -> (String, Vec<&'static str>) {
        let mut table = table(Palette::default(), width, false, &Zone::default());
        let mut text = table.push(users.iter().map(|user| row(user)).collect());
        text += &table.flush(false);
        (text, table.hidden())
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let (text, hidden) = laid_out(None, &["anaya", "a longer name"]);
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
            let (text, _) = laid_out(Some(width), &["anaya", &"関所".repeat(20)]);
            let widest = text.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{width}: {widest:?}\n{text}");
        }
    }

    #[test]
    fn the_least_important_columns_are_hidden_first() {
        assert_eq!(laid_out(Some(100), &["anaya"]).1, ["PRINCIPAL"]);
        assert_eq!(laid_out(Some(90), &["anaya"]).1, ["PRINCIPAL", "MFA"]);
        let (text, hidden) = laid_out(Some(1), &["anaya"]);
        assert_eq!(hidden, ["EVENT", "REASON", "PRINCIPAL", "MFA", "RECORD"]);
        assert!(text.starts_with("TIME                 USER   SOURCE IP   OUTCOME\n"));
    }
}
