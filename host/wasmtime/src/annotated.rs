//! A record that is never lost, and never altered but by one addition.

use std::ops::Range;

use crate::error::Error;
use crate::form::are_members;
use crate::verdict::VerdictJson;

/// The result of [`Filter::annotate`](crate::Filter::annotate), which always has the record.
///
/// ```
/// use sekisho_host::Annotated;
///
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
/// match filter.annotate(record) {
///     Annotated::Added { record, verdict } => {
///         assert!(record.ends_with(b"}}"));
///         assert!(verdict.as_bytes().starts_with(br#"{"kind":"role_exit""#));
///     }
///     Annotated::Unchanged(_) => unreachable!("it is a sign-in record"),
///     Annotated::Failed { record, error } => println!("{error}: {}", record.escape_ascii()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotated<'a> {
    /// It has a verdict.
    Added {
        /// The record with the verdict in it.
        record: &'a [u8],
        /// The verdict that was added. It is a part of `record`, so it is the one that is passed on.
        /// Of an event of ECS at the top of the record, these are its members without braces.
        verdict: VerdictJson<'a>,
    },
    /// The record as it was: it is not a sign-in, and no configured rule matches it.
    Unchanged(&'a [u8]),
    /// The record as it was, and why there is no verdict.
    Failed {
        /// The record as it was.
        record: &'a [u8],
        /// What went wrong.
        error: Error,
    },
}

impl<'a> Annotated<'a> {
    /// The record to pass on, in every case.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Added { record, .. } | Self::Unchanged(record) | Self::Failed { record, .. } => {
                record
            }
        }
    }
}

/// Where the verdict is in `annotated`, if that is `record` with a field added at the end of its
/// top-level object. This check keeps even a hostile module from losing a record.
pub(crate) fn added_verdict(record: &[u8], annotated: &[u8]) -> Option<Range<usize>> {
    let start = addition(record, annotated)?;
    let end = start + annotated.len() - record.len();
    if record[start..].trim_ascii() != b"}" {
        return None;
    }
    let added = &annotated[start..end];
    let field = added.strip_prefix(b",").unwrap_or(added);
    if are_members(field) {
        return Some(end - field.len()..end);
    }
    let value = field[name_bytes(field)?..].strip_prefix(b":")?;
    Some(end - value.len()..end)
}

/// Where bytes were added to `record`, if `annotated` is `record` with bytes added at one place.
fn addition(record: &[u8], annotated: &[u8]) -> Option<usize> {
    // Comparing blocks is many times faster than comparing bytes.
    let (blocks, _) = record.as_chunks::<64>();
    let (annotated_blocks, _) = annotated.as_chunks::<64>();
    let same = common_prefix(blocks, annotated_blocks) * 64;
    let same = same + common_prefix(&record[same..], &annotated[same..]);
    let is_addition = annotated.len() > record.len() && annotated.ends_with(&record[same..]);
    is_addition.then_some(same)
}

/// The length of the string at the start of JSON text, with its quotes.
fn name_bytes(json: &[u8]) -> Option<usize> {
    let mut bytes = json.iter().enumerate().skip(1);
    json.first().filter(|quote| **quote == b'"')?;
    loop {
        match bytes.next()? {
            (_, b'\\') => drop(bytes.next()),
            (offset, b'"') => return Some(offset + 1),
            _ => {}
        }
    }
}

/// The number of items at the start that are the same in both.
fn common_prefix<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_an_addition_anywhere() {
        for length in [1, 2, 63, 64, 65, 127, 128, 129, 200] {
            let record: Vec<u8> = (0..length).map(|byte| byte % 7).collect();
            for offset in 0..=record.len() {
                for added in [&[10][..], &[9; 70]] {
                    let annotated = [&record[..offset], added, &record[offset..]].concat();
                    assert_eq!(addition(&record, &annotated), Some(offset), "{added:?}, {length}");
                }
            }
        }
    }

    #[test]
    fn finds_nothing_else() {
        let record: Vec<u8> = (0..200).collect();
        assert_eq!(addition(&record, &record), None, "nothing added");
        assert_eq!(addition(&record, b""), None);
        for offset in 0..record.len() {
            let mut altered = [&record[..offset], &[255; 5], &record[offset..]].concat();
            altered[offset + 5] ^= 0xff;
            assert_eq!(addition(&record, &altered), None, "altered after it at {offset}");
            assert_eq!(addition(&record, &record[..offset]), None, "cut short at {offset}");
        }
    }

    #[test]
    fn a_verdict_is_the_value_of_a_field_at_the_end() {
        let verdict = |record: &str, annotated: &str| {
            added_verdict(record.as_bytes(), annotated.as_bytes())
                .map(|range| annotated[range].to_owned())
        };
        for (record, annotated) in [
            ("{}", r#"{"signin":{"kind":1}}"#),
            (r#"{"a":1}"#, r#"{"a":1,"signin":{"kind":1}}"#),
            ("{\"a\":{}\n}\r\n", "{\"a\":{},\"signin\":{\"kind\":1}\n}\r\n"),
            ("{\"a\":{} }", r#"{"a":{} ,"x\":\"y\\":{"kind":1}}"#),
        ] {
            assert_eq!(verdict(record, annotated).as_deref(), Some(r#"{"kind":1}"#), "{annotated}");
        }
        for members in [r#""@timestamp":"t","b":{}"#, r#""ecs":{"version":"9"},"b":{}"#] {
            let annotated = format!(r#"{{"a":1,{members}}}"#);
            assert_eq!(verdict(r#"{"a":1}"#, &annotated).as_deref(), Some(members));
        }
        for (record, annotated) in [
            (r#"{"a":"b"}"#, r#"{"signin":{"kind":1},"a":"b"}"#),
            (r#"{"a":"b"}"#, r#"{"a":"b,"signin":{"kind":1}"}"#),
            (r#"{"a":{}}"#, r#"{"a":{"signin":{"kind":1}}}"#),
            (r#"{"a":1}"#, r#"{"a":10}"#),
            (r#"{"a":1}"#, r#"{"a":1,"signin}"#),
            (r#"{"a":1}"#, r#"{"a":1,"signin"{}}"#),
            (r#"{"a":1}"#, r#"{"a":1,}"#),
        ] {
            assert_eq!(verdict(record, annotated), None, "{annotated}");
        }
    }
}
