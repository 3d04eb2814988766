//! What a stream of attempts needs of a record beside its verdict: its time and its identity.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString;
use core::ops::ControlFlow;

use sekisho_attempts::{
    EventId, Identity, IdentityFields, Key, Observation, is_part_of_attempt, parse_time,
};
use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};
use sekisho_signin::{Field, Kind, Reason, Verdict};

use crate::arrival::Record;
use crate::compiled_silence::CompiledSilence;

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
    let mut texts = Texts::default();
    read(record.json, RECORD, &mut texts)?;
    if let Some(additional) = record.fields.get(Field::AdditionalEventData)
        && additional.kind == ValueKind::Object
    {
        read(additional.raw, ADDITIONAL, &mut texts)?;
    }
    let texts = texts.0.map(|text| text.map(string));
    let get = |slot: u8| texts[usize::from(slot)].as_deref();
    let located = LOCATED.map(|field| record.fields.text(field).map(string));
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
    Ok(Observation {
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
    })
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

const ACCOUNT: u8 = 0;
const ID: u8 = 1;
const SOURCE: u8 = 2;
const AGENT: u8 = 3;
const IDENTITY: u8 = 4;
const IDENTITY_ACCOUNT: u8 = 5;
const AUTH_WORKFLOW: u8 = 6;
const SLOTS: usize = 7;

/// The other paths in a record.
const RECORD: &Paths = &Paths::new(&[
    Path::branch("userIdentity", IDENTITY, USER_IDENTITY),
    Path::leaf("sourceIPAddress", SOURCE),
    Path::leaf("userAgent", AGENT),
    Path::leaf("eventID", ID),
    Path::leaf("recipientAccountId", ACCOUNT),
]);

const USER_IDENTITY: &Paths = &Paths::new(&[Path::leaf("accountId", IDENTITY_ACCOUNT)]);

/// The path in its `additionalEventData`, which may have been JSON text.
const ADDITIONAL: &Paths = &Paths::new(&[Path::leaf("AuthWorkflowID", AUTH_WORKFLOW)]);

/// The texts by slot; of a duplicate key, the last.
#[derive(Default)]
struct Texts<'a>([Option<Text<'a>>; SLOTS]);

impl<'a> Visitor<'a> for Texts<'a> {
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()> {
        self.enter(path);
        self.0[usize::from(path.slot)] = value.text();
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

fn read<'a>(
    object: &'a [u8],
    paths: &'static Paths,
    texts: &mut Texts<'a>,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(object);
    reader.enter()?;
    walk(&mut reader, paths, texts).map(drop)
}

fn string(text: Text<'_>) -> Cow<'_, str> {
    match core::str::from_utf8(text.raw()) {
        Ok(raw) if !text.is_escaped() => raw.into(),
        _ => text.to_string().into(),
    }
}
