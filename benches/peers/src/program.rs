//! A VRL program, compiled once, and its events.

use std::collections::BTreeMap;

use vrl::compiler::runtime::Runtime;
use vrl::compiler::{TargetValue, TimeZone};
use vrl::prelude::Bytes;
use vrl::value::{KeyString, Secrets, Value};

pub(crate) struct Program {
    program: vrl::compiler::Program,
    runtime: Runtime,
    time_zone: TimeZone,
}

impl Program {
    pub(crate) fn new(source: &str) -> Self {
        let compiled = vrl::compiler::compile(source, &vrl::stdlib::all());
        let program = compiled.expect("the program is valid").program;
        Program { program, runtime: Runtime::default(), time_zone: TimeZone::default() }
    }

    /// Runs the program; the value of its last expression.
    pub(crate) fn run(&mut self, event: Value) -> Value {
        let metadata = Value::Object(BTreeMap::new());
        let mut target = TargetValue { value: event, metadata, secrets: Secrets::default() };
        self.runtime.clear();
        let value = self.runtime.resolve(&mut target, &self.program, &self.time_zone);
        value.expect("the program ends")
    }
}

/// An event like those of Vector's sources, with the received text as its message. The bytes are
/// shared, not copied.
pub(crate) fn event(message: &Bytes) -> Value {
    let message = Value::Bytes(message.clone());
    Value::Object(BTreeMap::from([(KeyString::from("message"), message)]))
}
