//! `sekisho-generator`: writes a trail folder, or prints records.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use sekisho_generator::{
    Record, SAMPLE_RECORDS, SAMPLE_SEED, mixed_records, signin_records, trail_records, write_trail,
};

/// Invented CloudTrail records, the same for the same seed.
#[derive(Parser)]
#[command(
    version,
    after_help = "\
Examples:
  # the sample trail of the repository
  sekisho-generator trail examples/trail

  # a larger one
  sekisho-generator trail big-trail --seed 7 --records 100000

  # a thousand sign-ins as NDJSON
  sekisho-generator records signin --seed 1 --records 1000

  # the number of records for each case in a trail
  sekisho-generator records trail --cases | cut -f 1 | sort | uniq -c"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a trail folder in CloudTrail's S3 layout
    Trail {
        /// Folder to write; must be empty or not exist
        out: PathBuf,
        #[command(flatten)]
        amount: Amount,
    },
    /// Print records on standard output, one per line
    Records {
        /// Stream of records
        #[arg(value_enum)]
        work: Work,
        #[command(flatten)]
        amount: Amount,
        /// Print the case of the record and a tab before it
        #[arg(long)]
        cases: bool,
    },
}

#[derive(clap::Args)]
struct Amount {
    /// Seed; the same seed produces the same records
    #[arg(long, default_value_t = SAMPLE_SEED)]
    seed: u64,
    /// Number of records
    #[arg(long, default_value_t = SAMPLE_RECORDS)]
    records: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Work {
    /// Sign-ins only, of every kind and era
    Signin,
    /// All kinds of calls, 2 % sign-ins
    Mixed,
    /// The records that the command `trail` writes
    Trail,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        Command::Trail { out, amount } => {
            let records = trail_records(amount.seed).take(amount.records);
            let files = write_trail(&out, amount.seed, records)?;
            println!("{} records in {files} files below {}", amount.records, out.display());
        }
        Command::Records { work, amount, cases } => {
            let records: Box<dyn Iterator<Item = Record>> = match work {
                Work::Signin => Box::new(signin_records(amount.seed)),
                Work::Mixed => Box::new(mixed_records(amount.seed)),
                Work::Trail => Box::new(trail_records(amount.seed)),
            };
            match print(records.take(amount.records), cases) {
                // The reader has closed the pipe.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                result => result?,
            }
        }
    }
    Ok(())
}

fn print(records: impl Iterator<Item = Record>, cases: bool) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for record in records {
        if cases {
            write!(output, "{}\t", record.case)?;
        }
        writeln!(output, "{}", record.json)?;
    }
    output.flush()
}
