//! What the forms say of a record.

use alloc::vec::Vec;

use sekisho_attempts::{IdentityFields, parse_time};
use sekisho_forms::{Attribute, Details, MatchedIds, Technique, add_techniques};
use sekisho_scan::{Malformed, Text, raw};
use sekisho_signin::{Field, Kind, Principal, Verdict};
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::error::Error;
use crate::learning::FIRST_OF_RULES;
use crate::observation::{
    ACCOUNT, AGENT, AUTH_WORKFLOW, ID, IDENTITY_ACCOUNT, OBSERVED, Others, REGION, SOURCE,
};
use crate::particulars::{
    Particular, Particulars, Through, account_id, find_particulars, role_name,
};
use crate::rule_id::MatchedRules;
use crate::text::decode;

/// The strings of a record: the fields, what attempts need, then the particulars. An empty one says as
/// little as none.
#[derive(Clone, Copy)]
pub(crate) struct RecordTexts<'a> {
    texts: [&'a [u8]; FIRST_OF_RULES],
    /// A bit for each that has an escape, the lowest one for the first.
    escaped: u64,
}

/// Copied as a whole, which takes less than to fill.
static NO_TEXTS: RecordTexts<'static> = RecordTexts { texts: [b""; FIRST_OF_RULES], escaped: 0 };

/// A bit for each that is needed: not the fields that only the truth tables need.
const WANTED: u64 = without(
    (1 << FIRST_OF_RULES) - 1,
    &[
        Field::SessionMfa as usize,
        Field::IdentityStoreArn as usize,
        Field::RequestGrantType as usize,
        Field::PortalGrantType as usize,
        Field::LoginTo as usize,
        Field::MfaUsed as usize,
        Field::SamlProviderArn as usize,
        Field::DeviceEnrollmentRequired as usize,
        Field::GrantType as usize,
        Field::OAuthSuccess as usize,
    ],
);

/// Of these, a bit for each of which more is needed than its text as it is written.
const COMPARED: u64 = without(
    WANTED,
    &[
        Field::EventSource as usize,
        Field::ErrorCode as usize,
        Field::ErrorMessage as usize,
        Field::IssuerArn as usize,
        other(ID),
        other(AGENT),
        other(REGION),
        other(AUTH_WORKFLOW),
    ],
);

/// Of [`WANTED`], what only a session of a role needs.
const ARN: u64 = 1 << Field::IdentityArn as u64;

/// Whether it may be the session of a role: the type of the others is never `AssumedRole`.
fn may_be_session(principal: Principal) -> bool {
    !matches!(
        principal,
        Principal::Root
            | Principal::IamUser
            | Principal::IdentityCenterUser
            | Principal::DirectoryUser
    )
}

const fn without(mut bits: u64, indices: &[usize]) -> u64 {
    let mut count = 0;
    while count < indices.len() {
        bits &= !(1 << indices[count]);
        count += 1;
    }
    bits
}

/// The index of a string that attempts need.
const fn other(slot: u8) -> usize {
    Field::ALL.len() + slot as usize
}

// A skeleton knows of so many values whether they are strings.
const _: () = assert!(FIRST_OF_RULES < u64::BITS as usize);

impl<'a> RecordTexts<'a> {
    /// Those of a record as a walk found them, or that there is none.
    pub(crate) fn walked(record: Option<&Record<'_, 'a>>) -> Result<Self, Malformed> {
        let mut texts = NO_TEXTS;
        if let Some(record) = record {
            let others = Others::read(record)?.0;
            let particulars = find_particulars(|field| record.fields.get(field));
            let values = record.fields.values().chain(others).chain(particulars);
            for (index, value) in values.enumerate() {
                if let Some(text) = value.and_then(|value| value.text()) {
                    texts.texts[index] = text.raw();
                    texts.escaped |= u64::from(text.is_escaped()) << index;
                }
            }
        }
        Ok(texts)
    }

