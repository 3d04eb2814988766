//! Every row of the forms in every host, and what builds without the forms say.

use std::path::Path;

use fastrand::Rng;
use sekisho_generator::spelling::SPELLINGS;
use sekisho_generator::wrapping::WRAPPINGS;
use sekisho_oracle::generate::streams;
use sekisho_oracle::{
    FormRow, FormStream, Matched, ecs_event, ecs_line, form_rows, form_streams, identity_object,
    ocsf_event, ocsf_line, sequences, tags,
};
use serde_json::Value;

use crate::corpora::{collected_signins, generated};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};
use crate::mutations::{duplicate_keys, flip, respell};
use crate::rows::batch_entry;

#[test]
fn native() {
    check_all(Native::default());
}

#[test]
fn wasmtime_portable() {
    check_all(Wasmtime::new(sekisho_module::FORMS_PORTABLE));
}

#[test]
fn wasmtime_simd() {
    check_all(Wasmtime::new(sekisho_module::FORMS_SIMD));
}

#[test]
fn wasmi() {
    check_all(Wasmi::new(sekisho_module::FORMS_PORTABLE));
}

#[test]
fn node() {
    for wasm in [sekisho_module::FORMS_PORTABLE, sekisho_module::FORMS_SIMD] {
        if let Some(node) = Node::new(wasm) {
            check_all(node);
        }
    }
}

/// A record whose skeleton is known has the same event.
#[test]
fn learned_records_have_the_same_events() {
    let rows = rows();
    let mut hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmtime::new(sekisho_module::FORMS_SIMD))];
    for host in &mut hosts {
        for configurations in rows.chunk_by(|one, other| one.configuration == other.configuration) {
            configure(host, &configurations[0].configuration);
            for row in configurations.iter().chain(configurations) {
                // Once to learn, and again after the others.
                assert_eq!(process(host, row), result(&row.result), "{}", row.name);
                assert_eq!(process(host, row), result(&row.result), "{}", row.name);
            }
        }
    }
}

/// The engine in each form, beside the oracle. The oracle compares values: a text may be written with
/// other escapes.
struct Formed {
    /// The rules, as they are configured in each engine.
    rules: Value,
    verdict: Native,
    ecs: Native,
    ocsf: Native,
    identity: Native,
    /// How many inputs were sign-ins.
    signins: usize,
}

impl Formed {
    fn new(rules: &str) -> Self {
        let rules = json_value(rules.as_bytes());
        let formed = |key: &str, value: Value| {
            let mut configuration = rules.clone();
            configuration[key] = value;
            let mut native = Native::default();
            configure(&mut native, &configuration.to_string());
            native
        };
        Formed {
            verdict: formed("form", "verdict".into()),
            ecs: formed("form", "ecs".into()),
            ocsf: formed("form", "ocsf".into()),
            identity: formed("identity", true.into()),
            rules,
            signins: 0,
        }
    }

    fn check(&mut self, input: &[u8]) {
        let Formed { rules, verdict, ecs, ocsf, identity, signins } = self;
        let results =
            [verdict, ecs, ocsf, identity].map(|native| native.call(Export::Process, input));
        let shown = input.escape_ascii();
        let verdict = match sekisho_oracle::process(input) {
            Ok(Some(verdict)) => verdict,
            // A rule may match another record.
            Ok(None) => {
                let has_result = results.map(|result| result.n > 0);
                return assert_eq!(has_result, [has_result[0]; 4], "{shown}");
            }
            Err(code) => return assert_eq!(results, [code; 4].map(CallResult::status), "{shown}"),
        };
        let record = sekisho_oracle::record(input).expect("a verdict").expect("a record");
        let [written, ecs, ocsf, identity] = results.map(|result| json_value(&result.output));
        let matched = Matched::of(&written, rules);
        assert_eq!(ecs, ecs_event(&record, &verdict, &matched), "{shown}");
        assert_eq!(ocsf, ocsf_event(&record, &verdict, &matched), "{shown}");
        assert_eq!(identity["identity"], identity_object(&record, &verdict), "{shown}");
        *signins += 1;
    }

    /// Checks an input, and what is made of it.
    fn check_changed(&mut self, input: &[u8], random: &mut Rng) {
        self.check(input);
        for _ in 0..5 {
            self.check(&flip(input, random));
        }
        for changed in [respell(input, random), duplicate_keys(input, random)] {
            changed.into_iter().for_each(|changed| self.check(&changed));
        }
    }
}

