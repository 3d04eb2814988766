//! Records as rows of tables that are made of them: fields spelled or arranged otherwise.
//!
//! A record that is no JSON object becomes an empty row.

use serde_json::{Map, Value, json};

use crate::envelope::Envelope;

/// All spellings of one record.
pub const SPELLINGS: [Envelope; 8] = [
    ("athena_row", athena_row),
    ("athena_json", athena_json),
    ("lake_export", lake_export),
    ("steampipe_row", steampipe_row),
    ("sentinel_row", sentinel_row),
    ("security_lake_event", security_lake_event),
    ("lake_result", lake_result),
    ("insights_result", insights_result),
];

/// The objects that tables hold as JSON text.
const OBJECTS: [&str; 4] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"];

fn members(record: &str) -> Map<String, Value> {
    serde_json::from_str(record).unwrap_or_default()
}

/// A row of a table in Amazon Athena, as its CSV has it.
#[must_use]
pub fn athena_row(record: &str) -> String {
    let column = |(key, value): (String, Value)| {
        let text = match value {
            Value::Object(_) if key == "userIdentity" => row(&value),
            other => as_text(&other),
        };
        (key.to_lowercase(), Value::String(text))
    };
    Value::Object(members(record).into_iter().map(column).collect()).to_string()
}

/// A struct or a map of Athena as text.
fn row(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let text =
                |(key, value): (&String, &Value)| format!("{}={}", key.to_lowercase(), row(value));
            format!("{{{}}}", members.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A row of such a table as JSON, with `useridentity` as an object.
#[must_use]
pub fn athena_json(record: &str) -> String {
    let column = |(key, value): (String, Value)| {
        let value = match value {
            Value::Object(_) if OBJECTS.contains(&&*key) => value.to_string().into(),
            other => lower_case(other),
        };
        (key.to_lowercase(), value)
    };
    Value::Object(members(record).into_iter().map(column).collect()).to_string()
}

fn lower_case(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| (key.to_lowercase(), lower_case(value));
            Value::Object(members.into_iter().map(member).collect())
        }
        other => other,
    }
}

/// A row of CloudTrail Lake that has the record itself, too.
#[must_use]
pub fn lake_export(record: &str) -> String {
    let time = members(record).remove("eventTime").unwrap_or_default();
    let time = time.as_str().unwrap_or_default().replace('T', " ").replace('Z', ".000");
    json!({
        "eventjson": record,
        "eventname": "ConsoleLogin",
        "eventsource": "signin.amazonaws.com",
        "eventtime": time,
    })
    .to_string()
}

/// A row of Steampipe or CloudQuery.
#[must_use]
pub fn steampipe_row(record: &str) -> String {
    let column = |(key, value): (String, Value)| {
        let key = match &*key {
            "eventID" => "event_id".to_owned(),
            "requestID" => "request_id".to_owned(),
            "sourceIPAddress" => "source_ip_address".to_owned(),
            _ => snake_case(&key),
        };
        (key, value)
    };
    Value::Object(members(record).into_iter().map(column).collect()).to_string()
}

fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, letter| {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
        snake
    })
}

/// A row of `AWSCloudTrail` in Microsoft Sentinel. It has no column for `onBehalfOf`.
#[must_use]
pub fn sentinel_row(record: &str) -> String {
    let mut row = Map::new();
    row.insert("Type".into(), "AWSCloudTrail".into());
    for (key, value) in members(record) {
        match &*key {
            "userIdentity" => identity_columns(&value, &mut row),
            "eventTime" => drop(row.insert("TimeGenerated".into(), value)),
            "eventID" => drop(row.insert("AwsEventId".into(), value)),
            "eventType" => drop(row.insert("EventTypeName".into(), value)),
            "awsRegion" => drop(row.insert("AWSRegion".into(), value)),
            "sourceIPAddress" => drop(row.insert("SourceIpAddress".into(), value)),
            _ => {
                let name = pascal_case(&key);
                let value = if value.is_object() { value.to_string().into() } else { value };
                row.insert(name, value);
            }
        }
    }
    Value::Object(row).to_string()
}

