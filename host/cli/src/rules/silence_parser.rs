//! Parses entries of `silence`.

use serde_json::value::RawValue;

use super::document::Document;
use super::ids::Ids;
use super::rule::Silence;

/// Parses an entry, and adds its references to `ids`. Errors are reported to the document.
pub(super) fn parse_silence(
    document: &mut Document<'_>,
    entry: &RawValue,
    ids: &mut Ids,
) -> Option<Silence> {
    let part = entry.get();
    match sekisho::Silence::parse(part.as_bytes()) {
        Ok(parsed) => {
            for (id, offset) in parsed.rules() {
                ids.reference_any(id, document.location_at(part, offset));
            }
            Some(Silence {
                json: entry.to_owned(),
                reason: parsed.reason().to_owned(),
                until: parsed.until(),
                location: document.location(part),
            })
        }
        Err(error) => {
            document.configuration_error(part, error);
            None
        }
    }
}