/// Rules that records match, and an entry that silences one of them.
const RECORD_RULES: &str = r#"{"rules":[
    {"id":"login","tags":["attack.t1078.004","attack.initial-access","attack.t1078"],
        "pattern":{"eventName":["ConsoleLogin"]}},
    {"id":"failed","tags":["attack.t1110","attack.t1078.004",7,"attack.t1110.001"],
        "pattern":{"signin":{"outcome":["failure","denied"]}}},
    {"id":"untagged","pattern":{"signin":{"mfa":["unknown"]}}}],
    "silence":[{"rules":["failed"],"source_ip":"192.0.2.0/24","reason":"a test","until":"2099-01-01T00:00:00Z"}]}"#;

#[test]
fn rows_and_their_mutations_agree_with_the_oracle() {
    for rules in ["{}", RECORD_RULES] {
        let mut formed = Formed::new(rules);
        let mut random = Rng::with_seed(12);
        let rows = crate::corpora::rows().into_iter().map(|row| row.input);
        let records = rows.chain(self::rows().into_iter().map(|row| row.record.into_bytes()));
        records.for_each(|record| formed.check_changed(&record, &mut random));
        assert!(formed.signins >= 4500, "{} sign-ins", formed.signins);
    }
}

#[test]
fn generated_records_agree_with_the_oracle() {
    let mut formed = Formed::new(RECORD_RULES);
    let mut random = Rng::with_seed(13);
    for record in generated(11, 5000) {
        formed.check(&record);
        if random.u8(..8) == 0 {
            let text = std::str::from_utf8(&record).expect("JSON");
            let spelled = SPELLINGS[random.usize(..SPELLINGS.len())].1(text);
            let wrapped = WRAPPINGS[random.usize(..WRAPPINGS.len())].1(text);
            [spelled, wrapped].iter().for_each(|input| formed.check(input.as_bytes()));
        }
    }
    assert!(formed.signins >= 6000, "{} sign-ins", formed.signins);
}

#[test]
fn collected_records_agree_with_the_oracle() {
    let Some(signins) = collected_signins() else { return };
    let mut formed = Formed::new("{}");
    let mut random = Rng::with_seed(14);
    signins.iter().for_each(|record| formed.check_changed(record, &mut random));
    assert!(formed.signins >= 500, "{} sign-ins", formed.signins);
}

/// The events of attempts and findings are those that the oracle makes of their lines.
#[test]
fn streams_agree_with_the_oracle() {
    let cases = folder().join("../sequences");
    let mut of_cases: Vec<_> = sequences(&cases)
        .into_iter()
        .map(|sequence| (sequence.configuration, sequence.records))
        .collect();
    let of_forms = form_streams(&folder().join("streams")).into_iter().map(|stream| {
        let records = stream.records.iter().map(|record| json_value(record.as_bytes()));
        (json_value(stream.configuration.as_bytes()), records.collect())
    });
    of_cases.extend(of_forms);
    let generated = streams(15).take(300).map(|records| (Value::Null, records));
    let (mut attempts, mut findings) = (0, 0);
    for (mut configuration, records) in of_cases.into_iter().chain(generated) {
        if configuration.is_null() {
            configuration = json_value(RULES.as_bytes());
        }
        configuration["form"] = "verdict".into();
        let lines = observed(&configuration, &records);
        for (form, event_of) in [("ecs", ecs_line as LineEvent), ("ocsf", ocsf_line)] {
            configuration["form"] = form.into();
            let events = observed(&configuration, &records);
            assert_eq!(events.len(), lines.len(), "{configuration}");
            for (event, line) in events.iter().zip(&lines) {
                // A finding that is emitted once has no id in its line.
                let of_event = [&event["event"]["id"], &event["finding_info"]["uid"]];
                let id = line["id"].as_str().or(of_event.into_iter().find_map(Value::as_str));
                let of_finding = line["rule"].as_str().into_iter();
                let of_attempt = line["rules"].as_array().into_iter().flatten();
                let rules = of_finding.chain(of_attempt.filter_map(Value::as_str));
                let tags = tags(rules, &configuration);
                assert_eq!(*event, event_of(line, id.unwrap_or(""), &tags), "{line}");
                *(if line["type"] == "finding" { &mut findings } else { &mut attempts }) += 1;
            }
        }
    }
    assert!(attempts >= 2000 && findings >= 500, "{attempts} attempts, {findings} findings");
}

/// What makes an event of a line, of the id of a finding and of the tags of its rules.
type LineEvent = fn(&Value, &str, &[Value]) -> Value;

