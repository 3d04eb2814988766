//! A record: its fields, their order, and the variants of its JSON.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::era::Era;
use crate::random::Random;

/// One CloudTrail record.
#[derive(Clone, Debug)]
pub struct Record {
    /// The case that it is an example of.
    pub case: Case,
    /// The eventTime, in whole seconds.
    pub time: Timestamp,
    /// The account of the trail: 12 digits.
    pub account: &'static str,
    /// The awsRegion.
    pub region: &'static str,
    /// The record as compact JSON, without a line break.
    pub json: String,
}

/// Time and place of a visit, which its records share.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) era: Era,
    pub(crate) time: Timestamp,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) address: String,
    pub(crate) agent: String,
}

/// The fields that differ between events. A field that is `None` is omitted.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) event_source: &'static str,
    pub(crate) event_name: &'static str,
    pub(crate) event_type: &'static str,
    pub(crate) user_identity: Option<Value>,
    pub(crate) error_code: Option<&'static str>,
    pub(crate) error_message: Option<String>,
    pub(crate) request_parameters: Value,
    pub(crate) response_elements: Value,
    pub(crate) additional_event_data: Option<Value>,
    pub(crate) has_request_id: bool,
    pub(crate) read_only: bool,
    pub(crate) resources: Option<Value>,
    pub(crate) api_version: Option<&'static str>,
    pub(crate) is_data_event: bool,
    pub(crate) service_event_details: Option<Value>,
    pub(crate) tls_host: Option<String>,
    pub(crate) from_console: bool,
}

impl Record {
    pub(crate) fn new(random: &mut Random, case: Case, visit: &Visit, draft: Draft) -> Self {
        let event = event(random, visit, draft);
        let spelling = random.weighted(&[
            (91, Spelling::Plain),
            (4, Spelling::Escaped),
            (5, Spelling::Scientific),
        ]);
        Self {
            case,
            time: visit.time,
            account: visit.account,
            region: visit.region,
            json: spelling.write(&event),
        }
    }
}

/// The fields in CloudTrail's order.
fn event(random: &mut Random, visit: &Visit, draft: Draft) -> Map<String, Value> {
    let modern = visit.era >= Era::Y2022;
    let category = if draft.is_data_event { "Data" } else { "Management" };
    let tls = visit.era.tls().zip(draft.tls_host).map(|((version, suite), host)| {
        json!({"tlsVersion": version, "cipherSuite": suite, "clientProvidedHostHeader": host})
    });
    let parts = [
        ("eventVersion", Some(json!(visit.era.event_version()))),
        ("userIdentity", draft.user_identity),
        ("eventTime", Some(json!(visit.time.to_string()))),
        ("eventSource", Some(json!(draft.event_source))),
        ("eventName", Some(json!(draft.event_name))),
        ("awsRegion", Some(json!(visit.region))),
        ("sourceIPAddress", Some(json!(visit.address))),
        ("userAgent", Some(json!(visit.agent))),
        ("errorCode", draft.error_code.map(Value::from)),
        ("errorMessage", draft.error_message.map(Value::from)),
        ("requestParameters", Some(draft.request_parameters)),
        ("responseElements", Some(draft.response_elements)),
        ("additionalEventData", draft.additional_event_data),
        ("requestID", draft.has_request_id.then(|| json!(random.uuid()))),
        ("eventID", Some(json!(random.uuid()))),
        ("readOnly", modern.then(|| json!(draft.read_only))),
        ("resources", draft.resources),
        ("eventType", Some(json!(draft.event_type))),
        ("apiVersion", draft.api_version.map(Value::from)),
        ("managementEvent", modern.then(|| json!(!draft.is_data_event))),
        ("recipientAccountId", (visit.era > Era::Y2014).then(|| json!(visit.account))),
        ("serviceEventDetails", draft.service_event_details),
        ("eventCategory", modern.then(|| json!(category))),
        ("tlsDetails", tls),
        ("sessionCredentialFromConsole", (modern && draft.from_console).then(|| json!("true"))),
    ];
    parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// A way to write the same JSON. Pipelines rewrite records, so all of these occur.
#[derive(Clone, Copy)]
enum Spelling {
    /// As from CloudTrail.
    Plain,
    /// With the slash and all characters beyond ASCII escaped, as by PHP's `json_encode`.
    Escaped,
    /// With exponents in fractions.
    Scientific,
}

impl Spelling {
    fn write(self, event: &Map<String, Value>) -> String {
        let mut text = Vec::new();
        event
            .serialize(&mut Serializer::with_formatter(&mut text, self))
            .expect("writing to a Vec");
        String::from_utf8(text).expect("serde_json writes UTF-8")
    }
}

impl Formatter for Spelling {
    // Not serde_json's format, which has changed between its versions.
    fn write_f64<W: Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match self {
            Self::Scientific => write!(writer, "{value:E}"),
            Self::Plain | Self::Escaped => write!(writer, "{value:?}"),
        }
    }

    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if !matches!(self, Self::Escaped) {
            return writer.write_all(fragment.as_bytes());
        }
        for character in fragment.chars() {
            match character {
                '/' => writer.write_all(b"\\/")?,
                '\0'..='\x7f' => write!(writer, "{character}")?,
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}
