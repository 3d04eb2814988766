//! What is shown of a CloudTrail record beside its verdict.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// An object's values by key. Of a key that is there twice the last value counts, as in the
/// verdict; a typed struct would refuse the record.
type Object<'a> = HashMap<String, &'a RawValue>;

/// Fields of a record. One that is missing, empty or no string is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// `eventTime`.
    pub time: Option<String>,
    /// The account that received the record, else the one of the identity.
    pub account: Option<String>,
    /// `awsRegion`.
    pub region: Option<String>,
    /// `eventName`.
    pub event: Option<String>,
    /// `eventID`.
    pub event_id: Option<String>,
    /// The user's name, else the name of the session, else the last part of the ARN.
    pub user: Option<String>,
    /// `userIdentity.principalId`.
    pub principal_id: Option<String>,
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
    /// `userAgent`.
    pub user_agent: Option<String>,
}

impl Record {
    /// Reads a record. One that is no JSON object has no fields.
    pub fn read(json: &[u8]) -> Self {
        let json = str::from_utf8(json).unwrap_or_default();
        let record: Object = serde_json::from_str(json).unwrap_or_default();
        let identity = object(&record, "userIdentity");
        let additional = object(&record, "additionalEventData");
        let principal_id = text(&identity, "principalId");
        Self {
            time: text(&record, "eventTime"),
            account: text(&record, "recipientAccountId").or_else(|| text(&identity, "accountId")),
            region: text(&record, "awsRegion"),
            event: text(&record, "eventName"),
            event_id: text(&record, "eventID"),
            user: text(&identity, "userName")
                .or_else(|| text(&additional, "UserName"))
                .or_else(|| Some(principal_id.as_ref()?.split_once(':')?.1.to_owned()))
                .or_else(|| Some(last_part(&text(&identity, "arn")?).to_owned())),
            principal_id,
            source_ip: text(&record, "sourceIPAddress"),
            user_agent: text(&record, "userAgent"),
        }
    }
}

fn object<'a>(parent: &Object<'a>, key: &str) -> Object<'a> {
    parent.get(key).and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
}

fn text(object: &Object<'_>, key: &str) -> Option<String> {
    let text: String = serde_json::from_str(object.get(key)?.get()).ok()?;
    (!text.is_empty()).then_some(text)
}

/// `anaya` of `arn:aws:iam::111122223333:user/anaya`, `root` of `arn:aws:iam::111122223333:root`.
fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(identity: &str) -> Option<String> {
        Record::read(format!(r#"{{"userIdentity":{identity}}}"#).as_bytes()).user
    }

    #[test]
    fn the_fields_of_a_record() {
        let record = Record::read(
            br#"{"eventTime":"2025-03-29T11:10:09Z","eventName":"ConsoleLogin","eventID":"e-1",
                "awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"Mozilla \u0022x\u0022",
                "recipientAccountId":"111122223333",
                "userIdentity":{"type":"IAMUser","accountId":"444455556666","userName":"anaya",
                    "principalId":"AIDAEXAMPLE"}}"#,
        );
        let some = |text: &str| Some(text.to_owned());
        let expected = Record {
            time: some("2025-03-29T11:10:09Z"),
            account: some("111122223333"),
            region: some("us-east-1"),
            event: some("ConsoleLogin"),
            event_id: some("e-1"),
            user: some("anaya"),
            principal_id: some("AIDAEXAMPLE"),
            source_ip: some("192.0.2.10"),
            user_agent: some("Mozilla \"x\""),
        };
        assert_eq!(record, expected);
    }

    #[test]
    fn who_it_was() {
        let session = r#"{"principalId":"AROAEXAMPLE:mateo","arn":"arn:aws:sts::111122223333:assumed-role/Reader/mateo"}"#;
        assert_eq!(user(session).as_deref(), Some("mateo"));
        let root = r#"{"principalId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#;
        assert_eq!(user(root).as_deref(), Some("root"));
        let arn = r#"{"arn":"arn:aws:iam::111122223333:user/path/anaya"}"#;
        assert_eq!(user(arn).as_deref(), Some("anaya"));
        assert_eq!(user(r#"{"principalId":"AIDAEXAMPLE","userName":"","arn":""}"#), None);
    }

    #[test]
    fn what_is_no_string_is_absent() {
        let record = Record::read(
            br#"{"eventTime":5,"awsRegion":null,"userIdentity":"x","userAgent":{},"eventID":"e"}"#,
        );
        let expected = Record { event_id: Some("e".to_owned()), ..Record::default() };
        assert_eq!(record, expected);
        assert_eq!(Record::read(b"[1]"), Record::default());
        assert_eq!(Record::read(b"{"), Record::default());
    }

    #[test]
    fn the_last_of_two_counts() {
        let record = Record::read(br#"{"eventName":"a","eventName":"b"}"#);
        assert_eq!(record.event.as_deref(), Some("b"));
    }
}
