//! Patterns: fields, objects and `$or`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use sekisho_scan::{Malformed, Reader, Text, ValueKind};

use crate::condition::Condition;
use crate::paths::{Paths, ROOT};
use crate::{Limits, PatternError, PatternErrorKind as Wrong};

/// A valid event pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) paths: Paths,
    /// In the order in which they were read.
    pub(crate) fields: Vec<Field>,
    /// The conjunctions, of which one must match.
    pub(crate) branches: Vec<Branch>,
}

/// What is asked of a path.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) path: u32,
    pub(crate) conditions: Vec<Condition>,
}

/// The indexes of fields, ascending: all of them must match. Of two fields of one path, the one
/// that is read last counts.
pub(crate) type Branch = Vec<u32>;

impl Pattern {
    /// Reads a pattern within the limits of AWS.
    ///
    /// # Errors
    /// AWS would refuse the pattern.
    pub fn parse(json: &[u8]) -> Result<Self, PatternError> {
        Self::parse_with(json, &Limits::AWS)
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// The pattern is not valid, or exceeds `limits`.
    pub fn parse_with(json: &[u8], limits: &Limits) -> Result<Self, PatternError> {
        let reader = Reader::new(json);
        let parser = Parser {
            json,
            reader,
            limits,
            paths: Paths::default(),
            fields: Vec::new(),
            branches: Vec::new(),
        };
        parser.pattern().map_err(|fault| fault.locate(json))
    }

    /// Whether the pattern asks for something at or below this key at the event's top.
    #[must_use]
    pub fn references(&self, key: &str) -> bool {
        self.paths.find(ROOT, key.as_bytes()).is_some()
    }
}

/// What is wrong, and the offset at which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Wrong,
    pub(crate) offset: usize,
}

impl Fault {
    fn locate(self, json: &[u8]) -> PatternError {
        let before = &json[..self.offset.min(json.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |offset| offset + 1);
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        PatternError {
            kind: self.kind,
            offset: self.offset,
            line: lines as u32 + 1,
            column: characters(&before[line_start..]) as u32 + 1,
        }
    }
}

/// What was read, or what is wrong: in a box, as it is handed on in so many places.
pub(crate) type Parsed<T> = Result<T, Box<Fault>>;

#[cold]
pub(crate) fn fault(kind: Wrong, offset: usize) -> Box<Fault> {
    Box::new(Fault { kind, offset })
}

impl From<Malformed> for Box<Fault> {
    #[cold]
    fn from(malformed: Malformed) -> Self {
        fault(Wrong::Json(malformed), malformed.offset)
    }
}

/// Number of characters in UTF-8.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// Reads one pattern.
pub(crate) struct Parser<'a> {
    json: &'a [u8],
    pub(crate) reader: Reader<'a>,
    pub(crate) limits: &'a Limits,
    paths: Paths,
    fields: Vec<Field>,
    /// Of what has been read so far; none before the first field.
    branches: Vec<Branch>,
}

/// What the parser is inside of.
enum Level {
    Object {
        /// Its path.
        path: u32,
        /// Its offset.
        offset: usize,
        empty: bool,
        inside_or: bool,
    },
    Or {
        /// The path of the object that it is in.
        path: u32,
        /// Its offset.
        offset: usize,
        alternatives: usize,
        /// The branches before it: each alternative starts with them.
        before: Vec<Branch>,
        /// The branches of the alternatives that have been read.
        after: Vec<Branch>,
    },
}

