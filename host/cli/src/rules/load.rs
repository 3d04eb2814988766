//! Files of rules, read and checked.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sekisho::{ConfigurationError, Correlation, MAX_FIELD, MAX_RULE_ID, Views};
use sekisho_records::{Constraint, constraints};
use sekisho_rules::Pattern;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::file::{self, RuleFile, Severity};
use super::json::Json;
use super::problem::{Problem, Source, show};
use super::sequence::Sequence;
use crate::color::When;
use crate::failure::Failure;
use crate::summary::counted;

/// Stands for the rules that come with the program.
const BUILTIN: &str = "builtin";
const BUILTIN_RULES: &str = include_str!("builtin.yaml");

/// A larger file is refused: the module could not take its rules either.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Valid rules, in the order in which they are written.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The files they are from.
    pub(crate) sources: Vec<Source>,
    /// The name of the field with the verdict in annotated records, if a file gives one.
    pub(crate) field: Option<String>,
    /// All of them.
    pub(crate) rules: Vec<Rule>,
}

/// A valid rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its id, which no other rule has.
    pub(crate) id: String,
    /// How much a match matters.
    pub(crate) severity: Severity,
    /// What it asks for.
    pub(crate) asks: Asks,
    /// Its tests.
    pub(crate) tests: Vec<Test>,
}

impl Rule {
    /// Whether it matches single records.
    pub(crate) fn matches_records(&self) -> bool {
        matches!(self.asks, Asks::Record(_))
    }

    /// The constraints of its pattern, checked against a record; none if it does not match records.
    pub(crate) fn constraints(&self, views: &Views) -> Vec<Constraint> {
        match &self.asks {
            Asks::Record(pattern) => constraints(pattern.get(), views),
            Asks::Attempt(_) | Asks::Count(_) => Vec::new(),
        }
    }
}

/// What a rule asks for, as JSON.
#[derive(Debug)]
pub(crate) enum Asks {
    /// A pattern that is matched against records.
    Record(Box<RawValue>),
    /// A pattern that is matched against attempts.
    Attempt(Box<RawValue>),
    /// A correlation, which counts what others match.
    Count(Box<RawValue>),
}

/// A test inside a rule.
#[derive(Debug)]
pub(crate) struct Test {
    /// What it shows.
    pub(crate) name: Option<String>,
    /// What the rule is given.
    pub(crate) input: Input,
    /// What the rule must say.
    pub(crate) expected: Said,
    /// The number of its file, and the offset of the input in it.
    pub(crate) place: (usize, usize),
}

/// What a rule is given by a test.
#[derive(Debug)]
pub(crate) enum Input {
    /// An event, as JSON.
    Event(Box<RawValue>),
    /// Events one after the other, each as JSON.
    Events(Vec<String>),
}

/// What a rule says of its input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// Whether it matches.
    Match(bool),
    /// How many findings it has.
    Findings(u64),
}

/// Reads files of rules, and shows whatever is wrong with them on standard error.
///
/// # Errors
/// [`Failure::Usage`], if anything is.
pub(crate) fn load(files: &[PathBuf], color: When) -> Result<Rules, Failure> {
    let mut loader = Loader::default();
    for file in files {
        loader.file(file);
    }
    loader.references();
    let Loader { rules, problems, .. } = loader;
    if problems.is_empty() {
        return Ok(rules);
    }
    show(&problems, &rules.sources, color);
    Err(Failure::Usage {
        message: format!("the rules are refused: {}", counted(problems.len() as u64, "error")),
        advice: "`sekisho rules --help` shows what a file of rules looks like",
    })
}

#[derive(Default)]
struct Loader {
    rules: Rules,
    /// The file and the place in it where each id was found.
    ids: HashMap<String, (usize, Range<usize>)>,
    /// The ids that correlations name, and where.
    references: Vec<(String, (usize, Range<usize>))>,
    problems: Vec<Problem>,
}

