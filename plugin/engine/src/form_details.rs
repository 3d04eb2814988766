//! What the forms say of a record.

use alloc::vec::Vec;

use sekisho_attempts::{IdentityFields, parse_time};
use sekisho_forms::{Details, MatchedIds, Moment, Technique, add_techniques};
use sekisho_scan::{Malformed, Text};
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
    let entered_role = texts.entered_role(verdict.kind);
    let user_account = texts.other(IDENTITY_ACCOUNT);
    let (event_time, user_agent) = (texts.text(Field::EventTime), texts.other(AGENT));
    let written = [
        texts.other(ACCOUNT).or(user_account),
        texts.text(Field::IdentityType),
        texts.text(Field::PrincipalId),
        texts.text(Field::IdentityArn),
        texts.text(Field::IdentityUserName),
        texts.text(Field::OnBehalfOfUserId),
        texts.text(Field::UserName),
        event_time,
        user_account,
        entered_role.or_else(|| texts.session_role()),
        texts.role_account(verdict.kind),
        texts.factor(),
        texts.other(SOURCE),
    ];
    let mut strings = written.map(|text| text.map(|text| text.raw()));
    if texts.is_escaped {
        decode_all(&written, decoded, &mut strings)?;
    }
    let [account, identity_type, principal_id, arn, user_name, on_behalf_of, typed_name, ..] =
        strings;
    let [.., time, user_account, role, role_account, factor, source] = strings;
    // Nobody else is known by the account.
    let may_be_root = verdict.principal == Principal::Root || verdict.kind == Kind::NotSignin;
    let mut fields = IdentityFields {
        account: account.filter(|_| may_be_root),
        identity_type,
        principal_id,
        arn: None,
        user_name,
        on_behalf_of,
        typed_name,
    };
    if fields.is_session(verdict.principal) {
        fields.arn = arn;
    }
    let identity = fields.identity(verdict.kind, verdict.principal);
    let time = time.and_then(moment);
    write(&Details {
        verdict,
        is_plain: !texts.is_escaped,
        time,
        invalid_time: event_time.filter(|_| time.is_none()),
        identity: identity.as_deref(),
        user: fields.user(verdict.principal),
        role: role.map(|role| if entered_role.is_some() { role_name(role) } else { role }),
        enters_role: entered_role.is_some(),
        role_account: role_account.and_then(account_id),
        account: present(account),
        user_account: present(user_account),
        source: present(source),
        factor: factor.or_else(|| texts.device().map(str::as_bytes)),
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

/// An empty string says nothing.
fn present(text: Option<&[u8]>) -> Option<&[u8]> {
    text.filter(|text| !text.is_empty())
}

/// Replaces the strings that are written with escapes by what they are.
#[cold]
#[inline(never)]
fn decode_all<'t>(
    texts: &[Option<Text<'_>>],
    buffer: &'t mut Vec<u8>,
    strings: &mut [Option<&'t [u8]>],
) -> Result<(), Error> {
    buffer.clear();
    let mut ends = Vec::new();
    for text in texts.iter().flatten().filter(|text| text.is_escaped()) {
        decode(*text, buffer)?;
        ends.push(buffer.len());
    }
    let (mut ends, mut start) = (ends.into_iter(), 0);
    for (string, text) in strings.iter_mut().zip(texts) {
        if text.is_some_and(|text| text.is_escaped())
            && let Some(end) = ends.next()
        {
            *string = buffer.get(start..end);
            start = end;
        }
    }
    Ok(())
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