impl Parser<'_> {
    fn pattern(mut self) -> Parsed<Pattern> {
        let limit = self.limits.characters;
        if self.json.len() > limit && characters(self.json) > limit {
            return Err(fault(Wrong::TooLong(limit), 0));
        }
        if self.reader.peek()? != ValueKind::Object {
            return Err(self.fault(Wrong::NotAnObject));
        }
        let mut levels = Vec::from([self.enter_object(ROOT, false)?]);
        while let Some(level) = levels.pop() {
            self.step(level, &mut levels)?;
        }
        self.reader.finish()?;
        Ok(Pattern { paths: self.paths, fields: self.fields, branches: self.branches })
    }

    /// Reads the next member or alternative of `level`, and pushes what is to be gone on with.
    fn step(&mut self, level: Level, levels: &mut Vec<Level>) -> Parsed<()> {
        match level {
            Level::Object { path, offset, empty, inside_or } => match self.key()? {
                None if empty => return Err(fault(Wrong::EmptyObject, offset)),
                None => self.leave_alternative(levels.last_mut())?,
                Some((key, key_offset)) => {
                    levels.push(Level::Object { path, offset, empty: false, inside_or });
                    if inside_or && is_reserved(&key) {
                        return Err(fault(Wrong::OrReserved, key_offset));
                    }
                    levels.extend(self.member(path, &key, inside_or)?);
                }
            },
            Level::Or { path, offset, alternatives, before, after } => {
                if self.reader.next_element()? {
                    if self.reader.peek()? != ValueKind::Object {
                        return Err(self.fault(Wrong::OrElement));
                    }
                    self.branches.clone_from(&before);
                    let alternatives = alternatives + 1;
                    levels.push(Level::Or { path, offset, alternatives, before, after });
                    levels.push(self.enter_object(path, true)?);
                } else if alternatives < 2 {
                    return Err(fault(Wrong::OrTooFew, offset));
                } else {
                    self.branches = after;
                }
            }
        }
        Ok(())
    }

    /// Reads the value of a key, or goes into it.
    fn member(&mut self, path: u32, key: &str, inside_or: bool) -> Parsed<Option<Level>> {
        let kind = self.reader.peek()?;
        let offset = self.reader.offset();
        if key == "$or" {
            if kind != ValueKind::Array {
                return Err(self.fault(Wrong::OrList));
            }
            self.reader.enter()?;
            let before = mem::take(&mut self.branches);
            return Ok(Some(Level::Or { path, offset, alternatives: 0, before, after: Vec::new() }));
        }
        let path = self.paths.add(path, key.as_bytes());
        match kind {
            ValueKind::Object => self.enter_object(path, inside_or).map(Some),
            ValueKind::Array => {
                let conditions = self.conditions()?;
                self.put(path, conditions);
                Ok(None)
            }
            _ => Err(self.fault(Wrong::NotAList)),
        }
    }

    fn enter_object(&mut self, path: u32, inside_or: bool) -> Parsed<Level> {
        let offset = self.reader.offset();
        self.reader.enter()?;
        Ok(Level::Object { path, offset, empty: true, inside_or })
    }

    /// If the object that has ended is an alternative of an `$or`, its branches are put aside.
    fn leave_alternative(&mut self, above: Option<&mut Level>) -> Parsed<()> {
        if let Some(Level::Or { after, offset, .. }) = above {
            after.append(&mut self.branches);
            let limit = self.limits.branches;
            if after.len() > limit {
                return Err(fault(Wrong::TooManyBranches(limit), *offset));
            }
        }
        Ok(())
    }

    /// Adds a field to all branches.
    fn put(&mut self, path: u32, conditions: Vec<Condition>) {
        if self.branches.is_empty() {
            self.branches.push(Branch::new());
        }
        for branch in &mut self.branches {
            branch.push(self.fields.len() as u32);
        }
        self.fields.push(Field { path, conditions });
    }

    /// The next key of the object gone into, and its offset.
    pub(crate) fn key(&mut self) -> Parsed<Option<(String, usize)>> {
        let Some(key) = self.reader.next_key()? else { return Ok(None) };
        Ok(Some((key.chars().collect(), self.offset(key))))
    }

    /// The string that is next.
    pub(crate) fn string(&mut self) -> Parsed<String> {
        let value = self.reader.value()?;
        let text = value.text().ok_or_else(|| fault(Wrong::ExpectedString, value.offset))?;
        Ok(text.chars().collect())
    }

    /// That the value which is next is wrong: it has been peeked at.
    pub(crate) fn fault(&self, kind: Wrong) -> Box<Fault> {
        fault(kind, self.reader.offset())
    }

    /// The offset of the opening quote of `text`.
    fn offset(&self, text: Text<'_>) -> usize {
        let start = self.json.as_ptr().addr();
        text.raw().as_ptr().addr().saturating_sub(start + 1)
    }
}

/// Whether event-ruler keeps the name for an operator of today or tomorrow.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 22] = [
        "exactly",
        "equals-ignore-case",
        "prefix",
        "suffix",
        "anything-but",
        "exists",
        "wildcard",
        "numeric",
        "cidr",
        "=",
        "<",
        "<=",
        ">",
        ">=",
        "regex",
        "not-wildcard",
        "not-equals-ignore-case",
        "date-after",
        "date-on-or-after",
        "date-before",
        "date-on-or-before",
        "in-date-range",
    ];
    RESERVED.contains(&name) || matches!(name, "ip-address-in-range" | "ip-address-not-in-range")
}
