//! Parses patterns: fields, objects and `$or`.

use alloc::vec::Vec;
use core::mem;

use sekisho_scan::ValueKind;

use crate::condition::Condition;
use crate::error::{PatternError, PatternErrorKind};
use crate::limits::Limits;
use crate::parser::{ParseResult, Parser, error};
use crate::path_tree::{PathTree, ROOT};

/// A valid event pattern.
///
/// Compile one or many of them into a [`RuleSet`](crate::RuleSet).
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) paths: PathTree,
    /// In the order of the pattern.
    pub(crate) fields: Vec<PatternField>,
    /// The conjunctions, one of which must match.
    pub(crate) branches: Vec<FieldSet>,
}

/// A path, and the conditions of which its value must meet one.
#[derive(Clone, Debug)]
pub(crate) struct PatternField {
    pub(crate) path: u32,
    pub(crate) conditions: Vec<Condition>,
}

/// The indexes of the fields that must all match, in ascending order. If two fields have the same
/// path, the last one counts.
pub(crate) type FieldSet = Vec<u32>;

impl Pattern {
    /// Parses a pattern within [`Limits::AWS`].
    ///
    /// ```
    /// use sekisho_rules::{Pattern, PatternErrorKind};
    ///
    /// assert!(Pattern::parse(br#"{"userIdentity":{"type":["Root"]}}"#).is_ok());
    ///
    /// let error = Pattern::parse(br#"{"eventName":["ConsoleLogin",{"regex":"^Get"}]}"#).unwrap_err();
    /// assert_eq!(error.kind, PatternErrorKind::UnknownOperator);
    /// assert_eq!((error.offset, error.line, error.column), (30, 1, 31));
    /// ```
    ///
    /// # Errors
    /// Returns an error if AWS would refuse the pattern.
    pub fn parse(json: &[u8]) -> Result<Self, PatternError> {
        Self::parse_with(json, &Limits::AWS)
    }

    /// Parses a pattern within other limits.
    ///
    /// # Errors
    /// Returns an error if the pattern is not valid or exceeds `limits`.
    pub fn parse_with(json: &[u8], limits: &Limits) -> Result<Self, PatternError> {
        let pattern = Parser::new(json, limits).and_then(|parser| {
            let paths = PathTree::default();
            PatternParser { parser, paths, fields: Vec::new(), branches: Vec::new() }.pattern()
        });
        pattern.map_err(|error| error.locate(json))
    }

    /// Whether the pattern tests a top-level key of the event or anything below it.
    ///
    /// ```
    /// use sekisho_rules::Pattern;
    ///
    /// let pattern = Pattern::parse(br#"{"detail":{"eventName":["ConsoleLogin"]}}"#)?;
    /// assert!(pattern.references("detail"));
    /// assert!(!pattern.references("eventName"));
    /// # Ok::<(), sekisho_rules::PatternError>(())
    /// ```
    #[must_use]
    pub fn references(&self, key: &str) -> bool {
        self.paths.find(ROOT, key.as_bytes()).is_some()
    }
}

/// Parses one pattern.
struct PatternParser<'a> {
    parser: Parser<'a>,
    paths: PathTree,
    fields: Vec<PatternField>,
    /// The branches of what has been read so far; none before the first field.
    branches: Vec<FieldSet>,
}

/// A container that the parser is in.
enum Level {
    Object {
        path: u32,
        offset: usize,
        is_empty: bool,
        inside_or: bool,
    },
    Or {
        /// The path of the object that contains it.
        path: u32,
        offset: usize,
        alternatives: usize,
        /// The branches before it. Each alternative starts with them.
        before: Vec<FieldSet>,
        /// The branches of the alternatives that have been read.
        after: Vec<FieldSet>,
    },
}

