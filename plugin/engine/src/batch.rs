//! Many records in one input.

use alloc::vec::Vec;

use sekisho_scan::{Kind, Malformed, Reader};
use sekisho_signin::{Verdict, classify};

use crate::arrival::{Arrival, LISTS, resolve};
use crate::encode::{MAX_VERDICT, encode};
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
            return answers.push_error(OUTSIDE);
        };
        answers.push(engine.classify(record))?;
        rest = behind;
    }
    Ok(())
}

fn lines(engine: &mut Engine, input: &[u8], answers: &mut Answers<'_>) -> Result<(), Error> {
    for line in input.split(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            answers.index += 1;
        } else {
            answers.push(engine.classify(line))?;
        }
    }
    Ok(())
}

fn json(engine: &mut Engine, input: &[u8], answers: &mut Answers<'_>) -> Result<(), Error> {
    let mut reader = Reader::new(input);
    match containers(engine, &mut reader, answers) {
        // The fault stands between records, or nothing behind it can be told apart any more.
        Err(Stop::Malformed(malformed)) => {
            answers.push(engine.count(Err(Error::Malformed(malformed))))
        }
        Err(Stop::Failed(error)) => Err(error),
        Ok(Holds::Lists) => Ok(()),
        Ok(Holds::One) => answers.push(engine.classify(input)),
    }
}

/// Whether an input holds lists of records, which then were answered, or is one record.
enum Holds {
    Lists,
    One,
}

/// Why a batch ends before its input does.
enum Stop {
    Malformed(Malformed),
    Failed(Error),
}

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Stop::Malformed(malformed)
    }
}

fn containers(
    engine: &mut Engine,
    reader: &mut Reader<'_>,
    answers: &mut Answers<'_>,
) -> Result<Holds, Stop> {
    let mut holds = Holds::One;
    match reader.peek()? {
        Kind::Array => {
            elements(engine, reader, answers)?;
            holds = Holds::Lists;
        }
        Kind::Object => {
            reader.enter()?;
            while let Some(key) = reader.next_key()? {
                if LISTS.iter().any(|list| key == *list) && reader.peek()? == Kind::Array {
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
) -> Result<(), Stop> {
    reader.enter()?;
    let depth = reader.depth();
    while reader.next_element()? {
        let mut arrival = Arrival::default();
        let found = arrival.look(reader)?;
        reader.leave(depth)?;
        let record = resolve(found, &mut arrival, &mut engine.buffers);
        let answer = record.map(|record| record.and_then(|record| classify(record.fields)));
        let answer = engine.count(answer);
        answers.push(answer).map_err(Stop::Failed)?;
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
    fn push(&mut self, answer: Result<Option<Verdict>, Error>) -> Result<(), Error> {
        match answer {
            Ok(None) => {
                self.index += 1;
                Ok(())
            }
            Ok(Some(verdict)) => self.push_verdict(&verdict),
            Err(error) => self.push_error(error.code()),
        }
    }

    fn push_verdict(&mut self, verdict: &Verdict) -> Result<(), Error> {
        self.push_head(0)?;
        let start = self.output.len();
        encode(verdict, self.output);
        let length = (self.output.len() - start) as u32;
        self.output[start - 4..start].copy_from_slice(&length.to_le_bytes());
        Ok(())
    }

    fn push_error(&mut self, code: i32) -> Result<(), Error> {
        self.push_head(code)
    }

    fn push_head(&mut self, code: i32) -> Result<(), Error> {
        self.output.try_reserve(8 + MAX_VERDICT)?;
        self.output.extend_from_slice(&self.index.to_le_bytes());
        self.output.extend_from_slice(&code.to_le_bytes());
        self.index += 1;
        Ok(())
    }
}
