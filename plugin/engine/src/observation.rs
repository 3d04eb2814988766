//! What a stream of attempts needs of a record beside its verdict: its time and its identity.

use alloc::boxed::Box;
use core::ops::ControlFlow;

use sekisho_attempts::{
    EventId, Identity, IdentityFields, Key, Observation, is_part_of_attempt, parse_time,
};
use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};
use sekisho_signin::{Field, Kind, Reason, Verdict};
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::compiled_silence::CompiledSilence;
use crate::text::string;

/// Domains, so that keys of different kinds differ.
const KNOWN_USER: u64 = 0;
const UNKNOWN_USER: u64 = 1;
const WORKFLOW: u64 = 2;
const NO_WORKFLOW: u64 = 3;

/// The observation of a record. `rules` are the keys of the rules that match it and that
/// correlations count.
pub(crate) fn observe(
    record: &Record<'_, '_>,
    verdict: Verdict,
    rules: Box<[Key]>,
    silence: Option<&CompiledSilence>,
) -> Result<Observation, Malformed> {
    let others = Others::read(record)?.0.map(|value| value.and_then(|value| value.text()));
    let fields = LOCATED.map(|field| record.fields.text(field));
    Ok(new_observation(&fields, &others, verdict, rules, silence))
}

/// The values that [`observe`] needs beside the fields: how many there are.
pub(crate) const OBSERVED: usize = SLOTS;

/// These values, with their offsets in `input`, which contains the record. `None` if the record is not
/// in it.
pub(crate) fn observed_values<'a>(
    record: &Record<'_, 'a>,
    input: &[u8],
) -> Option<[Option<Value<'a>>; OBSERVED]> {
    let start = record.json.as_ptr().addr().checked_sub(input.as_ptr().addr())?;
    let values = Others::read(record).ok()?.0;
    Some(values.map(|value| {
        value.map(|mut value| {
            value.offset = value.offset.wrapping_add(start);
            value
        })
    }))
}

/// The observation of a record whose skeleton is known. After the fields it has the values that are
/// [observed](observed_values).
pub(crate) fn observe_located(record: &Located<'_>, verdict: Verdict) -> Observation {
    let others = core::array::from_fn(|slot| record.string(Field::ALL.len() + slot));
    let fields = LOCATED.map(|field| record.string(field as usize));
    new_observation(&fields, &others, verdict, Box::default(), None)
}

