//! Vector's VRL, as in a `remap` transform: the record is parsed, then tested.

use sekisho_measure::Classification;

use crate::measure::Run;
use crate::program::{Program, event};

pub(super) fn new(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let mut program = Program::new(PROGRAM);
    let messages: Vec<_> = records.iter().map(|record| record.clone().into()).collect();
    Box::new(move |index| {
        let reason = program.run(event(&messages[index]));
        reason
            .as_bytes()
            .map_or(Classification::Other, |reason| Classification::from_reason(reason))
    })
}

const PROGRAM: &str = r#"
. = parse_json!(string!(.message))
if .eventSource == "signin.amazonaws.com" && .eventName == "ConsoleLogin" &&
    downcase(string(.responseElements.ConsoleLogin) ?? "") == "failure" &&
    !contains(string(.errorCode) ?? "", "AccessDenied") {
  message = string(.errorMessage) ?? ""
  common = message == "" || message == "Failed authentication"
  identity = .userIdentity.type
  if starts_with(message, "No username found") {
    "unknown_user"
  } else if !common || (identity != "Root" && identity != "IAMUser") {
    "other"
  } else if downcase(string(.additionalEventData.MFAUsed) ?? "") == "yes" {
    "bad_password_or_mfa"
  } else {
    "bad_password"
  }
} else {
  null
}
"#;
