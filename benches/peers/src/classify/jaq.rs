//! jaq, the jq of Rust: the record is parsed, then filtered.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use sekisho_measure::Classification;

use crate::measure::Run;

pub(super) fn new(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let program = File { code: PROGRAM, path: () };
    let modules = Loader::new(definitions).load(&arena, program).expect("the program is read");
    let filter = Compiler::default().with_funs(functions).compile(modules).expect("a filter");
    Box::new(move |index| {
        let record = read::parse_single(&records[index]).expect("JSON");
        let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
        let result = filter.id.run((context, record)).map(unwrap_valr).next();
        match result.expect("one result").expect("no error") {
            Val::TStr(reason) => Classification::from_reason(&reason),
            _ => Classification::Other,
        }
    })
}

const PROGRAM: &str = r#"
def text: if type == "string" then . else "" end;
if .eventSource == "signin.amazonaws.com" and .eventName == "ConsoleLogin"
  and (.responseElements.ConsoleLogin | text | ascii_downcase) == "failure"
  and (.errorCode | text | contains("AccessDenied") | not)
then
  (.errorMessage | text) as $message | .userIdentity.type as $type |
  if $message | startswith("No username found") then "unknown_user"
  elif ($message != "" and $message != "Failed authentication")
    or ($type != "Root" and $type != "IAMUser") then "other"
  elif (.additionalEventData.MFAUsed | text | ascii_downcase) == "yes" then "bad_password_or_mfa"
  else "bad_password" end
else null end
"#;
