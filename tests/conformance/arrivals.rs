//! The shapes in which people hold records: a record in one of them has the verdict of the bare
//! record, and what is no sign-in stays none.
//!
//! They are in `arrival_shapes.json` of the data folder, with `@RECORD` where the record is and
//! `@TEXT` where its JSON text is.

use std::fs;

use serde_json::{Value, json};

use crate::corpora::{collected_background, data, generated};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmi, Wasmtime};

#[derive(serde::Deserialize)]
struct Shape {
    name: String,
    input: Value,
}

fn shapes() -> Option<Vec<Shape>> {
    let text = fs::read_to_string(data("arrival_shapes.json")?).expect("the file is there");
    let shapes: Vec<Shape> = serde_json::from_str(&text).expect("a list of shapes");
    assert_eq!(shapes.len(), 17);
    Some(shapes)
}

impl Shape {
    /// The shape with a record in it.
    fn wrap(&self, record: &[u8]) -> Vec<u8> {
        let record = str::from_utf8(record).expect("a record is UTF-8");
        let text = json!(record).to_string();
        let shape = self.input.to_string();
        shape.replace("\"@RECORD\"", record).replace("\"@TEXT\"", &text).into_bytes()
    }
}

fn check_all(mut host: impl Host) {
    let Some(shapes) = shapes() else { return };
    for record in generated(8, 200) {
        let bare = host.call(Export::Process, &record);
        for shape in &shapes {
            let wrapped = shape.wrap(&record);
            assert_eq!(host.call(Export::Process, &wrapped), bare, "{}", shape.name);
        }
    }
}

#[test]
fn native() {
    check_all(Native::default());
}

#[test]
fn wasmtime_simd() {
    check_all(Wasmtime::new(sekisho_module::SIMD));
}

#[test]
fn wasmi_portable() {
    check_all(Wasmi::new(sekisho_module::PORTABLE));
}

#[test]
fn other_records_are_no_signins_in_any_shape() {
    let (Some(shapes), Some(background)) = (shapes(), collected_background()) else { return };
    let mut host = Native::default();
    let mut signins = 0;
    for record in background {
        let bare = host.call(Export::Process, &record);
        signins += usize::from(bare != CallResult::status(0));
        for shape in &shapes {
            assert_eq!(host.call(Export::Process, &shape.wrap(&record)), bare, "{}", shape.name);
        }
    }
    // A token of the access portal is one.
    assert_eq!(signins, 1);
}
