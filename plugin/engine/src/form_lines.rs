//! Attempts and findings in other forms than their lines.

use alloc::vec::Vec;

use sekisho_attempts::{EventId, FindingState, IdentityField, Time, write_time};
use sekisho_forms::{
    AttemptDetails, EventBuffer, FindingDetails, Moment, write_ecs_attempt, write_ecs_finding,
    write_ocsf_attempt, write_ocsf_finding,
};
use sekisho_scan::message::hex;

use crate::attempt::Attempt;
use crate::encode::encode_string;
use crate::finding::Finding;
use crate::form_details::RuleBuffers;
use crate::line::Line;

/// Appends an attempt as an event of ECS, or else of OCSF.
#[inline(never)]
pub(crate) fn write_attempt(is_ecs: bool, attempt: &Attempt<'_>, output: &mut Vec<u8>) {
    let first = attempt.first_time.map(|time| (time, time_text(time)));
    let last = attempt.last_time.map(|time| (time, time_text(time)));
    let (events, ends) = encode_events(&attempt.event_ids);
    let mut flags = Vec::new();
    for (index, flag) in attempt.flags.names().enumerate() {
        if index > 0 {
            flags.push(b',');
        }
        encode_string(Some(flag), &mut flags);
    }
    let mut rules = RuleBuffers::default();
    let mut line = Vec::new();
    attempt.write_json(&mut line);
    let get = |field| attempt.identity.get(field).map(str::as_bytes);
    let details = AttemptDetails {
        outcome: attempt.outcome,
        reason: attempt.reason,
        principal: attempt.principal,
        mfa: attempt.mfa,
        user_exists: attempt.user_exists,
        identity: get(IdentityField::Identity),
        user: get(IdentityField::User),
        account: get(IdentityField::Account),
        source: get(IdentityField::SourceIp),
        times: first.as_ref().map(moment).zip(last.as_ref().map(moment)),
        events: &events,
        event_count: ends.len(),
        last_event: parts(&events, &ends).last().unwrap_or_default(),
        flags: &flags,
        rules: attempt.matched_rules().map(|matched| rules.fill(matched)),
        line: &line,
    };
    let write = if is_ecs { write_ecs_attempt } else { write_ocsf_attempt };
    append(&details, write, output);
}

/// Appends a finding as an event of ECS, or else of OCSF.
#[inline(never)]
pub(crate) fn write_finding(is_ecs: bool, finding: &Finding<'_>, output: &mut Vec<u8>) {
    let mut id = Vec::new();
    for byte in finding.id().to_be_bytes() {
        id.extend_from_slice(&hex(byte));
    }
    let (first, last) = (finding.first_time, finding.last_time);
    let (first, last) = ((first, time_text(first)), (last, time_text(last)));
    let (events, ends) = encode_events(&finding.event_ids);
    let mut line = Vec::new();
    finding.write_json(&mut line);
    let key = |field| finding.key().find(|(name, _)| *name == field).and_then(|(_, value)| value);
    let get = |field| key(field).map(str::as_bytes);
    let mut rule = Vec::new();
    finding.encode_rule(&mut rule);
    let details = FindingDetails {
        id: core::str::from_utf8(&id).unwrap_or_default(),
        is_closed: finding.state != FindingState::Opened,
        rule: &rule,
        severity: finding.severity(),
        techniques: finding.techniques(),
        identity: get(IdentityField::Identity).or(get(IdentityField::PrincipalId)),
        user: get(IdentityField::User),
        account: get(IdentityField::Account),
        source: get(IdentityField::SourceIp),
        first_time: moment(&first),
        last_time: moment(&last),
        count: finding.count,
        events: &parts(&events, &ends).collect::<Vec<_>>(),
        line: &line,
    };
    let write = if is_ecs { write_ecs_finding } else { write_ocsf_finding };
    append(&details, write, output);
}

fn append<D>(details: &D, write: fn(&D, &mut EventBuffer), output: &mut Vec<u8>) {
    let mut event = EventBuffer::default();
    write(details, &mut event);
    output.extend_from_slice(event.json().unwrap_or_default());
}

fn time_text(time: Time) -> Vec<u8> {
    let mut text = Vec::new();
    write_time(time, &mut text);
    text
}

fn moment((milliseconds, text): &(Time, Vec<u8>)) -> Moment<'_> {
    Moment { milliseconds: *milliseconds, text }
}

/// eventIDs as JSON strings with commas between them, and where each ends.
fn encode_events(ids: &[EventId]) -> (Vec<u8>, Vec<usize>) {
    let mut json = Vec::new();
    let mut end = |id| {
        if !json.is_empty() {
            json.push(b',');
        }
        Line::new(&mut json).event(b"", id);
        json.len()
    };
    let ends = ids.iter().map(&mut end).collect();
    (json, ends)
}

/// The strings in the result of [`encode_events`].
fn parts<'j>(json: &'j [u8], ends: &[usize]) -> impl Iterator<Item = &'j [u8]> {
    let mut start = 0;
    ends.iter().filter_map(move |end| {
        let part = json.get(start..*end);
        start = end + 1;
        part
    })
}
