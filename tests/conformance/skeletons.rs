//! What the engine has learned of earlier records changes no result.

use fastrand::Rng;
use sekisho_generator::envelope::event_bridge;

use crate::corpora::{count_from, generated, print_uncaptured, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmtime};
use crate::mutations::{duplicate_keys, flip, respell, soup, truncations};

/// The number of random inputs; `SEKISHO_RECORDS` overrides it.
const RECORDS: usize = 100_000;

/// An engine that has learned something, one that has learned the records of the test itself, and one
/// that has learned nothing, since its configuration is set before each record.
struct Engines {
    configuration: String,
    foreign: Native,
    warm: Native,
    cold: Native,
}

impl Engines {
    fn new(configuration: &str, records: &[Vec<u8>]) -> Self {
        Engines::with(Export::Process, configuration, records)
    }

    fn with(export: Export, configuration: &str, records: &[Vec<u8>]) -> Self {
        let configuration = configuration.to_owned();
        let foreign = generated(21, 2000);
        let [foreign, warm] = [&foreign, records].map(|records| {
            let mut engine = Native::default();
            assert_eq!(engine.call(Export::Configure, configuration.as_bytes()).n, 0);
            for record in [records, records, records].concat() {
                engine.call(export, &record);
            }
            engine.call(Export::Reset, b"");
            engine
        });
        Engines { configuration, foreign, warm, cold: Native::default() }
    }

    fn process(&mut self, input: &[u8]) -> CallResult {
        self.call(Export::Process, input)
    }

    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        assert_eq!(self.cold.call(Export::Configure, self.configuration.as_bytes()).n, 0);
        let cold = self.cold.call(export, input);
        let shown = || input.escape_ascii().to_string();
        assert_eq!(self.warm.call(export, input), cold, "warm, on {}", shown());
        assert_eq!(self.foreign.call(export, input), cold, "foreign, on {}", shown());
        cold
    }
}

/// Rules on all kinds of values, matched against both objects.
const RULES: &str = r#"{"rules":[
    {"id":"input","pattern":{"eventName":["ConsoleLogin"],"userIdentity":{"type":["Root","IAMUser"]}}},
    {"id":"absent","pattern":{"detail":{"additionalEventData":{"MFAUsed":[{"exists":false}]}}}},
    {"id":"type","pattern":{"detail-type":["AWS Console Sign In via CloudTrail"],"source":["aws.signin"]}},
    {"id":"verdict","pattern":{"signin":{"outcome":["failure"]},
        "sourceIPAddress":[{"anything-but":{"prefix":"192.0.2."}}]}},
    {"id":"text","pattern":{"detail":{"userAgent":[{"wildcard":"*Mozilla*"}]}}},
    {"id":"result","pattern":{"detail":{"responseElements":{"ConsoleLogin":[{"equals-ignore-case":"failure"}]}}}},
    {"id":"null","pattern":{"responseElements":[null],"managementEvent":[true,false]}},
    {"id":"account","pattern":{"account":[{"suffix":"3"}],"region":[{"exists":true}],"detail":{"eventID":[{"exists":true}]}}},
    {"id":"or","pattern":{"$or":[{"readOnly":[false]},{"eventVersion":[{"prefix":"1.1"}]}]}},
    {"id":"keys","pattern":{"detail":{"tlsDetails":{"tlsVersion":["TLSv1.3"]}}}},
    {"id":"many","correlation":{"type":"event_count","rules":["input"],"group-by":["source_ip"],"timespan":"1h","condition":{"gte":3}}}]}"#;

fn signins(seed: u64, count: usize) -> Vec<Vec<u8>> {
    sekisho_generator::signin_records(seed)
        .map(|record| record.json.into_bytes())
        .take(count)
        .collect()
}

#[test]
fn rows_and_records_and_their_mutations() {
    let rows = rows().into_iter().map(|row| row.input).filter(|input| input.len() < 8192);
    let events = signins(22, 100)
        .into_iter()
        .map(|record| event_bridge(std::str::from_utf8(&record).expect("UTF-8")).into_bytes());
    let inputs: Vec<_> = rows.chain(events).chain(generated(23, 200)).collect();
    for configuration in ["{}", RULES, r#"{"form":"ecs"}"#, r#"{"form":"ocsf"}"#] {
        check(configuration, &inputs);
    }
}

