//! `sekisho rules import`: prints rules of other formats as a rule file.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use sekisho::Correlation;
use sekisho_import::{
    Definition, Imported, Options as SigmaOptions, Rule, cloudformation, sigma, terraform,
};
use serde_json::json;

use super::diagnostic::{Diagnostic, Location, SourceText, show};
use super::load::read;
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::output::{Destination, UsedFiles};
use crate::summary::counted;

/// Print rules of another format as a rule file
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// Sigma rules of `product: aws`, `service: cloudtrail`, and correlations of them
    #[command(after_help = SIGMA_HELP)]
    Sigma {
        /// Compare with case where only a wildcard can look for a text, although Sigma ignores case
        #[arg(long)]
        case_sensitive: bool,
        #[command(flatten)]
        files: Files,
    },
    /// The pattern of each EventBridge rule in templates of CloudFormation and files of Terraform
    #[command(after_help = EVENTBRIDGE_HELP)]
    Eventbridge {
        #[command(flatten)]
        files: Files,
    },
}

#[derive(Args, Debug)]
struct Files {
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the rule file to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho rules import sigma aws_cloudtrail_*.yml -o sigma.json
  sekisho rules import eventbridge template.yaml -o eventbridge.json
  sekisho rules check sigma.json eventbridge.json

A rule that no event pattern can say exactly is refused with its place in the file; the others are
printed.

Exit status: 0 if all rules are imported, 1 if some are refused, 2 if a file cannot be read or written.";

const SIGMA_HELP: &str = "\
Examples:
  sekisho rules import sigma aws_cloudtrail_*.yml -o sigma.json
  sekisho rules import sigma --case-sensitive aws_cloudtrail_*.yml | sekisho rules check /dev/stdin

Correlations may refer to rules of all files. Each rule that one refers to is a rule of its own, which
also matches alone.";

const EVENTBRIDGE_HELP: &str = "\
Examples:
  sekisho rules import eventbridge template.yaml -o eventbridge.json
  sekisho rules import eventbridge main.tf | sekisho rules check /dev/stdin

A file whose name ends in .tf is of Terraform; any other is of CloudFormation, in YAML or JSON. The id
of a rule is its name in the file, its severity is medium. A pattern that depends on parameters or
variables is refused.";

impl Options {
    /// Runs `sekisho rules import`.
    ///
    /// # Errors
    /// [`Failure`], if a file cannot be read, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let (Format::Sigma { files, .. } | Format::Eventbridge { files }) = &self.format;
        let Files { files, output } = files;
        let used = UsedFiles { rules: files, ..UsedFiles::default() };
        let destination = Destination::open(output.as_deref(), &used)?;
        let texts = files.iter().map(|file| text(file)).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let imported = match &self.format {
            Format::Sigma { case_sensitive, .. } => {
                sigma(&texts, &SigmaOptions { case_sensitive: *case_sensitive })
            }
            Format::Eventbridge { .. } => {
                let eventbridge = |(file, text): (&PathBuf, &&str)| match is_terraform(file) {
                    true => terraform(text),
                    false => cloudformation(text),
                };
                files.iter().zip(&texts).map(eventbridge).collect()
            }
        };
        let mut result = Outcome::default();
        imported.into_iter().enumerate().for_each(|(source, file)| result.add(source, file));
        let written = result.write(destination);
        if let (Ok(Exit::Incomplete), Outcome { rules, refused, .. }) = (&written, &result) {
            let source = |(file, text): (&PathBuf, &&str)| {
                SourceText::new(file.to_string_lossy().into_owned(), (*text).to_owned())
            };
            let sources: Vec<_> = files.iter().zip(&texts).map(source).collect();
            show(refused, &sources, color);
            let imported = counted(rules.len() as u64, "rule");
            eprintln!("{imported} imported, {} refused", refused.len());
        }
        exit_after(written)
    }
}

fn is_terraform(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "tf")
}

fn text(file: &Path) -> Result<String, Failure> {
    read(file).map_err(|error| Failure::Usage {
        message: format!("{} cannot be read: {error}", file.display()),
        advice: "name files of rules, in UTF-8; `--help` has examples",
    })
}

/// What became of the rules of all files.
#[derive(Default)]
struct Outcome {
    rules: Vec<Rule>,
    refused: Vec<Diagnostic>,
    /// Where each id is defined.
    ids: HashMap<String, Location>,
}

impl Outcome {
    fn add(&mut self, source: usize, file: Imported) {
        for refusal in file.refusals {
            let location = Location { source, span: refusal.span };
            self.refused.push(Diagnostic::new(refusal.message, Some(location)));
        }
        for rule in file.rules {
            let location = Location { source, span: rule.span.clone() };
            match self.check(&rule, &location) {
                Some(diagnostic) => self.refused.push(diagnostic),
                None => {
                    self.ids.insert(rule.id.clone(), location);
                    self.rules.push(rule);
                }
            }
        }
    }

    /// Why the rule cannot be in the rule file.
    fn check(&self, rule: &Rule, location: &Location) -> Option<Diagnostic> {
        let location = Some(location.clone());
        if let Some(first) = self.ids.get(&rule.id) {
            let message = format!("a second rule with the id `{}`: import it on its own", rule.id);
            return Some(Diagnostic { message, location, related: Some(first.clone()) });
        }
        let Definition::Correlation(correlation) = &rule.definition else { return None };
        let error = Correlation::parse(correlation.to_string().as_bytes()).err()?;
        Some(Diagnostic::new(format!("not a valid correlation: {error}"), location))
    }

    /// Writes the rule file. If there is no rule, the file that is named as output stays as it is.
    fn write(&self, mut to: Destination) -> io::Result<Exit> {
        let file = serde_json::to_string_pretty(&json!({"rules": self.rules}))?;
        writeln!(to, "{file}")?;
        to.end(!self.rules.is_empty())?;
        Ok(if self.refused.is_empty() { Exit::Complete } else { Exit::Incomplete })
    }
}
