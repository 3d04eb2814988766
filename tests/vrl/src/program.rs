//! A compiled program of `sekisho vrl`, and the result that it must have.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use sekisho::Classifier;
use serde_json::Value as Json;
use vrl::compiler::runtime::Runtime;
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{CompileConfig, TargetValue, TimeZone, compile_with_external};
use vrl::diagnostic::Formatter;
use vrl::value::{Kind, Secrets, Value};

pub(crate) struct Program {
    program: vrl::compiler::Program,
    runtime: Runtime,
}

impl Program {
    /// Compiles a program for events of a kind, without warnings.
    pub(crate) fn new(source: &str, event: Kind) -> Self {
        let external = ExternalEnv::new_with_kind(event, Kind::any());
        let functions = vrl::stdlib::all();
        let compiled =
            compile_with_external(source, &functions, &external, CompileConfig::default());
        let compiled =
            compiled.unwrap_or_else(|errors| panic!("{}", Formatter::new(source, errors)));
        let warnings = compiled.warnings;
        assert!(warnings.is_empty(), "{}", Formatter::new(source, warnings));
        Program { program: compiled.program, runtime: Runtime::default() }
    }

    /// Runs the program on an event and returns the changed event.
    pub(crate) fn run(&mut self, event: &Json) -> Json {
        let value = Value::from(event.clone());
        let metadata = Value::Object(BTreeMap::new());
        let mut target = TargetValue { value, metadata, secrets: Secrets::default() };
        self.runtime.clear();
        let done = self.runtime.resolve(&mut target, &self.program, &TimeZone::default());
        done.unwrap_or_else(|error| panic!("{error}\n{event}"));
        serde_json::to_value(target.value).expect("an event is JSON")
    }
}

/// An event of unknown type.
pub(crate) fn any_event() -> Kind {
    Kind::any_object()
}

/// The output of `sekisho vrl`, or its error. `SEKISHO` is the path of the program; without it, the
/// program is built first.
pub(crate) fn print(arguments: &[&str]) -> Result<String, String> {
    let mut command = match env::var_os("SEKISHO") {
        Some(program) => Command::new(program),
        None => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["run", "--quiet", "--release", "--package", "sekisho-cli"]);
            cargo.arg("--manifest-path").arg(root).arg("--");
            cargo
        }
    };
    let output = command.arg("vrl").args(arguments).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The event with the engine's verdict.
pub(crate) fn annotated(classifier: &mut Classifier, event: &Json) -> Json {
    let mut verdict = Vec::new();
    let mut event = event.clone();
    if classifier.process(event.to_string().as_bytes(), &mut verdict) == Ok(true) {
        event["signin"] = serde_json::from_slice(&verdict).expect("a verdict is JSON");
    }
    event
}