/// The ways in which a record is wrapped: `RECORD` stands for it, `TEXT` for it as JSON text.
const WRAPPINGS: [&str; 22] = [
    r#"{"timestamp":"2026-01-02T03:04:05Z","data":{"aws":RECORD}}"#,
    r#"{"message":TEXT}"#,
    r#"{"log":TEXT,"stream":"stdout","time":"2026-01-02T03:04:05Z"}"#,
    r#"{"@timestamp":"2026-01-02","event":{"original":TEXT,"kind":"event"},"tags":["a","b"]}"#,
    r#"{"Records":[RECORD]}"#,
    r#"{"Records":[RECORD],"data":{"a":1}}"#,
    r#"{"data":{"list":[RECORD,RECORD]}}"#,
    r#"{"detail":RECORD,"message":TEXT}"#,
    r#"{"data":RECORD,"message":TEXT}"#,
    r#"{"data":RECORD,"note":TEXT}"#,
    r#"{"data":RECORD,"note":"a plain one"}"#,
    r#"{"data":RECORD,"note":"{not text"}"#,
    r#"{"data":RECORD,"note":"{\"text\":1}"}"#,
    r#"{"data":RECORD,"event_source":"signin.amazonaws.com","event_name":"ExitRole","aws_region":"x"}"#,
    r#"{"data":RECORD,"event_source":"plain","event_name":"ExitRole","aws_region":"x"}"#,
    r#"{"data":RECORD,"row":[{"field":"eventName","value":"ExitRole"},{"field":"eventSource","value":"signin.amazonaws.com"},{"field":"awsRegion","value":"x"}]}"#,
    r#"{"message":"a plain one","log":TEXT}"#,
    r#"{"message":TEXT,"log":TEXT}"#,
    r#"{"message":TEXT,"message":"a plain one"}"#,
    r#"{"message":"a plain one","note":TEXT}"#,
    r#"{"message":TEXT,"data":{"eventSource":"signin.amazonaws.com"}}"#,
    r#"{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":RECORD}}}}}}}}"#,
];

fn wrapped(record: &[u8], wrapping: &str) -> Vec<u8> {
    let record = std::str::from_utf8(record).expect("UTF-8");
    let text = serde_json::Value::from(record).to_string();
    wrapping.replace("TEXT", &text).replace("RECORD", record).into_bytes()
}