#[inline(never)]
fn new_observation(
    fields: &[Option<Text<'_>>; LOCATED.len()],
    others: &[Option<Text<'_>>; SLOTS],
    verdict: Verdict,
    rules: Box<[Key]>,
    silence: Option<&CompiledSilence>,
) -> Observation {
    let texts = others.map(|text| text.map(string));
    let get = |slot: u8| texts[usize::from(slot)].as_deref();
    let located = fields.map(|text| text.map(string));
    let [time, identity_type, principal_id, arn, user_name, on_behalf_of, typed_name] =
        located.each_ref().map(Option::as_deref);
    let account = get(ACCOUNT).or(get(IDENTITY_ACCOUNT));
    let fields = IdentityFields {
        account,
        identity_type,
        principal_id,
        arn,
        user_name,
        on_behalf_of,
        typed_name,
    };
    let key = || {
        let (source, agent) = (get(SOURCE), get(AGENT));
        if matches!(verdict.kind, Kind::MfaCheck | Kind::ConsoleLogin)
            && verdict.reason == Some(Reason::UnknownUser)
        {
            return Key::new(UNKNOWN_USER, &[account, source, agent]);
        }
        let domain = match (verdict.kind.is_identity_center(), get(AUTH_WORKFLOW)) {
            (true, Some(workflow)) => return Key::new(WORKFLOW, &[account, Some(workflow)]),
            (true, None) => NO_WORKFLOW,
            (false, _) => KNOWN_USER,
        };
        Key::new(domain, &[account, principal_id, source, agent])
    };
    Observation {
        time: time.and_then(|text| parse_time(text.as_bytes())),
        event_id: get(ID).map(EventId::new),
        identity: Identity::new([
            account,
            principal_id.or(on_behalf_of),
            fields.user(verdict.principal),
            get(SOURCE),
            fields.identity(verdict.kind, verdict.principal).as_deref(),
        ]),
        signin: is_part_of_attempt(verdict.kind).then(|| (verdict, key())),
        rules,
        user_agents: silence.map(|silence| silence.user_agents(get(AGENT))).unwrap_or_default(),
    }
}

/// The fields that the truth tables have located already.
const LOCATED: [Field; 7] = [
    Field::EventTime,
    Field::IdentityType,
    Field::PrincipalId,
    Field::IdentityArn,
    Field::IdentityUserName,
    Field::OnBehalfOfUserId,
    Field::UserName,
];

pub(crate) const ACCOUNT: u8 = 0;
pub(crate) const ID: u8 = 1;
pub(crate) const SOURCE: u8 = 2;
pub(crate) const AGENT: u8 = 3;
const IDENTITY: u8 = 4;
pub(crate) const IDENTITY_ACCOUNT: u8 = 5;
pub(crate) const AUTH_WORKFLOW: u8 = 6;
/// Only forms have it.
#[cfg(feature = "forms")]
pub(crate) const REGION: u8 = 7;
const SLOTS: usize = if cfg!(feature = "forms") { 8 } else { 7 };

/// The other paths in a record.
const RECORD: &Paths = &Paths::new(&[
    Path::branch("userIdentity", IDENTITY, USER_IDENTITY),
    #[cfg(feature = "forms")]
    Path::leaf("awsRegion", REGION),
    Path::leaf("sourceIPAddress", SOURCE),
    Path::leaf("userAgent", AGENT),
    Path::leaf("eventID", ID),
    Path::leaf("recipientAccountId", ACCOUNT),
]);

const USER_IDENTITY: &Paths = &Paths::new(&[Path::leaf("accountId", IDENTITY_ACCOUNT)]);

/// The path in its `additionalEventData`, which may have been JSON text.
const ADDITIONAL: &Paths = &Paths::new(&[Path::leaf("AuthWorkflowID", AUTH_WORKFLOW)]);

/// The values by slot; of a duplicate key, the last.
#[derive(Default)]
pub(crate) struct Others<'a>(pub(crate) [Option<Value<'a>>; SLOTS]);

impl<'a> Others<'a> {
    /// Offsets are relative to the record, unless a value is in decoded text.
    pub(crate) fn read(record: &Record<'_, 'a>) -> Result<Self, Malformed> {
        let mut others = Others::default();
        others.walk(record.json, RECORD)?;
        if let Some(additional) = record.fields.get(Field::AdditionalEventData)
            && additional.kind == ValueKind::Object
        {
            others.walk(additional.raw, ADDITIONAL)?;
            if let Some(value) = &mut others.0[usize::from(AUTH_WORKFLOW)] {
                let start = additional.raw.as_ptr().addr();
                let start = start.wrapping_sub(record.json.as_ptr().addr());
                value.offset = value.offset.wrapping_add(start);
            }
        }
        Ok(others)
    }

    fn walk(&mut self, object: &'a [u8], paths: &'static Paths) -> Result<(), Malformed> {
        let mut reader = Reader::new(object);
        reader.enter()?;
        walk(&mut reader, paths, self).map(drop)
    }
}

impl<'a> Visitor<'a> for Others<'a> {
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()> {
        self.enter(path);
        self.0[usize::from(path.slot)] = Some(value);
        ControlFlow::Continue(())
    }

    fn enter(&mut self, path: &Path) {
        for below in path.children {
            self.enter(below);
            self.0[usize::from(below.slot)] = None;
        }
    }

    fn leave(&mut self, _: &Path, _: Value<'a>) {}
}
