//! Events in parts, arrays, and the reuse of a scratch.

use std::time::{Duration, Instant};

use sekisho_rules::{Matching, Pattern, RuleSet, Scratch};
use sekisho_scan::Reader;

fn rules(patterns: &[&str]) -> RuleSet {
    let parse = |pattern: &&str| Pattern::parse(pattern.as_bytes()).expect("a valid pattern");
    RuleSet::compile(&patterns.iter().map(parse).collect::<Vec<_>>())
}

fn matches(pattern: &str, event: &str) -> bool {
    let mut scratch = Scratch::new();
    let rules = rules(&[pattern]);
    !rules.matches(event.as_bytes(), &mut scratch).expect("a well-formed event").is_empty()
}

#[test]
fn matches_an_event_in_parts() {
    let rules = rules(&[
        r#"{"detail-type":["old spelling"],"detail":{"name":["x"]}}"#,
        r#"{"detail-type":["new spelling"],"signin":{"outcome":["failure"]}}"#,
        r#"{"source":[{"exists":false}]}"#,
        r#"{"detail":{"exists":[{"exists":false}],"name":[{"anything-but":"x"}]}}"#,
    ]);
    let mut scratch = Scratch::new();
    let mut matching = Matching::new(&rules, &mut scratch);
    matching.feed_text("detail-type", "old spelling");
    matching.feed_text("detail-type", "new spelling");
    matching.feed_text("not.tested", "x");
    matching.feed_text("signin", "not tested itself");
    let mut reader = Reader::new(br#" {"name":"\u0078"} rest"#);
    matching.feed_object("detail", &mut reader).unwrap();
    assert_eq!(reader.offset(), br#" {"name":"\u0078"}"#.len());
    matching.feed_object("signin", &mut Reader::new(br#"{"outcome":"failure"}"#)).unwrap();
    matching.feed_object("other", &mut Reader::new(br#"{"source":"x"}"#)).unwrap();
    assert_eq!(matching.finish(), [0, 1, 2]);
}

#[test]
fn a_text_may_contain_any_character() {
    let rules = rules(&[r#"{"a":["\"\\é"]}"#]);
    let mut scratch = Scratch::new();
    let mut matching = Matching::new(&rules, &mut scratch);
    matching.feed_text("a", "\"\\é");
    assert_eq!(matching.finish(), [0]);
}

#[test]
fn a_malformed_event_is_an_error_and_does_not_affect_the_next_one() {
    let rules = rules(&[r#"{"a":["x"],"b":["y"]}"#]);
    let mut scratch = Scratch::new();
    for malformed in [r#"{"a":"x","b":"y""#, r#"{"a":"x"]"#, r#"{"a":"x","b":"y"},"#, "", "{"] {
        assert!(rules.matches(malformed.as_bytes(), &mut scratch).is_err(), "{malformed}");
        assert_eq!(rules.matches(br#"{"b":"y"}"#, &mut scratch), Ok(&[][..]));
    }
    for other in ["[]", "1", r#""a""#, "null"] {
        assert_eq!(rules.matches(other.as_bytes(), &mut scratch), Ok(&[][..]), "{other}");
    }
}

#[test]
fn one_scratch_works_with_several_rule_sets() {
    let first = rules(&[r#"{"a":["x"]}"#]);
    let second = rules(&[r#"{"b":["y"]}"#, r#"{"a":[{"anything-but":"x"}]}"#, r#"{"c":[1]}"#]);
    let mut scratch = Scratch::new();
    let event = br#"{"a":"x","b":"y","c":1.0}"#;
    for _ in 0..3 {
        assert_eq!(first.matches(event, &mut scratch), Ok(&[0][..]));
        assert_eq!(second.matches(event, &mut scratch), Ok(&[0, 2][..]));
    }
}

#[test]
fn exists_false_sees_the_elements_chosen_before_it() {
    let event = r#"{"a":[{"b":"x"},{"b":"y","c":"z","a":"z"}]}"#;
    assert!(matches(r#"{"a":{"b":["x"],"c":[{"exists":false}]}}"#, event));
    assert!(!matches(r#"{"a":{"b":["y"],"c":[{"exists":false}]}}"#, event));
    assert!(!matches(r#"{"a":{"b":["x"],"a":[{"exists":false}]}}"#, event));
}

#[test]
fn independent_arrays_do_not_multiply() {
    // Only the last two fields are incompatible.
    let array = vec![r#"{"x":1,"y":2}"#; 2000].join(",");
    let arrays: Vec<_> = (0..6).map(|key| format!(r#""k{key}":[{array}]"#)).collect();
    let event = format!(r#"{{{},"z":[{{"x":1}},{{"y":1}}]}}"#, arrays.join(","));
    let fields: Vec<_> = (0..6).map(|key| format!(r#""k{key}":{{"x":[1]}}"#)).collect();
    let pattern = format!(r#"{{{},"z":{{"x":[1],"y":[1]}}}}"#, fields.join(","));
    let start = Instant::now();
    assert!(!matches(&pattern, &event));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_search_that_exceeds_its_limit_counts_as_a_match() {
    // Each field matches in each of ten arrays, but there is one field too many.
    let fields = |object: fn(u32) -> String| (0..11).map(object).collect::<Vec<_>>().join(",");
    let array = format!(r#""r":[{}]"#, fields(|field| format!(r#"{{"f{field}":1}}"#)));
    let event = |arrays: usize| format!("{{{}}}", vec![array.as_str(); arrays].join(","));
    let pattern = format!(r#"{{"r":{{{}}}}}"#, fields(|field| format!(r#""f{field}":[1]"#)));
    assert!(!matches(&pattern, &event(4)));
    assert!(matches(&pattern, &event(11)));
    let start = Instant::now();
    assert!(matches(&pattern, &event(10)));
    assert!(start.elapsed() < Duration::from_secs(5));
}
