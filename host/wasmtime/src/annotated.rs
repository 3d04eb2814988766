//! What becomes of a record: it is never lost, and never altered but by one addition.

use crate::error::Error;

/// A record after [`Filter::annotate`](crate::Filter::annotate); never without the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotated<'a> {
    /// The record with the verdict in it.
    Added(&'a [u8]),
    /// The record as it was given: it is not ours.
    Unchanged(&'a [u8]),
    /// The record as it was given, and why there is no verdict.
    Failed {
        /// The record as it was given.
        record: &'a [u8],
        /// What went wrong.
        error: Error,
    },
}

impl<'a> Annotated<'a> {
    /// What to pass on, in every case.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Added(record) | Self::Unchanged(record) | Self::Failed { record, .. } => record,
        }
    }
}

/// Whether `annotated` is `record` with bytes added at one place: this is what keeps even a lying
/// module from losing a record.
pub(crate) fn adds_to(record: &[u8], annotated: &[u8]) -> bool {
    // Blocks, because comparing them is many times faster than going byte by byte.
    let (blocks, _) = record.as_chunks::<64>();
    let (annotated_blocks, _) = annotated.as_chunks::<64>();
    let same = common_prefix(blocks, annotated_blocks) * 64;
    let same = same + common_prefix(&record[same..], &annotated[same..]);
    annotated.len() > record.len() && annotated.ends_with(&record[same..])
}

/// How many items at the start are the same in both.
fn common_prefix<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addition_anywhere() {
        for length in [1, 2, 63, 64, 65, 127, 128, 129, 200] {
            let record: Vec<u8> = (0..length).map(|byte| byte % 7).collect();
            for at in 0..=record.len() {
                for added in [&[0][..], &[9; 70]] {
                    let annotated = [&record[..at], added, &record[at..]].concat();
                    assert!(adds_to(&record, &annotated), "{added:?} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn anything_else() {
        let record: Vec<u8> = (0..200).collect();
        assert!(!adds_to(&record, &record), "nothing added");
        assert!(!adds_to(&record, b""));
        for at in 0..record.len() {
            let mut altered = [&record[..at], &[255; 5], &record[at..]].concat();
            altered[at + 5] ^= 0xff;
            assert!(!adds_to(&record, &altered), "altered after the addition at {at}");
            assert!(!adds_to(&record, &record[..at]), "cut short at {at}");
        }
    }
}
