//! The objects that rules are matched against, as JSON.

use alloc::vec::Vec;

use sekisho_scan::{Malformed, Reader, ValueKind};

use crate::arrival::{Arrival, Record, Scope, find};
use crate::classifier::{Classifier, check_length};
use crate::error::Error;
use crate::eventbridge;
use crate::pattern_group::VERDICT;

/// The two objects that rules are matched against, as JSON. They show why a rule matches.
///
/// ```
/// let record = br#"{"eventSource":"s3.amazonaws.com","eventType":"AwsApiCall"}"#;
/// let views = sekisho::Classifier::new().views(record)?;
/// assert_eq!(views.input, record);
/// assert!(views.event.starts_with(br#"{"source":"aws.s3","detail-type":"AWS API Call via CloudTrail","#));
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Views {
    /// The EventBridge event, for patterns that name `detail` or `detail-type`. For a bare record it
    /// is the event that EventBridge makes of it. A field with several values is an array of them.
    pub event: Vec<u8>,
    /// The input itself, for all other patterns.
    pub input: Vec<u8>,
}

impl Classifier {
    /// The objects that rules are matched against for this input, whatever the configuration.
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn views(&mut self, input: &[u8]) -> Result<Views, Error> {
        check_length(input)?;
        let mut arrival = Arrival::new(Scope::AllRecords);
        let paths = self.configuration.record.as_ref();
        let record = find(input, paths, &mut arrival, &mut self.buffers)?.record();
        let verdict = record.and_then(|record| record.verdict());
        let json = verdict.as_ref().map(|verdict| self.json.format(verdict));
        Ok(Views::new(input, record.as_ref(), json)?)
    }
}

impl Views {
    fn new(
        input: &[u8],
        record: Option<&Record<'_, '_>>,
        verdict: Option<&[u8]>,
    ) -> Result<Self, Malformed> {
        let event = match record.map(|record| (record.json, record.event)) {
            Some((json, None)) => eventbridge::to_json(json)?,
            Some((_, Some(json))) => json.to_vec(),
            None => input.to_vec(),
        };
        Ok(Views { event: with_verdict(&event, verdict)?, input: with_verdict(input, verdict)? })
    }
}

/// An object whose member `signin` is the verdict. Its own such members are left out.
fn with_verdict(object: &[u8], verdict: Option<&[u8]>) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(object);
    if reader.peek()? != ValueKind::Object {
        return Ok(object.to_vec());
    }
    reader.enter()?;
    let mut members = Vec::new();
    let mut start = reader.offset();
    while let Some(key) = reader.next_key()? {
        reader.value()?;
        let member = reader.since(start).trim_ascii_start();
        if key != VERDICT {
            members.push(member.strip_prefix(b",").unwrap_or(member).to_vec());
        }
        start = reader.offset();
    }
    members.extend(verdict.map(|verdict| [b"\"signin\":", verdict].concat()));
    Ok([b"{", &*members.join(&b','), b"}"].concat())
}
