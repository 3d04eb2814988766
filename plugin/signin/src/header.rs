//! The first `eventSource` of an input, found without reading what is before it.

use sekisho_scan::{LaxReader, Text, Value, raw};

/// The beginning of a record of another service than sign-ins have, up to its `eventSource`.
///
/// It rules out most records of a trail at the cost of a search through their first few hundred bytes.
/// It does not validate: a record with a header may still be malformed.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    record: &'a [u8],
    /// The first `eventSource`, the service that wrote the record: an ASCII string without escapes.
    pub event_source: Value<'a>,
}

const START: &[u8] = b"{\"eventVersion\":";
const EVENT_SOURCE: &[u8] = b"\"eventSource\"";
const RARE: usize = 6;

impl<'a> Header<'a> {
    /// The header of a record that it shows to be no sign-in: it starts with `{"eventVersion":`, and its
    /// first `eventSource` is that of another service of AWS. `None` means that the record may be
    /// anything; then read it.
    ///
    /// ```
    /// use sekisho_signin::Header;
    ///
    /// let record = br#"{"eventVersion":"1.11","userIdentity":{"type":"Root"},"eventTime":"2025-03-29T11:10:23Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"#;
    /// let header = Header::of_other(record).unwrap();
    /// assert!(header.event_source.text().unwrap() == "s3.amazonaws.com");
    /// assert!(header.event_name().unwrap().text().unwrap() == "PutObject");
    /// assert_eq!(header.user_identity().unwrap(), br#"{"type":"Root"}"#);
    /// ```
    // Not inlined, where it would be compiled for size.
    #[inline(never)]
    #[must_use]
    pub fn of_other(record: &'a [u8]) -> Option<Self> {
        let mut reader = LaxReader::new(record);
        reader.skip_literal(START)?;
        reader.skip_past(EVENT_SOURCE, RARE)?;
        reader.skip_colon()?;
        let event_source = reader.string()?;
        is_other(event_source.text()?).then_some(Header { record, event_source })
    }

    /// Whether a record with a header may start like this.
    #[must_use]
    pub fn may_start(record: &[u8]) -> bool {
        record.starts_with(START)
    }

    /// `eventName`, if it directly follows: an ASCII string without escapes.
    #[must_use]
    pub fn event_name(&self) -> Option<Value<'a>> {
        let Value { offset, raw, .. } = self.event_source;
        let mut reader = LaxReader::new(self.record.get(offset + raw.len()..)?);
        reader.skip_literal(b",\"eventName\":")?;
        reader.string()
    }

    /// What is between the keys `userIdentity` and `eventTime`, if there is nothing else before the
    /// `eventSource` than CloudTrail writes there, without white space. It is not validated, but starts as
    /// an object.
    #[must_use]
    pub fn user_identity(&self) -> Option<&'a [u8]> {
        let before = self.record.get(..self.event_source.offset)?;
        let mut reader = LaxReader::new(before);
        reader.skip_literal(START)?;
        reader.skip_string()?;
        reader.skip_literal(b",\"userIdentity\":")?;
        let rest = before.get(reader.offset()..)?;
        let (rest, _time) = strip_end(rest, b"\",\"eventSource\":")?.split_last_chunk::<20>()?;
        strip_end(rest, b",\"eventTime\":\"").filter(|object| object.first() == Some(&b'{'))
    }
}

/// Whether this is the `eventSource` of another service of AWS than sign-ins have, without escapes.
pub(crate) fn is_other(source: Text<'_>) -> bool {
    !source.is_escaped()
        && strip_end(source.raw(), b".amazonaws.com").is_some_and(|service| !is_of_signins(service))
}

/// The same as [`may_be_signin`](crate::may_be_signin) for what is before `.amazonaws.com`. Most services
/// begin with another letter, which takes no call and no table of jumps.
fn is_of_signins(service: &[u8]) -> bool {
    service.first() == Some(&b's')
        && (raw::is_same(service, b"signin") || raw::is_same(service, b"sso"))
}

/// The bytes before `end`, if they end with it.
fn strip_end<'a, const N: usize>(bytes: &'a [u8], end: &[u8; N]) -> Option<&'a [u8]> {
    let (before, last) = bytes.split_last_chunk::<N>()?;
    raw::is_same(last, end).then_some(before)
}
