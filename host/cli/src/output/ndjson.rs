//! A JSON object for each sign-in.

use sekisho::{Actor, Through};
use serde::Serialize;
use serde_json::value::RawValue;

use super::signin::Signin;

/// One line. All keys are always present; fields that the record does not have are null.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    record: u64,
    offset: u64,
    time: Option<&'a str>,
    account: Option<&'a str>,
    region: Option<&'a str>,
    event: Option<&'a str>,
    event_id: Option<&'a str>,
    user: Option<&'a str>,
    principal_id: Option<&'a str>,
    source_ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    signin: &'a RawValue,
    identity: Option<&'a str>,
    role: Option<String>,
    role_account: Option<String>,
    factor: Option<String>,
    through: Option<&'static str>,
}

/// Appends the line of a sign-in.
pub(super) fn write(signin: &Signin<'_>, lines: &mut Vec<u8>) {
    let Signin { position, actor, record, json, .. } = signin;
    let line = Line {
        file: position.file,
        record: position.record,
        offset: position.offset,
        time: record.time.as_deref(),
        account: record.account.as_deref(),
        region: record.region.as_deref(),
        event: record.event.as_deref(),
        event_id: record.event_id.as_deref(),
        user: record.user.as_deref(),
        principal_id: record.principal_id.as_deref(),
        source_ip: record.source_ip.as_deref(),
        user_agent: record.user_agent.as_deref(),
        signin: json,
        identity: record.identity.as_deref(),
        role: actor.and_then(Actor::role),
        role_account: actor.and_then(Actor::role_account),
        factor: actor.and_then(Actor::factor),
        through: actor.and_then(Actor::through).map(Through::name),
    };
    serde_json::to_writer(&mut *lines, &line)
        .expect("writing strings and numbers to memory succeeds");
    lines.push(b'\n');
}
