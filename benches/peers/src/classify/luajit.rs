//! LuaJIT, as embedded in log pipelines: the host has already decoded the record into a table, which
//! is not measured, and null is nil.

use mlua::serde::SerializeOptions;
use mlua::{Function, Lua, LuaSerdeExt, LuaString};
use sekisho_measure::Classification;
use serde_json::Value;

use crate::measure::Run;

pub(super) fn new(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let lua = Lua::new();
    let classify: Function = lua.load(PROGRAM).eval().expect("a function");
    let options =
        SerializeOptions::new().serialize_none_to_null(false).serialize_unit_to_null(false);
    let table = |record: &Vec<u8>| {
        let record: Value = serde_json::from_slice(record).expect("JSON");
        lua.to_value_with(&record, options).expect("a table")
    };
    let tables: Vec<mlua::Value> = records.iter().map(table).collect();
    Box::new(move |index| {
        // Values are valid only while the state exists.
        let _state = &lua;
        let reason: Option<LuaString> = classify.call(&tables[index]).expect("a result");
        reason
            .map_or(Classification::Other, |reason| Classification::from_reason(&reason.as_bytes()))
    })
}

const PROGRAM: &str = r#"
local function text(value)
  return type(value) == "string" and value or ""
end

local function field(record, key, nested)
  local object = record[key]
  return type(object) == "table" and text(object[nested]) or ""
end

return function(record)
  if record.eventSource ~= "signin.amazonaws.com" or record.eventName ~= "ConsoleLogin"
    or field(record, "responseElements", "ConsoleLogin"):lower() ~= "failure"
    or text(record.errorCode):find("AccessDenied", 1, true) then
    return nil
  end
  local message = text(record.errorMessage)
  local identity = field(record, "userIdentity", "type")
  if message:sub(1, 17) == "No username found" then
    return "unknown_user"
  elseif (message ~= "" and message ~= "Failed authentication")
    or (identity ~= "Root" and identity ~= "IAMUser") then
    return "other"
  elseif field(record, "additionalEventData", "MFAUsed"):lower() == "yes" then
    return "bad_password_or_mfa"
  end
  return "bad_password"
end
"#;
