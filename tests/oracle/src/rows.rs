//! The rows of `tests/cases`: inputs with the result that every host must return.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::case_files;
use crate::verdict::Verdict;

/// One input and its expected result.
#[derive(Clone, Debug)]
pub struct Row {
    /// Unique among all rows, in kebab case.
    pub name: String,
    /// The file name, such as `table.jsonl`.
    pub file: String,
    /// The line in that file, from 1.
    pub line: usize,
    /// The bytes of the input.
    pub input: Vec<u8>,
    /// The result that [`process`](crate::process) and every host must return.
    pub expected: Result<Option<Verdict>, i32>,
}

/// All rows of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// If the folder cannot be read, or a row does not have the form that the README of
/// `tests/cases` describes; the message names file and line.
pub fn rows(folder: &Path) -> Vec<Row> {
    case_files::read(folder, parse)
}

/// A row in its file.
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

/// A verdict in its file, not yet checked.
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

fn parse(file: &str, line: usize, source: &str) -> Result<Row, String> {
    let row: WrittenRow = serde_json::from_str(source).map_err(|error| error.to_string())?;
    let input = match (row.record, row.text, row.base64) {
        (Some(record), None, None) => record.get().into(),
        (None, Some(text), None) => text.into(),
        (None, None, Some(text)) => STANDARD.decode(text).map_err(|error| error.to_string())?,
        _ => return Err("exactly one of record, text, base64 expected".into()),
    };
    let expected = match (row.verdict, row.error) {
        (Some(None), None) => Ok(None),
        (Some(Some(verdict)), None) => Ok(Some(checked(&verdict)?)),
        (None, Some(error @ (-2 | -3 | -7))) => Err(error),
        _ => return Err("exactly one of verdict, error (-2, -3, -7) expected".into()),
    };
    Ok(Row { name: row.name, file: file.to_owned(), line, input, expected })
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
    "oauth_authorization",
    "oauth_token",
    "oauth_refresh",
    "portal_token",
    "portal_refresh",
    "role_credentials",
];
const OUTCOMES: &[&str] = &["success", "failure", "denied", "challenged", "unknown"];
const REASONS: &[&str] = &[
    "unknown_user",
    "bad_password",
    "bad_password_or_mfa",
    "bad_factor",
    "external_idp_error",
    "access_denied",
    "resource_policy",
    "resource_control_policy",
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
    "directory_user",
    "web_identity",
    "aws_account",
    "unknown_user",
    "unknown",
];
const MFA: &[&str] = &["used", "not_used", "pending", "external", "unknown"];
const USER_EXISTS: &[&str] = &["yes", "no", "unknown"];

/// The verdict, if each of its values is in its closed list.
fn checked(written: &WrittenVerdict) -> Result<Verdict, String> {
    let value_of = |list: &[&'static str], value: &str| {
        let found = list.iter().find(|known| **known == value);
        found.copied().ok_or(format!("one of {list:?} expected, found {value:?}"))
    };
    Ok(Verdict {
        kind: value_of(KINDS, &written.kind)?,
        outcome: value_of(OUTCOMES, &written.outcome)?,
        reason: written.reason.as_deref().map(|value| value_of(REASONS, value)).transpose()?,
        principal: value_of(PRINCIPALS, &written.principal)?,
        mfa: value_of(MFA, &written.mfa)?,
        user_exists: value_of(USER_EXISTS, &written.user_exists)?,
    })
}
