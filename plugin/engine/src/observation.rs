//! What a stream of attempts needs of a record beside its verdict: its time and its identity.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::ControlFlow;
use core::str::from_utf8;

use sekisho_attempts::{
    EventId, Identity, IdentityFields, Key, Observation, is_part_of_attempt, parse_time,
};
use sekisho_scan::raw;
use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};
use sekisho_signin::{Field, Kind, Reason, Verdict};
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::compiled_silence::CompiledSilence;
use crate::error::Error;

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
) -> Result<Observation, Error> {
    let mut texts = [None; TEXTS];
    let (others, fields) = texts.split_at_mut(SLOTS);
    for (text, value) in others.iter_mut().zip(Others::read(record)?.0) {
        *text = value.and_then(|value| value.text());
    }
    for (text, field) in fields.iter_mut().zip(LOCATED) {
        *text = record.fields.text(field);
    }
    let any_escaped = texts.iter().flatten().any(Text::is_escaped);
    new_observation(&texts, any_escaped, verdict, rules, silence)
}

/// The values that [`observe`] needs beside the fields: how many there are.
pub(crate) const OBSERVED: usize = SLOTS;

/// These values.
pub(crate) fn observed_values<'a>(
    record: &Record<'_, 'a>,
) -> Option<[Option<Value<'a>>; OBSERVED]> {
    Others::read(record).ok().map(|others| others.0)
}

/// The observation of a record whose skeleton is known. After the fields it has the values that are
/// [observed](observed_values).
pub(crate) fn observe_located(
    record: &Located<'_>,
    verdict: Verdict,
) -> Result<Observation, Error> {
    const INDEXES: [u8; TEXTS] = {
        let (mut indexes, mut index) = ([0; TEXTS], 0);
        while index < TEXTS {
            indexes[index] = match index.checked_sub(SLOTS) {
                None => (Field::ALL.len() + index) as u8,
                Some(index) => LOCATED[index] as u8,
            };
            index += 1;
        }
        indexes
    };
    let mut texts = [None; TEXTS];
    let any_escaped = record.copy_strings(&INDEXES, &mut texts);
    new_observation(&texts, any_escaped, verdict, Box::default(), None)
}

/// The observation of a record with these texts: those that are [observed](observed_values), then
/// those of [`LOCATED`].
#[inline(never)]
fn new_observation(
    texts: &[Option<Text<'_>>; TEXTS],
    any_escaped: bool,
    verdict: Verdict,
    rules: Box<[Key]>,
    silence: Option<&CompiledSilence>,
) -> Result<Observation, Error> {
    let (mut decoded, mut unescaped);
    let texts = if any_escaped {
        (decoded, unescaped) = (Vec::new(), *texts);
        unescape(&mut unescaped, &mut decoded)?;
        &unescaped
    } else {
        texts
    };
    // No text has escapes.
    let get = |slot: u8| texts[usize::from(slot)].map(|text| text.raw());
    let field = |index: usize| texts[SLOTS + index].map(|text| text.raw());
    let account = get(ACCOUNT).or_else(|| get(IDENTITY_ACCOUNT));
    let fields = IdentityFields {
        account,
        identity_type: field(IDENTITY_TYPE),
        principal_id: field(PRINCIPAL_ID),
        // It matters only if the others have no name.
        arn: None,
        user_name: field(USER_NAME),
        on_behalf_of: field(ON_BEHALF_OF),
        typed_name: field(TYPED_NAME),
    };
    let IdentityFields { principal_id, on_behalf_of, .. } = fields;
    let user = fields
        .user(verdict.principal)
        .or_else(|| IdentityFields { arn: field(ARN), ..fields }.user(verdict.principal));
    let (source, agent) = (get(SOURCE), get(AGENT));
    let key = || {
        if matches!(verdict.kind, Kind::MfaCheck | Kind::ConsoleLogin)
            && verdict.reason == Some(Reason::UnknownUser)
        {
            return Key::of(UNKNOWN_USER, &[account, source, agent]);
        }
        let domain = if verdict.kind.is_identity_center() {
            if let Some(workflow) = get(AUTH_WORKFLOW) {
                return Key::of(WORKFLOW, &[account, Some(workflow)]);
            }
            NO_WORKFLOW
        } else {
            KNOWN_USER
        };
        Key::of(domain, &[account, principal_id, source, agent])
    };
    Ok(Observation {
        time: texts[SLOTS + TIME].and_then(|text| parse_time(text.raw())),
        event_id: get(ID).and_then(EventId::of),
        identity: Identity::of([
            account,
            principal_id.or(on_behalf_of),
            user,
            source,
            fields.identity(verdict.kind, verdict.principal).as_deref(),
        ]),
        signin: is_part_of_attempt(verdict.kind).then(|| (verdict, key())),
        rules,
        user_agents: silence
            .map(|silence| silence.user_agents(agent.and_then(|agent| from_utf8(agent).ok())))
            .unwrap_or_default(),
    })
}

/// Decodes the escapes of texts into a buffer. Few records have any.
#[cold]
#[inline(never)]
fn unescape<'a>(
    texts: &mut [Option<Text<'a>>; TEXTS],
    decoded: &'a mut Vec<u8>,
) -> Result<(), Error> {
    for text in texts.iter().flatten().filter(|text| text.is_escaped()) {
        // Decoding never makes a string longer.
        decoded.try_reserve(text.raw().len())?;
        decoded.extend_from_slice(text.raw());
    }
    let mut free = &mut **decoded;
    for text in texts.iter_mut().flatten().filter(|text| text.is_escaped()) {
        let length = text.decode(free).unwrap_or_default();
        let (decoded, rest) = core::mem::take(&mut free).split_at_mut(length);
        (*text, free) = (raw::text(decoded, false), rest);
    }
    Ok(())
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

/// Their indexes.
const TIME: usize = 0;
const IDENTITY_TYPE: usize = 1;
const PRINCIPAL_ID: usize = 2;
const ARN: usize = 3;
const USER_NAME: usize = 4;
const ON_BEHALF_OF: usize = 5;
const TYPED_NAME: usize = 6;

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

/// How many texts an observation is made of.
const TEXTS: usize = SLOTS + LOCATED.len();

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
    /// Offsets are relative to the objects that were walked.
    pub(crate) fn read(record: &Record<'_, 'a>) -> Result<Self, Malformed> {
        let mut others = Others::default();
        others.walk(record.json, RECORD)?;
        if let Some(additional) = record.fields.get(Field::AdditionalEventData)
            && additional.kind == ValueKind::Object
        {
            others.walk(additional.raw, ADDITIONAL)?;
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
