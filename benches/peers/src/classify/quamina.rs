//! quamina. A pattern says yes or no, so every condition of the table is a pattern of its own, and
//! the answer is read from those that match.

use quamina::Quamina;
use sekisho_measure::{Answer, Reason};
use serde_json::{Value, json};

use super::Ask;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Condition {
    Failed,
    Denied,
    UnknownUser,
    UserWithUsualMessage,
    MfaUsed,
}

pub(super) fn new(records: &[Vec<u8>]) -> Ask<'_> {
    let mut quamina = Quamina::new();
    for (condition, more) in conditions() {
        quamina.add_pattern(condition, &failed(&more).to_string()).expect("a valid pattern");
    }
    Box::new(move |index| {
        let conditions = quamina.matches_for_event(&records[index]).expect("JSON");
        let holds = |condition| conditions.contains(&condition);
        if !holds(Condition::Failed) || holds(Condition::Denied) {
            return Answer::Other;
        }
        Answer::Failed(if holds(Condition::UnknownUser) {
            Reason::UnknownUser
        } else if !holds(Condition::UserWithUsualMessage) {
            Reason::Other
        } else if holds(Condition::MfaUsed) {
            Reason::BadPasswordOrMfa
        } else {
            Reason::BadPassword
        })
    })
}

fn conditions() -> Vec<(Condition, Value)> {
    let user = json!(["Root", "IAMUser"]);
    let usual = json!(["Failed authentication", "", null]);
    vec![
        (Condition::Failed, json!({})),
        (Condition::Denied, json!({"errorCode": [{"wildcard": "*AccessDenied*"}]})),
        (Condition::UnknownUser, json!({"errorMessage": [{"prefix": "No username found"}]})),
        (
            Condition::UserWithUsualMessage,
            json!({"userIdentity": {"type": user}, "errorMessage": usual}),
        ),
        (
            Condition::UserWithUsualMessage,
            json!({"userIdentity": {"type": user}, "errorMessage": [{"exists": false}]}),
        ),
        (
            Condition::MfaUsed,
            json!({"additionalEventData": {"MFAUsed": [{"equals-ignore-case": "yes"}]}}),
        ),
    ]
}

/// The pattern of a failed console sign-in of which more is asked.
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