impl Loader {
    fn file(&mut self, path: &Path) {
        let name = path.to_string_lossy().into_owned();
        let text = match path.as_os_str() == BUILTIN {
            true => Ok(BUILTIN_RULES.to_owned()),
            false => read(path),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                let sentence = format!("{name} cannot be read: {error}");
                return self.problems.push(Problem { sentence, ..Problem::default() });
            }
        };
        self.rules.sources.push(Source::new(name, text));
        match Json::read(self.rules.sources[self.source()].text()) {
            Ok(json) => self.content(&json),
            Err(fault) => self.problem(fault.place, fault.sentence),
        }
    }

    /// The number of the file that is being read.
    fn source(&self) -> usize {
        self.rules.sources.len() - 1
    }

    fn problem(&mut self, place: Range<usize>, sentence: impl Into<String>) {
        let place = Some((self.source(), place));
        self.problems.push(Problem { sentence: sentence.into(), place, related: None });
    }

    fn content(&mut self, json: &Json) {
        let Some(file) = self.object::<RuleFile<'_>>(json, json.text()) else { return };
        if let Some(field) = file.field {
            self.field(json, field.get());
        }
        for rule in file.rules {
            self.rule(json, rule.get());
        }
    }

    /// Reads a part of the JSON that must be an object. (Serde takes a list for a struct too.)
    fn object<'j, T: Deserialize<'j>>(&mut self, json: &Json, part: &'j str) -> Option<T> {
        if part.starts_with('{') {
            return self.value(json, part);
        }
        self.problem(json.place(json.offset(part)), "expected an object");
        None
    }

    fn value<'j, T: Deserialize<'j>>(&mut self, json: &Json, part: &'j str) -> Option<T> {
        match serde_json::from_str(part) {
            Ok(value) => Some(value),
            Err(error) => {
                // The JSON is one line; the column is that of the last byte that was read. Of a value
                // of the wrong type that may be none.
                let last = error.column().saturating_sub(1);
                let unread = matches!(part.as_bytes().get(last), Some(b':' | b',' | b'['));
                let at = json.offset(part) + last + usize::from(unread);
                let sentence = error.to_string();
                let sentence = sentence.rsplit_once(" at line ").map_or(&*sentence, |(it, _)| it);
                self.problem(json.place(at), sentence);
                None
            }
        }
    }

    fn field(&mut self, json: &Json, part: &str) {
        let place = json.place(json.offset(part));
        let Some(field) = self.value::<String>(json, part) else { return };
        if field.is_empty() || field.len() > MAX_FIELD {
            self.problem(place, format!("expected a name of 1 to {MAX_FIELD} bytes as `field`"));
        } else if self.rules.field.as_ref().is_some_and(|other| *other != field) {
            self.problem(place, "another file gives another `field`: write it once");
        } else {
            self.rules.field = Some(field);
        }
    }

    fn rule(&mut self, json: &Json, part: &str) {
        let Some(rule) = self.object::<file::Rule<'_>>(json, part) else { return };
        let file::Rule { id, severity, description, pattern, correlation, tests } = rule;
        let place = json.place(json.offset(part));
        let here = (self.source(), place.clone());
        if !(1..=MAX_RULE_ID).contains(&id.len())
            || id.contains(|character: char| character.is_whitespace() || character.is_control())
        {
            let sentence = format!("expected 1 to {MAX_RULE_ID} bytes without white space as `id`");
            self.problem(place.clone(), sentence);
        }
        if description.trim().is_empty() {
            self.problem(place.clone(), "expected a sentence as `description`");
        }
        match self.ids.get(&id) {
            None => drop(self.ids.insert(id.clone(), here)),
            Some(first) => self.problems.push(Problem {
                sentence: format!("a second rule `{id}`: give it another id"),
                place: Some(here),
                related: Some(first.clone()),
            }),
        }
        let asks = match (pattern, correlation) {
            (Some(pattern), None) => self.pattern(json, pattern),
            (None, Some(correlation)) => self.correlation(json, correlation),
            (Some(_), Some(_)) => {
                return self.problem(place, "a `pattern` and a `correlation`: make two rules");
            }
            (None, None) => return self.problem(place, "expected a `pattern` or a `correlation`"),
        };
        let test = |test: &RawValue| self.test(json, test.get(), &asks);
        let tests = tests.into_iter().filter_map(test).collect();
        self.rules.rules.push(Rule { id, severity, asks, tests });
    }

    fn pattern(&mut self, json: &Json, pattern: &RawValue) -> Asks {
        let at = json.offset(pattern.get());
        match Pattern::parse(pattern.get().as_bytes()) {
            Ok(parsed) if parsed.references("attempt") => {
                if ["detail", "detail-type", "signin"].iter().any(|name| parsed.references(name)) {
                    let sentence = "a pattern of attempts: no record is matched beside `attempt`, \
                                    so make two rules";
                    self.problem(json.place(at), sentence);
                }
                return Asks::Attempt(pattern.to_owned());
            }
            Ok(_) => {}
            Err(error) => self.problem(json.place(at + error.offset), error.kind.to_string()),
        }
        Asks::Record(pattern.to_owned())
    }

    fn correlation(&mut self, json: &Json, correlation: &RawValue) -> Asks {
        let begin = json.offset(correlation.get());
        match Correlation::parse(correlation.get().as_bytes()) {
            Ok(parsed) => {
                let place = |at| (self.source(), json.place(begin + at));
                let references = parsed.rules().map(|(id, at)| (id.to_owned(), place(at)));
                let references: Vec<_> = references.collect();
                self.references.extend(references);
            }
            Err(error) => {
                let (at, sentence) = match error {
                    ConfigurationError::Value { key, expected, offset } => {
                        (offset, format!("expected {expected} as `{key}`"))
                    }
                    ConfigurationError::UnknownKey { key, offset } => {
                        (offset, format!("unknown field `{key}`"))
                    }
                    error => (0, error.to_string()),
                };
                self.problem(json.place(begin + at), sentence);
            }
        }
        Asks::Count(correlation.to_owned())
    }

    /// Looks for the rules that correlations name. They may be in any of the files.
    fn references(&mut self) {
        let counting = self.rules.rules.iter().filter(|rule| matches!(rule.asks, Asks::Count(_)));
        let counting: HashSet<_> = counting.map(|rule| &rule.id).collect();
        for (id, place) in &self.references {
            let sentence = match self.ids.contains_key(id) {
                true if !counting.contains(id) => continue,
                true => format!("`{id}` counts itself: name rules with a pattern"),
                false => format!("no rule `{id}`: correct the id, or name the file it is in too"),
            };
            let place = Some(place.clone());
            self.problems.push(Problem { sentence, place, related: None });
        }
    }

    fn test(&mut self, json: &Json, part: &str, asks: &Asks) -> Option<Test> {
        let file::Test { name, event, events, matches, findings } = self.object(json, part)?;
        let (given, expected) = match (asks, event, events, matches, findings) {
            (Asks::Record(_), Some(given), None, Some(matches), None)
            | (Asks::Attempt(_) | Asks::Count(_), None, Some(given), Some(matches), None) => {
                (given, Said::Match(matches))
            }
            (Asks::Count(_), None, Some(given), None, Some(findings)) => {
                (given, Said::Findings(findings))
            }
            _ => {
                let sentence = match asks {
                    Asks::Record(_) => "a test of records has `event` and `match`",
                    Asks::Attempt(_) => "a test of attempts has `events` and `match`",
                    Asks::Count(_) => {
                        "a test of a correlation has `events`, and `findings` or `match`"
                    }
                };
                self.problem(json.place(json.offset(part)), sentence);
                return None;
            }
        };
        let place = json.place(json.offset(given.get()));
        let input = match asks {
            Asks::Record(_) => {
                if !given.get().starts_with('{') {
                    self.problem(place.clone(), "expected an object as `event`");
                }
                Input::Event(given.to_owned())
            }
            Asks::Attempt(_) | Asks::Count(_) => Input::Events(self.events(json, given.get())),
        };
        Some(Test { name, input, expected, place: (self.source(), place.start) })
    }

    /// Makes the events of a test, each as JSON.
    fn events(&mut self, json: &Json, part: &str) -> Vec<String> {
        let mut sequence = Sequence::default();
        let Some(elements) = self.value::<Vec<&RawValue>>(json, part) else { return Vec::new() };
        if elements.is_empty() {
            self.problem(json.place(json.offset(part)), "expected at least one event");
        }
        for element in elements {
            let element = element.get();
            if let Err(sentence) = self.element(json, element, &mut sequence) {
                self.problem(json.place(json.offset(element)), sentence);
            }
        }
        sequence.into_events()
    }

    fn element(&mut self, json: &Json, part: &str, sequence: &mut Sequence) -> Result<(), String> {
        let Some(event) = self.object::<Map<String, Value>>(json, part) else { return Ok(()) };
        if !event.contains_key("times") && !event.contains_key("every") {
            return sequence.add(event);
        }
        match self.object::<file::Copies>(json, part) {
            Some(file::Copies { times, every, event }) => {
                sequence.add_copies(&event, times, every.as_deref())
            }
            None => Ok(()),
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    match text.len() as u64 > FILE_BYTES_MAX {
        true => Err(io::Error::other(format!("expected at most {FILE_BYTES_MAX} bytes"))),
        false => Ok(text),
    }
}
