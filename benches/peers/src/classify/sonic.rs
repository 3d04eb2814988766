//! sonic-rs, into the same struct as serde_json, and by fetching fields without parsing the rest:
//! the source first, as it decides for most records, and the others in one go.

use sekisho_measure::{Answer, Fields, Typed};
use sonic_rs::{JsonValueTrait, PointerTree};

use super::Ask;

pub(super) fn typed(records: &[Vec<u8>]) -> Ask<'_> {
    Box::new(|index| sonic_rs::from_slice::<Typed>(&records[index]).expect("a record").answer())
}

pub(super) fn get(records: &[Vec<u8>]) -> Ask<'_> {
    let mut tree = PointerTree::new();
    for key in FIELDS {
        tree.add_path([key]);
    }
    Box::new(move |index| {
        let record = &records[index][..];
        let source = sonic_rs::get(record, ["eventSource"]).expect("every record has one");
        if source.as_str() != Some("signin.amazonaws.com") {
            return Answer::Other;
        }
        let found = sonic_rs::get_many(record, &tree).expect("JSON");
        let nested = |at: usize, key| found[at].as_ref().and_then(|object| object.get(key));
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
        fields.answer()
    })
}

/// Objects are fetched whole: a path into one is an error where null stands for it.
const FIELDS: [&str; 6] = [
    "eventName",
    "errorCode",
    "errorMessage",
    "responseElements",
    "userIdentity",
    "additionalEventData",
];
