//! A program of `sekisho vrl`, compiled once, beside the engine with the same rules.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use sekisho::Engine;
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
    /// Compiles for events of a kind. Nothing in the program is to be warned of.
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

    /// What becomes of an event.
    pub(crate) fn run(&mut self, event: &Json) -> Json {
        let value = Value::from(event.clone());
        let metadata = Value::Object(BTreeMap::new());
        let mut target = TargetValue { value, metadata, secrets: Secrets::default() };
        self.runtime.clear();
        let done = self.runtime.resolve(&mut target, &self.program, &TimeZone::default());
        done.unwrap_or_else(|error| panic!("the program ends: {error}\n{event}"));
        serde_json::to_value(target.value).expect("an event is JSON")
    }
}

/// An event of anything.
pub(crate) fn any_event() -> Kind {
    Kind::any_object()
}

/// What `sekisho vrl` prints. It is built first, unless `SEKISHO` names a program.
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

/// What the engine makes of an event.
pub(crate) fn expected(engine: &mut Engine, event: &Json) -> Json {
    let mut verdict = Vec::new();
    let mut event = event.clone();
    if engine.process(event.to_string().as_bytes(), &mut verdict) == Ok(true) {
        event["signin"] = serde_json::from_slice(&verdict).expect("a verdict is JSON");
    }
    event
}
