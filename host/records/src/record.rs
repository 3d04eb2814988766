//! The fields of a CloudTrail record that are shown with its verdict.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// The values of an object by key. The last value of a duplicate key counts, as it does for the
/// verdict; a struct with derived `Deserialize` would reject the record.
type Object<'a> = HashMap<String, &'a RawValue>;

/// The fields of a CloudTrail record that are shown with its verdict.
///
/// A field is `None` if it is absent, empty or not a string. If a key occurs twice, its last value
/// counts.
///
/// ```
/// use sekisho_records::Record;
///
/// let record = Record::read(
///     br#"{"eventName": "ConsoleLogin", "sourceIPAddress": "192.0.2.10",
///          "userIdentity": {"arn": "arn:aws:iam::111122223333:user/anaya"}}"#,
/// );
/// assert_eq!(record.event.as_deref(), Some("ConsoleLogin"));
/// assert_eq!(record.source_ip.as_deref(), Some("192.0.2.10"));
/// assert_eq!(record.user.as_deref(), Some("anaya"));
/// assert_eq!(record.time, None);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    /// `eventTime`.
    pub time: Option<String>,
    /// `recipientAccountId`, else `userIdentity.accountId`.
    pub account: Option<String>,
    /// `awsRegion`.
    pub region: Option<String>,
    /// `eventName`.
    pub event: Option<String>,
    /// `eventID`.
    pub event_id: Option<String>,
    /// `userIdentity.userName`, else `additionalEventData.UserName`, else the session name in
    /// `userIdentity.principalId`, else the last part of `userIdentity.arn`.
    pub user: Option<String>,
    /// `userIdentity.principalId`.
    pub principal_id: Option<String>,
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
    /// `userAgent`.
    pub user_agent: Option<String>,
}

impl Record {
    /// Reads the fields of one record. If `json` is not a JSON object, every field is `None`.
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

/// `anaya` in `arn:aws:iam::111122223333:user/anaya`, `root` in `arn:aws:iam::111122223333:root`.
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
    fn reads_every_field() {
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
    fn the_user_falls_back_to_session_and_arn() {
        let session = r#"{"principalId":"AROAEXAMPLE:mateo","arn":"arn:aws:sts::111122223333:assumed-role/Reader/mateo"}"#;
        assert_eq!(user(session).as_deref(), Some("mateo"));
        let root = r#"{"principalId":"111122223333","arn":"arn:aws:iam::111122223333:root"}"#;
        assert_eq!(user(root).as_deref(), Some("root"));
        let arn = r#"{"arn":"arn:aws:iam::111122223333:user/path/anaya"}"#;
        assert_eq!(user(arn).as_deref(), Some("anaya"));
        assert_eq!(user(r#"{"principalId":"AIDAEXAMPLE","userName":"","arn":""}"#), None);
    }

    #[test]
    fn values_of_other_types_are_none() {
        let record = Record::read(
            br#"{"eventTime":5,"awsRegion":null,"userIdentity":"x","userAgent":{},"eventID":"e"}"#,
        );
        let expected = Record { event_id: Some("e".to_owned()), ..Record::default() };
        assert_eq!(record, expected);
        assert_eq!(Record::read(b"[1]"), Record::default());
        assert_eq!(Record::read(b"{"), Record::default());
    }

    #[test]
    fn the_last_duplicate_counts() {
        let record = Record::read(br#"{"eventName":"a","eventName":"b"}"#);
        assert_eq!(record.event.as_deref(), Some("b"));
    }
}
