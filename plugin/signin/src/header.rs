//! The first fields of a record, without a look at the rest.

use sekisho_scan::{LaxReader, Value};

use crate::may_be_signin;

/// What a record begins with, as CloudTrail writes it. Most records are none of ours, and that much
/// tells; whether the record is well-formed it does not.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// Who: the bytes of an object.
    pub user_identity: &'a [u8],
    /// Which service wrote the record; a string of ASCII without escapes, as the
    /// next.
    pub event_source: Value<'a>,
    /// Which event.
    pub event_name: Value<'a>,
}

impl<'a> Header<'a> {
    /// Skims the start of a record; `None` where it does not stand there as CloudTrail writes it.
    ///
    /// ```
    /// use sekisho_signin::Header;
    ///
    /// let record = br#"{"eventVersion":"1.11","userIdentity":{"type":"Root"},"#.to_vec();
    /// let record = [&record[..], br#""eventTime":"2025-03-29T11:10:23Z","eventSource":"s3.amazonaws.com","#,
    ///     br#""eventName":"PutObject","awsRegion":"#].concat();
    /// let header = Header::read(&record).unwrap();
    /// assert_eq!(header.user_identity, br#"{"type":"Root"}"#);
    /// assert!(header.event_name.text().unwrap() == "PutObject");
    /// assert!(!header.may_be_signin());
    /// ```
    #[must_use]
    pub fn read(record: &'a [u8]) -> Option<Self> {
        let mut lax = LaxReader::new(record);
        lax.skip_literal(b"{\"eventVersion\":")?;
        lax.skip_string()?;
        lax.skip_literal(b",\"userIdentity\":")?;
        let user_identity = lax.object()?;
        lax.skip_literal(b",\"eventTime\":")?;
        lax.skip_string()?;
        lax.skip_literal(b",\"eventSource\":")?;
        let event_source = lax.string()?;
        lax.skip_literal(b",\"eventName\":")?;
        let event_name = lax.string()?;
        Some(Header { user_identity, event_source, event_name })
    }

    /// Whether the record can be a sign-in at all.
    #[must_use]
    pub fn may_be_signin(&self) -> bool {
        self.event_source.text().is_some_and(may_be_signin)
    }
}
