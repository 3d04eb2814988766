//! Modules of a few kilobytes that took seconds to minutes, or gigabytes, to compile.

use std::fmt::Write;

/// The exports of a filter, and a table.
const FILTER: &str = r#"
    (memory (export "memory") 1)
    (table 4096 funcref)
    (type $plain (func))
    (func (export "sekisho_abi_v1"))
    (func (export "sekisho_input") (param i32) (result i32) i32.const 1024)
    (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_annotate") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_output") (result i32) i32.const 0)
    (func (export "sekisho_last_error") (result i32) i32.const 0)
    (func (export "sekisho_describe") (result i32) i32.const 0)"#;

/// A filter with `count` functions of this body besides.
fn filter(count: usize, body: &str) -> Vec<u8> {
    let functions = format!("(func {body})\n").repeat(count);
    wat::parse_str(format!("(module {FILTER}\n{functions})")).expect("valid text")
}

fn locals(count: usize) -> String {
    format!("(local {}) ", "i32 ".repeat(count))
}

/// Changes each local, which is then another value than before.
fn change(locals: usize) -> String {
    (0..locals).fold(String::new(), |mut text, local| {
        let _ = write!(text, "local.get {local} i32.const 1 i32.add local.set {local} ");
        text
    })
}

fn nested_loops(depth: usize, count: usize) -> String {
    let ends = "local.get 0 br_if 0 end ".repeat(depth);
    format!("{}{}{}{ends}", locals(count), "loop ".repeat(depth), change(count))
}

fn branches_into_loops(targets: usize, depth: usize, count: usize) -> String {
    let targets: String = (0..targets).map(|target| format!("{} ", target % depth)).collect();
    format!(
        "{}{}{}local.get 0 br_table {targets} 0 {}",
        locals(count),
        "loop ".repeat(depth),
        change(count),
        "end ".repeat(depth)
    )
}

/// Conditions that each change one local of `count`.
fn conditions(conditions: usize, count: usize) -> String {
    (0..conditions).fold(locals(count), |mut text, condition| {
        let (local, next) = (condition % count, (condition + 1) % count);
        let _ = write!(
            text,
            "local.get {local} if local.get {next} i32.const 1 i32.add local.set {local} end "
        );
        text
    })
}

fn empty_loops(count: usize) -> String {
    "loop end ".repeat(count)
}

fn indirect_calls(count: usize) -> String {
    "i32.const 0 call_indirect (type $plain) ".repeat(count)
}

fn memory_growths(count: usize) -> String {
    format!("(local i32) local.get 0 {} local.set 0", "memory.grow ".repeat(count))
}

fn remainders(count: usize) -> String {
    let each = "local.tee 0 local.get 0 i32.rem_s ";
    format!("(local i32) local.get 0 {} local.set 0", each.repeat(count))
}

/// Functions in a table, with `parameters` each.
fn elements(count: usize, parameters: usize) -> Vec<u8> {
    let functions = format!("(func (param {}))\n", "i32 ".repeat(parameters)).repeat(count);
    let elements: String = (9..9 + count).map(|function| format!("{function} ")).collect();
    wat::parse_str(format!("(module {FILTER}\n{functions} (elem (i32.const 0) func {elements}))"))
        .expect("valid text")
}

/// Different types.
fn types(count: usize, parameters: usize) -> Vec<u8> {
    let types = (0..count).fold(String::new(), |mut text, number| {
        let bit = |bit: usize| if number >> bit & 1 == 0 { "i32 " } else { "i64 " };
        let parameters: String = (0..parameters).map(|place| bit(place.min(20))).collect();
        let _ = writeln!(text, "(type (func (param {parameters})))");
        text
    });
    wat::parse_str(format!("(module {FILTER}\n{types})")).expect("valid text")
}

/// Modules beyond a limit, and the name of the limit in the error.
pub(crate) fn beyond() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("types", types(10_000, 21)),
        ("parameters of a function", elements(1, 100)),
        ("functions", filter(10_000, "")),
        ("elements of tables", elements(3000, 0)),
        ("bytes of a function", filter(1, &remainders(20_000))),
        ("parameters and locals of a function", filter(1, &conditions(3000, 1001))),
        ("nested blocks", filter(1, &format!("{}{}", "block ".repeat(513), "end ".repeat(513)))),
        ("nested loops", filter(1, &nested_loops(1000, 1))),
        ("loops of a function", filter(1, &empty_loops(20_000))),
        ("branches of a function", filter(1, &conditions(4097, 1))),
        ("indirect calls of a function", filter(1, &indirect_calls(12_000))),
        ("indirect calls of a function", filter(1, &memory_growths(30_000))),
        ("locals times branches of a function", filter(1, &conditions(3000, 1000))),
        (
            "locals times branches to loops of a function",
            filter(1, &branches_into_loops(2000, 32, 50)),
        ),
        ("estimated milliseconds of compiling", filter(100, &remainders(8000))),
    ]
}

/// Modules that are accepted, though each just so.
pub(crate) fn within() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("elements", elements(2000, 32)),
        ("conditions", filter(8, &conditions(4000, 1))),
        ("loops", filter(113, &empty_loops(256))),
        ("values in loops", filter(12, &nested_loops(9, 990))),
        ("indirect calls", filter(17, &indirect_calls(1000))),
        ("memory growths", filter(17, &memory_growths(1000))),
    ]
}
