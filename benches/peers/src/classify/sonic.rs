//! sonic-rs, into the same struct as serde_json, and by fetching fields without parsing the rest:
//! first the source, which decides for most records, then all others at once.

use sekisho_measure::{Classification, Fields, Typed};
use sonic_rs::{JsonValueTrait, PointerTree};

use crate::measure::Run;

pub(super) fn typed(records: &[Vec<u8>]) -> Run<'_, Classification> {
    Box::new(|index| sonic_rs::from_slice::<Typed>(&records[index]).expect("a record").classify())
}

pub(super) fn get(records: &[Vec<u8>]) -> Run<'_, Classification> {
    let mut tree = PointerTree::new();
    for key in FIELDS {
        tree.add_path([key]);
    }
    Box::new(move |index| {
        let record = &records[index][..];
        let source = sonic_rs::get(record, ["eventSource"]).expect("every record has one");
        if source.as_str() != Some("signin.amazonaws.com") {
            return Classification::Other;
        }
        let found = sonic_rs::get_many(record, &tree).expect("JSON");
        let nested = |index: usize, key| found[index].as_ref().and_then(|object| object.get(key));
        let result = nested(3, "ConsoleLogin");
        let identity = nested(4, "type");
        let mfa_used = nested(5, "MFAUsed");
        let fields = Fields {
            source: "signin.amazonaws.com",
            name: found[0].as_str().unwrap_or_default(),
            code: found[1].as_str(),
            message: found[2].as_str(),
            result: result.as_str(),
            identity: identity.as_str(),
            mfa_used: mfa_used.as_str(),
        };
        fields.classify()
    })
}

/// Objects are fetched as a whole, because a path into a null value is an error.
const FIELDS: [&str; 6] = [
    "eventName",
    "errorCode",
    "errorMessage",
    "responseElements",
    "userIdentity",
    "additionalEventData",
];
