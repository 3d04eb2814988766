//! Parses patterns: fields, objects and `$or`.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use sekisho_scan::ValueKind;

use crate::complexity::complexity;
use crate::condition::{Condition, set};
use crate::error::{PatternError, PatternErrorKind};
use crate::limits::Limits;
use crate::order::{add_to_set, sorted};
use crate::parser::{ParseResult, Parser, error};
use crate::path_tree::{PathTree, ROOT};
use crate::pattern_field::{FieldSet, PatternField};

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
        let limit = limits.wildcard_prefixes;
        let pattern = Pattern::read(json, limits).and_then(|pattern| {
            let (complexity, field) = match limit {
                usize::MAX => (0, 0),
                _ => pattern.complexity(limit),
            };
            match complexity > limit {
                true => Err(error(
                    PatternErrorKind::WildcardComplexity(limit),
                    pattern.fields[field as usize].offset,
                )),
                false => Ok(pattern.normalized()),
            }
        });
        pattern.map_err(|error| error.locate(json))
    }

    /// The complexity of the wildcards of a pattern, as AWS's event-ruler counts it: the maximum number
    /// of prefixes of wildcards that one value can match at the same time. It is 0 without wildcards.
    /// `None` if there are more than `at_most`, or if counting would take too long.
    ///
    /// ```
    /// use sekisho_rules::Pattern;
    ///
    /// let pattern = br#"{"userAgent":[{"wildcard":"*a*aa"},{"wildcard":"*b"}]}"#;
    /// assert_eq!(Pattern::wildcard_complexity(pattern, 1000)?, Some(6));
    /// # Ok::<(), sekisho_rules::PatternError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the pattern is not valid, whatever its size.
    pub fn wildcard_complexity(json: &[u8], at_most: usize) -> Result<Option<usize>, PatternError> {
        let pattern = Pattern::read(json, &Limits::NONE).map_err(|error| error.locate(json))?;
        let (complexity, _) = pattern.complexity(at_most);
        Ok((complexity <= at_most).then_some(complexity))
    }

    /// Parses a pattern. Its conditions are in the order of the pattern.
    fn read(json: &[u8], limits: &Limits) -> ParseResult<Self> {
        let parser = Parser::new(json, limits)?;
        let paths = PathTree::default();
        let parser = PatternParser { parser, paths, fields: Vec::new(), branches: Vec::new() };
        let mut pattern = parser.pattern()?;
        pattern.sort_branches();
        Ok(pattern)
    }

    /// Puts the fields of the branches in order.
    fn sort_branches(&mut self) {
        let key = |field: &PatternField| self.paths.sort_key(field.path);
        let by_path = sorted(self.fields.iter().map(key));
        let mut ranks = vec![0_u32; by_path.len()];
        for (rank, (_, field)) in (0..).zip(&by_path) {
            ranks[*field as usize] = rank;
        }
        for branch in &mut self.branches {
            let mut of_branch = Vec::new();
            for field in branch.drain(..) {
                add_to_set(&mut of_branch, ranks[field as usize]);
            }
            let path = |field: u32| self.fields[field as usize].path;
            for rank in of_branch {
                let field = by_path[rank as usize].1;
                branch.pop_if(|last| path(*last) == path(field));
                branch.push(field);
            }
        }
    }

    /// The complexity of the wildcards, and the field that has it.
    fn complexity(&self, at_most: usize) -> (usize, u32) {
        complexity(&self.fields, &self.branches, at_most)
    }

    fn normalized(mut self) -> Self {
        for field in &mut self.fields {
            for condition in &mut field.conditions {
                if let Condition::AnythingBut(excluded) = condition {
                    *excluded = set(excluded);
                }
            }
            field.conditions = set(&field.conditions);
        }
        self
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
                self.add_field(PatternField { path, conditions, offset });
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
    fn add_field(&mut self, field: PatternField) {
        if self.branches.is_empty() {
            self.branches.push(FieldSet::new());
        }
        for branch in &mut self.branches {
            branch.push(self.fields.len() as u32);
        }
        self.fields.push(field);
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