/// Each record in one wrapping after another, so that what is learned of one meets the next.
#[test]
fn wrapped_records_and_their_mutations() {
    let mut random = Rng::with_seed(30);
    let records: Vec<_> = signins(31, 40).into_iter().chain(generated(32, 10)).collect();
    let events = r#"{"rules":[{"id":"event","pattern":{"detail":{"eventName":["ConsoleLogin"]},"source":["aws.signin"]}}]}"#;
    let forms = [r#"{"form":"ecs"}"#, r#"{"form":"ocsf"}"#, r#"{"identity":true}"#];
    for configuration in ["{}", RULES, events].into_iter().chain(forms) {
        let inputs: Vec<_> = WRAPPINGS
            .iter()
            .flat_map(|wrapping| records.iter().map(|record| wrapped(record, wrapping)))
            .collect();
        let mut engines = Engines::new(configuration, &inputs);
        let mut verdicts = 0;
        for (index, record) in records.iter().enumerate() {
            for wrapping in WRAPPINGS {
                let input = wrapped(record, wrapping);
                verdicts += usize::from(engines.process(&input).n > 0);
                for _ in 0..10 {
                    engines.process(&flip(&input, &mut random));
                }
                if index % 10 == 0 {
                    let changed = duplicate_keys(&input, &mut random);
                    changed.map(|changed| engines.process(&changed));
                    truncations(&input).step_by(31).for_each(|cut| drop(engines.process(cut)));
                }
            }
        }
        assert!(verdicts > records.len() * 10, "{verdicts}");
    }
}

fn check(configuration: &str, inputs: &[Vec<u8>]) {
    let mut engines = Engines::new(configuration, inputs);
    let mut random = Rng::with_seed(24);
    for input in inputs {
        engines.process(input);
        truncations(input).step_by(7).for_each(|truncated| drop(engines.process(truncated)));
        for _ in 0..40 {
            engines.process(&flip(input, &mut random));
        }
        for changed in [respell(input, &mut random), duplicate_keys(input, &mut random)] {
            changed.map(|changed| engines.process(&changed));
        }
    }
}

#[test]
fn random_records() {
    let records = signins(25, 500);
    let mut random = Rng::with_seed(26);
    let mut engines = ["{}", RULES].map(|configuration| Engines::new(configuration, &records));
    let mut unlearning = Native::default();
    assert_eq!(unlearning.call(Export::Configure, unlearning_rules().as_bytes()).n, 0);
    let count = count_from("SEKISHO_RECORDS", RECORDS);
    for number in 1..=count {
        let record = &records[random.usize(..records.len())];
        let input = match random.u8(..4) {
            0 => soup(&mut random),
            1 => flip(&flip(record, &mut random), &mut random),
            2 => splice(record, &records[random.usize(..records.len())], &mut random),
            _ => flip(record, &mut random),
        };
        let cold = [
            Native::default().call(Export::Process, &input),
            unlearning.call(Export::Process, &input),
        ];
        for (engines, cold) in engines.iter_mut().zip(cold) {
            let shown = || input.escape_ascii().to_string();
            assert_eq!(engines.warm.call(Export::Process, &input), cold, "warm, on {}", shown());
            assert_eq!(
                engines.foreign.call(Export::Process, &input),
                cold,
                "foreign, on {}",
                shown()
            );
        }
        if number % 10_000_000 == 0 {
            print_uncaptured(&format!("{number} of {count} inputs: no difference"));
        }
    }
}

/// The rules with a silence that fits no record. With one nothing is learned, so this engine is cold
/// without being configured before each record, which takes longer than all else.
fn unlearning_rules() -> String {
    let silence = r#"{"silence":[{"account":"000000000000","reason":"a test","until":"2001-01-01T00:00:00Z"}],"#;
    RULES.replacen('{', silence, 1)
}

/// Attempts and findings are the same, too.
#[test]
fn attempts_of_records_and_their_mutations() {
    let records = signins(28, 1000);
    let mut random = Rng::with_seed(29);
    for configuration in ["{}", RULES] {
        let mut engines = Engines::with(Export::Observe(0), configuration, &records);
        for record in &records {
            let input = match random.u8(..3) {
                0 => flip(record, &mut random),
                _ => record.clone(),
            };
            engines.call(Export::Observe(0), &input);
        }
        let flush = |engine: &mut Native| engine.call(Export::Flush, b"");
        let Engines { foreign, warm, cold, .. } = &mut engines;
        loop {
            let lines = flush(cold);
            assert_eq!(flush(warm), lines);
            assert_eq!(flush(foreign), lines);
            if lines.n == 0 {
                break;
            }
        }
    }
}

/// The start of one record and the end of another.
fn splice(one: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let (start, end) = (random.usize(..one.len()), random.usize(..other.len()));
    [&one[..start], &other[end..]].concat()
}

/// A record whose fields are in strings has the result of the record that is in them, and a second
/// `eventSource` counts wherever it is.
#[test]
fn records_whose_result_depends_on_the_content_of_strings() {
    let record = |source: &str, response: &str, more: &str| {
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE","userName":"anaya"}},"eventTime":"2025-03-29T11:10:23Z","eventSource":"{source}","eventName":"ConsoleLogin","responseElements":{response},"additionalEventData":{{"MFAUsed":"No"}}{more}}}"#
        )
        .into_bytes()
    };
    let signin = "signin.amazonaws.com";
    let (success, text) = (r#"{"ConsoleLogin":"Success"}"#, r#""{\"ConsoleLogin\":\"Success\"}""#);
    let records = [
        record(signin, success, ""),
        record(signin, r#"{"ConsoleLogin":"Failure"}"#, ""),
        record(signin, r#"{"CheckMfa":"Success"}"#, ""),
        record("s3.amazonaws.com", success, ""),
        record("aws:sqs", success, ""),
        record(signin, text, ""),
        record(signin, r#""{\"ConsoleLogin\":\"Failure\"}""#, ""),
        record(signin, r#""Success""#, ""),
        record(signin, r#""{\"ConsoleLogin\":\"Succ""#, ""),
        record(signin, success, r#","eventSource":"signin.amazonaws.com""#),
        record(signin, success, r#","eventSource":"s3.amazonaws.com""#),
        record(signin, success, r#","detail":{"eventSource":"signin.amazonaws.com"}"#),
        record(signin, success, r#","detail":{"eventSource":"s3.amazonaws.com"}"#),
        record(signin, success, r#","eventN\u0061me":"CheckMfa""#),
        record(signin, success, r#","eventN\u0061me":"SwitchRole""#),
        record(signin, success, r#","eventName":"CheckMfa","eventName":"SwitchRole""#),
    ];
    for configuration in ["{}", RULES] {
        let mut engines = Engines::new(configuration, &[]);
        for first in &records {
            for second in &records {
                for record in [first, first, first, second, first, second] {
                    engines.process(record);
                }
            }
        }
    }
}

/// Once their skeletons are known, sign-ins of all the ways they are written have the results of the
/// first time, in the module, too.
#[test]
fn the_module_learns() {
    let records = signins(27, 1000);
    let mut module = Wasmtime::new(sekisho_module::SIMD);
    let mut portable = Wasmtime::new(sekisho_module::PORTABLE);
    let mut cold = Native::default();
    for round in 0..2 {
        for record in &records {
            assert_eq!(cold.call(Export::Configure, b"{}").n, 0);
            let expected = cold.call(Export::Process, record);
            assert_eq!(module.call(Export::Process, record), expected, "round {round}");
            assert_eq!(portable.call(Export::Process, record), expected, "round {round}");
        }
    }
}
