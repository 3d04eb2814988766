//! The rows of `tests/cases`: inputs with the answer that every host must give.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{Answer, Verdict};

/// One input and the answer that is due to it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Unique among all rows, in kebab case.
    pub name: String,
    /// The file name, such as `table.jsonl`.
    pub file: String,
    /// The line in that file, from 1.
    pub line: usize,
    /// The bytes to hand to the host.
    pub input: Vec<u8>,
    /// What it must answer.
    pub expected: Answer,
}

/// All rows of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// As [`read_rows`].
pub fn rows(folder: &Path) -> Vec<Row> {
    read_rows(folder, |file, line, source| {
        let (name, input, expected) = row(source)?;
        Ok(Row { name, file: file.to_owned(), line, input, expected })
    })
}

/// What `read` makes of each line of the `*.jsonl` files in a folder, by file name and line, from
/// the file's name, the line's number and its text.
///
/// # Panics
/// If the folder cannot be read, or a row does not have the form that the README of
/// `tests/cases` describes; the message names file and line.
pub fn read_rows<R>(
    folder: &Path,
    read: impl Fn(&str, usize, &str) -> Result<R, String>,
) -> Vec<R> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("a folder of rows expected at {}: {error}", folder.display());
    });
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut rows = Vec::new();
    for path in files {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{file}: lines of UTF-8 expected: {error}"));
        for (source, line) in text.lines().zip(1..) {
            let row = read(&file, line, source);
            rows.push(row.unwrap_or_else(|error| panic!("{file}, line {line}: {error}")));
        }
    }
    rows
}

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    record: Option<Box<RawValue>>,
    text: Option<String>,
    base64: Option<String>,
    #[serde(default, deserialize_with = "null_is_a_value")]
    verdict: Option<Option<WrittenVerdict>>,
    error: Option<i32>,
}

/// A verdict as it is written: any words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVerdict {
    kind: String,
    outcome: String,
    #[serde(deserialize_with = "Option::deserialize")]
    reason: Option<String>,
    principal: String,
    mfa: String,
    user_exists: String,
}

fn null_is_a_value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

fn row(source: &str) -> Result<(String, Vec<u8>, Answer), String> {
    let row: WrittenRow = serde_json::from_str(source).map_err(|error| error.to_string())?;
    let input = match (row.record, row.text, row.base64) {
        (Some(record), None, None) => record.get().into(),
        (None, Some(text), None) => text.into(),
        (None, None, Some(text)) => STANDARD.decode(text).map_err(|error| error.to_string())?,
        _ => return Err("exactly one of record, text, base64 expected".into()),
    };
    let expected = match (row.verdict, row.error) {
        (Some(None), None) => Answer::NotOurs,
        (Some(Some(verdict)), None) => Answer::Verdict(checked(&verdict)?),
        (None, Some(error @ (-2 | -3 | -7))) => Answer::Error(error),
        _ => return Err("exactly one of verdict, error (-2, -3, -7) expected".into()),
    };
    Ok((row.name, input, expected))
}

const KINDS: &[&str] = &[
    "console_login",
    "mfa_check",
    "role_switch",
    "role_exit",
    "role_renew",
    "signin_token",
    "password_recovery",
    "account_change",
    "external_idp_login",
    "idc_challenge",
    "idc_verification",
    "idc_authentication",
    "portal_session",
    "other_signin",
];
const OUTCOMES: &[&str] = &["success", "failure", "denied", "challenged", "unknown"];
const REASONS: &[&str] = &[
    "unknown_user",
    "bad_password",
    "bad_password_or_mfa",
    "bad_factor",
    "external_idp_error",
    "access_denied",
    "other",
];
const PRINCIPALS: &[&str] = &[
    "root",
    "iam_user",
    "sso_role",
    "saml_role",
    "assumed_role",
    "federated_user",
    "identity_center_user",
    "web_identity",
    "aws_account",
    "unknown_user",
    "unknown",
];
const MFA: &[&str] = &["used", "not_used", "pending", "external", "unknown"];
const USER_EXISTS: &[&str] = &["yes", "no", "unknown"];

/// The verdict, if each of its words is one of the closed lists.
fn checked(written: &WrittenVerdict) -> Result<Verdict, String> {
    let word_of = |list: &[&'static str], word: &str| {
        let found = list.iter().find(|known| **known == word);
        found.copied().ok_or(format!("one of {list:?} expected, found {word:?}"))
    };
    Ok(Verdict {
        kind: word_of(KINDS, &written.kind)?,
        outcome: word_of(OUTCOMES, &written.outcome)?,
        reason: written.reason.as_deref().map(|word| word_of(REASONS, word)).transpose()?,
        principal: word_of(PRINCIPALS, &written.principal)?,
        mfa: word_of(MFA, &written.mfa)?,
        user_exists: word_of(USER_EXISTS, &written.user_exists)?,
    })
}
