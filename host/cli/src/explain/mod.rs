//! `sekisho explain`: prints which fields of a record decided its verdict.

mod explained;
mod ndjson;
mod text;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sekisho::{Classifier, Configuration, Error};

use self::explained::{Explained, RuleMatch, SilencedBy};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::input::decompress::decompress;
use crate::input::items::{ItemResult, Visitor, visit};
use crate::input::paths::{self, Source};
use crate::input::position::Position;
use crate::input::read_error::{ReadError, ReadErrors};
use crate::options::SizeLimit;
use crate::output::Verdict;
use crate::rules::{self, Places, Rules};
use crate::summary::{Volume, counted};
use crate::zone::{Zone, ZoneOption};

/// Print which fields of each sign-in decided its verdict
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// File of records; `-` or no file is standard input
    file: Option<PathBuf>,
    /// Print each condition of the rules in FILE and the value it was compared with; `builtin` is
    /// the built-in rules
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Output format [default: text on a terminal, otherwise ndjson]
    #[arg(long, short, value_enum)]
    format: Option<Format>,
    /// Exit with 0 even if there is no CloudTrail record in all of the input
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    zone: ZoneOption,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    limit: SizeLimit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object for each sign-in
    Ndjson,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho explain record.json
  sekisho explain --rules builtin record.json
  sekisho explain --record data.aws wrapped.json
  aws cloudtrail lookup-events --lookup-attributes \\
      AttributeKey=EventName,AttributeValue=ConsoleLogin | sekisho explain";

impl Options {
    /// Runs `sekisho explain`.
    ///
    /// # Errors
    /// [`Failure`], if the rules are invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        if self.file.is_none() && io::stdin().is_terminal() {
            return Err(Failure::no_input());
        }
        let rules = match self.rules.is_empty() {
            true => None,
            false => Some(rules::load(&self.rules, color)?),
        };
        let record = self.places.paths(rules.as_ref());
        let mut classifier = rules::classifier(record)?;
        let actors = rules::classifier(record)?;
        if rules.is_some() {
            let configuration = rules::configuration(rules.as_ref(), record);
            let configuration = Configuration::parse(&configuration);
            classifier.configure(configuration.map_err(|error| Failure::Usage {
                message: format!("invalid rules: {error}"),
                advice: "run `sekisho rules check` for the position of the error",
            })?);
        }
        let found = paths::find(self.file.as_slice());
        let is_terminal = io::stdout().is_terminal();
        let mut explainer = Explainer {
            classifier,
            actors,
            rules,
            format: self.format.unwrap_or(match is_terminal {
                true => Format::Text,
                false => Format::Ndjson,
            }),
            palette: Palette::new(color, is_terminal),
            zone: self.zone.zone.clone(),
            out: BufWriter::new(io::stdout().lock()),
            volume: Volume::default(),
            signins: 0,
            read_errors: found.read_errors,
        };
        exit_after(explainer.explain(&found.sources, self.limit.max_file_bytes).map(|()| {
            let mut stderr = io::stderr().lock();
            let palette = Palette::new(color, stderr.is_terminal());
            // If standard error is closed, the exit code still reports errors.
            let exit = match (explainer.read_errors.count(), explainer.volume.records) {
                (1.., _) => Exit::Incomplete,
                (0, 0) if !self.allow_empty => Exit::NoRecord,
                _ => Exit::Complete,
            };
            let _ = explainer.report(&mut stderr, palette, exit);
            exit
        }))
    }
}

struct Explainer<W> {
    classifier: Classifier,
    /// Finds who a record is about, while the other holds the explanation.
    actors: Classifier,
    rules: Option<Rules>,
    format: Format,
    palette: Palette,
    zone: Zone,
    out: W,
    volume: Volume,
    signins: u64,
    read_errors: ReadErrors,
}

