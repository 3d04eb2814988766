//! Files of rules, read and checked.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sekisho::{MAX_FIELD, MAX_RULE_ID};
use sekisho_rules::Pattern;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::file::{self, RuleFile, Severity};
use super::json::Json;
use super::problem::{Problem, Source, show};
use crate::args::When;
use crate::failure::Failure;
use crate::summary::counted;

/// Stands for the rules that come with the program.
const BUILTIN: &str = "builtin";
const BUILTIN_RULES: &str = include_str!("../../../../plugin/rules/signin.yaml");

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
    /// Its pattern, as JSON.
    pub(crate) pattern: Box<RawValue>,
    /// Its tests.
    pub(crate) tests: Vec<Test>,
}

/// A test inside a rule.
#[derive(Debug)]
pub(crate) struct Test {
    /// What it shows.
    pub(crate) name: Option<String>,
    /// The event, as JSON.
    pub(crate) event: Box<RawValue>,
    /// Whether the rule must match it.
    pub(crate) matches: bool,
    /// The number of its file, and the offset of the event in it.
    pub(crate) place: (usize, usize),
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
    let Loader { rules, problems, .. } = loader;
    if problems.is_empty() {
        return Ok(rules);
    }
    show(&problems, &rules.sources, color);
    Err(Failure::Usage {
        sentence: format!("the rules are refused: {}", counted(problems.len() as u64, "error")),
        advice: "`sekisho rules --help` shows what a file of rules looks like",
    })
}

#[derive(Default)]
struct Loader {
    rules: Rules,
    /// The file and the place in it where each id was found.
    ids: HashMap<String, (usize, Range<usize>)>,
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
        let file::Rule { id, severity, description, pattern, tests } = rule;
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
        if let Err(error) = Pattern::parse(pattern.get().as_bytes()) {
            let at = json.offset(pattern.get()) + error.at;
            self.problem(json.place(at), error.kind.to_string());
        }
        let tests = tests.into_iter().filter_map(|test| self.test(json, test.get())).collect();
        match self.ids.get(&id) {
            None => drop(self.ids.insert(id.clone(), here)),
            Some(first) => self.problems.push(Problem {
                sentence: format!("a second rule `{id}`: give it another id"),
                place: Some(here),
                related: Some(first.clone()),
            }),
        }
        self.rules.rules.push(Rule { id, severity, pattern: pattern.to_owned(), tests });
    }

    fn test(&mut self, json: &Json, part: &str) -> Option<Test> {
        let file::Test { name, event, matches } = self.object(json, part)?;
        let place = json.place(json.offset(event.get()));
        if !event.get().starts_with('{') {
            self.problem(place.clone(), "expected an object as `event`");
        }
        let place = (self.source(), place.start);
        Some(Test { name, event: event.to_owned(), matches, place })
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
