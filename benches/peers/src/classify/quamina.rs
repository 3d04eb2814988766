//! quamina. A pattern can only match or not, so each condition of the table is one pattern, and the
//! set of matching patterns determines the result.

use quamina::Quamina;
use sekisho_measure::{Classification, Reason};
use serde_json::{Value, json};

use crate::measure::Run;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Condition {
    Failed,
    Denied,
    UnknownUser,
    UserWithCommonMessage,
    MfaUsed,
}

pub(super) fn new(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let mut quamina = Quamina::new();
    for (condition, more) in conditions() {
        quamina.add_pattern(condition, &failed(&more).to_string()).expect("a valid pattern");
    }
    Box::new(move |index| {
        let conditions = quamina.matches_for_event(&records[index]).expect("JSON");
        let is_met = |condition| conditions.contains(&condition);
        if !is_met(Condition::Failed) || is_met(Condition::Denied) {
            return Classification::Other;
        }
        Classification::Failed(if is_met(Condition::UnknownUser) {
            Reason::UnknownUser
        } else if !is_met(Condition::UserWithCommonMessage) {
            Reason::Other
        } else if is_met(Condition::MfaUsed) {
            Reason::BadPasswordOrMfa
        } else {
            Reason::BadPassword
        })
    })
}

fn conditions() -> Vec<(Condition, Value)> {
    let user = json!(["Root", "IAMUser"]);
    let common = json!(["Failed authentication", "", null]);
    vec![
        (Condition::Failed, json!({})),
        (Condition::Denied, json!({"errorCode": [{"wildcard": "*AccessDenied*"}]})),
        (Condition::UnknownUser, json!({"errorMessage": [{"prefix": "No username found"}]})),
        (
            Condition::UserWithCommonMessage,
            json!({"userIdentity": {"type": user}, "errorMessage": common}),
        ),
        (
            Condition::UserWithCommonMessage,
            json!({"userIdentity": {"type": user}, "errorMessage": [{"exists": false}]}),
        ),
        (
            Condition::MfaUsed,
            json!({"additionalEventData": {"MFAUsed": [{"equals-ignore-case": "yes"}]}}),
        ),
    ]
}

/// The pattern of a failed console sign-in with further conditions.
fn failed(more: &Value) -> Value {
    let mut pattern = json!({
        "eventSource": ["signin.amazonaws.com"],
        "eventName": ["ConsoleLogin"],
        "responseElements": {"ConsoleLogin": [{"equals-ignore-case": "failure"}]},
    });
    for (key, value) in more.as_object().expect("an object of fields") {
        pattern[key] = value.clone();
    }
    pattern
}
