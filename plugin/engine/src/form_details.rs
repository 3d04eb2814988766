//! What the forms say of a record.

use alloc::vec::Vec;

use sekisho_attempts::{IdentityFields, parse_time};
use sekisho_forms::{Details, MatchedIds, Moment};
use sekisho_scan::{Malformed, Text, Value};
use sekisho_signin::{Field, Fields, Verdict};
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::error::Error;
use crate::observation::{
    ACCOUNT, AGENT, AUTH_WORKFLOW, ID, IDENTITY_ACCOUNT, OBSERVED, Others, REGION, SOURCE,
};
use crate::particulars::{Particulars, Through};
use crate::rule_id::MatchedRules;
use crate::text::string;

/// Bytes of an event without the texts of its record.
const EVENT_BYTES: usize = 4096;

/// How often a text of the record occurs in an event at most, and how much longer escapes make it.
const TEXT_FACTOR: usize = 6 * 6;

/// Where the values of a record are.
#[allow(clippy::large_enum_variant, reason = "a box would be an allocation for each record")]
pub(crate) enum RecordSource<'f, 'a> {
    /// There is no record.
    None,
    /// As a walk found them.
    Walked(&'f Fields<'a>, [Option<Value<'a>>; OBSERVED]),
    /// In a text of a known skeleton: the fields, then what attempts need.
    Located(Located<'a>),
}

impl<'f, 'a> RecordSource<'f, 'a> {
    pub(crate) fn walked(record: &Record<'f, 'a>) -> Result<Self, Malformed> {
        Ok(RecordSource::Walked(record.fields, Others::read(record)?.0))
    }

    fn get(&self, field: Field) -> Option<Value<'a>> {
        match self {
            RecordSource::None => None,
            RecordSource::Walked(fields, _) => fields.get(field),
            RecordSource::Located(located) => located.value(field as usize),
        }
    }

    fn text(&self, field: Field) -> Option<Text<'a>> {
        match self {
            RecordSource::None => None,
            RecordSource::Walked(fields, _) => fields.text(field),
            RecordSource::Located(located) => located.string(field as usize),
        }
    }

    fn other(&self, slot: u8) -> Option<Text<'a>> {
        let slot = usize::from(slot);
        match self {
            RecordSource::None => None,
            RecordSource::Walked(_, others) => others[slot]?.text(),
            RecordSource::Located(located) => located.string(Field::ALL.len() + slot),
        }
    }
}

/// Passes on the details of a record, and how many bytes its event has at most. `ids` is a buffer.
#[inline(never)]
pub(crate) fn with_details(
    source: &RecordSource<'_, '_>,
    verdict: Verdict,
    matched: Option<MatchedRules<'_>>,
    ids: &mut Vec<u8>,
    write: impl FnOnce(&Details<'_>, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let decoded = |field| source.text(field).map(string);
    let user_account = source.other(IDENTITY_ACCOUNT);
    let account = source.other(ACCOUNT).or(user_account).map(string);
    let user_account = user_account.filter(|text| !text.is_empty()).map(string);
    let [identity_type, principal_id, arn, user_name, on_behalf_of, typed_name] = [
        Field::IdentityType,
        Field::PrincipalId,
        Field::IdentityArn,
        Field::IdentityUserName,
        Field::OnBehalfOfUserId,
        Field::UserName,
    ]
    .map(decoded);
    let fields = IdentityFields {
        account: account.as_deref(),
        identity_type: identity_type.as_deref(),
        principal_id: principal_id.as_deref(),
        arn: arn.as_deref(),
        user_name: user_name.as_deref(),
        on_behalf_of: on_behalf_of.as_deref(),
        typed_name: typed_name.as_deref(),
    };
    let identity = fields.identity(verdict.kind, verdict.principal);
    let event_time = source.text(Field::EventTime);
    let time_text = event_time.map(string);
    let time = time_text.as_deref().and_then(moment);
    let particulars = Particulars::new(verdict.kind, |field| source.get(field));
    let entered_role = particulars.entered_role();
    let enters_role = entered_role.is_some();
    let role = entered_role.or_else(|| particulars.session_role());
    let (role_account, factor) = (particulars.role_account(), particulars.factor());
    let address = source.other(SOURCE).filter(|text| !text.is_empty()).map(string);
    let user_agent = source.other(AGENT);
    ids.clear();
    let rules = matched.map(|matched| encode_matched(matched, ids));
    let details = Details {
        verdict,
        time,
        invalid_time: event_time.filter(|_| time.is_none()),
        identity: identity.as_deref(),
        user: fields.user(verdict.principal),
        role: role.as_deref(),
        enters_role,
        role_account: role_account.as_deref(),
        account: account.as_deref().filter(|account| !account.is_empty()),
        user_account: user_account.as_deref(),
        source: address.as_deref(),
        factor: factor.as_deref(),
        through: particulars.through(user_agent).map(Through::name),
        event_id: source.other(ID),
        event_name: source.text(Field::EventName),
        event_source: source.text(Field::EventSource),
        region: source.other(REGION),
        user_agent,
        error_code: source.text(Field::ErrorCode),
        error_message: source.text(Field::ErrorMessage),
        identity_type: source.text(Field::IdentityType),
        issuer: source.text(Field::IssuerArn),
        workflow: source.other(AUTH_WORKFLOW),
        rules: rules.as_ref().map(|encoded| encoded.ids(ids)),
    };
    write(&details, max_bytes(&details))
}

/// How many bytes the event of a record has at most.
fn max_bytes(details: &Details<'_>) -> usize {
    let decoded = [
        details.identity,
        details.user,
        details.role,
        details.role_account,
        details.account,
        details.user_account,
        details.source,
        details.factor,
    ];
    let raw = [
        details.invalid_time,
        details.event_id,
        details.event_name,
        details.event_source,
        details.region,
        details.user_agent,
        details.error_code,
        details.error_message,
        details.identity_type,
        details.issuer,
        details.workflow,
    ];
    let decoded: usize = decoded.iter().flatten().map(|text| text.len()).sum();
    let raw: usize = raw.iter().flatten().map(|text| text.raw().len()).sum();
    let ids = details.rules.map_or(0, |rules| rules.ids.len() + rules.silenced.len());
    EVENT_BYTES + decoded * TEXT_FACTOR + raw * 4 + ids * 2
}

/// A time and its text. A text that is a time needs no escapes in JSON.
fn moment(text: &str) -> Option<Moment<'_>> {
    Some(Moment { milliseconds: parse_time(text.as_bytes())?, text })
}

/// Ids of rules in a buffer.
pub(crate) struct EncodedIds {
    count: usize,
    /// Where those that match end.
    end: usize,
}

impl EncodedIds {
    pub(crate) fn ids<'b>(&self, buffer: &'b [u8]) -> MatchedIds<'b> {
        let (ids, silenced) = buffer.split_at(self.end);
        MatchedIds { ids, count: self.count, silenced }
    }
}

/// Appends the ids of the rules that match, then those for which the event is silenced.
pub(crate) fn encode_matched(matched: MatchedRules<'_>, buffer: &mut Vec<u8>) -> EncodedIds {
    let mut append = |numbers: &[u32]| {
        for (index, number) in numbers.iter().enumerate() {
            if index > 0 {
                buffer.push(b',');
            }
            matched.ids[*number as usize].encode(buffer);
        }
        buffer.len()
    };
    let end = append(matched.numbers);
    append(&matched.silenced.rules);
    EncodedIds { count: matched.numbers.len(), end }
}
