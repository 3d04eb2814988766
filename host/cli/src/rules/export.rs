//! `sekisho rules export`: prints rules as rules of EventBridge.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use sekisho_rules::Pattern;
use serde_json::{Value, json};

use super::diagnostic::{Diagnostic, show};
use super::load::load;
use super::rule::{Definition, Rule, Rules};
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::output::{Destination, UsedFiles};
use crate::summary::counted;

/// Print rules as rules of EventBridge, in a CloudFormation template
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Rule files, in YAML or JSON; `builtin` is the built-in rules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the template to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho rules export mine.yaml -o template.json
  sekisho rules export builtin mine.yaml > template.json

The template has a parameter, Target: the ARN of what EventBridge sends matches to, such as a topic,
whose policy has to allow it. The name of a rule in the template is its id without hyphens.

EventBridge sees single events: correlations, patterns on `attempt` or `signin`, and entries of
`silence` are named on standard error and left out, and so are rules that are switched off.

Exit status: 0 if all rules are exported, 1 if some are left out, 2 if the rules are invalid, or the
output cannot be written.";

impl Options {
    /// Runs `sekisho rules export`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = load(&self.files, color)?;
        let used = UsedFiles { rules: &self.files, ..UsedFiles::default() };
        let mut destination = Destination::open(self.output.as_deref(), &used)?;
        let (resources, left_out) = resources(&rules);
        let exported = resources.len();
        let written = serde_json::to_string_pretty(&template(resources))
            .map_err(io::Error::other)
            .and_then(|template| writeln!(destination, "{template}"))
            .and_then(|()| destination.end(exported > 0));
        if written.is_ok() && !left_out.is_empty() {
            show(&left_out, &rules.sources, color);
            let exported = counted(exported as u64, "rule");
            eprintln!("{exported} exported, {} left out", left_out.len());
            return Ok(Exit::Incomplete);
        }
        exit_after(written.map(|_| Exit::Complete))
    }
}

fn template(resources: BTreeMap<String, Value>) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Target": {
            "Type": "String",
            "Description": "The ARN of what EventBridge sends matches to.",
        }},
        "Resources": resources,
    })
}

/// The resources by their names, and what EventBridge cannot do.
fn resources(rules: &Rules) -> (BTreeMap<String, Value>, Vec<Diagnostic>) {
    let mut resources = BTreeMap::new();
    let mut left_out = Vec::new();
    for rule in rules.enabled() {
        let name = resource_name(&rule.id);
        let message = match event_pattern(rule) {
            Ok(_) if name.is_empty() => "expected letters of ASCII or digits in the id".to_owned(),
            Ok(_) if resources.contains_key(&name) => format!("a second rule that is named {name}"),
            Ok(pattern) => {
                resources.insert(name, resource(&rule.description, &pattern));
                continue;
            }
            Err(message) => message.to_owned(),
        };
        let message = format!("`{}` is left out: {message}", rule.id);
        left_out.push(Diagnostic::new(message, Some(rule.location.clone())));
    }
    for entry in &rules.silence {
        let message = "an entry of `silence` is left out: EventBridge silences nothing";
        left_out.push(Diagnostic::new(message, Some(entry.location.clone())));
    }
    (resources, left_out)
}

fn resource(description: &str, pattern: &Value) -> Value {
    /// The limit of EventBridge.
    const MAX_DESCRIPTION: usize = 512;
    let description: String = description.trim().chars().take(MAX_DESCRIPTION).collect();
    json!({
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Description": description,
            "EventPattern": pattern,
            "Targets": [{"Id": "Target", "Arn": {"Ref": "Target"}}],
        },
    })
}

/// The id with capitals in place of what a name cannot have.
fn resource_name(id: &str) -> String {
    let words = id.split(|character: char| !character.is_ascii_alphanumeric());
    let words = words.filter_map(|word| word.split_at_checked(1));
    words.flat_map(|(first, rest)| [first.to_ascii_uppercase(), rest.to_owned()]).collect()
}

/// The pattern for the event that EventBridge makes of a record; else why there is none.
fn event_pattern(rule: &Rule) -> Result<Value, &'static str> {
    let pattern = match &rule.definition {
        Definition::Record(pattern) => pattern,
        Definition::Attempt(_) => return Err("EventBridge knows no attempts"),
        Definition::Correlation(_) => return Err("EventBridge correlates nothing"),
    };
    let valid = "the patterns of rules that were loaded are valid";
    let parsed = Pattern::parse(pattern.get().as_bytes()).expect(valid);
    if parsed.references("signin") {
        return Err("EventBridge knows no verdicts");
    }
    let pattern: Value = serde_json::from_str(pattern.get()).expect(valid);
    Ok(match parsed.references("detail") || parsed.references("detail-type") {
        true => pattern,
        false => json!({"detail": pattern}),
    })
}