impl<W: Write> Visitor for Explainer<W> {
    type Stop = io::Error;

    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> io::Result<ItemResult> {
        let (matches, silenced_by) = match self.matches(bytes) {
            Ok(matches) => matches,
            Err(error) => return Ok(item_result(&error)),
        };
        let explanation = match self.classifier.explain(bytes) {
            Ok(explanation) => explanation,
            Err(error) => return Ok(item_result(&error)),
        };
        let has_record = explanation.is_some() || self.actors.has_record(bytes).unwrap_or(true);
        self.volume.add(position, bytes, has_record);
        self.signins += u64::from(explanation.is_some());
        if explanation.is_some() || self.rules.is_some() {
            let actor = self.actors.actor(bytes).ok().flatten();
            let (actor, explanation) = (actor.as_ref(), explanation.as_ref());
            let explained = Explained { position, actor, explanation, matches, silenced_by };
            match self.format {
                Format::Text => {
                    text::write(&mut self.out, self.palette, &self.zone, &explained)?;
                }
                Format::Ndjson => ndjson::write(&mut self.out, &explained)?,
            }
        }
        Ok(ItemResult::Read)
    }

    fn unreadable(&mut self, _: &[u8], _: bool) {}

    fn error(&mut self, error: ReadError) {
        self.read_errors.add(error);
    }

    fn pause(&mut self, waiting: bool) -> io::Result<()> {
        match waiting {
            true => self.out.flush(),
            false => Ok(()),
        }
    }
}

/// What an error of the engine says about the item.
fn item_result(error: &Error) -> ItemResult {
    match error {
        Error::SeveralRecords => ItemResult::SeveralRecords,
        // The message ends in a byte offset.
        Error::Malformed(_) | Error::MalformedText { .. } => {
            ItemResult::Unreadable(format!("{error} of the record"))
        }
        _ => ItemResult::Unreadable(error.to_string()),
    }
}

impl<W: Write> Explainer<W> {
    /// Evaluates each rule that matches records, and finds what silences them; none if there are no
    /// rules.
    fn matches(
        &mut self,
        bytes: &[u8],
    ) -> Result<(Option<Vec<RuleMatch>>, Vec<SilencedBy>), Error> {
        let Some(rules) = &self.rules else { return Ok((None, Vec::new())) };
        let mut json = Vec::new();
        self.classifier.process(bytes, &mut json)?;
        let verdict = Verdict::parse(&json).map(|(verdict, _)| verdict).ok();
        let listed = |ids: Option<&Vec<String>>, id| ids.is_some_and(|ids| ids.contains(id));
        let views = self.classifier.views(bytes)?;
        let for_records = rules.enabled().filter(|rule| rule.matches_records());
        let matches = for_records.map(|rule| RuleMatch {
            id: rule.id.clone(),
            matches: listed(verdict.as_ref().map(|verdict| &verdict.rules), &rule.id),
            silenced: listed(verdict.as_ref().map(|verdict| &verdict.silenced), &rule.id),
            constraints: rule.constraints(&views),
        });
        let entries = rules.silence_entries();
        let describe = |position: &usize| {
            let description = entries.get(*position)?.clone();
            Some(SilencedBy { position: *position, description })
        };
        let silenced_by = verdict.iter().flat_map(|verdict| &verdict.silenced_by);
        Ok((Some(matches.collect()), silenced_by.filter_map(describe).collect()))
    }

    fn explain(&mut self, sources: &[Source], limit_bytes: u64) -> io::Result<()> {
        for (number, source) in sources.iter().enumerate() {
            let opened = source.open().and_then(|input| decompress(input, limit_bytes));
            visit(self, number, source, opened)?;
        }
        self.out.flush()
    }

    fn report(&self, to: &mut dyn Write, palette: Palette, exit: Exit) -> io::Result<()> {
        if self.signins == 0 && self.rules.is_none() {
            let title = palette.title();
            writeln!(
                to,
                "{title}No sign-ins in {}{title:#}",
                counted(self.volume.records, "record")
            )?;
        }
        self.volume.without_record.write(to, palette, exit == Exit::NoRecord)?;
        self.read_errors.write(to, palette)
    }
}
