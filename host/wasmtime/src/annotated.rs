//! A record that is never lost, and never altered but by one addition.

use crate::error::Error;

/// The result of [`Filter::annotate`](crate::Filter::annotate), which always has the record.
///
/// ```
/// use sekisho_host::Annotated;
///
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
/// match filter.annotate(record) {
///     Annotated::Added(annotated) => assert!(annotated.ends_with(b"}}")),
///     Annotated::Unchanged(_) => unreachable!("it is a sign-in record"),
///     Annotated::Failed { record, error } => println!("{error}: {}", record.escape_ascii()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotated<'a> {
    /// The record with the verdict in it.
    Added(&'a [u8]),
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
            Self::Added(record) | Self::Unchanged(record) | Self::Failed { record, .. } => record,
        }
    }
}

/// Whether `annotated` is `record` with bytes added at one place. This check keeps even a hostile
/// module from losing a record.
pub(crate) fn adds_to(record: &[u8], annotated: &[u8]) -> bool {
    // Comparing blocks is many times faster than comparing bytes.
    let (blocks, _) = record.as_chunks::<64>();
    let (annotated_blocks, _) = annotated.as_chunks::<64>();
    let same = common_prefix(blocks, annotated_blocks) * 64;
    let same = same + common_prefix(&record[same..], &annotated[same..]);
    annotated.len() > record.len() && annotated.ends_with(&record[same..])
}

/// The number of items at the start that are the same in both.
fn common_prefix<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_an_addition_anywhere() {
        for length in [1, 2, 63, 64, 65, 127, 128, 129, 200] {
            let record: Vec<u8> = (0..length).map(|byte| byte % 7).collect();
            for offset in 0..=record.len() {
                for added in [&[0][..], &[9; 70]] {
                    let annotated = [&record[..offset], added, &record[offset..]].concat();
                    assert!(adds_to(&record, &annotated), "{added:?} at {offset} of {length}");
                }
            }
        }
    }

    #[test]
    fn rejects_anything_else() {
        let record: Vec<u8> = (0..200).collect();
        assert!(!adds_to(&record, &record), "nothing added");
        assert!(!adds_to(&record, b""));
        for offset in 0..record.len() {
            let mut altered = [&record[..offset], &[255; 5], &record[offset..]].concat();
            altered[offset + 5] ^= 0xff;
            assert!(!adds_to(&record, &altered), "altered after the addition at {offset}");
            assert!(!adds_to(&record, &record[..offset]), "cut short at {offset}");
        }
    }
}
