//! `sekisho-rules` against the pattern oracle.

use sekisho_oracle::generate::pairs;
use sekisho_oracle::matches;
use sekisho_rules::{Limits, Pattern, RuleSet, Scratch};

/// The number of pairs to compare; `SEKISHO_PAIRS` overrides it.
fn count() -> usize {
    let number = std::env::var("SEKISHO_PAIRS").ok();
    number.map_or(100_000, |number| number.parse().expect("SEKISHO_PAIRS is a number"))
}

fn parse(pattern: &str) -> Pattern {
    Pattern::parse_with(pattern.as_bytes(), &Limits::NONE)
        .unwrap_or_else(|error| panic!("{pattern}\n{error}"))
}

#[test]
fn one_pattern_at_a_time() {
    let mut scratch = Scratch::new();
    let mut matched = 0;
    for (pattern, event) in pairs(1).take(count()) {
        let rules = RuleSet::compile(&[parse(&pattern)]);
        let ids = rules.matches(event.as_bytes(), &mut scratch).expect("events are well-formed");
        let expected = matches(&pattern, &event);
        assert_eq!(!ids.is_empty(), expected, "{pattern}\n{event}");
        matched += usize::from(expected);
    }
    // Agreement means something because neither result is rare.
    assert!((count() / 5..count() / 5 * 4).contains(&matched), "{matched} matched");
}

#[test]
fn many_patterns_at_once() {
    const PATTERNS: usize = 50;
    let mut scratch = Scratch::new();
    let pairs: Vec<_> = pairs(2).take(count() / 20).collect();
    for pairs in pairs.chunks(PATTERNS) {
        let patterns: Vec<_> = pairs.iter().map(|(pattern, _)| parse(pattern)).collect();
        let alone: Vec<_> = patterns
            .iter()
            .map(|pattern| RuleSet::compile(std::slice::from_ref(pattern)))
            .collect();
        let together = RuleSet::compile(&patterns);
        for (_, event) in pairs {
            let mut expected = Vec::new();
            for (id, rules) in alone.iter().enumerate() {
                let ids = rules.matches(event.as_bytes(), &mut scratch).expect("well-formed");
                expected.extend(ids.first().map(|_| id as u32));
            }
            let ids = together.matches(event.as_bytes(), &mut scratch).expect("well-formed");
            assert_eq!(ids, expected, "{event}");
        }
    }
}
