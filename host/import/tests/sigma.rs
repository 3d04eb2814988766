//! Sigma searches and records, each with what Sigma says about them, and what is refused.

use sekisho_import::{Definition, Imported, Options, sigma};
use sekisho_rules::{Pattern, RuleSet, Scratch};

/// A rule with these searches and this condition.
fn yaml(searches: &str, condition: &str) -> String {
    format!(
        "title: A Rule\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  {}\n  condition: {condition}\n",
        searches.replace("; ", "\n  ")
    )
}

fn import(yaml: &str, case_sensitive: bool) -> Imported {
    sigma(&[yaml], &Options { case_sensitive }).remove(0)
}

/// The searches, the condition, a record, and whether the rule matches it.
const ROWS: [(&str, &str, &str, bool); 38] = [
    // A text ignores case, unless it is cased.
    ("a: {eventName: ConsoleLogin}", "a", r#"{"eventName":"consoleLOGIN"}"#, true),
    ("a: {eventName|cased: ConsoleLogin}", "a", r#"{"eventName":"consoleLOGIN"}"#, false),
    ("a: {eventName|startswith: Console}", "a", r#"{"eventName":"CONSOLELogin"}"#, true),
    ("a: {eventName|endswith: login}", "a", r#"{"eventName":"ConsoleLogin"}"#, true),
    ("a: {eventName: 'console*'}", "a", r#"{"eventName":"ConsoleLogin"}"#, true),
    ("a: {sourceIPAddress|contains: '.0.2.'}", "a", r#"{"sourceIPAddress":"192.0.2.7"}"#, true),
    // Values of a list are alternatives, fields of a map are not, maps of a list are.
    ("a: {eventName: [A, B]}", "a", r#"{"eventName":"b"}"#, true),
    ("a: {eventName: A, errorCode: B}", "a", r#"{"eventName":"A"}"#, false),
    ("a: [{eventName: A}, {errorCode: B}]", "a", r#"{"eventName":"A"}"#, true),
    // `not` holds for what is absent, and for null.
    ("a: {errorCode: B}", "not a", r#"{"eventName":"A"}"#, true),
    ("a: {errorCode: B}", "not a", r#"{"errorCode":null}"#, true),
    ("a: {errorCode: B}", "not a", r#"{"errorCode":"b"}"#, false),
    ("a: {errorCode: B}", "not a", r#"{"errorCode":"BB"}"#, true),
    ("a: {eventName: A}; b: {errorCode: B}", "a and not b", r#"{"eventName":"A"}"#, true),
    ("a: {eventName: A, errorCode: B}", "not a", r#"{"eventName":"A"}"#, true),
    ("a: {eventName: A, errorCode: B}", "not a", r#"{"eventName":"A","errorCode":"B"}"#, false),
    ("a: {errorCode: [B, C]}", "not a", r#"{"errorCode":"c"}"#, false),
    ("a: {errorCode: B}; b: {errorCode: C}", "not a and not b", r#"{}"#, true),
    ("a: {errorCode: B}; b: {errorCode: C}", "not (a or b)", r#"{"errorCode":"C"}"#, false),
    ("a: {errorCode|exists: true}; b: {errorCode: B}", "a and not b", r#"{}"#, false),
    ("a: {errorCode|exists: true}; b: {errorCode: B}", "a and not b", r#"{"errorCode":"C"}"#, true),
    ("a: {errorCode|exists: false}", "a", r#"{"errorCode":null}"#, false),
    ("a: {errorCode|exists: false}", "a", r#"{}"#, true),
    ("a: {errorCode|exists: false}", "not a", r#"{}"#, false),
    ("a: {errorCode: null}", "a", r#"{}"#, true),
    ("a: {errorCode: null}", "a", r#"{"errorCode":null}"#, true),
    // Conditions on one field are one.
    ("a: {eventName: [A, B]}; b: {eventName: B}", "a and not b", r#"{"eventName":"B"}"#, false),
    ("a: {eventName: [A, B]}; b: {eventName: B}", "a and not b", r#"{"eventName":"A"}"#, true),
    (
        "a: {eventName: A}; b: {errorCode: B}; c: {errorCode: C}",
        "a and 1 of b*",
        r#"{"eventName":"A","errorCode":"B"}"#,
        true,
    ),
    (
        "a: {eventName: A}; b_1: {errorCode: B}; b_2: {x: C}",
        "all of b_*",
        r#"{"errorCode":"B"}"#,
        false,
    ),
    // A number and a boolean are found as such and as text.
    ("a: {x: 5}", "a", r#"{"x":5}"#, true),
    ("a: {x: '5'}", "a", r#"{"x":5}"#, true),
    ("a: {x: '5'}", "not a", r#"{"x":"5"}"#, false),
    ("a: {x: '5'}", "not a", r#"{"x":6}"#, true),
    ("a: {x: 'True'}", "a", r#"{"x":true}"#, true),
    ("a: {x|gte: 5}", "a", r#"{"x":4.9}"#, false),
    ("a: {sourceIPAddress|cidr: 192.0.2.0/24}", "a", r#"{"sourceIPAddress":"192.0.3.7"}"#, false),
    // Stars and backslashes that are meant.
    (r"a: {x: 'a\*b'}", "a", r#"{"x":"acb"}"#, false),
];

#[test]
fn a_pattern_matches_what_the_rule_matches() {
    for (searches, condition, record, expected) in ROWS {
        let yaml = yaml(searches, condition);
        let imported = import(&yaml, false);
        assert_eq!(imported.refusals, [], "{yaml}");
        let Definition::Pattern(pattern) = &imported.rules[0].definition else { panic!("{yaml}") };
        let set = RuleSet::compile(&[Pattern::parse(pattern.to_string().as_bytes()).unwrap()]);
        let event = format!(r#"{{"detail":{record}}}"#);
        let found = set.matches(event.as_bytes(), &mut Scratch::new()).unwrap() == [0];
        assert_eq!(found, expected, "{yaml}{record}\n{pattern}");
    }
}

#[test]
fn what_cannot_be_said_is_refused_at_its_place() {
    let rows = [
        ("a: {eventName: 'Get*Login'}", "a", "'Get*Login'", "--case-sensitive"),
        ("a: {x: 'a?b'}", "a", "'a?b'", "any one character"),
        ("a: {x|fieldref: y}", "a", "x|fieldref", "the modifier `fieldref`"),
        ("a: {x|re: '.+a'}", "a", "'.+a'", "is no wildcard"),
        ("a: {x|contains: [., '5'], x|endswith: '7'}", "a", "x|endswith", "a second condition"),
        ("a: {x: 5}", "not a", "x", "no `anything-but`"),
        ("a: {x|cidr: 192.0.2.0/24}", "not a", "x|cidr", "no `anything-but`"),
        ("a: {x: 'true'}", "not a", "x", "no `anything-but`"),
        ("a: [one, two]", "a", "one", "a keyword"),
        ("a: {x: a}; b: {x: b}", "a and b", "a and b", "contradict"),
        ("a: {x: b}", "a | count() > 5", "a | count() > 5", "an aggregation"),
        ("a: {x: b}; timeframe: 5m", "a", "timeframe", "use a correlation"),
        ("a: {x: b}", "c", "c", "there is no search `c`"),
        ("a: {x: b}", "2 of a*", "2 of a*", "`1 of` or `all of`"),
        ("a: {x: b, x.y: c}", "a", "a", "on what"),
        ("a: {x: b, x: c}", "a", "x", "a second key `x`"),
    ];
    for (searches, condition, span, message) in rows {
        let yaml = yaml(searches, condition);
        let Imported { rules, refusals } = import(&yaml, false);
        let [refusal] = &refusals[..] else { panic!("{yaml}{rules:?}") };
        assert_eq!(&yaml[refusal.span.clone()], span, "{yaml}");
        assert!(refusal.message.contains(message), "{yaml}{}", refusal.message);
    }
}

#[test]
fn a_difference_in_case_can_be_accepted() {
    let imported = import(&yaml("a: {eventName: 'Get*Login'}", "a"), true);
    let Definition::Pattern(pattern) = &imported.rules[0].definition else { panic!() };
    assert_eq!(pattern.to_string(), r#"{"detail":{"eventName":[{"wildcard":"Get*Login"}]}}"#);
}

#[test]
fn what_describes_a_rule_stays() {
    let rule = "
title: Root Signs In, Again
description: Root signed in.
level: critical
tags: [attack.t1078.004]
references: [https://example.com/root]
logsource: {product: aws, service: cloudtrail}
detection:
  a: {userIdentity.type: Root}
  condition: a
";
    let imported = import(rule, false);
    assert_eq!(
        serde_json::to_string(&imported.rules[0]).unwrap(),
        r#"{"id":"root-signs-in-again","severity":"critical","description":"Root Signs In, Again. Root signed in.","tags":["attack.t1078.004"],"references":["https://example.com/root"],"pattern":{"detail":{"userIdentity":{"type":[{"equals-ignore-case":"Root"}]}}}}"#
    );
}

#[test]
fn correlations_refer_to_rules_of_all_files() {
    let failed = yaml("a: {eventName: ConsoleLogin}", "a") + "name: failed\n";
    let refused = yaml("a: {x: 'a?b'}", "a") + "name: refused\n";
    let correlation = |rule: &str, kind: &str| {
        format!(
            "title: Often\ncorrelation: {{type: {kind}, rules: [{rule}], group-by: [sourceIPAddress], timespan: 5m, condition: {{gte: 10}}}}\n"
        )
    };
    let imported = sigma(
        &[
            &correlation("failed", "event_count"),
            &failed,
            &refused,
            &correlation("refused", "event_count"),
            &correlation("failed", "event_percentile"),
        ],
        &Options::default(),
    );
    assert_eq!(
        serde_json::to_string(&imported[0].rules[0].definition).unwrap(),
        r#"{"correlation":{"type":"event_count","rules":["failed"],"group-by":["source_ip"],"timespan":"5m","condition":{"gte":10}}}"#
    );
    assert_eq!(imported[1].rules[0].id, "failed");
    assert_eq!(imported[3].refusals[0].message, "the rule `refused` is refused");
    assert!(imported[4].refusals[0].message.contains("`event_percentile`"));
}

#[test]
fn hostile_files_are_refused() {
    let deep = "[".repeat(1_000_000);
    let flow = format!("a: {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let searches: String = (0..300).map(|n| format!("s{n}: {{x{n}: a, y{n}: b}}; ")).collect();
    let product = yaml(searches.trim_end_matches("; "), "not s1 and not s2 and not 1 of s*");
    let open = yaml("a: {x: b}", &"(".repeat(10_000));
    for file in [&*deep, &flow, &product, &open, "\0", "", "a: *b", "- - -\n:"] {
        let imported = import(file, false);
        assert!(imported.rules.is_empty() && file.is_empty() == imported.refusals.is_empty());
    }
}
