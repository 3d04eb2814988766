//! Pages show files as they are in the tree, and link to files that exist.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::{fs, str};

use crate::alerts::builtin_rules;

#[test]
fn the_readme_contains_the_embedding_example() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(include_str!("../../host/wasmtime/examples/embed.rs")));
}

/// Rules that are only counted are listed without severity and technique.
#[test]
fn the_detections_page_lists_every_rule() {
    let page = include_str!("../../plugin/rules/DETECTIONS.md");
    for rule in builtin_rules() {
        let [id, severity] = ["id", "severity"].map(|key| rule[key].as_str().expect("a text"));
        let tags = rule["tags"].as_array().into_iter().flatten();
        let techniques: Vec<_> = tags
            .map(|tag| tag.as_str().and_then(|tag| tag.strip_prefix("attack.")).expect("a tag"))
            .map(str::to_uppercase)
            .collect();
        let line = match &techniques[..] {
            [] => format!("`{id}`"),
            techniques => format!("\n| `{id}` | {severity} | {} |", techniques.join(", ")),
        };
        assert!(page.contains(&line), "{line}");
    }
}

#[test]
fn links_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let listed = Command::new("git").args(["ls-files", "*.md"]).current_dir(&root).output();
    let listed = listed.expect("git runs").stdout;
    let pages: Vec<_> = str::from_utf8(&listed).expect("UTF-8").lines().collect();
    assert!(pages.contains(&"README.md"), "{pages:?}");
    for page in pages {
        let text = fs::read_to_string(root.join(page)).expect(page);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http")) {
            let file = link.split('#').next().unwrap_or_default();
            let path = root.join(page).with_file_name(file);
            assert!(file.is_empty() || path.exists(), "{page} links to {link}");
        }
    }
}

/// The table of promises names the tests that hold them.
#[test]
fn each_promise_has_its_tests() {
    let page = include_str!("../../ARCHITECTURE.md");
    let (_, promises) = page.split_once("## What sekisho promises").expect("a section");
    let (promises, _) = promises.split_once("\n## ").expect("another section");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for promise in promises.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let mut tests = promise.split("[`").skip(1).peekable();
        assert!(tests.peek().is_some(), "{promise}");
        for test in tests {
            let (name, rest) = test.split_once("`](").expect("a link");
            let (file, _) = rest.split_once(')').expect("a file");
            let code = fs::read_to_string(root.join(file)).expect(file);
            let lines: Vec<_> = code.lines().map(str::trim_start).collect();
            let has_test = match Path::new(file).extension().and_then(OsStr::to_str) {
                Some("py") => code.contains(&format!("\ndef {name}(")),
                Some("ts") => code.contains(&format!("\ntest('{name}', ")),
                _ => lines.windows(2).any(|pair| {
                    pair[0] == "#[test]" && pair[1].starts_with(&format!("fn {name}()"))
                }),
            };
            assert!(has_test, "{file} has no test {name}");
        }
    }
}
