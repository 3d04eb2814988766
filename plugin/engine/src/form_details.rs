//! What the forms say of a record.

use alloc::vec::Vec;

use sekisho_attempts::{IdentityFields, parse_time};
use sekisho_forms::{Details, MatchedIds, Moment, Technique, add_techniques};
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

/// The strings of a record: the fields, what attempts need, then the particulars.
pub(crate) struct RecordTexts<'a> {
    texts: [Option<Text<'a>>; FIRST_OF_RULES],
    /// Whether one of them has an escape.
    is_escaped: bool,
}

/// Copied as a whole, which takes less than to fill.
static NO_TEXTS: [Option<Text<'static>>; FIRST_OF_RULES] = [None; FIRST_OF_RULES];

/// A bit for each that is needed: not the fields that only the truth tables need.
const WANTED: u64 = {
    let others = [
        Field::SessionMfa,
        Field::IdentityStoreArn,
        Field::RequestGrantType,
        Field::PortalGrantType,
        Field::LoginTo,
        Field::MfaUsed,
        Field::SamlProviderArn,
        Field::DeviceEnrollmentRequired,
        Field::GrantType,
        Field::OAuthSuccess,
    ];
    let mut wanted = (1 << FIRST_OF_RULES) - 1;
    let mut index = 0;
    while index < others.len() {
        wanted &= !(1 << others[index] as u64);
        index += 1;
    }
    wanted
};

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
            for (text, value) in texts.iter_mut().zip(values) {
                *text = value.and_then(|value| value.text());
            }
        }
        let is_escaped = texts.iter().flatten().any(Text::is_escaped);
        Ok(RecordTexts { texts, is_escaped })
    }

    /// Those of a text of a known skeleton.
    pub(crate) fn located(located: &Located<'a>) -> Self {
        let mut texts = NO_TEXTS;
        let is_escaped = located.copy_to_same_indices(WANTED, &mut texts);
        RecordTexts { texts, is_escaped }
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
        for text in self.texts.iter().flatten().filter(|text| text.is_escaped()) {
            decode(*text, buffer)?;
            ends.push(buffer.len());
        }
        let mut texts = self.texts;
        let escaped = texts.iter_mut().flatten().filter(|text| text.is_escaped());
        let mut start = 0;
        for (text, end) in escaped.zip(ends) {
            *text = raw::text(buffer.get(start..end).unwrap_or_default(), false);
            start = end;
        }
        Ok(RecordTexts { texts, is_escaped: false })
    }

    /// A string that attempts need.
    fn other(&self, slot: u8) -> Option<Text<'a>> {
        self.texts[Field::ALL.len() + usize::from(slot)]
    }
}

impl<'a> Particulars<'a> for RecordTexts<'a> {
    fn text(&self, field: Field) -> Option<Text<'a>> {
        self.texts[field as usize]
    }

    fn particular(&self, member: Particular) -> Option<Text<'a>> {
        self.texts[Field::ALL.len() + OBSERVED + member as usize]
    }
}

/// Buffers that are kept from one record to the next.
#[derive(Debug, Default)]
pub(crate) struct DetailBuffers {
    rules: RuleBuffers,
    /// Decoded texts.
    decoded: Vec<u8>,
}

/// Passes on the details of a record.
#[inline(never)]
pub(crate) fn with_details(
    texts: &RecordTexts<'_>,
    verdict: Verdict,
    matched: Option<MatchedRules<'_>>,
    buffers: &mut DetailBuffers,
    write: impl FnOnce(&Details<'_>),
) -> Result<(), Error> {
    let DetailBuffers { rules, decoded } = buffers;
    let without_escapes;
    let plain = if texts.is_escaped {
        without_escapes = texts.decoded(decoded)?;
        &without_escapes
    } else {
        texts
    };
    let user_account = plain.other(IDENTITY_ACCOUNT);
    let account = bytes(plain.other(ACCOUNT).or(user_account));
    // Nobody else is known by the account.
    let may_be_root = verdict.principal == Principal::Root || verdict.kind == Kind::NotSignin;
    let mut fields = IdentityFields {
        account: account.filter(|_| may_be_root),
        identity_type: bytes(plain.text(Field::IdentityType)),
        principal_id: bytes(plain.text(Field::PrincipalId)),
        arn: None,
        user_name: bytes(plain.text(Field::IdentityUserName)),
        on_behalf_of: bytes(plain.text(Field::OnBehalfOfUserId)),
        typed_name: bytes(plain.text(Field::UserName)),
    };
    if fields.is_session(verdict.principal) {
        fields.arn = bytes(plain.text(Field::IdentityArn));
    }
    let identity = fields.identity(verdict.kind, verdict.principal);
    let entered_role = bytes(plain.entered_role(verdict.kind));
    let time = bytes(plain.text(Field::EventTime)).and_then(moment);
    let user_agent = texts.other(AGENT);
    write(&Details {
        verdict,
        is_plain: !texts.is_escaped,
        time,
        invalid_time: texts.text(Field::EventTime).filter(|_| time.is_none()),
        identity: identity.as_deref(),
        user: fields.user(verdict.principal),
        role: entered_role.map(role_name).or_else(|| bytes(plain.session_role())),
        enters_role: entered_role.is_some(),
        role_account: bytes(plain.role_account(verdict.kind)).and_then(account_id),
        account: present(account),
        user_account: present(bytes(user_account)),
        source: present(bytes(plain.other(SOURCE))),
        factor: bytes(plain.factor()).or_else(|| plain.device().map(str::as_bytes)),
        through: texts.through(verdict.kind, user_agent).map(Through::name),
        event_id: texts.other(ID),
        event_name: texts.text(Field::EventName),
        event_source: texts.text(Field::EventSource),
        region: texts.other(REGION),
        user_agent,
        error_code: texts.text(Field::ErrorCode),
        error_message: texts.text(Field::ErrorMessage),
        identity_type: texts.text(Field::IdentityType),
        issuer: texts.text(Field::IssuerArn),
        workflow: texts.other(AUTH_WORKFLOW),
        rules: matched.map(|matched| rules.fill(matched)),
    });
    Ok(())
}

/// The bytes of a text that has no escapes.
fn bytes(text: Option<Text<'_>>) -> Option<&[u8]> {
    text.map(|text| text.raw())
}

/// An empty string says nothing.
fn present(text: Option<&[u8]>) -> Option<&[u8]> {
    text.filter(|text| !text.is_empty())
}

/// A time and its text. A text that is a time needs no escapes in JSON.
fn moment(text: &[u8]) -> Option<Moment<'_>> {
    Some(Moment { milliseconds: parse_time(text)?, text })
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
