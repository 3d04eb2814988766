//! `sekisho explain`: which fields of a record decided its verdict.

mod ndjson;
mod text;

use std::io::{self, BufWriter, IsTerminal, Write};

use sekisho::{Engine, Error, ExplainedField, Explanation};
use sekisho_records::Constraint;
use serde::Serialize;

use crate::args::{Explain, ExplainFormat, When};
use crate::color::Palette;
use crate::failure::{Exit, Failure, exit_after};
use crate::input::decompress::decompress;
use crate::input::items::{Answer, Position, Visitor, visit};
use crate::input::paths::{self, Source};
use crate::input::unread::{Unread, UnreadList};
use crate::output::Verdict;
use crate::rules::{self, Rules};
use crate::summary::counted;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if it cannot be done, or its output cannot be written.
pub(crate) fn run(arguments: &Explain, color: When) -> Result<Exit, Failure> {
    let named: Vec<_> = arguments.file.iter().cloned().collect();
    if named.is_empty() && io::stdin().is_terminal() {
        return Err(Failure::nothing_to_read());
    }
    let rules = match arguments.rules.is_empty() {
        true => None,
        false => Some(rules::load(&arguments.rules, color)?),
    };
    let mut engine = Engine::new();
    if let Some(rules) = &rules {
        engine.configure(&rules::configuration(rules)).map_err(|error| Failure::Usage {
            sentence: format!("the rules are refused: {error}"),
            advice: "`sekisho rules check` says more about rules",
        })?;
    }
    let found = paths::find(&named);
    let is_terminal = io::stdout().is_terminal();
    let mut explainer = Explainer {
        engine,
        rules,
        format: arguments.format.unwrap_or(match is_terminal {
            true => ExplainFormat::Text,
            false => ExplainFormat::Ndjson,
        }),
        palette: Palette::new(color, is_terminal),
        out: BufWriter::new(io::stdout().lock()),
        records: 0,
        signins: 0,
        unread: found.unread,
    };
    exit_after(explainer.explain(&found.sources, arguments.max_file_bytes).map(|()| {
        let mut stderr = io::stderr().lock();
        let palette = Palette::new(color, stderr.is_terminal());
        // If standard error is gone, the exit code still tells.
        let _ = explainer.report(&mut stderr, palette);
        match explainer.unread.count() {
            0 => Exit::Complete,
            _ => Exit::Incomplete,
        }
    }))
}

/// What is told of one record.
struct Explained<'e> {
    position: Position<'e>,
    /// None if it is no sign-in.
    explanation: Option<&'e Explanation<'e>>,
    /// None if no rules were asked for.
    matches: Option<Vec<RuleMatch>>,
}

/// Whether a rule matches, and what it asks for.
#[derive(Debug, Serialize)]
struct RuleMatch {
    id: String,
    #[serde(rename = "match")]
    matches: bool,
    #[serde(rename = "asked")]
    constraints: Vec<Constraint>,
}

/// What is said of a record that cannot be read.
fn answer(error: &Error) -> Answer {
    match error {
        Error::Several => Answer::Several,
        // The sentence ends in a byte offset.
        Error::Malformed(_) | Error::MalformedText { .. } => {
            Answer::Unread(format!("{error} of the record"))
        }
        _ => Answer::Unread(error.to_string()),
    }
}

struct Explainer<W> {
    engine: Engine,
    rules: Option<Rules>,
    format: ExplainFormat,
    palette: Palette,
    out: W,
    records: u64,
    signins: u64,
    unread: UnreadList,
}

impl<W: Write> Visitor for Explainer<W> {
    type Stop = io::Error;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> io::Result<Answer> {
        let matches = match self.matches(bytes) {
            Ok(matches) => matches,
            Err(error) => return Ok(answer(&error)),
        };
        let explanation = match self.engine.explain(bytes) {
            Ok(explanation) => explanation,
            Err(error) => return Ok(answer(&error)),
        };
        self.records += 1;
        self.signins += u64::from(explanation.is_some());
        if explanation.is_some() || self.rules.is_some() {
            let explained = Explained { position, explanation: explanation.as_ref(), matches };
            match self.format {
                ExplainFormat::Text => text::write(&mut self.out, self.palette, &explained)?,
                ExplainFormat::Ndjson => ndjson::write(&mut self.out, &explained)?,
            }
        }
        Ok(Answer::Read)
    }

    fn unread_bytes(&mut self, _: &[u8], _: bool) {}

    fn unread(&mut self, unread: Unread) {
        self.unread.add(unread);
    }

    fn pause(&mut self, waiting: bool) -> io::Result<()> {
        match waiting {
            true => self.out.flush(),
            false => Ok(()),
        }
    }
}

impl<W: Write> Explainer<W> {
    /// What becomes of each rule.
    fn matches(&mut self, bytes: &[u8]) -> Result<Option<Vec<RuleMatch>>, Error> {
        let Some(rules) = &self.rules else { return Ok(None) };
        let mut answer = Vec::new();
        self.engine.process(bytes, &mut answer)?;
        let verdict = Verdict::read(&answer).map(|(verdict, _)| verdict.rules).unwrap_or_default();
        let views = self.engine.views(bytes)?;
        let of_records = rules.rules.iter().filter(|rule| rule.matches_records());
        let matched = of_records.map(|rule| RuleMatch {
            id: rule.id.clone(),
            matches: verdict.contains(&rule.id),
            constraints: rule.constraints(&views),
        });
        Ok(Some(matched.collect()))
    }

    fn explain(&mut self, sources: &[Source], limit_bytes: u64) -> io::Result<()> {
        for (number, source) in sources.iter().enumerate() {
            let opened = source.open().and_then(|input| decompress(input, limit_bytes));
            visit(self, number, source, opened)?;
        }
        self.out.flush()
    }

    fn report(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.signins == 0 && self.rules.is_none() {
            let title = palette.title();
            writeln!(to, "{title}No sign-ins in {}{title:#}", counted(self.records, "record"))?;
        }
        self.unread.write(to, palette)
    }
}

/// Where the value of a field begins in the decompressed file; none if it is absent or inside JSON
/// text.
fn offset(
    field: &ExplainedField,
    explanation: &Explanation<'_>,
    position: Position<'_>,
) -> Option<u64> {
    Some(position.offset + explanation.record_at? as u64 + field.at? as u64)
}
