//! A row for each sign-in, for spreadsheets.

use sekisho::{Actor, Through};

use super::signin::Signin;
use crate::csv_row::write_csv_row;

/// The names of the columns.
const HEADER: [&str; 25] = [
    "file",
    "record",
    "offset",
    "time",
    "account",
    "region",
    "event",
    "event_id",
    "user",
    "principal_id",
    "source_ip",
    "user_agent",
    "kind",
    "outcome",
    "reason",
    "principal",
    "mfa",
    "user_exists",
    "rules",
    "silenced",
    "identity",
    "role",
    "role_account",
    "factor",
    "through",
];

/// The header row.
pub(super) fn header() -> Vec<u8> {
    let mut rows = Vec::new();
    write_csv_row(&HEADER, &mut rows);
    rows
}

/// Appends the row of a sign-in. Fields that the record does not have are empty.
pub(super) fn write(signin: &Signin<'_>, rows: &mut Vec<u8>) {
    let Signin { position, actor, record, verdict, .. } = signin;
    let cells: [&str; HEADER.len()] = [
        position.file,
        &position.record.to_string(),
        &position.offset.to_string(),
        record.time.as_deref().unwrap_or_default(),
        record.account.as_deref().unwrap_or_default(),
        record.region.as_deref().unwrap_or_default(),
        record.event.as_deref().unwrap_or_default(),
        record.event_id.as_deref().unwrap_or_default(),
        record.user.as_deref().unwrap_or_default(),
        record.principal_id.as_deref().unwrap_or_default(),
        record.source_ip.as_deref().unwrap_or_default(),
        record.user_agent.as_deref().unwrap_or_default(),
        verdict.kind,
        verdict.outcome,
        verdict.reason.unwrap_or_default(),
        verdict.principal,
        verdict.mfa,
        verdict.user_exists,
        &verdict.rules.join(" "),
        &verdict.silenced.join(" "),
        record.identity.as_deref().unwrap_or_default(),
        &actor.and_then(Actor::role).unwrap_or_default(),
        &actor.and_then(Actor::role_account).unwrap_or_default(),
        &actor.and_then(Actor::factor).unwrap_or_default(),
        actor.and_then(Actor::through).map_or("", Through::name),
    ];
    write_csv_row(&cells, rows);
}
