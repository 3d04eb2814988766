//! The names on the command line are a public interface: subcommands, options, their value names and
//! possible values stay what they are. `help.txt` lists them; new ones are added with `BLESS=1`.

use std::fmt::Write;
use std::{env, fs};

use crate::support::run;

/// Where a line of `--help` is.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Commands,
    Arguments,
    Options,
    Other,
}

/// The names in the help of a subcommand, sorted, and those of its subcommands.
fn names(command: &[&str]) -> String {
    let help = run(&[command, &["--help"]].concat());
    assert_eq!(help.exit, Some(0), "{command:?}: {}", help.stderr);
    let (mut usage, mut arguments, mut subcommands) = ("", Vec::new(), Vec::new());
    let mut section = Section::Other;
    for line in help.stdout.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(after) = line.strip_prefix("Usage: ") {
            usage = after;
        } else if !text.is_empty() && indent == 0 {
            section = match text {
                "Commands:" => Section::Commands,
                "Arguments:" => Section::Arguments,
                "Options:" => Section::Options,
                _ => Section::Other,
            };
        } else if section == Section::Commands && indent == 2 {
            subcommands.extend(text.split(' ').next().filter(|name| *name != "help"));
        } else if section == Section::Arguments && indent == 2
            || section == Section::Options && indent <= 6 && text.starts_with('-')
        {
            arguments.push(format!("\n  {text}"));
        } else if let Some(argument) = arguments.last_mut()
            && section != Section::Other
        {
            possible_values(text).for_each(|value| write!(argument, " {value}").unwrap());
        }
    }
    arguments.sort();
    let mut names = format!("{usage}{}\n", arguments.concat());
    for subcommand in subcommands {
        names += "\n";
        names += &self::names(&[command, &[subcommand]].concat());
    }
    names
}

/// The possible values in a line: all in brackets, or one with its description.
fn possible_values(line: &str) -> impl Iterator<Item = &str> {
    let all = line.strip_prefix("[possible values: ").and_then(|list| list.strip_suffix(']'));
    let one = line.strip_prefix("- ").and_then(|value| value.split(':').next());
    all.into_iter().flat_map(|list| list.split(", ")).chain(one)
}

#[test]
fn names_on_the_command_line_are_unchanged() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help.txt");
    let names = names(&[]);
    if env::var_os("BLESS").is_some() {
        fs::write(path, &names).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), names, "run with BLESS=1 to add new names");
}

#[test]
fn every_subcommand_has_examples() {
    for line in names(&[]).lines().filter(|line| line.starts_with("sekisho ")) {
        let command: Vec<&str> =
            line.split(' ').skip(1).take_while(|word| !word.starts_with(['[', '<'])).collect();
        let help = run(&[&command[..], &["--help"]].concat());
        // A rule file is the example of `rules`.
        let has_examples = ["Examples:", "A rule file"].map(|title| help.stdout.contains(title));
        assert!(has_examples.contains(&true), "{command:?}\n{}", help.stdout);
    }
}
