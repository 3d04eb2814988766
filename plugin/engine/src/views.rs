//! What rules are matched against where a bare record arrives: the event that EventBridge would have
//! made of it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

use sekisho_rules::Matching;
use sekisho_scan::{Malformed, Reader, ValueKind};

use crate::arrival::Record;
use crate::rules::VERDICT;

/// The fields of a record of which EventBridge makes those of its event.
const COPIED: [&str; 5] =
    ["eventSource", "eventType", "recipientAccountId", "awsRegion", "eventTime"];

/// Feeds the event that EventBridge makes of a CloudTrail record.
pub(crate) fn feed_envelope(
    event: &mut Matching<'_, '_>,
    record: &[u8],
    decoded: &mut String,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        if !COPIED.iter().any(|name| key == *name) {
            continue;
        }
        let Some(text) = value.text() else { continue };
        decoded.clear();
        // Writing to a string cannot fail.
        let _ = write!(decoded, "{text}");
        if key == "eventSource" {
            decoded.truncate(service(decoded).len());
            decoded.insert_str(0, "aws.");
            event.feed_text("source", decoded);
        } else if key == "eventType" {
            detail_types(decoded).iter().for_each(|name| event.feed_text("detail-type", name));
        } else if key == "recipientAccountId" {
            event.feed_text("account", decoded);
        } else if key == "awsRegion" {
            event.feed_text("region", decoded);
        } else if key == "eventTime" {
            event.feed_text("time", decoded);
        }
    }
    event.feed_object("detail", &mut Reader::new(record))
}

/// The service that an eventSource names.
fn service(event_source: &str) -> &str {
    event_source.split('.').next().unwrap_or_default()
}

/// The names that EventBridge gives to events of a CloudTrail eventType. Sign-ins have two: AWS's
/// documentation spells the name in both ways.
fn detail_types(event_type: &str) -> &'static [&'static str] {
    const NAMES: &[(&str, &[&str])] = &[
        ("AwsApiCall", &["AWS API Call via CloudTrail"]),
        ("AwsServiceEvent", &["AWS Service Event via CloudTrail"]),
        ("AwsConsoleAction", &["AWS Console Action via CloudTrail"]),
        (
            "AwsConsoleSignIn",
            &["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        ),
        ("AwsCloudTrailInsight", &["AWS Insight via CloudTrail"]),
    ];
    let name = NAMES.iter().find(|(known, _)| event_type.eq_ignore_ascii_case(known));
    name.map_or(&[], |(_, names)| names)
}

/// The two objects that rules are matched against, as JSON: for people who want to see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// The EventBridge event, for patterns that name `detail` or `detail-type`. Where it has two
    /// names, `detail-type` is the array of both.
    pub event: Vec<u8>,
    /// The input as it stands, for all other patterns.
    pub input: Vec<u8>,
}

impl Views {
    pub(crate) fn new(
        input: &[u8],
        record: Option<&Record<'_, '_>>,
        verdict: Option<&[u8]>,
    ) -> Result<Self, Malformed> {
        let event = match record.map(|record| (record.json, record.event)) {
            Some((json, None)) => envelope(json)?,
            Some((_, Some(around))) => around.to_vec(),
            None => input.to_vec(),
        };
        Ok(Views { event: with_verdict(&event, verdict)?, input: with_verdict(input, verdict)? })
    }
}

/// An object with the verdict, which alone stands in its place.
fn with_verdict(object: &[u8], verdict: Option<&[u8]>) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(object);
    if reader.peek()? != ValueKind::Object {
        return Ok(object.to_vec());
    }
    reader.enter()?;
    let mut members = Vec::new();
    let mut start = reader.offset();
    while let Some(key) = reader.next_key()? {
        reader.value()?;
        let member = reader.since(start).trim_ascii_start();
        if key != VERDICT {
            members.push(member.strip_prefix(b",").unwrap_or(member).to_vec());
        }
        start = reader.offset();
    }
    members.extend(verdict.map(|verdict| [b"\"signin\":", verdict].concat()));
    Ok([b"{", &*members.join(&b','), b"}"].concat())
}

/// The event of [`feed_envelope`] as JSON.
fn envelope(record: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut event = b"{".to_vec();
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        let Some(text) = value.text() else { continue };
        if key == "eventSource" {
            let service = text.raw().split(|byte| *byte == b'.').next().unwrap_or_default();
            event.extend([b"\"source\":\"aws.", service, b"\","].concat());
        } else if key == "eventType" {
            let names = detail_types(&text.to_string()).join("\",\"");
            event.extend(format!("\"detail-type\":[\"{names}\"],").bytes());
        }
        let copied =
            [("recipientAccountId", "account"), ("awsRegion", "region"), ("eventTime", "time")];
        if let Some((_, name)) = copied.iter().find(|(from, _)| key == *from) {
            event.extend(format!("\"{name}\":").bytes());
            event.extend_from_slice(value.raw);
            event.push(b',');
        }
    }
    event.extend_from_slice(b"\"detail\":");
    event.extend_from_slice(record);
    event.push(b'}');
    Ok(event)
}