/// Rules for streams that have none.
const RULES: &str = r#"{"findings":"lifecycle","rules":[
    {"id":"failed","tags":["attack.t1110"],"pattern":{"attempt":{"outcome":["failure"]}}},
    {"id":"nobody","tags":["attack.t1110","attack.t1087.004"],
        "pattern":{"attempt":{"reason":["unknown_user"]}}},
    {"id":"two","severity":"high","tags":["attack.t1110.001","attack.t1110.003","attack.t1078"],
        "correlation":{"type":"event_count","rules":["failed"],"condition":{"gte":2},
        "group-by":["account","identity","user","source_ip"],"timespan":"15m"}},
    {"id":"host","severity":7,"correlation":{"type":"event_count","rules":["failed"],
        "group-by":["principal_id","user"],"timespan":"15m","condition":{"gte":2}}},
    {"id":"any","correlation":{"type":"event_count","rules":["failed"],"timespan":"15m",
        "condition":{"gte":3}}}]}"#;

/// What a stream has emitted after a flush.
fn observed(configuration: &Value, records: &[Value]) -> Vec<Value> {
    let mut native = Native::default();
    configure(&mut native, &configuration.to_string());
    let records: Vec<_> = records.iter().map(Value::to_string).collect();
    let lines = emitted(&mut native, &records);
    lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(json_value).collect()
}

fn json_value(json: &[u8]) -> Value {
    sekisho_oracle::value(json).expect("JSON")
}

#[test]
fn builds_without_the_forms_name_the_build_that_has_them() {
    for wasm in [sekisho_module::PORTABLE, sekisho_module::SIMD] {
        let module = sekisho_host::Module::new(wasm).expect("the module is accepted");
        let mut filter = module.filter().expect("an instance");
        filter.configure(br#"{"form":"verdict","identity":false}"#).expect("verdicts");
        for configuration in [r#"{"form":"ecs"}"#, r#"{"form":"ocsf"}"#, r#"{"identity":true}"#] {
            let error = filter.configure(configuration.as_bytes()).expect_err("refused");
            assert!(error.to_string().contains("sekisho-forms.wasm"), "{configuration}: {error}");
        }
    }
}

#[test]
fn unknown_forms_are_refused() {
    let mut host = Wasmi::new(sekisho_module::FORMS_PORTABLE);
    for configuration in [
        r#"{"form":"cef"}"#,
        r#"{"form":null}"#,
        r#"{"form":["ecs"]}"#,
        r#"{"identity":"true"}"#,
        r#"{"form":"ecs","identity":1}"#,
    ] {
        let status = host.call(Export::Configure, configuration.as_bytes());
        assert_eq!(status, CallResult::status(-4), "{configuration}");
    }
    let escaped = br#"{"form":"\u0065cs","identity":true}"#;
    assert_eq!(host.call(Export::Configure, escaped), CallResult::status(0));
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/forms")
}

fn rows() -> Vec<FormRow> {
    let rows = form_rows(&folder());
    assert!(rows.len() >= 200, "the rows are found");
    rows
}

fn check_all(mut host: impl Host) {
    for row in rows() {
        check(&mut host, &row);
    }
    let streams = form_streams(&folder().join("streams"));
    assert!(streams.len() >= 20, "the streams are found");
    for stream in streams {
        check_stream(&mut host, &stream);
    }
}

fn check(host: &mut impl Host, row: &FormRow) {
    configure(host, &row.configuration);
    let expected = result(&row.result);
    assert_eq!(process(host, row), expected, "process {}", row.name);
    let annotated = host.call(Export::Annotate, row.record.as_bytes());
    assert_eq!(annotated, result(&row.annotated), "annotate {}", row.name);
    let framed = [&(row.record.len() as u32).to_le_bytes()[..], row.record.as_bytes()].concat();
    let entry = batch_entry(0, &expected);
    assert_eq!(host.call(Export::ProcessBatch(0), &framed), entry, "batch {}", row.name);
}

fn check_stream(host: &mut impl Host, row: &FormStream) {
    configure(host, &row.configuration);
    host.call(Export::Reset, b"");
    let lines = emitted(host, &row.records);
    let expected: String = row.lines.iter().flat_map(|line| [line, "\n"]).collect();
    assert_eq!(String::from_utf8_lossy(&lines), expected, "{}", row.name);
}

/// The lines of a stream that is flushed.
fn emitted(host: &mut impl Host, records: &[String]) -> Vec<u8> {
    let mut lines = Vec::new();
    for record in records {
        lines.extend(host.call(Export::Observe(0), record.as_bytes()).output);
    }
    while let CallResult { n: 1.., output } = host.call(Export::Flush, b"") {
        lines.extend(output);
    }
    lines
}

fn configure(host: &mut impl Host, configuration: &str) {
    let status = host.call(Export::Configure, configuration.as_bytes());
    assert_eq!(status, CallResult::status(0), "{configuration}");
}

fn process(host: &mut impl Host, row: &FormRow) -> CallResult {
    host.call(Export::Process, row.record.as_bytes())
}

fn result(json: &Option<String>) -> CallResult {
    CallResult::output(json.clone().unwrap_or_default().into_bytes())
}
