//! Loads rule files.

use std::io;
use std::path::{Path, PathBuf};

use sekisho::{Configuration, ConfigurationError, MAX_FIELD};

use super::diagnostic::{Diagnostic, Location, SourceText, show};
use super::document::Document;
use super::file::RuleFile;
use super::ids::Ids;
use super::json::Json;
use super::rule::Rules;
use super::rule_parser::parse_rule;
use super::silence_parser::parse_silence;
use super::tune_parser::parse_tune;
use crate::color::When;
use crate::failure::Failure;
use crate::file::read_bounded;
use crate::summary::counted;

/// The path that selects the built-in rules.
const BUILTIN: &str = "builtin";
const BUILTIN_RULES: &str = include_str!("builtin.yaml");

/// The maximum size of a rule file: the module could not be configured with more.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Loads rule files. Errors are shown on standard error.
///
/// # Errors
/// [`Failure::Usage`], if a file cannot be read or is invalid.
pub(crate) fn load(files: &[PathBuf], color: When) -> Result<Rules, Failure> {
    let mut loader = Loader::default();
    for file in files {
        loader.file(file);
    }
    let Loader { rules, ids, mut diagnostics } = loader;
    diagnostics.extend(ids.check(&rules.rules));
    if diagnostics.is_empty() {
        return Ok(rules);
    }
    show(&diagnostics, &rules.sources, color);
    Err(Failure::Usage {
        message: format!("the rules are invalid: {}", counted(diagnostics.len() as u64, "error")),
        advice: "run `sekisho rules --help` to see what a rule file looks like",
    })
}

#[derive(Default)]
struct Loader {
    rules: Rules,
    ids: Ids,
    diagnostics: Vec<Diagnostic>,
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
                let message = format!("{name} cannot be read: {error}");
                return self.diagnostics.push(Diagnostic::new(message, None));
            }
        };
        let source = self.rules.sources.len();
        match Json::parse(&text) {
            Ok(json) => self.content(&json, source),
            Err(error) => {
                let location = Location { source, span: error.span };
                self.diagnostics.push(Diagnostic::new(error.message, Some(location)));
            }
        }
        self.rules.sources.push(SourceText::new(name, text));
    }

    fn content(&mut self, json: &Json, source: usize) {
        let Self { rules, ids, diagnostics } = self;
        let mut document = Document { json, source, diagnostics };
        let Some(file) = document.object::<RuleFile<'_>>(json.text()) else { return };
        if let Some(field) = file.field {
            parse_field(&mut document, field.get(), &mut rules.field);
        }
        if let Some(record) = file.record {
            parse_record(&mut document, record.get(), &mut rules.record);
        }
        let lists = [&file.rules, &file.silence, &file.tune];
        if lists.iter().all(|list| list.is_none()) {
            document
                .error(json.text(), "expected `rules`, `silence` or `tune`, found none of them");
        }
        let [file_rules, silence, tune] = lists.map(|list| list.iter().flatten().copied());
        for rule in file_rules {
            rules.rules.extend(parse_rule(&mut document, rule.get(), ids));
        }
        rules.silence.extend(silence.filter_map(|entry| parse_silence(&mut document, entry, ids)));
        // Changes the rules of this file, and of those before.
        let tuned = tune.filter_map(|entry| parse_tune(&mut document, entry, &mut rules.rules));
        rules.tune.extend(tuned);
    }
}

/// Parses `field`, which must be the same in all files that set it.
fn parse_field<'a>(document: &mut Document<'a>, part: &'a str, field: &mut Option<String>) {
    let Some(name) = document.value::<String>(part) else { return };
    if name.is_empty() || name.len() > MAX_FIELD {
        document.error(part, format!("expected a name of 1 to {MAX_FIELD} bytes as `field`"));
        return;
    }
    match field {
        Some(other) if *other != name => document.error(
            part,
            format!("expected `{other}` as `field`, as in another file, found `{name}`"),
        ),
        field => *field = Some(name),
    }
}

/// Parses `record`, which must be the same in all files that set it.
fn parse_record<'a>(document: &mut Document<'a>, part: &'a str, record: &mut Option<Vec<String>>) {
    const BEFORE: &str = "{\"record\":";
    match Configuration::parse(format!("{BEFORE}{part}}}").as_bytes()) {
        Ok(_) => {}
        Err(ConfigurationError::Value { expected, offset, .. }) => {
            let message = format!("expected {expected} as `record`");
            return document.error_at(part, offset - BEFORE.len(), message);
        }
        Err(error) => return document.error(part, error.to_string()),
    }
    let Some(paths) = document.value::<Vec<String>>(part) else { return };
    match record {
        Some(other) if *other != paths => {
            document.error(part, "expected the same `record` as in another file");
        }
        record => *record = Some(paths),
    }
}

pub(super) fn read(path: &Path) -> io::Result<String> {
    String::from_utf8(read_bounded(path, MAX_FILE_BYTES)?).map_err(io::Error::other)
}
