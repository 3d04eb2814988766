//! The examples in `plugin/ABI.md` are correct.

use std::process::Command;
use std::{env, fs};

use crate::corpora::print_uncaptured;
use crate::host::{CallResult, Export, Host};
use crate::hosts::Wasmi;

const PAGE: &str = include_str!("../../plugin/ABI.md");

/// The record on the page and its verdict.
fn example() -> (&'static str, &'static str) {
    let quoted = |start| {
        let quote = PAGE.lines().find_map(|line| line[line.find(start)?..].split('`').next());
        quote.unwrap_or_else(|| panic!("the page shows {start}"))
    };
    (
        quoted(r#"{"eventSource":"signin.amazonaws.com","eventName""#),
        quoted(r#"{"kind":"console_login""#),
    )
}

#[test]
fn lengths_and_verdict_are_correct() {
    let (record, verdict) = example();
    assert!(PAGE.contains(&format!("The record is the {} bytes", record.len())));
    assert!(PAGE.contains(&format!("| `{}`: the verdict's length |", verdict.len())));
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    let answer = host.call(Export::Process, record.as_bytes());
    assert_eq!(answer, CallResult::output(verdict.as_bytes().to_vec()));
}

#[test]
fn the_batch_is_correct() {
    let (record, verdict) = example();
    let lines = format!("{{\"eventSource\":\"s3.amazonaws.com\"}}\n{record}\n{{\"eventSource\":");
    let answer =
        Wasmi::new(sekisho_module::PORTABLE).call(Export::ProcessBatch(1), lines.as_bytes());
    assert!(PAGE.contains(&format!("give n = {}:", answer.n)));
    let shown =
        |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let (first, second) = answer.output.split_at(8 + verdict.len());
    let (ends, begins) = (&first[first.len() - 1..], &first[8..12]);
    let first = [&first[..4], &first[4..8]].map(shown).join("   ");
    assert!(PAGE.contains(&format!("{first}   {} … {}", shown(begins), shown(ends))), "{first}");
    let second = [&second[..4], &second[4..]].map(shown).join("   ");
    assert!(PAGE.contains(&second), "{second}");
}

#[test]
fn configurations_are_accepted() {
    let examples = PAGE.split("```json\n{\"rules\"").skip(1);
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    for example in examples.clone() {
        let (rest, _) = example.split_once("```").expect("an end");
        let configuration = format!(r#"{{"strict":true,"rules"{rest}"#);
        let answer = host.call(Export::Configure, configuration.as_bytes());
        assert_eq!(answer, CallResult::status(0), "{configuration}");
    }
    assert!(examples.count() >= 4);
}

#[test]
fn the_program_prints_the_verdict() {
    let (_, verdict) = example();
    let program = PAGE.split("```js\n").nth(1).and_then(|rest| rest.split("```").next());
    let program = program.expect("the page shows a program");
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("dist")).expect("a folder");
    fs::write(folder.path().join("dist/sekisho.wasm"), sekisho_module::PORTABLE).expect("written");
    let run = Command::new("node")
        .current_dir(folder.path())
        .args(["--input-type=module", "--eval", program])
        .output();
    let output = match run {
        Ok(output) => output,
        Err(error) => {
            assert!(env::var_os("CI").is_none(), "CI must run Node: {error}");
            return print_uncaptured(
                "SKIPPED: there is no `node`; install Node 20 to run the example in ABI.md",
            );
        }
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    // Node prints objects in its own notation, with values in single quotes.
    for value in verdict.split('"').skip(3).step_by(4) {
        assert!(printed.contains(&format!("'{value}'")), "{value}: {printed}{errors}");
    }
}