    /// None, to [locate](Self::locate) them.
    #[inline(always)]
    pub(crate) fn none() -> Self {
        NO_TEXTS
    }

    /// Adds those of a text of a known skeleton that the event of a record with this verdict needs.
    #[inline(always)]
    pub(crate) fn locate(&mut self, located: &Located<'a>, verdict: Verdict) {
        let wanted = if may_be_session(verdict.principal) { WANTED } else { WANTED & !ARN };
        self.escaped = located.copy_to_same_indices(wanted, &mut self.texts);
    }

    /// Whether none that is compared has an escape.
    fn are_plain(&self) -> bool {
        self.escaped & COMPARED == 0
    }

    /// The same texts without escapes. `buffer` has those that are written with escapes.
    #[cold]
    #[inline(never)]
    fn decoded<'b>(&self, buffer: &'b mut Vec<u8>) -> Result<RecordTexts<'b>, Error>
    where
        'a: 'b,
    {
        buffer.clear();
        let mut ends = Vec::new();
        let escaped = (0..FIRST_OF_RULES).filter(|index| self.escaped >> index & 1 != 0);
        for index in escaped.clone() {
            decode(self.text_at(index), buffer)?;
            ends.push(buffer.len());
        }
        let mut texts = RecordTexts { texts: self.texts, escaped: 0 };
        let mut start = 0;
        for (index, end) in escaped.zip(ends) {
            texts.texts[index] = buffer.get(start..end).unwrap_or_default();
            start = end;
        }
        Ok(texts)
    }

    fn text_at(&self, index: usize) -> Text<'a> {
        raw::text(self.texts[index], self.escaped >> index & 1 != 0)
    }

    /// The bytes of the string of a field.
    fn field(&self, field: Field) -> &'a [u8] {
        self.texts[field as usize]
    }

    /// The bytes of a string that attempts need.
    fn other(&self, slot: u8) -> &'a [u8] {
        self.texts[other(slot)]
    }
}

impl<'a> Particulars<'a> for RecordTexts<'a> {
    fn text(&self, field: Field) -> Option<Text<'a>> {
        present(self.field(field)).map(|_| self.text_at(field as usize))
    }

    #[inline(always)]
    fn particular(&self, member: Particular) -> Option<Text<'a>> {
        let index = Field::ALL.len() + OBSERVED + member as usize;
        present(self.texts[index]).map(|_| self.text_at(index))
    }
}

/// An empty string says nothing.
fn present(text: &[u8]) -> Option<&[u8]> {
    (!text.is_empty()).then_some(text)
}

/// Buffers that are kept from one record to the next.
#[derive(Debug, Default)]
pub(crate) struct DetailBuffers {
    rules: RuleBuffers,
    /// Decoded texts.
    decoded: Vec<u8>,
}

