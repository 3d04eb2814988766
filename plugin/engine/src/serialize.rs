//! `serde::Serialize` for results, with the keys and values of the JSON that the ABI has.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use sekisho_attempts::{EventId, FindingState, IdentityField, Time, write_time};
use sekisho_scan::{Malformed, Reader, Value, ValueKind};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::attempt::{Attempt, AttemptFlags, FIELDS_BEFORE_TIMES};
use crate::classification::Classification;
use crate::finding::Finding;
use crate::rule_id::MatchedRules;
use crate::stream::Emitted;

impl Serialize for Classification<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Classification { verdict, matched } = self;
        let length = 6 + matched.map_or(0, rule_fields);
        let mut object = serializer.serialize_struct("Classification", length)?;
        object.serialize_field("kind", &verdict.kind)?;
        object.serialize_field("outcome", &verdict.outcome)?;
        object.serialize_field("reason", &verdict.reason)?;
        object.serialize_field("principal", &verdict.principal)?;
        object.serialize_field("mfa", &verdict.mfa)?;
        object.serialize_field("user_exists", &verdict.user_exists)?;
        if let Some(matched) = matched {
            serialize_rules(&mut object, *matched)?;
        }
        object.end()
    }
}

/// How many fields [`serialize_rules`] adds.
fn rule_fields(matched: MatchedRules<'_>) -> usize {
    if matched.silenced.entries.is_empty() { 1 } else { 3 }
}

/// Adds the rules that match, and for which of them the event is silenced.
fn serialize_rules<S: SerializeStruct>(
    object: &mut S,
    matched: MatchedRules<'_>,
) -> Result<(), S::Error> {
    object.serialize_field("rules", &matched)?;
    if !matched.silenced.entries.is_empty() {
        object.serialize_field("silenced", &matched.silenced().collect::<Vec<_>>())?;
        object.serialize_field("silenced_by", &matched.silenced.entries)?;
    }
    Ok(())
}

impl Serialize for Attempt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let matched = self.matched_rules();
        let length = 16 + usize::from(self.follows.is_some()) + matched.map_or(0, rule_fields);
        let mut object = serializer.serialize_struct("Attempt", length)?;
        object.serialize_field("type", "attempt")?;
        object.serialize_field("outcome", &self.outcome)?;
        object.serialize_field("reason", &self.reason)?;
        object.serialize_field("principal", &self.principal)?;
        object.serialize_field("mfa", &self.mfa)?;
        object.serialize_field("user_exists", &self.user_exists)?;
        for field in FIELDS_BEFORE_TIMES {
            object.serialize_field(field.name(), &self.identity.get(field))?;
        }
        object.serialize_field("first_time", &self.first_time.map(Timestamp))?;
        object.serialize_field("last_time", &self.last_time.map(Timestamp))?;
        object.serialize_field("events", &EventIds(&self.event_ids))?;
        object.serialize_field("failures_before", &self.failures_before)?;
        object.serialize_field("flags", &self.flags)?;
        object.serialize_field("identity", &self.identity.get(IdentityField::Identity))?;
        if let Some(follows) = &self.follows {
            object.serialize_field("follows", &Displayed(follows))?;
        }
        if let Some(matched) = matched {
            serialize_rules(&mut object, matched)?;
        }
        object.end()
    }
}

impl Serialize for Finding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let closed = match self.state {
            FindingState::Closed { matches, values, .. } => Some((matches, values)),
            _ => None,
        };
        let state = self.state_name();
        let length = 8 + 2 * usize::from(state.is_some());
        let closed = closed.filter(|_| state.is_some());
        let length = length + 2 * usize::from(closed.is_some());
        let mut object = serializer.serialize_struct("Finding", length)?;
        object.serialize_field("type", "finding")?;
        object.serialize_field("rule", self.rule())?;
        object.serialize_field("severity", &self.severity().map(Json))?;
        object.serialize_field("key", &FindingKey(self))?;
        object.serialize_field("count", &self.count)?;
        object.serialize_field("first_time", &Timestamp(self.first_time))?;
        object.serialize_field("last_time", &Timestamp(self.last_time))?;
        object.serialize_field("events", &EventIds(&self.event_ids))?;
        if let Some(state) = state {
            object.serialize_field("id", &format_args!("{:032x}", self.id()))?;
            object.serialize_field("state", state)?;
        }
        if let Some((matches, values)) = closed {
            object.serialize_field("matches", &matches)?;
            object.serialize_field("values", &values)?;
        }
        object.end()
    }
}

impl Serialize for Emitted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Emitted::Attempt(attempt) => attempt.serialize(serializer),
            Emitted::Finding(finding) => finding.serialize(serializer),
        }
    }
}

/// An array of the names of the flags that are set.
impl Serialize for AttemptFlags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl Serialize for MatchedRules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ids())
    }
}

struct FindingKey<'f>(&'f Finding<'f>);

impl Serialize for FindingKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.key().map(|(field, value)| (field.name(), value)))
    }
}

struct Timestamp(Time);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Vec::new();
        write_time(self.0, &mut text);
        serializer.serialize_str(core::str::from_utf8(&text).map_err(Error::custom)?)
    }
}

struct EventIds<'i>(&'i [EventId]);

impl Serialize for EventIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Displayed))
    }
}

struct Displayed<T>(T);

impl<T: Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// JSON text, as the value that it spells.
struct Json<'j>(&'j str);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = Reader::new(self.0.as_bytes()).value().map_err(malformed)?;
        JsonValue(value).serialize(serializer)
    }
}

struct JsonValue<'j>(Value<'j>);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let JsonValue(value) = self;
        match value.kind {
            ValueKind::Null => serializer.serialize_unit(),
            ValueKind::Boolean => serializer.serialize_bool(value.raw == b"true"),
            ValueKind::Number => number(value.raw, serializer),
            ValueKind::String => serializer
                .serialize_str(&value.text().map(|text| text.to_string()).unwrap_or_default()),
            ValueKind::Array => array(value.raw, serializer),
            ValueKind::Object => object(value.raw, serializer),
        }
    }
}

fn number<S: Serializer>(raw: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let text = core::str::from_utf8(raw).map_err(Error::custom)?;
    if let Ok(integer) = text.parse::<u64>() {
        serializer.serialize_u64(integer)
    } else if let Ok(integer) = text.parse::<i64>() {
        serializer.serialize_i64(integer)
    } else {
        serializer.serialize_f64(text.parse().map_err(Error::custom)?)
    }
}

fn array<S: Serializer>(raw: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let mut elements = serializer.serialize_seq(None)?;
    let mut reader = Reader::new(raw);
    reader.enter().map_err(malformed)?;
    while reader.next_element().map_err(malformed)? {
        elements.serialize_element(&JsonValue(reader.value().map_err(malformed)?))?;
    }
    elements.end()
}

fn object<S: Serializer>(raw: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(None)?;
    let mut reader = Reader::new(raw);
    reader.enter().map_err(malformed)?;
    while let Some(key) = reader.next_key().map_err(malformed)? {
        let value = JsonValue(reader.value().map_err(malformed)?);
        members.serialize_entry(&key.to_string(), &value)?;
    }
    members.end()
}

fn malformed<E: Error>(malformed: Malformed) -> E {
    E::custom(malformed)
}
