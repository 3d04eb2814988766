//! Generates the tables of `src/case.rs` from those of the standard library, which are seven times as
//! large and would be part of the WebAssembly module.

use std::path::PathBuf;
use std::{env, fs};

/// A run of characters with the same distance to their other case: each, or every second one.
struct Run {
    first: u16,
    last: u16,
    step: u16,
    distance: u16,
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let lower = table("LOWER", |character| character.to_lowercase().collect());
    let upper = table("UPPER", |character| character.to_uppercase().collect());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("case.rs"), lower + &upper).expect("OUT_DIR is writable");
}

fn table(name: &str, cased: impl Fn(char) -> Vec<char>) -> String {
    let mut runs = Vec::new();
    let mut several = String::new();
    for character in '\0'..='\u{ffff}' {
        let from = unit(character);
        match *cased(character).into_iter().map(unit).collect::<Vec<_>>() {
            [to] if to == from => {}
            [to] => add(&mut runs, from, to),
            [one, two] => several += &format!("({from}, [{one}, {two}, NONE]),"),
            [one, two, three] => several += &format!("({from}, [{one}, {two}, {three}]),"),
            _ => panic!("{character} maps to more than three characters"),
        }
    }
    let runs: String = runs.iter().map(Run::source).collect();
    format!("static {name}: Cases = Cases {{ runs: &[{runs}], several: &[{several}] }};\n")
}

/// The UTF-16 code unit of a character.
fn unit(character: char) -> u16 {
    u16::try_from(u32::from(character)).expect("both cases are in the Basic Multilingual Plane")
}

fn add(runs: &mut Vec<Run>, from: u16, to: u16) {
    let distance = to.wrapping_sub(from);
    if let Some(run) = runs.last_mut()
        && run.distance == distance
        && let step @ 1..=2 = from - run.last
        && (run.first == run.last || run.step == step)
    {
        run.last = from;
        run.step = step;
    } else {
        runs.push(Run { first: from, last: from, step: 1, distance });
    }
}

impl Run {
    fn source(&self) -> String {
        let Run { first, last, step, distance } = self;
        format!("Run {{ first: {first}, last: {last}, step: {step}, distance: {distance} }},")
    }
}
