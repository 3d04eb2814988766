//! The shapes in which log stores and pipelines hold records, other than the usual
//! [envelopes](crate::envelope).
//!
//! A record is inserted with its bytes unchanged, or escaped if the wrapping has it as text.

use serde_json::json;

use crate::envelope::Envelope;

/// All wrappings for one record.
pub const WRAPPINGS: [Envelope; 14] = [
    ("splunk_event", splunk_event),
    ("splunk_export", splunk_export),
    ("wazuh_alert", wazuh_alert),
    ("elastic_decoded", elastic_decoded),
    ("opensearch_hit", opensearch_hit),
    ("opensearch_result", opensearch_result),
    ("logs_insights", logs_insights),
    ("lake_row", lake_row),
    ("sqs_message", sqs_message),
    ("sqs_event", sqs_event),
    ("sns_in_sqs", sns_in_sqs),
    ("datadog_log", datadog_log),
    ("loki_result", loki_result),
    ("nested", nested),
];

/// An event for Splunk's HTTP Event Collector.
#[must_use]
pub fn splunk_event(record: &str) -> String {
    format!(r#"{{"time":1758000000.5,"sourcetype":"aws:cloudtrail","event":{record}}}"#)
}

/// A line of a result that Splunk exports.
#[must_use]
pub fn splunk_export(record: &str) -> String {
    let result = json!({"_raw": record, "_time": "2026-02-03T04:05:06.000+00:00", "host": "h-1"});
    json!({"preview": false, "offset": 3, "result": result}).to_string()
}

/// An alert of Wazuh.
#[must_use]
pub fn wazuh_alert(record: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-02-03T04:05:06.789+0000","rule":{{"level":3,"id":"80202"}},"data":{{"integration":"aws","aws":{record}}},"location":"Wazuh-AWS"}}"#
    )
}

/// A document of Elastic with the record decoded.
#[must_use]
pub fn elastic_decoded(record: &str) -> String {
    format!(r#"{{"@timestamp":"2026-02-03T04:05:06.789Z","json":{record}}}"#)
}

/// A hit of OpenSearch or Elastic.
#[must_use]
pub fn opensearch_hit(record: &str) -> String {
    format!(r#"{{"_index":"trail-2026.02","_id":"1","_score":null,"_source":{record}}}"#)
}

/// The answer to a search with one hit.
#[must_use]
pub fn opensearch_result(record: &str) -> String {
    let hit = opensearch_hit(record);
    format!(r#"{{"took":3,"timed_out":false,"hits":{{"total":{{"value":1}},"hits":[{hit}]}}}}"#)
}

/// A row that CloudWatch Logs Insights exports.
#[must_use]
pub fn logs_insights(record: &str) -> String {
    let time = "2026-02-03 04:05:06.789";
    json!({"@timestamp": time, "@message": record, "@ptr": "CkEKKAok"}).to_string()
}

/// A row of CloudTrail Lake.
#[must_use]
pub fn lake_row(record: &str) -> String {
    json!({"eventJson": record, "eventTime": "2026-02-03 04:05:06.000"}).to_string()
}

/// A message of Amazon SQS, as Lambda has it.
#[must_use]
pub fn sqs_message(record: &str) -> String {
    json!({
        "messageId": "00000000-0000-4000-8000-000000000001",
        "receiptHandle": "AQEB",
        "body": record,
        "attributes": {"SenderId": "AIDAEXAMPLE"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:trail",
        "awsRegion": "us-east-1",
    })
    .to_string()
}

/// The event with which Amazon SQS invokes Lambda.
#[must_use]
pub fn sqs_event(record: &str) -> String {
    format!(r#"{{"Records":[{}]}}"#, sqs_message(record))
}

/// A notification of Amazon SNS in a message of Amazon SQS.
#[must_use]
pub fn sns_in_sqs(record: &str) -> String {
    sqs_message(&crate::envelope::sns_message(record))
}

/// A log of Datadog.
#[must_use]
pub fn datadog_log(record: &str) -> String {
    format!(r#"{{"id":"a","content":{{"attributes":{record},"service":"cloudtrail"}}}}"#)
}

/// The answer of Grafana Loki to a query, with one line.
#[must_use]
pub fn loki_result(record: &str) -> String {
    let stream = json!({"stream": {"job": "trail"}, "values": [["1758000000000000000", record]]});
    json!({"status": "success", "data": {"resultType": "streams", "result": [stream]}}).to_string()
}

/// The record below the most keys and elements.
#[must_use]
pub fn nested(record: &str) -> String {
    format!(r#"{{"a":[{{"b":{{"c":[{{"d":{{"e":[{record}]}}}}]}}}}]}}"#)
}