impl PatternParser<'_> {
    fn pattern(mut self) -> ParseResult<Pattern> {
        if self.parser.reader.peek()? != ValueKind::Object {
            return Err(self.parser.error(PatternErrorKind::NotAnObject));
        }
        let mut levels = Vec::from([self.enter_object(ROOT, false)?]);
        while let Some(level) = levels.pop() {
            self.step(level, &mut levels)?;
        }
        self.parser.reader.finish()?;
        Ok(Pattern { paths: self.paths, fields: self.fields, branches: self.branches })
    }

    /// Reads the next member or alternative of `level`, and pushes the levels to continue with.
    fn step(&mut self, level: Level, levels: &mut Vec<Level>) -> ParseResult<()> {
        match level {
            Level::Object { path, offset, is_empty, inside_or } => match self.parser.key()? {
                None if is_empty => return Err(error(PatternErrorKind::EmptyObject, offset)),
                None => self.end_object(levels.last_mut())?,
                Some((key, key_offset)) => {
                    levels.push(Level::Object { path, offset, is_empty: false, inside_or });
                    if inside_or && is_reserved(&key) {
                        return Err(error(PatternErrorKind::OrReserved, key_offset));
                    }
                    levels.extend(self.member(path, &key, inside_or)?);
                }
            },
            Level::Or { path, offset, alternatives, before, after } => {
                if self.parser.reader.next_element()? {
                    if self.parser.reader.peek()? != ValueKind::Object {
                        return Err(self.parser.error(PatternErrorKind::OrElement));
                    }
                    self.branches.clone_from(&before);
                    let alternatives = alternatives + 1;
                    levels.push(Level::Or { path, offset, alternatives, before, after });
                    levels.push(self.enter_object(path, true)?);
                } else if alternatives < 2 {
                    return Err(error(PatternErrorKind::OrTooFew, offset));
                } else {
                    self.branches = after;
                }
            }
        }
        Ok(())
    }

    /// Reads the value of a key, or enters it.
    fn member(&mut self, path: u32, key: &str, inside_or: bool) -> ParseResult<Option<Level>> {
        let kind = self.parser.reader.peek()?;
        let offset = self.parser.reader.offset();
        if key == "$or" {
            if kind != ValueKind::Array {
                return Err(self.parser.error(PatternErrorKind::OrList));
            }
            self.parser.reader.enter()?;
            let before = mem::take(&mut self.branches);
            let after = Vec::new();
            return Ok(Some(Level::Or { path, offset, alternatives: 0, before, after }));
        }
        let path = self.paths.add(path, key.as_bytes());
        match kind {
            ValueKind::Object => self.enter_object(path, inside_or).map(Some),
            ValueKind::Array => {
                let conditions = self.parser.conditions()?;
                self.add_field(path, conditions);
                Ok(None)
            }
            _ => Err(self.parser.error(PatternErrorKind::NotAList)),
        }
    }

    fn enter_object(&mut self, path: u32, inside_or: bool) -> ParseResult<Level> {
        let offset = self.parser.reader.offset();
        self.parser.reader.enter()?;
        Ok(Level::Object { path, offset, is_empty: true, inside_or })
    }

    /// At the end of an object that is an alternative of an `$or`, saves its branches there.
    fn end_object(&mut self, outer: Option<&mut Level>) -> ParseResult<()> {
        if let Some(Level::Or { after, offset, .. }) = outer {
            after.append(&mut self.branches);
            let limit = self.parser.limits.branches;
            if after.len() > limit {
                return Err(error(PatternErrorKind::TooManyBranches(limit), *offset));
            }
        }
        Ok(())
    }

    /// Adds a field to all branches.
    fn add_field(&mut self, path: u32, conditions: Vec<Condition>) {
        if self.branches.is_empty() {
            self.branches.push(FieldSet::new());
        }
        for branch in &mut self.branches {
            branch.push(self.fields.len() as u32);
        }
        self.fields.push(PatternField { path, conditions });
    }
}

/// Whether event-ruler reserves the name for an operator.
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
