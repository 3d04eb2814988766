//! The patterns of generated rules, over generated records.

use fastrand::Rng;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::parse_sigma_yaml;
use sekisho_import::{Definition, Imported, Options, sigma};
use sekisho_rules::{Pattern, RuleSet, Scratch};
use serde_json::{Map, Value, json};

const RULES: usize = 500;
const RECORDS: usize = 100_000;

/// The fields, each with values that records have. Rules use parts of them.
const FIELDS: [(&str, &[&str]); 7] = [
    ("eventName", &["ConsoleLogin", "StopLogging", "GetUser", "CreateUser", "getuser"]),
    ("eventSource", &["signin.amazonaws.com", "iam.amazonaws.com", "S3.amazonaws.com"]),
    ("userIdentity.type", &["Root", "IAMUser", "AssumedRole", "root"]),
    ("sourceIPAddress", &["192.0.2.7", "198.51.100.9", "AWS Internal"]),
    ("errorCode", &["AccessDenied", "Client.Unauthorized", ""]),
    ("additionalEventData.MFAUsed", &["Yes", "No", "1234"]),
    (NUMBERS, &["1234", "true"]),
];

/// A field that is a number or a boolean in some records. Rules compare it with a whole value only.
const NUMBERS: &str = "requestParameters.limit";

/// A random rule, as YAML.
fn rule(random: &mut Rng) -> String {
    let mut searches = Vec::new();
    for number in 0..random.usize(1..4) {
        let mut fields = String::new();
        let mut used = Vec::new();
        for _ in 0..random.usize(1..3) {
            let (path, values) = FIELDS[random.usize(..FIELDS.len())];
            if used.contains(&path) {
                continue;
            }
            used.push(path);
            let value = |random: &mut Rng| values[random.usize(..values.len())];
            let short = |random: &mut Rng, text: &'static str| {
                text.get(..text.len().min(random.usize(2..6))).unwrap_or_default()
            };
            let text = value(random);
            fields += &match random.usize(..10) {
                _ if path == NUMBERS => {
                    if random.bool() {
                        format!(
                            "    {path}: {text}
"
                        )
                    } else {
                        format!(
                            "    {path}: '{}'
",
                            text.replace("1234", "True")
                        )
                    }
                }
                0 => format!("    {path}|exists: {}\n", random.bool()),
                1 => format!("    {path}|startswith: '{}'\n", short(random, text)),
                2 => format!("    {path}|endswith: '{}'\n", &text[text.len().saturating_sub(3)..]),
                3 => format!("    {path}|contains: '.'\n"),
                4 if path == "sourceIPAddress" => format!("    {path}|cidr: 192.0.2.0/24\n"),
                5 => format!("    {path}: '{}*'\n", short(random, text)),
                6 => format!("    {path}|re: '^{}.*'\n", short(random, text)),
                7 => format!("    {path}|cased: '{text}'\n"),
                8 => format!(
                    "    {path}:\n      - '{text}'\n      - '{}'\n",
                    value(random).to_uppercase()
                ),
                _ => format!("    {path}: '{}'\n", text.to_lowercase()),
            };
        }
        searches.push(format!("  s{number}:\n{fields}"));
    }
    let condition = match (searches.len(), random.usize(..5)) {
        (_, 0) => "1 of them".to_owned(),
        (_, 1) => "all of s*".to_owned(),
        (1, 2) => "not s0".to_owned(),
        (1, _) => "s0".to_owned(),
        (2, 2) => "s0 or not s1".to_owned(),
        (2, _) => "s0 and not s1".to_owned(),
        (_, 2) => "s0 and not (s1 or s2)".to_owned(),
        _ => "(s0 or s1) and not s2".to_owned(),
    };
    format!(
        "title: Generated\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n{}  condition: {condition}\n",
        searches.concat()
    )
}

/// A random record. Each field is there most of the time.
fn record(random: &mut Rng) -> Value {
    let mut record = Map::new();
    for (path, values) in FIELDS {
        let value = match random.usize(..12) {
            0 | 1 => continue,
            2 => json!("other"),
            3 => json!("1234"),
            4 if path == NUMBERS => json!(1234),
            5 if path == NUMBERS => json!(true),
            _ => json!(values[random.usize(..values.len())]),
        };
        match path.split_once('.') {
            Some((outer, inner)) => {
                let outer = record.entry(outer).or_insert_with(|| json!({"of": "x"}));
                outer[inner] = value;
            }
            None => {
                record.insert(path.to_owned(), value);
            }
        }
    }
    Value::Object(record)
}

fn import(yaml: &str) -> Imported {
    sigma(&[yaml], &Options::default()).remove(0)
}

fn pattern(definition: &Definition) -> Pattern {
    let Definition::Pattern(pattern) = definition else { panic!("expected a pattern") };
    Pattern::parse(pattern.to_string().as_bytes()).expect("an imported pattern is valid")
}

fn judge(yaml: &str) -> Engine {
    let mut engine = Engine::new();
    let collection = parse_sigma_yaml(yaml).expect(yaml);
    engine.add_collection(&collection).expect(yaml);
    engine
}

#[test]
fn generated_rules_and_records() {
    let mut random = Rng::with_seed(4);
    let mut rules = Vec::new();
    let mut patterns = Vec::new();
    let mut refused = 0;
    while rules.len() < RULES {
        let yaml = rule(&mut random);
        match &import(&yaml).rules[..] {
            [rule] => {
                patterns.push(pattern(&rule.definition));
                rules.push((judge(&yaml), yaml));
            }
            _ => refused += 1,
        }
    }
    let set = RuleSet::compile(&patterns);
    let mut scratch = Scratch::new();
    let mut counts = [0; 2];
    for number in 0..RECORDS {
        let record = record(&mut random);
        let event = json!({"detail": record}).to_string();
        let matched = set.matches(event.as_bytes(), &mut scratch).expect("a record").to_vec();
        // Each record is judged by some of the rules, all rules by as many records.
        for index in (number % 50..RULES).step_by(50) {
            let (engine, yaml) = &rules[index];
            let expected = !engine.evaluate(&JsonEvent::borrow(&record)).is_empty();
            let found = matched.contains(&(index as u32));
            assert_eq!(found, expected, "{yaml}\n{record}\n{:?}", import(yaml));
            counts[usize::from(expected)] += 1;
        }
    }
    println!("{RULES} rules, {refused} refused, {counts:?} judgements");
    // Neither result is rare.
    let [missed, matched] = counts;
    assert!(matched > missed / 10 && missed > matched / 10, "{counts:?}");
}
