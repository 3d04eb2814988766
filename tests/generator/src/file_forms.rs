//! The files in which people hold several records: what the tools of AWS and log stores write.

use serde_json::{Value, json};

use crate::envelope::Envelope;
use crate::spelling::{insights_cells, lake_cells};
use crate::wrapping::{logs_insights, loki_result, opensearch_hit};

/// A form of file.
#[derive(Clone, Copy, Debug)]
pub struct FileForm {
    /// Its name.
    pub name: &'static str,
    before: &'static str,
    /// Writes one record.
    each: fn(&str) -> String,
    separator: &'static str,
    after: &'static str,
}

impl FileForm {
    /// A file of this form with these records.
    #[must_use]
    pub fn file(&self, records: &[String]) -> String {
        let records: Vec<String> = records.iter().map(|record| (self.each)(record)).collect();
        [self.before, &records.join(self.separator), self.after].concat()
    }

    const fn lines((name, each): Envelope) -> Self {
        Self { name, before: "", each, separator: "\n", after: "\n" }
    }

    const fn list(before: &'static str, (name, each): Envelope, after: &'static str) -> Self {
        Self { name, before, each, separator: ",", after }
    }
}

/// All forms.
pub const FILE_FORMS: [FileForm; 20] = [
    FileForm::list(
        "{\"events\":[",
        ("filter-log-events", logs_event),
        "],\"searchedLogStreams\":[]}",
    ),
    FileForm::list("[", ("logs_insights_export", logs_insights), "]"),
    FileForm::list(
        "{\"results\":[",
        ("logs_insights_answer", insights_row),
        "],\"status\":\"Complete\"}",
    ),
    FileForm::list("[\n", ("insights_rows", insights_row), "\n]\n"),
    FileForm::list(
        "{\"took\":3,\"hits\":{\"total\":{\"value\":3},\"hits\":[",
        ("search_result", opensearch_hit),
        "]}}",
    ),
    FileForm::lines(("bulk_file", bulk_lines)),
    FileForm::list("{\"data\":{\"result\":[", ("loki_streams", loki_stream), "]}}"),
    FileForm::list("[", ("loki_answers", loki_result), "]"),
    FileForm::list("{\"Messages\":[", ("sqs_messages", received_message), "]}"),
    FileForm::list(
        "{\"QueryStatus\":\"FINISHED\",\"QueryResultRows\":[",
        ("lake_answer", lake_row_of_names),
        "]}",
    ),
    FileForm::list("{\"QueryResultRows\":[", ("lake_columns", lake_cells), "]}"),
    FileForm::list("{\"results\":[", ("insights_columns", insights_cells), "]}"),
    FileForm {
        before: "eventSource,eventName,eventTime,recipientAccountId,userIdentity.type,userIdentity.userName,responseElements.ConsoleLogin\n",
        ..FileForm::lines(("insights_csv_columns", columns_csv_row))
    },
    FileForm::list("{\"lines\":[", ("texts", text), "]}"),
    FileForm {
        before: "@timestamp,@message\n",
        ..FileForm::lines(("logs_insights_csv", insights_csv_row))
    },
    FileForm {
        before: "\"_raw\",\"eventSource\",\"eventName\",\"userIdentity.type\"\r\n",
        ..FileForm::lines(("splunk_csv", splunk_csv_row))
    },
    FileForm { before: "\"event\"\n", ..FileForm::lines(("athena_csv_of_json", csv_value)) },
    FileForm::lines(("logs_tail", tail_line)),
    FileForm::lines(("syslog", syslog_line)),
    FileForm::lines(("container_log", container_line)),
];

/// A record as JSON text.
fn text(record: &str) -> String {
    Value::from(record).to_string()
}

/// An event of CloudWatch Logs.
fn logs_event(record: &str) -> String {
    json!({"logStreamName": "trail", "timestamp": 1_758_000_000_000_u64, "message": record})
        .to_string()
}

/// A row in the answer of the API of Logs Insights.
fn insights_row(record: &str) -> String {
    json!([
        {"field": "@timestamp", "value": "2026-02-03 04:05:06.000"},
        {"field": "@message", "value": record},
        {"field": "@ptr", "value": "CkEKKAok"},
    ])
    .to_string()
}

/// A document of a bulk request, after its action.
fn bulk_lines(record: &str) -> String {
    format!("{{\"index\":{{\"_index\":\"trail\"}}}}\n{record}")
}

/// A stream of Loki with one line.
fn loki_stream(record: &str) -> String {
    json!({"stream": {"job": "trail"}, "values": [["1758000000000000000", record]]}).to_string()
}

/// A message that `aws sqs receive-message` prints.
fn received_message(record: &str) -> String {
    json!({"MessageId": "1", "ReceiptHandle": "h", "Body": record}).to_string()
}

/// A row of CloudTrail Lake as its API returns it.
fn lake_row_of_names(record: &str) -> String {
    let members: Value = serde_json::from_str(record).unwrap_or_default();
    json!([
        {"eventSource": members["eventSource"]},
        {"eventName": members["eventName"]},
        {"eventTime": members["eventTime"]},
        {"eventJson": record},
    ])
    .to_string()
}

/// A value of CSV.
fn csv_value(record: &str) -> String {
    format!("\"{}\"", record.replace('"', "\"\""))
}

/// A row that Logs Insights exports as CSV.
fn insights_csv_row(record: &str) -> String {
    format!("2026-02-03 04:05:06.000,{}", csv_value(record))
}

/// A row that Logs Insights exports as CSV after a query for fields of a record.
fn columns_csv_row(record: &str) -> String {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    let columns = [
        "/eventSource",
        "/eventName",
        "/eventTime",
        "/recipientAccountId",
        "/userIdentity/type",
        "/userIdentity/userName",
        "/responseElements/ConsoleLogin",
    ];
    let value = |path| record.pointer(path).and_then(Value::as_str).unwrap_or_default();
    columns.map(value).join(",")
}

/// A row that Splunk exports, with the fields that it extracted.
fn splunk_csv_row(record: &str) -> String {
    format!("{},signin.amazonaws.com,ConsoleLogin,IAMUser\r", csv_value(record))
}

/// A line of `aws logs tail`.
fn tail_line(record: &str) -> String {
    format!("2026-02-03T04:05:06.000000+00:00 111122223333_CloudTrail_us-east-1 {record}")
}

/// A line of syslog, by RFC 5424.
fn syslog_line(record: &str) -> String {
    format!("<134>1 2026-02-03T04:05:06Z host trail 42 - [x@32473 a=\"1\"] {record}")
}

/// A line that a container runtime writes.
fn container_line(record: &str) -> String {
    format!("2026-02-03T04:05:06.000000000Z stdout F {record}")
}
