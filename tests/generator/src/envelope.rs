//! Every arrival shape of a record.
//!
//! All functions are total, so tests can wrap broken records too. A record is inserted with its bytes
//! unchanged, or escaped if the envelope has it as text. Fields that an envelope copies from the
//! record (account, region, time) are empty strings if the record lacks them.

use std::borrow::Borrow;

use serde::Deserialize;
use serde_json::{Value, json};

/// The name of an envelope for one record, and the function that wraps the record.
pub type Envelope = (&'static str, fn(&str) -> String);

/// All envelopes for one record.
pub const ENVELOPES: [Envelope; 11] = [
    ("bare", str::to_owned),
    ("event_bridge", event_bridge),
    ("records_file", |record| records_file(&[record])),
    ("subscription", |record| subscription(&[record])),
    ("message", message),
    ("log", log),
    ("sns_message", sns_message),
    ("lookup_event", lookup_event),
    ("event_original", event_original),
    ("event_original_dotted", event_original_dotted),
    ("text_parts", text_parts),
];

/// The fields that envelopes copy from the record.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Header {
    #[serde(rename = "eventID")]
    event_id: String,
    event_name: String,
    event_source: String,
    event_time: String,
    event_type: String,
    aws_region: String,
    recipient_account_id: String,
}

impl Header {
    fn parse(record: &str) -> Self {
        serde_json::from_str(record).unwrap_or_default()
    }
}

/// The EventBridge event for a record. Its `id` is the record's eventID.
#[must_use]
pub fn event_bridge(record: &str) -> String {
    let header = Header::parse(record);
    let service = header.event_source.split('.').next().unwrap_or_default();
    let detail_type = match header.event_type.as_str() {
        "AwsConsoleSignIn" | "AwsConsoleSignin" => "AWS Console Sign In via CloudTrail",
        "AwsServiceEvent" => "AWS Service Event via CloudTrail",
        _ => "AWS API Call via CloudTrail",
    };
    let event = json!({
        "version": "0",
        "id": header.event_id,
        "detail-type": detail_type,
        "source": format!("aws.{service}"),
        "account": header.recipient_account_id,
        "time": header.event_time,
        "region": header.aws_region,
        "resources": [],
    })
    .to_string();
    format!(r#"{},"detail":{record}}}"#, event.trim_end_matches('}'))
}

/// The uncompressed content of a file that CloudTrail writes to S3: `{"Records":[…]}`.
#[must_use]
pub fn records_file<R: Borrow<str>>(records: &[R]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

/// The decompressed delivery of a CloudWatch Logs subscription, with each record as the text of a
/// `logEvents[].message`.
#[must_use]
pub fn subscription<R: Borrow<str>>(records: &[R]) -> String {
    let events: Vec<Value> = records
        .iter()
        .enumerate()
        .map(|(index, record)| {
            let time: Option<jiff::Timestamp> =
                Header::parse(record.borrow()).event_time.parse().ok();
            json!({
                "id": format!("{index:056}"),
                "timestamp": time.map_or(0, jiff::Timestamp::as_millisecond),
                "message": record.borrow(),
            })
        })
        .collect();
    subscription_message("DATA_MESSAGE", &json!(events))
}

/// The message with which CloudWatch Logs checks a subscription's destination. It has no record.
#[must_use]
pub fn control_message() -> String {
    let text = "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.";
    let events = json!([{"id": "", "timestamp": 1_758_000_000_000_u64, "message": text}]);
    subscription_message("CONTROL_MESSAGE", &events)
}

fn subscription_message(message_type: &str, events: &Value) -> String {
    json!({
        "messageType": message_type,
        "owner": "111122223333",
        "logGroup": "CloudTrail/logs",
        "logStream": "111122223333_CloudTrail_us-east-1",
        "subscriptionFilters": ["everything"],
        "logEvents": events,
    })
    .to_string()
}

/// JSON text in `message`, as from Logstash and Vector.
#[must_use]
pub fn message(record: &str) -> String {
    let time = Header::parse(record).event_time;
    json!({"@timestamp": time, "@version": "1", "message": record, "tags": ["cloudtrail"]})
        .to_string()
}

/// JSON text in `log`, as from Fluent Bit.
#[must_use]
pub fn log(record: &str) -> String {
    json!({"date": 1_758_000_000.123, "log": record, "stream": "stdout"}).to_string()
}

/// JSON text in `Message`, as Amazon SNS delivers it.
#[must_use]
pub fn sns_message(record: &str) -> String {
    let Header { event_id, event_time, .. } = Header::parse(record);
    json!({
        "Type": "Notification",
        "MessageId": event_id,
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:cloudtrail",
        "Message": record,
        "Timestamp": event_time,
        "SignatureVersion": "1",
    })
    .to_string()
}

/// JSON text in `CloudTrailEvent`, as in the events of CloudTrail's LookupEvents.
#[must_use]
pub fn lookup_event(record: &str) -> String {
    let header = Header::parse(record);
    json!({
        "EventId": header.event_id,
        "EventName": header.event_name,
        "EventTime": header.event_time,
        "EventSource": header.event_source,
        "Resources": [],
        "CloudTrailEvent": record,
    })
    .to_string()
}

/// JSON text in `original` of the object `event`, as in the Elastic Common Schema.
#[must_use]
pub fn event_original(record: &str) -> String {
    json!({"event": {"module": "aws", "original": record}, "cloud": {"provider": "aws"}})
        .to_string()
}

/// The same with one dotted key, `event.original`.
#[must_use]
pub fn event_original_dotted(record: &str) -> String {
    json!({"event.module": "aws", "event.original": record, "cloud.provider": "aws"}).to_string()
}

/// The record itself with responseElements, additionalEventData and serviceEventDetails as JSON
/// text if they are objects, as in tables with a fixed schema. The whole record is serialized again,
/// so numbers and escapes may be written differently; other input than a JSON object is unchanged.
#[must_use]
pub fn text_parts(record: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(record) else {
        return record.to_owned();
    };
    for key in ["responseElements", "additionalEventData", "serviceEventDetails"] {
        if let Some(part) = members.get_mut(key)
            && part.is_object()
        {
            *part = json!(part.to_string());
        }
    }
    Value::Object(members).to_string()
}
