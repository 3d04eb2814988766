//! The scanner accepts exactly RFC 8259 in UTF-8, and errors have an offset and a reason.

use fastrand::Rng;
use sekisho_scan::{Expected, MAX_DEPTH, Malformed, Reader};
use serde::de::IgnoredAny;

/// The number of random inputs; few under Miri, which is slow.
const INPUTS: usize = if cfg!(miri) { 1_000 } else { 1_000_000 };

/// The distance between the byte values that are tried at an offset.
const BYTE_STEP: usize = if cfg!(miri) { 17 } else { 1 };

fn read(bytes: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(bytes);
    reader.value()?;
    reader.finish()
}

/// UTF-8 is checked separately because serde_json does not decode an ignored value.
fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

#[test]
fn errors_have_offset_and_reason() {
    use Expected::*;
    let cases: &[(&[u8], usize, Expected)] = &[
        (b"", 0, Value),
        (b" \n", 2, Value),
        (b"\xef\xbb\xbf{}", 0, Value),
        (b"nul", 3, Literal),
        (b"trye", 2, Literal),
        (b"-", 1, Digit),
        (b"01", 1, End),
        (b"1.", 2, Digit),
        (b"1e+", 3, Digit),
        (b"{", 1, KeyOrEnd),
        (b"{1:2}", 1, KeyOrEnd),
        (b"{\"a\":1,}", 7, Key),
        (b"{\"a\" 1}", 5, Colon),
        (b"{\"a\":}", 5, Value),
        (b"{\"a\":1 \"b\":2}", 7, CommaOrBrace),
        (b"[1 2]", 3, CommaOrBracket),
        (b"[1,]", 3, Value),
        (b"[,1]", 1, Value),
        (b"\"abc", 4, Quote),
        (b"\"a\nb\"", 2, EscapedControl),
        (b"\"\\x\"", 2, Escape),
        (b"\"\\", 2, Escape),
        (b"\"\\u12g4\"", 5, HexDigit),
        (b"\"\xff\"", 1, Utf8),
        (b"\"\xed\xa0\x80\"", 2, Utf8),
        (b"\"\xe2\x82\"", 3, Utf8),
        (b"{} x", 3, End),
    ];
    for (input, offset, expected) in cases {
        let error = read(input).expect_err("malformed");
        let found = input.get(*offset).copied();
        let shown = input.escape_ascii();
        assert_eq!(error, Malformed { offset: *offset, expected: *expected, found }, "{shown}");
    }
    let error = read(b"{\"a\" 1}").expect_err("malformed");
    assert_eq!(error.to_string(), "expected `:`, found `1` at byte 5");
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    let most = MAX_DEPTH as usize;
    assert_eq!(read(nested(most).as_bytes()), Ok(()));
    let error = read(nested(most + 1).as_bytes()).expect_err("too deep");
    assert_eq!((error.offset, error.expected), (most, Expected::DepthLimit));
    // Deeper input is not followed.
    let error = read("{\"a\":".repeat(1_000_000).as_bytes()).expect_err("too deep");
    assert_eq!(error.expected, Expected::DepthLimit);
}

#[test]
fn agrees_with_serde_json_on_every_byte_at_every_offset() {
    let text = r#"{"k\u00e9y":[-1.5e+3,true,null,"a\n\u0041é€😀"],"s":{"t":0}} "#.as_bytes();
    assert!(is_json(text));
    for offset in 0..text.len() {
        for byte in (0..=255).step_by(BYTE_STEP) {
            let mut changed = text.to_vec();
            changed[offset] = byte;
            assert_eq!(read(&changed).is_ok(), is_json(&changed), "{}", changed.escape_ascii());
        }
    }
}

#[test]
fn agrees_with_serde_json_on_random_pieces() {
    const PIECES: &[&[u8]] = &[
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"\\",
        b" ",
        b"\n",
        b"null",
        b"true",
        b"false",
        b"0",
        b"12",
        b"-",
        b"1.5",
        b"e",
        b"E+3",
        b"\"a\"",
        b"\"a\":",
        b"\\u00e9",
        b"\\ud800",
        b"\\n",
        b"\x00",
        b"\x7f",
        "é".as_bytes(),
        "😀".as_bytes(),
        b"\xc3",
        b"\xa9",
        b"\xed\xa0\x80",
        b"\xf4\x90",
    ];
    let mut random = Rng::with_seed(1);
    let mut accepted = 0;
    for _ in 0..INPUTS {
        let length = random.usize(..12);
        let input: Vec<u8> =
            (0..length).flat_map(|_| PIECES[random.usize(..PIECES.len())]).copied().collect();
        let result = read(&input);
        assert_eq!(result.is_ok(), is_json(&input), "{}: {result:?}", input.escape_ascii());
        accepted += usize::from(result.is_ok());
    }
    assert!(accepted > INPUTS / 1000, "only {accepted} well-formed inputs");
}
