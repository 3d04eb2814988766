use std::io::{self, Read};
use std::iter;

use proptest::prelude::*;

use super::*;

/// Reads a few bytes at a time, then ends, or fails with `error`.
struct Trickle<'a> {
    bytes: &'a [u8],
    chunk_len: usize,
    error: Option<io::Error>,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.chunk_len.min(self.bytes.len()).min(buffer.len());
        if length == 0 {
            return self.error.take().map_or(Ok(0), Err);
        }
        let (now, later) = self.bytes.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.bytes = later;
        Ok(length)
    }
}

/// The texts of the pieces. Broken ones are followed by ` ! error_offset error`.
fn pieces(input: &str, mut splitter: Splitter<impl Read>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(piece) = splitter.next_piece() {
        match piece {
            Piece::Item { offset, bytes } => {
                assert!(input.as_bytes()[offset as usize..].starts_with(bytes));
                texts.push(text(bytes));
            }
            Piece::Broken { offset, bytes, error_offset, error } => {
                assert!(input.as_bytes()[offset as usize..].starts_with(bytes));
                texts.push(format!("{} ! {error_offset} {error}", text(bytes)));
            }
            Piece::Oversized { .. } => panic!("no input here is that long"),
            Piece::Waiting => {}
        }
    }
    texts
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn check(input: &str, expected: &[&str]) {
    for chunk_len in 1..=input.len() + 1 {
        let trickle = Trickle { bytes: input.as_bytes(), chunk_len, error: None };
        assert_eq!(pieces(input, Splitter::new(trickle)), expected, "in chunks of {chunk_len}");
    }
}

#[test]
fn a_byte_order_mark_may_begin_each_line() {
    let lines = "\u{feff}{\"a\":1}\n\u{feff}{\"Records\":[{\"b\":2}]}\r\n\u{feff}text\n\u{feff}";
    check(lines, &["{\"a\":1}", "{\"b\":2}", "text"]);
    check("\u{feff}[{\"a\":1}]\u{feff}[{\"b\":2}]", &["{\"a\":1}", "{\"b\":2}"]);
}

const CUT: &str = "the file is cut short";
const LINE: &str = "the line is cut short";

#[test]
fn input_without_items() {
    check("", &[]);
    check(" \r\n\t\n", &[]);
    check("\u{feff}", &[]);
    check("[]", &[]);
    check("[ \n ]\n", &[]);
}

#[test]
fn one_value() {
    check(r#"{"a":1}"#, &[r#"{"a":1}"#]);
    check("\u{feff}{\"a\":1}\n", &[r#"{"a":1}"#]);
    check("\n {\n \"a\": [1,\n 2]\n}\n\n", &["{\n \"a\": [1,\n 2]\n}"]);
}

#[test]
fn lines() {
    check(
        "{\"a\":1}\r\n\r\n  {\"b\":\"}\\\"{\"}  \n{\"c\":[[]]}",
        &[r#"{"a":1}"#, r#"{"b":"}\"{"}"#, r#"{"c":[[]]}"#],
    );
}

#[test]
fn an_invalid_line_does_not_affect_the_next() {
    check(
        "{\"a\":1}\n{\"b\":\"\n{\"c\":{\n}}}\n{\"d\":1} 2\nno\n{\"e\":1}\n",
        &[r#"{"a":1}"#, r#"{"b":""#, r#"{"c":{"#, "}}}", r#"{"d":1} 2"#, "no", r#"{"e":1}"#],
    );
}

#[test]
fn the_first_line_is_not_json() {
    check("a log of\n{\"a\":1}\n", &["a log of", r#"{"a":1}"#]);
    check("[12:00] start\n{\"a\":1}\n", &["[12:00] start", r#"{"a":1}"#]);
    check("\":1}}\n{\"a\":1}\n", &["\":1}}", r#"{"a":1}"#]);
    check("[\n1]\n{\"a\":1}", &["[", "1]", r#"{"a":1}"#]);
}

#[test]
fn the_first_line_is_cut_off() {
    let placed = |byte: char, at: u64| format!("{at} not JSON: unexpected `{byte}`");
    check(
        "{\"a\":{\"b\":2\n{\"c\":3}\n{\"d\":\n{\"e\":5}\n",
        &[
            &format!("{{\"a\":{{\"b\":2 ! {}", placed('{', 12)),
            r#"{"c":3}"#,
            r#"{"d":"#,
            r#"{"e":5}"#,
        ],
    );
    check(
        "{\"a\":\"b\n{\"c\":3}\n",
        &[
            "{\"a\":\"b ! 7 not JSON: expected the end of a string, found a line break",
            r#"{"c":3}"#,
        ],
    );
    check(
        "{\"a\":\n{\"b\":2}\n{\"c\":3}\n",
        &[&format!("{{\"a\": ! 5 {LINE}"), r#"{"b":2}"#, r#"{"c":3}"#],
    );
}

#[test]
fn concatenated_values() {
    check(
        "{\"a\":1}{\"b\":2} [{\"c\":3},{\"d\":4}]\n{\n\"e\":5}",
        &[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#, r#"{"d":4}"#, "{\n\"e\":5}"],
    );
    check("{\n\"a\":1}\n{\"b\":2}\n{\n\"c\":3}\n", &["{\n\"a\":1}", r#"{"b":2}"#, "{\n\"c\":3}"]);
    check("{\"a\":1},\n{\"b\":2},\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
}

#[test]
fn a_broken_value_among_pretty_printed_ones() {
    check(
        "{\n \"a\": 1\n}\n{\n \"b\": {\n}\n{\n \"c\": 3\n}\n",
        &["{\n \"a\": 1\n}", "{\n \"b\": {\n} ! 24 not JSON: unexpected `{`", "{\n \"c\": 3\n}"],
    );
}

#[test]
fn arrays_of_records() {
    check(
        r#"{"Records":[{"a":1},{"b":{"Records":[{}]}}]}"#,
        &[r#"{"a":1}"#, r#"{"b":{"Records":[{}]}}"#],
    );
    check(
        "{\n \"x\": {\"Records\": [{}]},\n \"Records\": [\n  {\"a\": 1},\n  {\"b\": 2}\n ],\n \"Events\": [{}], \"y\": [{}]\n}\n",
        &[r#"{"a": 1}"#, r#"{"b": 2}"#, "{}"],
    );
    check(
        "{\"logEvents\":[{\"a\":1}]}{\"Events\":[{\"b\":2}]}\n{\"Records\":[{\"c\":3}]}",
        &[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#],
    );
}

#[test]
fn arrays_of_rows() {
    check("[[{\"a\":1},{\"b\":2}],[{\"c\":3}]]", &["[{\"a\":1},{\"b\":2}]", "[{\"c\":3}]"]);
    check("[\n [\"a\",\n  1],\n []\n]\n", &["[\"a\",\n  1]", "[]"]);
    check("[[31m error\n[[1]]\n{}\n", &["[[31m error", "[[1]]", "{}"]);
    check("{}\n[[\"a\"],[]]\n[[12:00] start\n", &["{}", "[\"a\"]", "[]", "[[12:00] start"]);
}

/// The items of an input that need not be a part of it.
#[track_caller]
fn check_rows(input: &str, expected: &[&str]) {
    for chunk_len in 1..=input.len() + 1 {
        let trickle = Trickle { bytes: input.as_bytes(), chunk_len, error: None };
        let mut splitter = Splitter::new(trickle);
        let mut found = Vec::new();
        while let Some(piece) = splitter.next_piece() {
            match piece {
                Piece::Item { bytes, .. } => found.push(text(bytes)),
                Piece::Broken { bytes, error, .. } => {
                    found.push(format!("{} ! {error}", text(bytes)));
                }
                Piece::Oversized { .. } | Piece::Waiting => {}
            }
        }
        assert_eq!(found, expected, "in chunks of {chunk_len}");
    }
}

#[test]
fn columns_of_csv_that_hold_records() {
    let record = "\"{\"\"eventSource\"\":\"\"s, t\"\"}\"";
    let json = r#"{"eventSource":"s, t"}"#;
    check_rows(&format!("@timestamp,@message\n1,{record}\n\n2,{record}"), &[json, json]);
    check_rows(&format!("\u{feff}\"a\"\r\n{record}\r\n\"\"\r\n{record}\r\n"), &[json, "{}", json]);
    check_rows(&format!("_raw;host\n{record};h\n"), &[json]);
    check_rows("n,text\n1,\"{ \n \"\"eventSource\"\":1}\"\n", &["{ \n \"eventSource\":1}"]);
}

#[test]
fn columns_of_csv_that_are_a_record() {
    check_rows(
        "\"eventsource\",\"eventname\",\"errorcode\",\"requestparameters\"\ns,\"a\"\"b\",,\"{\"\"eventSource\"\":1}\"\n",
        &[r#"{"eventsource":"s","eventname":"a\"b","requestparameters":"{\"eventSource\":1}"}"#],
    );
    check_rows(
        "eventSource,eventName,userIdentity.type\ns,n,Root\n",
        &[r#"{"eventsource":"s","eventname":"n","userIdentity.type":"Root"}"#],
    );
    check_rows(
        "\"TimeGenerated [UTC]\",EventSource,EventName\n,s,n\n",
        &[r#"{"EventSource":"s","EventName":"n"}"#],
    );
    check_rows(
        "event_source\tevent_name\ns\tn\ns\n\"s\t\"\tn\n",
        &[
            r#"{"event_source":"s","event_name":"n"}"#,
            "s ! expected 2 values in the row, found 1",
            r#"{"event_source":"s","event_name":"n"}"#,
        ],
    );
}

#[test]
fn a_row_that_is_cut_short() {
    check_rows(
        "eventSource,eventName\na,b\nc,\"d\n",
        &[r#"{"eventSource":"a","eventName":"b"}"#, "c,\"d ! the file is cut short"],
    );
}

#[test]
fn an_array_of_json_text() {
    for array in ["[\"{}\",\"{ }\"]", "[\n  \"{}\",\n  \"{ }\"\n]\n"] {
        check(array, &["\"{}\"", "\"{ }\""]);
    }
    check("[\"", &["[\""]);
}

#[test]
fn text_that_is_no_csv() {
    check("a, b\n[\"c\",\"{}\"]\n", &["a, b", "[\"c\",\"{}\"]"]);
    check("eventSource=a,eventName\n{}\n", &["eventSource=a,eventName", "{}"]);
    check("a,b\n\"{", &["a,b", "\"{"]);
}

#[test]
fn formats_that_are_refused() {
    check_rows(
        "Event ID,Event time,User name,Event source,Event name\n1,2,3,4,5\n",
        &[
            " ! CSV of Event history lacks most of a record: download it as JSON, or run `aws cloudtrail lookup-events`",
        ],
    );
    check_rows(
        "PAR1\u{15}\u{4}",
        &[
            " ! Parquet is not read: export JSON or CSV, in Athena with `UNLOAD … WITH (format='JSON')`",
        ],
    );
}

#[test]
fn arrays_on_lines() {
    check(
        "{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"b\":1},{\"c\":2}\n{\"d\":4}\n[{\"e\":5}]\n[]\n{\"Events\":[{\"f\":6}],\"x\":\n{\"vents\":1}",
        &[
            r#"{"a":1}"#,
            r#"{"b":1}"#,
            r#"{"c":2}"#,
            &format!(" ! 49 {LINE}"),
            r#"{"d":4}"#,
            r#"{"e":5}"#,
            r#"{"f":6}"#,
            &format!(" ! 95 {LINE}"),
            r#"{"vents":1}"#,
        ],
    );
    check(
        "{}\n{\"Records\":[{\"a\":1}}\n{\"Records\":[{\"b\" 2}{{,{\"b\":3}]}\n{}\n",
        &[
            "{}",
            r#"{"a":1}"#,
            "} ! 22 not JSON: unexpected `}`",
            &format!(" ! 23 {LINE}"),
            r#"{"b" 2}{{ ! 41 not JSON: unexpected `2`"#,
            r#"{"b":3}"#,
            "{}",
        ],
    );
}

#[test]
fn arrays_that_are_not_of_records() {
    for whole in [
        r#"{"Records":[]}"#,
        r#"{"Records":[1,{"a":2}]}"#,
        r#"{"Records":{"a":[{}]}}"#,
        r#"{"a":[{}],"Records":"[{"}"#,
        r#"{"Record\u0073":[{}]}"#,
        r#"{"a":{"Records":[{}]}}"#,
        r#"[{"Records":[{}]}]"#,
    ] {
        let item =
            whole.strip_prefix('[').map_or(whole, |element| element.strip_suffix(']').unwrap());
        check(whole, &[item]);
    }
}

#[test]
fn elements_of_every_kind() {
    check(
        r#"{"Records":[{"a":1}, 12 ,"]}", [3] ,tru{"b":2}]}"#,
        &[r#"{"a":1}"#, "12", r#""]}""#, "[3]", "tru", r#"{"b":2}"#],
    );
}

#[test]
fn a_broken_element_does_not_affect_the_next() {
    // A missing brace, a missing quote, a bracket instead of a brace, and an extra brace.
    check(
        r#"{"Records":[{"k":{"b":1},{"k":2},{"k":"x},{"k":3},{"k":4],{"k":5}},{"k":6}]}"#,
        &[
            r#"{"k":{"b":1} ! 25 not JSON: unexpected `{`"#,
            r#"{"k":2}"#,
            r#"{"k":"x} ! 44 not JSON: unexpected `k`"#,
            r#"{"k":3}"#,
            r#"{"k":4] ! 56 not JSON: unexpected `]`"#,
            r#"{"k":5}"#,
            r#"} ! 65 not JSON: unexpected `}`"#,
            r#"{"k":6}"#,
        ],
    );
    // The next element found begins another array.
    check(
        "[{\"k\":1}, { \"k\":\"}] [ { \"k\" : 3 } ]",
        &[r#"{"k":1}"#, "{ \"k\":\"}] [ ! 25 not JSON: unexpected `k`", r#"{ "k" : 3 }"#],
    );
    // No next element is found.
    check(r#"[{"k":1},{x{"j":2}]"#, &[r#"{"k":1}"#, r#"{x{"j":2}] ! 11 not JSON: unexpected `{`"#]);
}

#[test]
fn truncated_input() {
    check(
        r#"{"Records":[{"a":1},{"b":2},{"c":"#,
        &[r#"{"a":1}"#, r#"{"b":2}"#, &format!("{{\"c\": ! 33 {CUT}")],
    );
    check(r#"{"Records":[{"a":1},"#, &[r#"{"a":1}"#, &format!(" ! 20 {CUT}")]);
    check(r#"{"Records":[{"a":1}],"b":"#, &[r#"{"a":1}"#, &format!(" ! 25 {CUT}")]);
    check("{\"a\":1}\n{\"b\":", &[r#"{"a":1}"#, &format!("{{\"b\": ! 13 {CUT}")]);
    check("{\"a\":\"\\", &[&format!("{{\"a\":\"\\ ! 7 {CUT}")]);
    check("[", &[&format!("[ ! 1 {CUT}")]);
    check("[{},1", &["{}", &format!("1 ! 5 {CUT}")]);
}

#[test]
fn every_prefix_keeps_the_records_before_the_cut() {
    let file = r#"{"Records":[{"a":{"b":[1]}},{"c":"\"}"},{"d":3}]}"#;
    let whole = pieces(file, Splitter::new(file.as_bytes()));
    for length in 1..file.len() {
        let found = pieces(file, Splitter::new(&file.as_bytes()[..length]));
        let (last, before) = found.split_last().unwrap();
        assert!(last.ends_with(CUT), "{last}");
        assert!(whole.starts_with(before), "{found:?}");
    }
}

#[test]
fn read_errors_are_returned() {
    let check = |input: &str, expected: &[&str]| {
        let trickle = Trickle {
            bytes: input.as_bytes(),
            chunk_len: 3,
            error: Some(io::Error::other("the disk is gone")),
        };
        assert_eq!(pieces(input, Splitter::new(trickle)), expected);
    };
    check("{\"a\":1}\n{\"b\"", &[r#"{"a":1}"#, r#"{"b" ! 12 the disk is gone"#]);
    check("{\"a\":1}\n", &[r#"{"a":1}"#, " ! 8 the disk is gone"]);
    check("{}\nno", &["{}", "no", " ! 5 the disk is gone"]);
}

#[test]
fn nesting_is_limited() {
    let deep = format!("{}\n{{\"a\":1}}\n", "{\"a\":[".repeat(600));
    let found = pieces(&deep, Splitter::new(deep.as_bytes()));
    assert_eq!(found.len(), 2);
    assert!(found[0].ends_with(" ! 3072 nested deeper than 1024 objects and arrays"));
    assert_eq!(found[1], r#"{"a":1}"#);
}

/// Text made of tokens that matter here, in any order.
fn tokens() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        " ",
        "1",
        "x",
        "\"k\":",
        "{\"k\":1}",
        ",{\"k\":",
        "\"Records\":[",
        "{\"Records\":[{\"k\":1},",
        "\n{\"k\":2}\n",
        "\n{\n",
        "[{",
        "\u{feff}",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

/// A line without what the splitter skips around it.
fn trim(line: &str) -> &str {
    line.trim_ascii_end().trim_start_matches(['\u{feff}', ' ', '\t', '\r'])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_in_chunks_of_any_size(input in tokens()) {
        let expected = pieces(&input, Splitter::new(input.as_bytes()));
        for chunk_len in [1, 2, 3, 7] {
            let trickle = Trickle { bytes: input.as_bytes(), chunk_len, error: None };
            prop_assert_eq!(pieces(&input, Splitter::new(trickle)), expected.clone());
        }
    }

    #[test]
    fn lines_do_not_affect_each_other(lines in prop::collection::vec(tokens(), 0..6)) {
        // The first line makes each line a value. A line with an array of records is not one item.
        let whole = |line: &String| !line.contains("Records") && !trim(line).starts_with('[');
        let lines: Vec<String> =
            lines.iter().map(|line| line.replace('\n', "")).filter(whole).collect();
        let input = format!("{{}}\n{}\n", lines.join("\n"));
        let found = pieces(&input, Splitter::new(input.as_bytes()));
        let trimmed = lines.iter().map(|line| trim(line)).filter(|line| !line.is_empty());
        let expected: Vec<&str> = iter::once("{}").chain(trimmed).collect();
        prop_assert_eq!(found, expected);
    }
}

/// A repeated byte between two ends, without keeping it in memory.
fn long(begins: &'static str, length: usize, ends: &'static str) -> impl Read {
    begins.as_bytes().chain(io::repeat(b'x').take(length as u64)).chain(ends.as_bytes())
}

/// The offset and length of each piece, the parts of an oversized one put together.
fn lengths(mut splitter: Splitter<impl Read>) -> Vec<(u64, usize)> {
    let mut lengths = Vec::new();
    let mut part = 0;
    while let Some(piece) = splitter.next_piece() {
        match piece {
            Piece::Item { offset, bytes } | Piece::Broken { offset, bytes, .. } => {
                lengths.push((offset, bytes.len()));
            }
            Piece::Oversized { offset, bytes, is_last } => {
                part += bytes.len();
                if is_last {
                    lengths.push((offset, std::mem::take(&mut part)));
                }
            }
            Piece::Waiting => {}
        }
    }
    lengths
}

#[test]
fn oversized_items_are_returned_in_parts() {
    let length = 3 * MAX_ITEM_BYTES;
    let input = long(r#"{"Records":[{"a":1},{"b":""#, length, r#""},{"c":3}]}"#);
    assert_eq!(
        lengths(Splitter::new(input)),
        [(12, 7), (20, length + 8), (20 + length as u64 + 9, 7)]
    );

    let input = long("{\"a\":1}\n{\"b\":\"", length, "\n{\"c\":3}");
    assert_eq!(lengths(Splitter::new(input)), [(0, 7), (8, length + 6), (length as u64 + 15, 7)]);

    let input = long(r#"{"b":""#, length, r#"","Records":[{}]}"#);
    assert_eq!(lengths(Splitter::new(input)), [(0, length + 23)]);
}

/// A list of records between two texts, without keeping it in memory. Returns its length, too.
fn many(begins: &'static str, element: &'static str, ends: &'static str) -> (impl Read, usize) {
    let count = 3 * MAX_ITEM_BYTES / element.len();
    let mut left = count;
    let mut rest = &b""[..];
    let elements = std::iter::from_fn(move || {
        if rest.is_empty() && left > 0 {
            left -= 1;
            rest = if left == 0 {
                &element.as_bytes()[..element.len() - 1]
            } else {
                element.as_bytes()
            };
        }
        let (first, after) = rest.split_first()?;
        rest = after;
        Some(*first)
    });
    (begins.as_bytes().chain(Bytes(elements)).chain(ends.as_bytes()), count)
}

struct Bytes<I>(I);

impl<I: Iterator<Item = u8>> Read for Bytes<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(buffer.iter_mut().zip(&mut self.0).map(|(to, byte)| *to = byte).count())
    }
}

#[test]
fn large_values_are_split_at_the_arrays_in_them() {
    const RECORD: &str = r#"{"_source":{"eventSource":"s","eventName":"a name that is longer"}},"#;
    const LINE: &str = r#"["1767225600","{\"eventSource\":\"s\",\"eventName\":\"a name\"}"],"#;
    for (begins, element, ends, others) in [
        (r#"{"took":3,"hits":{"total":{"x":[1]},"hits":["#, RECORD, "]}}", 0),
        (r#"{"buckets":[{"key":1}],"hits":["#, RECORD, r#"],"after":[[1],[2]]}"#, 3),
        (r#"{"result":[{"stream":{},"values":["#, LINE, r#"]},{"values":[]}]}"#, 1),
        ("{\n\"hits\": [", RECORD, "]\n}\n{\n\"a\": 1\n}\n", 1),
        (r#"[{"a":1},{"hits":["#, RECORD, r#"]},{"b":[2]},[3]]"#, 4),
        ("{\"Records\":[{}]}\n[{\"hits\":[", RECORD, "]}]\n{}", 2),
    ] {
        let (input, count) = many(begins, element, ends);
        let found = lengths(Splitter::new(input));
        assert_eq!(found.len(), count + others, "{begins}");
        let whole = found.iter().filter(|(_, length)| *length == element.len() - 1).count();
        assert_eq!(whole, count, "{begins}");
    }
}

#[test]
fn a_large_record_is_not_split() {
    let (input, count) =
        many(r#"{"eventSource":"s","requestParameters":{"a":["#, r#"{"eventSource":"s"},"#, "]}}");
    assert_eq!(lengths(Splitter::new(input)), [(0, 45 + count * 20 - 1 + 3)]);
}

#[test]
fn a_large_element_does_not_affect_the_others() {
    for (begins, ends) in [
        ("[{},", ",{},{}]"),
        ("{\"hits\":[{\"eventSource\":1},", ",{},{}]}"),
        ("{\"Records\":[{},", ",{},{}]}"),
        ("[\n{},\n", ",\n{},\n{}\n]\n"),
    ] {
        let large = long("{\"eventSource\":\"", MAX_ITEM_BYTES, "\"}");
        let input = begins.as_bytes().chain(large).chain(ends.as_bytes());
        let found = lengths(Splitter::new(input));
        let large = found.iter().filter(|(_, length)| *length > MAX_ITEM_BYTES);
        assert_eq!((found.len(), large.count()), (4, 1), "{begins}");
    }
}

#[test]
fn oversized_rows_do_not_affect_the_next() {
    let length = 3 * MAX_ITEM_BYTES;
    for filler in ["x", ","] {
        let input = b"eventSource,eventName\na,\""
            .chain(if filler == "x" { &b""[..] } else { b"\"," })
            .chain(io::repeat(filler.as_bytes()[0]).take(length as u64))
            .chain(if filler == "x" { &b"\"\nc,d\n"[..] } else { b"\nc,d\n" });
        let found = lengths(Splitter::new(input));
        assert_eq!(found.len(), 2, "{filler}");
        assert_eq!(found[0].0, 22);
        assert!(found[0].1 > length);
        assert_eq!(found[1].1, r#"{"eventSource":"c","eventName":"d"}"#.len());
    }
}

#[test]
fn a_read_error_follows_the_parts_of_an_item() {
    let input = long("{\"a\":\"", MAX_ITEM_BYTES, "").chain(Trickle {
        bytes: b"",
        chunk_len: 1,
        error: Some(io::Error::other("the disk is gone")),
    });
    let mut splitter = Splitter::new(input);
    let mut ends = Vec::new();
    while let Some(piece) = splitter.next_piece() {
        match piece {
            Piece::Oversized { is_last: true, .. } => ends.push("oversized".to_owned()),
            Piece::Broken { error, .. } => ends.push(error.to_string()),
            _ => {}
        }
    }
    assert_eq!(ends, ["oversized", "the disk is gone"]);
}

#[test]
fn an_item_of_the_maximum_size_is_returned_whole() {
    for (length, whole) in [(MAX_ITEM_BYTES, true), (MAX_ITEM_BYTES + 1, false)] {
        let mut splitter = Splitter::new(long("{\"a\":\"", length - 8, "\"}\n"));
        let found = loop {
            match splitter.next_piece().unwrap() {
                Piece::Waiting => {}
                Piece::Item { bytes, .. } => break Some(bytes.len()),
                _ => break None,
            }
        };
        assert_eq!(found.is_some(), whole, "{length}");
    }
}

#[test]
fn waiting_precedes_every_read() {
    let mut splitter = Splitter::new(Trickle { bytes: b"{}\n{}\n", chunk_len: 3, error: None });
    let mut order = String::new();
    while let Some(piece) = splitter.next_piece() {
        order.push(if matches!(piece, Piece::Waiting) { 'w' } else { 'i' });
    }
    assert_eq!(order, "wiwiw");
}
