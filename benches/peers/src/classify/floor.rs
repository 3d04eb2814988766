//! What no module inside wasmtime can go below: the record is copied into its memory, and a
//! function that does nothing is called. The same module as in `benches/per_event.rs`.

use super::Ask;
use crate::answer::{Answer, filter};

pub(super) fn new(records: &[Vec<u8>]) -> Ask<'_> {
    let mut filter = filter(&wat::parse_str(NOTHING).expect("the text is a module"));
    Box::new(move |index| {
        Answer::of_verdict(filter.process(&records[index]).expect("nothing can go wrong"))
    })
}

/// A filter that takes every record and looks at none.
const NOTHING: &str = r#"(module
    (memory (export "memory") 272)
    (func (export "sekisho_abi_v1"))
    (func (export "sekisho_input") (param i32) (result i32) i32.const 1024)
    (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_annotate") (param i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) i32.const 0)
    (func (export "sekisho_output") (result i32) i32.const 0)
    (func (export "sekisho_last_error") (result i32) i32.const 0)
    (func (export "sekisho_describe") (result i32) i32.const 0))"#;