/// Passes on the details of a record.
#[inline(always)]
pub(crate) fn with_details(
    texts: &RecordTexts<'_>,
    verdict: Verdict,
    matched: Option<MatchedRules<'_>>,
    buffers: &mut DetailBuffers,
    write: impl FnOnce(Details<'_>),
) -> Result<(), Error> {
    let DetailBuffers { rules, decoded } = buffers;
    let without_escapes;
    let plain = if texts.are_plain() {
        texts
    } else {
        without_escapes = texts.decoded(decoded)?;
        &without_escapes
    };
    let mut details = Details::default();
    details.verdict = verdict;
    details.is_plain = texts.are_plain();
    let user_account = plain.other(IDENTITY_ACCOUNT);
    let account = present(plain.other(ACCOUNT)).unwrap_or(user_account);
    details.set(Attribute::Account, account);
    details.set(Attribute::UserAccount, user_account);
    // Nobody else is known by the account.
    let may_be_root = verdict.principal == Principal::Root || verdict.kind == Kind::NotSignin;
    let mut fields = IdentityFields {
        account: present(account).filter(|_| may_be_root),
        identity_type: present(plain.field(Field::IdentityType)),
        principal_id: present(plain.field(Field::PrincipalId)),
        arn: None,
        user_name: present(plain.field(Field::IdentityUserName)),
        on_behalf_of: present(plain.field(Field::OnBehalfOfUserId)),
        typed_name: present(plain.field(Field::UserName)),
    };
    if fields.is_session(verdict.principal) {
        fields.arn = present(plain.field(Field::IdentityArn));
    }
    let identity = fields.identity(verdict.kind, verdict.principal);
    details.set(Attribute::Identity, identity.as_deref().unwrap_or_default());
    details.set(Attribute::User, fields.user(verdict.principal).unwrap_or_default());
    let role = match bytes(plain.entered_role(verdict.kind)) {
        [] => plain.field(Field::IssuerUserName),
        role => {
            details.enters_role = true;
            role_name(role)
        }
    };
    details.set(Attribute::Role, role);
    let role_account = present(bytes(plain.role_account(verdict.kind))).and_then(account_id);
    details.set(Attribute::RoleAccount, role_account.unwrap_or_default());
    let time = plain.field(Field::EventTime);
    details.time = parse_time(time);
    match details.time {
        // A text that is a time needs no escapes.
        Some(_) => details.set(Attribute::Time, time),
        None => details.set(Attribute::InvalidTime, texts.field(Field::EventTime)),
    }
    details.set(Attribute::Source, plain.other(SOURCE));
    let factor = match bytes(plain.factor()) {
        [] => plain.device().unwrap_or_default().as_bytes(),
        factor => factor,
    };
    details.set(Attribute::Factor, factor);
    let user_agent = present(texts.other(AGENT)).map(|_| texts.text_at(other(AGENT)));
    let through = texts.through(verdict.kind, user_agent).map(Through::name);
    details.set(Attribute::Through, through.unwrap_or_default().as_bytes());
    details.set(Attribute::EventId, texts.other(ID));
    details.set(Attribute::EventName, texts.field(Field::EventName));
    details.set(Attribute::EventSource, texts.field(Field::EventSource));
    details.set(Attribute::Region, texts.other(REGION));
    details.set(Attribute::UserAgent, texts.other(AGENT));
    details.set(Attribute::ErrorCode, texts.field(Field::ErrorCode));
    details.set(Attribute::ErrorMessage, texts.field(Field::ErrorMessage));
    details.set(Attribute::IdentityType, texts.field(Field::IdentityType));
    details.set(Attribute::Issuer, texts.field(Field::IssuerArn));
    details.set(Attribute::Workflow, texts.other(AUTH_WORKFLOW));
    if let Some(matched) = matched {
        details.set_rules(rules.fill(matched));
    }
    write(details);
    Ok(())
}

/// The bytes of a text that has no escapes.
fn bytes(text: Option<Text<'_>>) -> &[u8] {
    text.map_or(b"", |text| text.raw())
}

/// Rules that match, as forms say them. Kept from one event to the next.
#[derive(Debug, Default)]
pub(crate) struct RuleBuffers {
    ids: Vec<u8>,
    techniques: Vec<Technique>,
}

impl RuleBuffers {
    /// The ids of the rules that match, those for which the event is silenced, and the techniques.
    pub(crate) fn fill(&mut self, matched: MatchedRules<'_>) -> MatchedIds<'_> {
        let RuleBuffers { ids, techniques } = self;
        ids.clear();
        techniques.clear();
        let mut append = |numbers: &[u32]| {
            for (index, number) in numbers.iter().enumerate() {
                if index > 0 {
                    ids.push(b',');
                }
                matched.ids[*number as usize].encode(ids);
            }
            ids.len()
        };
        let end = append(matched.numbers);
        append(&matched.silenced.rules);
        for id in matched.iter() {
            add_techniques(id.techniques.as_slice(), techniques);
        }
        let (ids, silenced) = ids.split_at(end);
        MatchedIds { ids, count: matched.numbers.len(), silenced, techniques }
    }
}
