//! What public rules find in the collected records, beside the built-in ones: the table of
//! `plugin/rules/DETECTIONS.md`, which `BLESS=1` writes.
//!
//! The public rules are patterns of our own in `tests/parity/public.json`. What is right is what people
//! wrote down of a record, else what the oracle says.

use std::fmt::Write;
use std::io::{Read, stderr};
use std::path::Path;
use std::{env, fs};

use flate2::read::MultiGzDecoder;
use sekisho_oracle::process;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::{Folder, run};

/// A question that rules answer of a record.
struct Question {
    text: &'static str,
    /// What the ids of the public rules begin with.
    prefix: &'static str,
    builtin: &'static [&'static str],
    /// The answer, by the verdict.
    is_so: fn(&Truth) -> bool,
}

const QUESTIONS: [Question; 5] = [
    Question {
        text: "A sign-in failed or was denied",
        prefix: "failure.",
        builtin: &[
            "signin-failure",
            "identity-center-bad-factor",
            "external-provider-failure",
            "signin-denied-by-policy",
        ],
        is_so: |truth| truth.has_failed(),
    },
    Question {
        text: "Root or an IAM user signed in to the console without MFA",
        prefix: "without-mfa.",
        builtin: &["signin-without-mfa"],
        is_so: |truth| {
            truth.is_signed_in()
                && truth.mfa == "not_used"
                && ["root", "iam_user"].contains(&&*truth.principal)
        },
    },
    Question {
        text: "Root signed in to the console",
        prefix: "root.",
        builtin: &["root-signin"],
        is_so: |truth| truth.is_signed_in() && truth.principal == "root",
    },
    Question {
        text: "Root failed to sign in",
        prefix: "root-failure.",
        builtin: &["root-signin-failure"],
        is_so: |truth| truth.has_failed() && truth.principal == "root",
    },
    Question {
        text: "A sign-in with MFA failed",
        prefix: "mfa-time.",
        builtin: &["mfa-time-failure"],
        is_so: |truth| truth.reason.as_deref() == Some("bad_password_or_mfa"),
    },
];

/// What is true of a sign-in record.
#[derive(Deserialize)]
struct Truth {
    kind: String,
    outcome: String,
    reason: Option<String>,
    principal: String,
    mfa: String,
}

impl Truth {
    fn has_failed(&self) -> bool {
        ["failure", "denied"].contains(&&*self.outcome) && self.kind != "account_change"
    }

    fn is_signed_in(&self) -> bool {
        self.kind == "console_login" && self.outcome == "success"
    }
}

/// A record, and what people wrote down of it.
struct Collected {
    json: String,
    said: Value,
}

impl Collected {
    /// `None` if it is no sign-in.
    fn truth(&self) -> Option<Truth> {
        let verdict = process(self.json.as_bytes()).expect("a record")?;
        let mut truth = serde_json::to_value(verdict).unwrap();
        for (key, value) in self.said.as_object().into_iter().flatten() {
            truth[key] = value.clone();
        }
        Some(serde_json::from_value(truth).unwrap())
    }
}

/// The records of the folder `data`, one line each.
fn collected(data: &Path) -> Vec<Collected> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(alias = "event")]
        record: Box<RawValue>,
        #[serde(default)]
        expect: Value,
    }
    let mut collected = Vec::new();
    for file in ["signin_events.ndjson", "signin_reports.ndjson"] {
        for line in fs::read_to_string(data.join(file)).unwrap().lines() {
            let Line { record, expect } = serde_json::from_str(line).unwrap();
            collected.push(Collected { json: record.get().to_owned(), said: expect });
        }
    }
    let background = fs::File::open(data.join("background_events.ndjson.gz")).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(background).read_to_string(&mut text).unwrap();
    let record = |line: &str| Collected { json: line.to_owned(), said: Value::Null };
    collected.extend(text.lines().map(record));
    collected
}

/// The ids of the rules that match each record.
fn matches(records: &[Collected], public: &Path) -> Vec<Vec<String>> {
    let folder = Folder::new();
    let lines: Vec<&str> = records.iter().map(|record| &*record.json).collect();
    let file = folder.write("records.ndjson", lines.join("\n"));
    let mut arguments = vec!["classify", "--quiet", "--format", "annotated", &file];
    arguments.extend(["--rules", "builtin", "--rules", public.to_str().unwrap()]);
    let classified = run(&arguments);
    assert_eq!(classified.exit, Some(0), "{}", classified.stderr);
    let lines = classified.lines();
    assert_eq!(lines.len(), records.len());
    let rules = |line: &Value| Vec::<String>::deserialize(&line["signin"]["rules"]);
    lines.iter().map(|line| rules(line).unwrap_or_default()).collect()
}

/// A row of the table: how often a rule is right and wrong.
fn row(name: &str, truths: &[bool], finds: impl Iterator<Item = bool>) -> String {
    let [mut found, mut missed, mut wrong] = [0; 3];
    for (truth, finds) in truths.iter().zip(finds) {
        match (truth, finds) {
            (true, true) => found += 1,
            (true, false) => missed += 1,
            (false, true) => wrong += 1,
            (false, false) => {}
        }
    }
    format!("| {name} | {found} | {missed} | {wrong} |\n")
}

fn table(data: &Path, public: &Path) -> String {
    let records = collected(data);
    let found = matches(&records, public);
    let truths: Vec<Option<Truth>> = records.iter().map(Collected::truth).collect();
    let rules: Value = serde_json::from_str(&fs::read_to_string(public).unwrap()).unwrap();
    let signins = truths.iter().flatten().count();
    let mut table = format!("{} records, {signins} of them sign-ins.\n", records.len());
    for Question { text, prefix, builtin, is_so } in &QUESTIONS {
        let truths: Vec<bool> =
            truths.iter().map(|truth| truth.as_ref().is_some_and(is_so)).collect();
        let count = truths.iter().filter(|truth| **truth).count();
        writeln!(table, "\n| {text}: {count} | found | missed | false |\n|---|--:|--:|--:|")
            .unwrap();
        let ours = found.iter().map(|ids| ids.iter().any(|id| builtin.contains(&&**id)));
        let name = format!("sekisho: `{}`", builtin.join("`, `"));
        table += &row(&name, &truths, ours);
        for rule in rules["rules"].as_array().unwrap() {
            let id = rule["id"].as_str().unwrap();
            if id.starts_with(prefix) {
                let finds = found.iter().map(|ids| ids.iter().any(|other| other == id));
                table += &row(rule["description"].as_str().unwrap(), &truths, finds);
            }
        }
    }
    table
}

#[test]
fn the_table_of_public_rules_is_what_they_find() {
    let Some(data) = env::var_os("SEKISHO_DATA") else {
        // Past the capture of output.
        let note = b"SKIPPED: the table of public rules: SEKISHO_DATA is not set\n";
        std::io::Write::write_all(&mut stderr(), note).unwrap();
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = table(Path::new(&data), &root.join("tests/parity/public.json"));
    println!("{table}");
    let page = root.join("plugin/rules/DETECTIONS.md");
    let text = fs::read_to_string(&page).unwrap();
    let (begin, rest) = text.split_once("<!-- parity -->\n").unwrap();
    let (old, end) = rest.split_once("<!-- end -->\n").unwrap();
    if env::var_os("BLESS").is_some() {
        fs::write(page, format!("{begin}<!-- parity -->\n{table}<!-- end -->\n{end}")).unwrap();
    } else {
        assert_eq!(old, table, "DETECTIONS.md is outdated: run with BLESS=1");
    }
}
