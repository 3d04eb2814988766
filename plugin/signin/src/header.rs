//! The first fields of a record, read without the rest.

use sekisho_scan::{LaxReader, Value};

use crate::table::may_be_signin_event;

/// The first fields of a record, in the order in which CloudTrail writes them.
///
/// It rules out most records of a trail at the cost of their first few hundred bytes. It does not
/// validate: a record with a header may still be malformed.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// `userIdentity`: the bytes of an object.
    pub user_identity: &'a [u8],
    /// `eventSource`, the service that wrote the record: an ASCII string without escapes.
    pub event_source: Value<'a>,
    /// `eventName`: an ASCII string without escapes.
    pub event_name: Value<'a>,
}

impl<'a> Header<'a> {
    /// Reads the start of a record. Returns `None` if its first keys are not the ones that CloudTrail
    /// writes, in that order and without white space; then read the whole record.
    ///
    /// ```
    /// use sekisho_signin::Header;
    ///
    /// let record = br#"{"eventVersion":"1.11","userIdentity":{"type":"Root"},"eventTime":"2025-03-29T11:10:23Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"#;
    /// let header = Header::read(record).unwrap();
    /// assert_eq!(header.user_identity, br#"{"type":"Root"}"#);
    /// assert!(header.event_name.text().unwrap() == "PutObject");
    /// assert!(!header.may_be_signin());
    /// ```
    #[must_use]
    pub fn read(record: &'a [u8]) -> Option<Self> {
        let mut reader = LaxReader::new(record);
        reader.skip_literal(b"{\"eventVersion\":")?;
        reader.skip_string()?;
        reader.skip_literal(b",\"userIdentity\":")?;
        let user_identity = reader.object()?;
        reader.skip_literal(b",\"eventTime\":")?;
        reader.skip_string()?;
        reader.skip_literal(b",\"eventSource\":")?;
        let event_source = reader.string()?;
        reader.skip_literal(b",\"eventName\":")?;
        let event_name = reader.string()?;
        Some(Header { user_identity, event_source, event_name })
    }

    /// Whether a record has a header that shows it to be no sign-in.
    #[inline(never)]
    #[must_use]
    pub fn excludes(record: &[u8]) -> bool {
        Header::read(record).is_some_and(|header| header.is_other())
    }

    /// Whether the record is no sign-in. It may be one if, instead of the name of a service, it has the
    /// kind of a row, as some collectors write it.
    #[must_use]
    pub fn is_other(&self) -> bool {
        !self.may_be_signin() && !self.event_source.raw.starts_with(b"\"aws:")
    }

    /// Whether the record can be a sign-in at all.
    #[must_use]
    pub fn may_be_signin(&self) -> bool {
        match (self.event_source.text(), self.event_name.text()) {
            (Some(source), Some(name)) => may_be_signin_event(source, name),
            _ => false,
        }
    }
}
