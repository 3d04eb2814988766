//! The built-in rules as JSON, for hosts that read no YAML.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::yaml;
use crate::command::{Failed, root};

/// The name of the file.
pub(super) const FILE: &str = "rules.json";

pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let source = root().join("plugin/rules/signin.yaml");
    let yaml = fs::read_to_string(&source).map_err(|error| Failed::File(source, error))?;
    let rules = yaml::to_json(&yaml)
        .ok_or_else(|| Failed::Other("the built-in rules are not the YAML of JSON".to_owned()))?;
    let path = folder.join(FILE);
    let json = format!("{:#}\n", without_tests(rules));
    fs::write(&path, json).map_err(|error| Failed::File(path, error))
}

/// Tests are for whoever changes the rules.
fn without_tests(mut file: Value) -> Value {
    for rule in file["rules"].as_array_mut().into_iter().flatten() {
        if let Some(rule) = rule.as_object_mut() {
            rule.shift_remove("tests");
        }
    }
    file
}
