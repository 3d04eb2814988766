//! Many records in one input.

use alloc::vec::Vec;

use memchr::memchr_iter;
use sekisho_scan::{Reader, ValueKind};
use sekisho_signin::Verdict;

use crate::arrival::{LISTS, Trailing};
use crate::classifier::{Classifier, check_length};
use crate::error::Error;
use crate::place::SearchBuffers;
use crate::search::search_list;

/// How the records of a batch are separated.
///
/// ```
/// use sekisho::{Classifier, Framing};
///
/// let lines = br#"{"eventSource":"s3.amazonaws.com"}
/// {"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}
/// {"eventSource":"#;
/// let mut results = Vec::new();
/// Classifier::new().process_batch(lines, Framing::Lines, &mut results)?;
///
/// // The first record has no result. The second one has a verdict: its index, its length, its JSON.
/// let (index, rest) = results.split_first_chunk().unwrap();
/// assert_eq!(u32::from_le_bytes(*index), 1);
/// let (length, rest) = rest.split_first_chunk().unwrap();
/// let (json, rest) = rest.split_at(i32::from_le_bytes(*length) as usize);
/// assert!(json.starts_with(br#"{"kind":"console_login""#));
///
/// // The third one has an error: its index and the error's code.
/// assert_eq!(rest, [2, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// Before each record its length in bytes, as 32 bits little-endian.
    Lengths = 0,
    /// One record per line (NDJSON). Blank lines count as records, and have no result.
    Lines = 1,
    /// A JSON array, or an object with an array in `Records`, `Events` or `logEvents`: each element
    /// is a record. In any other input, each element of the outermost array that has several records
    /// in it. An input with one record is that record.
    Json = 2,
}

impl Framing {
    /// The framing with this number in the filter ABI.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        match code {
            0 => Some(Framing::Lengths),
            1 => Some(Framing::Lines),
            2 => Some(Framing::Json),
            _ => None,
        }
    }
}

/// The code for a length that reaches past the end of the batch.
const RANGE: i32 = -1;

impl Classifier {
    /// Appends the results for a batch of records. Records without a verdict or an error have none.
    /// For each other record, in order, there are:
    ///
    /// - its index, 4 bytes little-endian,
    /// - the length of its JSON or, negative, the error's [code](Error::code), 4 bytes little-endian,
    /// - its JSON, as from [`process`](Classifier::process).
    ///
    /// A malformed record does not affect the others. See [`Framing`] for an example.
    ///
    /// # Errors
    /// The input is too large, or memory ran out.
    pub fn process_batch(
        &mut self,
        input: &[u8],
        framing: Framing,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        check_length(input)?;
        let mut batch = Batch { classifier: self, output, index: 0 };
        match framing {
            Framing::Lengths => batch.lengths(input),
            Framing::Lines => batch.lines(input),
            Framing::Json => batch.json(input),
        }
    }
}

/// A batch in progress.
struct Batch<'b> {
    classifier: &'b mut Classifier,
    output: &'b mut Vec<u8>,
    /// The index of the next record.
    index: u32,
}

/// What an input of [`Framing::Json`] contains.
enum Content {
    /// Lists of records, which have been processed.
    Lists,
    /// One record.
    Record,
}