fn pascal_case(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn identity_columns(identity: &Value, row: &mut Map<String, Value>) {
    let columns = [
        ("/type", "UserIdentityType"),
        ("/principalId", "UserIdentityPrincipalid"),
        ("/arn", "UserIdentityArn"),
        ("/accountId", "UserIdentityAccountId"),
        ("/accessKeyId", "UserIdentityAccessKeyId"),
        ("/userName", "UserIdentityUserName"),
        ("/sessionContext/sessionIssuer/type", "SessionIssuerType"),
        ("/sessionContext/sessionIssuer/principalId", "SessionIssuerPrincipalId"),
        ("/sessionContext/sessionIssuer/arn", "SessionIssuerArn"),
        ("/sessionContext/sessionIssuer/accountId", "SessionIssuerAccountId"),
        ("/sessionContext/sessionIssuer/userName", "SessionIssuerUserName"),
        ("/sessionContext/attributes/creationDate", "SessionCreationDate"),
    ];
    for (path, column) in columns {
        row.insert(column.into(), identity.pointer(path).cloned().unwrap_or(json!("")));
    }
    let mfa = identity.pointer("/sessionContext/attributes/mfaAuthenticated");
    let has_mfa = mfa.and_then(Value::as_str).is_some_and(|mfa| mfa.eq_ignore_ascii_case("true"));
    row.insert("SessionMfaAuthenticated".into(), has_mfa.into());
}

/// An event of OCSF, class Authentication, as Amazon Security Lake makes it of the record.
#[must_use]
pub fn security_lake_event(record: &str) -> String {
    const MAPPED: [(&str, &str); 19] = [
        ("eventSource", "/api/service/name"),
        ("eventName", "/api/operation"),
        ("errorCode", "/api/response/error"),
        ("errorMessage", "/api/response/message"),
        ("eventID", "/metadata/uid"),
        ("eventType", "/metadata/event_code"),
        ("awsRegion", "/cloud/region"),
        ("userAgent", "/http_request/user_agent"),
        ("sourceIPAddress", "/src_endpoint/ip"),
        ("eventTime", "/time_dt"),
        ("recipientAccountId", "/cloud/account/uid"),
        ("userIdentity.type", "/actor/user/type"),
        ("userIdentity.principalId", "/actor/user/uid_alt"),
        ("userIdentity.arn", "/actor/user/uid"),
        ("userIdentity.accountId", "/actor/user/account/uid"),
        ("userIdentity.userName", "/actor/user/name"),
        ("userIdentity.sessionContext.sessionIssuer.arn", "/actor/session/issuer"),
        ("responseElements.ConsoleLogin", "/status"),
        ("additionalEventData.MFAUsed", "/is_mfa"),
    ];
    let mut event = json!({"class_uid": 3002, "class_name": "Authentication", "unmapped": {}});
    let record = Value::Object(members(record));
    let is_console_login = record["eventName"] == "ConsoleLogin";
    let mut leaves = Vec::new();
    flatten(&record, "", &mut leaves);
    for (path, value) in leaves {
        let place = MAPPED.iter().find(|(field, _)| *field == path).map(|(_, place)| *place);
        let mfa = match value.as_str() {
            Some("Yes") => Some(true),
            Some("No") => Some(false),
            _ => None,
        };
        match (place, mfa) {
            (Some("/is_mfa"), Some(mfa)) => event["is_mfa"] = mfa.into(),
            (Some("/is_mfa"), None) | (None, _) => event["unmapped"][path] = value,
            (Some("/status"), _) if !is_console_login => event["unmapped"][path] = value,
            (Some(place), _) => {
                let keys = place[1..].split('/');
                *keys.fold(&mut event, |object, key| &mut object[key]) = value;
            }
        }
    }
    event.to_string()
}

/// The members of an object and of those inside of it, with dots between the keys.
fn flatten(value: &Value, above: &str, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if above.is_empty() || !members.is_empty() => {
            for (key, value) in members {
                let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                flatten(value, &path, leaves);
            }
        }
        other => leaves.push((above.to_owned(), other.clone())),
    }
}

/// The answer of CloudTrail Lake to a query, with one row.
#[must_use]
pub fn lake_result(record: &str) -> String {
    format!(r#"{{"QueryStatus":"FINISHED","QueryResultRows":[{}]}}"#, lake_cells(record))
}

/// A row of CloudTrail Lake as its API returns it: names and values.
#[must_use]
pub fn lake_cells(record: &str) -> String {
    let cell = |(key, value): (String, Value)| {
        let text = match value {
            Value::Object(_) if key == "userIdentity" => row(&value),
            other => as_text(&other),
        };
        json!({key: text})
    };
    members(record).into_iter().map(cell).collect::<Value>().to_string()
}

/// The answer of CloudWatch Logs Insights to a query for the fields of a record, with one row.
#[must_use]
pub fn insights_result(record: &str) -> String {
    format!(r#"{{"status":"Complete","results":[{}]}}"#, insights_cells(record))
}

/// A row of Logs Insights as its API returns it: fields and values.
#[must_use]
pub fn insights_cells(record: &str) -> String {
    let mut leaves = Vec::new();
    flatten(&Value::Object(members(record)), "", &mut leaves);
    let cell = |(path, value): (String, Value)| json!({"field": path, "value": as_text(&value)});
    leaves.into_iter().map(cell).collect::<Value>().to_string()
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
