//! The fields of a CloudTrail record that are shown with its verdict.

use sekisho::{Actor, IdentityField};
use sekisho_scan::Reader;

/// The fields of a CloudTrail record that are shown with its verdict.
///
/// A field is `None` if it is absent, empty or not a string. If a key occurs twice, its last value
/// counts.
///
/// ```
/// use sekisho::Classifier;
/// use sekisho_records::Record;
///
/// let mut classifier = Classifier::new();
/// let actor = classifier.actor(
///     br#"{"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
///          "sourceIPAddress": "192.0.2.10",
///          "userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:anaya"}}"#,
/// )?;
/// let record = Record::of(&actor.expect("a record"));
/// assert_eq!(record.event.as_deref(), Some("ConsoleLogin"));
/// assert_eq!(record.source_ip.as_deref(), Some("192.0.2.10"));
/// assert_eq!(record.user.as_deref(), Some("anaya"));
/// assert_eq!(record.time, None);
/// # Ok::<(), sekisho::Error>(())
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
    /// The user name, else that of the role session; never a hidden one.
    pub user: Option<String>,
    /// `userIdentity.principalId`, else `userIdentity.onBehalfOf.userId`.
    pub principal_id: Option<String>,
    /// The id to count by.
    pub identity: Option<String>,
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
    /// `userAgent`.
    pub user_agent: Option<String>,
}

impl Record {
    /// The fields of the record that was found with its actor.
    #[must_use]
    pub fn of(actor: &Actor<'_>) -> Self {
        let of_actor = |field| {
            let value = actor.identity.get(field).filter(|text| !text.is_empty());
            value.map(str::to_owned)
        };
        let mut record = Self {
            account: of_actor(IdentityField::Account),
            user: of_actor(IdentityField::User),
            principal_id: of_actor(IdentityField::PrincipalId),
            identity: of_actor(IdentityField::Identity),
            source_ip: of_actor(IdentityField::SourceIp),
            ..Self::default()
        };
        record.read_top(actor.record);
        record
    }

    /// A name to show: the user, else `root`, else the id to count by.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        let id = self.identity.as_deref();
        let is_root = id.is_some_and(|id| id.starts_with("root:"));
        self.user.as_deref().or(if is_root { Some("root") } else { id })
    }

    /// Reads members at the top of a well-formed record.
    fn read_top(&mut self, json: &[u8]) {
        let mut reader = Reader::new(json);
        if reader.enter().is_err() {
            return;
        }
        while let Ok(Some(key)) = reader.next_key() {
            let Ok(value) = reader.value() else { return };
            for (name, field) in [
                ("eventTime", &mut self.time),
                ("awsRegion", &mut self.region),
                ("eventName", &mut self.event),
                ("eventID", &mut self.event_id),
                ("userAgent", &mut self.user_agent),
            ] {
                if key == name {
                    let text = value.text().filter(|text| !text.is_empty());
                    *field = text.map(|text| text.to_string());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho::Classifier;

    use super::*;

    fn read(json: &str) -> Record {
        let mut classifier = Classifier::new();
        Record::of(&classifier.actor(json.as_bytes()).expect("well-formed").expect("a record"))
    }

    #[test]
    fn reads_every_field() {
        let record = read(
            r#"{"eventTime":"2025-03-29T11:10:09Z","eventName":"ConsoleLogin","eventID":"e-1",
                "awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"Mozilla \u0022x\u0022",
                "recipientAccountId":"111122223333","eventSource":"signin.amazonaws.com",
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
            identity: some("AIDAEXAMPLE"),
            source_ip: some("192.0.2.10"),
            user_agent: some("Mozilla \"x\""),
        };
        assert_eq!(record, expected);
    }

    #[test]
    fn everybody_has_a_name_to_show() {
        for (identity, expected) in [
            (r#"{"type":"IAMUser","principalId":"AIDAEXAMPLE","userName":"anaya"}"#, Some("anaya")),
            (r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:mateo"}"#, Some("mateo")),
            (
                r#"{"type":"Root","principalId":"111122223333","accountId":"111122223333"}"#,
                Some("root"),
            ),
            (
                r#"{"type":"IAMUser","principalId":"AIDAEXAMPLE","userName":""}"#,
                Some("AIDAEXAMPLE"),
            ),
            (r#"{"type":"IAMUser","userName":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#, None),
            (r#"{"type":"Unknown","principalId":"111122223333"}"#, None),
        ] {
            let record = read(&format!(
                r#"{{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{identity}}}"#
            ));
            assert_eq!(record.display_name(), expected, "{identity}");
        }
    }

    #[test]
    fn values_of_other_types_are_none() {
        let record = read(
            r#"{"eventTime":5,"awsRegion":null,"userIdentity":"x","userAgent":{},"eventID":"e","eventSource":"s"}"#,
        );
        let expected = Record { event_id: Some("e".to_owned()), ..Record::default() };
        assert_eq!(record, expected);
    }

    #[test]
    fn the_last_duplicate_counts() {
        let record = read(r#"{"eventSource":"s","eventName":"a","event\u004eame":"b"}"#);
        assert_eq!(record.event.as_deref(), Some("b"));
    }
}