impl Batch<'_> {
    fn lengths(&mut self, mut rest: &[u8]) -> Result<(), Error> {
        while !rest.is_empty() {
            let framed = rest.split_first_chunk().and_then(|(length, after)| {
                after.split_at_checked(u32::from_le_bytes(*length) as usize)
            });
            let Some((record, after)) = framed else { return self.push_head(RANGE) };
            self.record(record)?;
            rest = after;
        }
        Ok(())
    }

    fn lines(&mut self, input: &[u8]) -> Result<(), Error> {
        let mut start = 0;
        for end in memchr_iter(b'\n', input).chain([input.len()]) {
            let line = &input[start..end];
            start = end + 1;
            if line.trim_ascii().is_empty() {
                self.index += 1;
            } else {
                self.record(line)?;
            }
        }
        Ok(())
    }

    fn json(&mut self, input: &[u8]) -> Result<(), Error> {
        match self.lists(&mut Reader::new(input)) {
            // Where the next record starts is unknown.
            Err(error @ Error::Malformed(_)) => self.push_head(error.code()),
            Err(error) => Err(error),
            Ok(Content::Lists) => Ok(()),
            Ok(Content::Record) => self.record_or_list(input),
        }
    }

    fn record_or_list(&mut self, input: &[u8]) -> Result<(), Error> {
        if self.classifier.is_excluded(input) {
            return self.count(Ok(None));
        }
        match self.classifier.evaluate_next(&mut Reader::new(input), Trailing::Nothing) {
            Err(Error::SeveralRecords) => self.searched_list(input),
            verdict => self.count(verdict),
        }
    }

    /// Processes the elements of the array that holds the records of an input.
    fn searched_list(&mut self, input: &[u8]) -> Result<(), Error> {
        let mut buffers = SearchBuffers::default();
        let Some(list) = search_list(input, &mut buffers)? else {
            return self.count(Err(Error::SeveralRecords));
        };
        self.elements(&mut Reader::new(list.open(input, &mut buffers)?))
    }

    /// Processes the lists of an input.
    fn lists(&mut self, reader: &mut Reader<'_>) -> Result<Content, Error> {
        let mut content = Content::Record;
        match reader.peek()? {
            ValueKind::Array => {
                self.elements(reader)?;
                content = Content::Lists;
            }
            ValueKind::Object => {
                reader.enter()?;
                while let Some(key) = reader.next_key()? {
                    if LISTS.iter().any(|list| key == *list) && reader.peek()? == ValueKind::Array {
                        self.elements(reader)?;
                        content = Content::Lists;
                    } else {
                        reader.value()?;
                    }
                }
            }
            _ => return Ok(Content::Record),
        }
        reader.clone().finish()?;
        Ok(content)
    }

    fn elements(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        reader.enter()?;
        while reader.next_element()? {
            let start = reader.offset();
            let verdict = match self.classifier.evaluate_next(reader, Trailing::Values) {
                Err(Error::SeveralRecords) => self.row(reader.since(start)),
                verdict => verdict,
            };
            match self.classifier.count(verdict) {
                // The caller ends the batch.
                Err(Error::Malformed(malformed)) => return Err(Error::Malformed(malformed)),
                verdict => self.push(verdict)?,
            }
        }
        Ok(())
    }

    /// The verdict on an element with several records, or on an array, which may be a row of a table: it
    /// is read as the member of an object.
    #[cold]
    #[inline(never)]
    fn row(&mut self, element: &[u8]) -> Result<Option<Verdict>, Error> {
        if !element.ends_with(b"]") {
            return Err(Error::SeveralRecords);
        }
        let mut object = Vec::new();
        object.try_reserve(element.len() + 5)?;
        object.extend_from_slice(b"{\"\":");
        object.extend_from_slice(element);
        object.push(b'}');
        self.classifier.evaluate_next(&mut Reader::new(&object), Trailing::Nothing)
    }

    fn record(&mut self, record: &[u8]) -> Result<(), Error> {
        let verdict = self.classifier.verdict(record);
        self.push(verdict)
    }

    /// Counts the next record, and appends its result.
    fn count(&mut self, verdict: Result<Option<Verdict>, Error>) -> Result<(), Error> {
        let verdict = self.classifier.count(verdict);
        self.push(verdict)
    }

    /// Appends the result for the next record.
    fn push(&mut self, verdict: Result<Option<Verdict>, Error>) -> Result<(), Error> {
        match verdict {
            Ok(None) => {
                self.index += 1;
                Ok(())
            }
            Ok(Some(verdict)) => {
                self.push_head(0)?;
                let start = self.output.len();
                self.classifier.encode(&verdict, self.output)?;
                let length = (self.output.len() - start) as u32;
                self.output[start - 4..start].copy_from_slice(&length.to_le_bytes());
                Ok(())
            }
            Err(error) => self.push_head(error.code()),
        }
    }

    /// Appends the index of the next record, and a length or a code.
    fn push_head(&mut self, n: i32) -> Result<(), Error> {
        self.output.try_reserve(8)?;
        self.output.extend_from_slice(&self.index.to_le_bytes());
        self.output.extend_from_slice(&n.to_le_bytes());
        self.index += 1;
        Ok(())
    }
}
