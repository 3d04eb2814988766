//! Many records in one input.

use alloc::vec::Vec;

use memchr::memchr_iter;
use sekisho_scan::{Reader, ValueKind};
use sekisho_signin::Verdict;

use crate::arrival::LISTS;
use crate::engine::Behind;
use crate::{Engine, Error};

/// How the records of a batch stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Before each record its length in bytes, as 32 bits little-endian.
    Lengths = 0,
    /// A record on each line (NDJSON). Blank lines count, and have no answer.
    Lines = 1,
    /// A JSON array, or an object with an array in `Records`, `Events` or `logEvents`: its elements
    /// are the records. Any other input is one record.
    Json = 2,
}

impl Framing {
    /// The framing that this number stands for in the filter ABI.
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

/// The code of a length that reaches behind the end of the batch.
const OUTSIDE: i32 = -1;

pub(crate) fn process(
    engine: &mut Engine,
    input: &[u8],
    framing: Framing,
    output: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut answers = Answers { output, index: 0 };
    match framing {
        Framing::Lengths => lengths(engine, input, &mut answers),
        Framing::Lines => lines(engine, input, &mut answers),
        Framing::Json => json(engine, input, &mut answers),
    }
}

fn lengths(engine: &mut Engine, mut rest: &[u8], answers: &mut Answers<'_>) -> Result<(), Error> {
    while !rest.is_empty() {
        let framed = rest.split_first_chunk().and_then(|(length, behind)| {
            behind.split_at_checked(u32::from_le_bytes(*length) as usize)
        });
        let Some((record, behind)) = framed else {
            return answers.push_head(OUTSIDE);
        };
        let answer = engine.classify(record);
        answers.push(engine, answer)?;
        rest = behind;
    }
    Ok(())
}

fn lines(engine: &mut Engine, input: &[u8], answers: &mut Answers<'_>) -> Result<(), Error> {
    let mut begin = 0;
    for end in memchr_iter(b'\n', input).chain([input.len()]) {
        let line = &input[begin..end];
        begin = end + 1;
        if line.trim_ascii().is_empty() {
            answers.index += 1;
        } else {
            let answer = engine.classify(line);
            answers.push(engine, answer)?;
        }
    }
    Ok(())
}

fn json(engine: &mut Engine, input: &[u8], answers: &mut Answers<'_>) -> Result<(), Error> {
    match containers(engine, &mut Reader::new(input), answers) {
        // Nothing behind the fault can be told apart any more.
        Err(Error::Malformed(malformed)) => answers.push_head(Error::Malformed(malformed).code()),
        Err(error) => Err(error),
        Ok(Holds::Lists) => Ok(()),
        Ok(Holds::One) => {
            let answer = engine.classify(input);
            answers.push(engine, answer)
        }
    }
}

/// Whether an input holds lists of records, which then were answered, or is one record.
enum Holds {
    Lists,
    One,
}

fn containers(
    engine: &mut Engine,
    reader: &mut Reader<'_>,
    answers: &mut Answers<'_>,
) -> Result<Holds, Error> {
    let mut holds = Holds::One;
    match reader.peek()? {
        ValueKind::Array => {
            elements(engine, reader, answers)?;
            holds = Holds::Lists;
        }
        ValueKind::Object => {
            reader.enter()?;
            while let Some(key) = reader.next_key()? {
                if LISTS.iter().any(|list| key == *list) && reader.peek()? == ValueKind::Array {
                    elements(engine, reader, answers)?;
                    holds = Holds::Lists;
                } else {
                    reader.value()?;
                }
            }
        }
        _ => return Ok(Holds::One),
    }
    reader.clone().finish()?;
    Ok(holds)
}

fn elements(
    engine: &mut Engine,
    reader: &mut Reader<'_>,
    answers: &mut Answers<'_>,
) -> Result<(), Error> {
    reader.enter()?;
    while reader.next_element()? {
        match engine.judge(reader, Behind::More) {
            // Told by whoever gives up over it.
            Err(Error::Malformed(malformed)) => return Err(Error::Malformed(malformed)),
            answer => answers.push(engine, answer)?,
        }
    }
    Ok(())
}

/// The answers so far: sparse, as a record that is no sign-in has none.
struct Answers<'o> {
    output: &'o mut Vec<u8>,
    /// Of the next record.
    index: u32,
}

impl Answers<'_> {
    /// Adds what `engine` has just answered.
    fn push(
        &mut self,
        engine: &mut Engine,
        answer: Result<Option<Verdict>, Error>,
    ) -> Result<(), Error> {
        match answer {
            Ok(None) => {
                self.index += 1;
                Ok(())
            }
            Ok(Some(verdict)) => {
                self.push_head(0)?;
                let start = self.output.len();
                engine.encode(&verdict, self.output)?;
                let length = (self.output.len() - start) as u32;
                self.output[start - 4..start].copy_from_slice(&length.to_le_bytes());
                Ok(())
            }
            Err(error) => self.push_head(error.code()),
        }
    }

    /// Adds the next record's index and its `n`: the length of what follows, or an error.
    fn push_head(&mut self, n: i32) -> Result<(), Error> {
        self.output.try_reserve(8)?;
        self.output.extend_from_slice(&self.index.to_le_bytes());
        self.output.extend_from_slice(&n.to_le_bytes());
        self.index += 1;
        Ok(())
    }
}
