//! A row of CSV that is safe to open in a spreadsheet and to show on a terminal.

use csv::{QuoteStyle, WriterBuilder};

use crate::sanitize::cell;

/// Appends a row.
pub(crate) fn write_csv_row(cells: &[&str], rows: &mut Vec<u8>) {
    // Where `;` separates cells, a spreadsheet would split this row there, and run what is after it.
    let quote_style = match cells.iter().any(|cell| cell.contains(';')) {
        true => QuoteStyle::Always,
        false => QuoteStyle::Necessary,
    };
    let mut row =
        WriterBuilder::new().quote_style(quote_style).buffer_capacity(1024).from_writer(rows);
    row.write_record(cells.iter().map(|text| cell(text).into_owned()))
        .and_then(|()| Ok(row.flush()?))
        .expect("writing a row to memory succeeds");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_whatever_the_separator() {
        for (cells, row) in [
            (["anaya", "192.0.2.1"], "anaya,192.0.2.1\n"),
            (["=1", "a,b\u{1b}"], "'=1,\"a,b\\u{1b}\"\n"),
            (["a;=1", ""], "\"a;=1\",\"\"\n"),
        ] {
            let mut rows = Vec::new();
            write_csv_row(&cells, &mut rows);
            assert_eq!(String::from_utf8(rows).unwrap(), row);
        }
    }
}
