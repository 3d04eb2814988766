//! Patterns that are refused: why, where, and at what cost.

use std::time::{Duration, Instant};

use sekisho_rules::{Limits, Pattern, PatternErrorKind as Wrong, RuleSet, Scratch};

fn kind(pattern: &str) -> Wrong {
    match Pattern::parse(pattern.as_bytes()) {
        Ok(_) => panic!("{pattern} is accepted"),
        Err(error) => error.kind,
    }
}

#[test]
fn each_mistake_has_its_kind() {
    for (pattern, expected) in [
        (r#"["a"]"#, Wrong::NotAnObject),
        (r#"{}"#, Wrong::EmptyObject),
        (r#"{"a":{}}"#, Wrong::EmptyObject),
        (r#"{"a":[]}"#, Wrong::EmptyList),
        (r#"{"a":"x"}"#, Wrong::NotAList),
        (r#"{"a":[["x"]]}"#, Wrong::NestedList),
        (r#"{"a":[{}]}"#, Wrong::NoOperator),
        (r#"{"a":[{"regex":"x"}]}"#, Wrong::UnknownOperator),
        (r#"{"a":[{"prefix":"x","suffix":"y"}]}"#, Wrong::SecondOperator),
        (r#"{"a":[{"prefix":1}]}"#, Wrong::ExpectedString),
        (r#"{"a":[{"exactly":1}]}"#, Wrong::ExpectedString),
        (r#"{"a":[{"wildcard":["*"]}]}"#, Wrong::ExpectedString),
        (r#"{"a":[{"suffix":{"wildcard":"*"}}]}"#, Wrong::ExpectedEqualsIgnoreCase),
        (r#"{"a":[{"suffix":{}}]}"#, Wrong::ExpectedEqualsIgnoreCase),
        (r#"{"a":[{"anything-but":true}]}"#, Wrong::AnythingBut),
        (r#"{"a":[{"anything-but":["x",null]}]}"#, Wrong::AnythingBut),
        (r#"{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]}"#, Wrong::AnythingBut),
        (r#"{"a":[{"anything-but":["x",1]}]}"#, Wrong::AnythingButList),
        (r#"{"a":[{"anything-but":[]}]}"#, Wrong::AnythingButList),
        (r#"{"a":[{"anything-but":{"cidr":"192.0.2.0/24"}}]}"#, Wrong::AnythingButOperator),
        (r#"{"a":[{"anything-but":{"suffix":["x",""]}}]}"#, Wrong::EmptyAffix),
        (r#"{"a":[{"numeric":1}]}"#, Wrong::NumericList),
        (r#"{"a":[{"numeric":[]}]}"#, Wrong::NumericOperator),
        (r#"{"a":[{"numeric":["<>",1]}]}"#, Wrong::NumericOperator),
        (r#"{"a":[{"numeric":[">",1,"=",2]}]}"#, Wrong::NumericOperator),
        (r#"{"a":[{"numeric":["=","1"]}]}"#, Wrong::NumericValue),
        (r#"{"a":[{"numeric":[">",1,"<"]}]}"#, Wrong::NumericValue),
        (r#"{"a":[{"numeric":["<",1,">",0]}]}"#, Wrong::NumericTooLong),
        (r#"{"a":[{"numeric":[">",1,"<",2,"<",3]}]}"#, Wrong::NumericTooLong),
        (r#"{"a":[{"numeric":[">",1,"<",1]}]}"#, Wrong::NumericRange),
        (r#"{"a":[{"anything-but":1e400}]}"#, Wrong::NumberPrecision),
        (r#"{"a":[{"exists":"true"}]}"#, Wrong::Exists),
        (r#"{"a":[{"cidr":"192.0.2.0"}]}"#, Wrong::CidrForm),
        (r#"{"a":[{"cidr":"192.0.2.0/x"}]}"#, Wrong::CidrForm),
        (r#"{"a":[{"cidr":"192.0.2/24"}]}"#, Wrong::CidrAddress),
        (r#"{"a":[{"cidr":"192.0.2.0/32"}]}"#, Wrong::CidrBits),
        (r#"{"a":[{"cidr":"2001:db8::/128"}]}"#, Wrong::CidrBits),
        (r#"{"a":[{"wildcard":"a**"}]}"#, Wrong::ConsecutiveWildcards),
        (r#"{"a":[{"wildcard":"a\\b"}]}"#, Wrong::WildcardEscape),
        (r#"{"a":[{"wildcard":"*a*a*a*a*a*a"}]}"#, Wrong::WildcardComplexity(10)),
        (r#"{"$or":{"a":["x"]}}"#, Wrong::OrList),
        (r#"{"$or":[{"a":["x"]},["y"]]}"#, Wrong::OrElement),
        (r#"{"$or":[{"a":["x"]}]}"#, Wrong::OrTooFew),
        (r#"{"$or":[{"a":["x"]},{"b":{"prefix":["y"]}}]}"#, Wrong::OrReserved),
    ] {
        assert_eq!(kind(pattern), expected, "{pattern}");
    }
    assert!(matches!(kind("{\"a\":[\"x\"]"), Wrong::Json(_)));
    assert!(matches!(kind("{\"a\":[\"x\"]} x"), Wrong::Json(_)));
}

#[test]
fn a_mistake_is_found_at_its_line_and_column() {
    let pattern = "{\n  \"é\": [\"x\"],\n  \"é\": [{\"é\": 1}]\n}";
    let error = Pattern::parse(pattern.as_bytes()).unwrap_err();
    assert_eq!((error.kind, error.line, error.column), (Wrong::UnknownOperator, 3, 10));
    assert!(pattern[error.offset..].starts_with("\"é\": 1"));
    let said = "no such operator: write one of prefix, suffix, equals-ignore-case, wildcard, \
                anything-but, numeric, cidr, exists, exactly (line 3, column 10)";
    assert_eq!(error.to_string(), said);
}

#[test]
fn limits_are_those_of_aws_and_can_be_lifted() {
    let long = format!(r#"{{"a":["{}"]}}"#, "é".repeat(4096 - r#"{"a":[""]}"#.len()));
    assert!(Pattern::parse(long.as_bytes()).is_ok());
    let longer = long.replace("[", "[ ");
    assert_eq!(kind(&longer), Wrong::TooLong(4096));
    let ten = format!("[{}]", [r#"{"a":["x"]}"#; 10].join(","));
    let thousand = format!(r#"{{"b":{{"$or":{ten}}},"c":{{"$or":{ten}}},"$or":{ten}}}"#);
    assert!(Pattern::parse(thousand.as_bytes()).is_ok());
    let more = thousand.replacen("[{", r#"[{"a":["x"]},{"#, 1);
    assert_eq!(kind(&more), Wrong::TooManyBranches(1000));
    let complex = r#"{"a":[{"wildcard":"*a*a*a*a*a*a"}]}"#;
    for lifted in [&longer, &more, complex] {
        assert!(Pattern::parse_with(lifted.as_bytes(), &Limits::NONE).is_ok());
    }
}

/// Runs what must not take long.
fn in_time<T>(limit: Duration, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    assert!(start.elapsed() < limit, "took {:?}", start.elapsed());
    result
}

#[test]
fn hostile_patterns_are_refused_at_once() {
    let ten_megabytes = format!(r#"{{"a":[{}"x"]}}"#, "1,".repeat(5 << 20));
    assert_eq!(
        in_time(Duration::from_secs(2), || kind(&ten_megabytes)),
        Wrong::TooLong(Limits::AWS.characters)
    );
    for opening in [r#"{"a":"#, r#"{"$or":["#, "[", r#"{"a":[{"anything-but":"#] {
        let deep = opening.repeat(100_000);
        let refusal = in_time(Duration::from_secs(2), || {
            Pattern::parse_with(deep.as_bytes(), &Limits::NONE).is_err()
        });
        assert!(refusal, "{opening}");
    }
    let long_key = format!(r#"{{"{}":["x"]}}"#, ".".repeat(1 << 20));
    let parsed = in_time(Duration::from_secs(20), || {
        Pattern::parse_with(long_key.as_bytes(), &Limits::NONE)
            .map(|pattern| RuleSet::compile(&[pattern]).matches(b"{}", &mut Scratch::new()).is_ok())
    });
    assert_eq!(parsed, Ok(true));
}

#[test]
fn a_hundred_thousand_rules_compile() {
    in_time(Duration::from_secs(60), || {
        let pattern = |number: u32| {
            let text = format!(
                r#"{{"eventName":["ConsoleLogin"],"user":{{"name":["user{number}"]}},
                    "ip":[{{"anything-but":{{"prefix":"192.0.2."}}}}]}}"#
            );
            Pattern::parse(text.as_bytes()).expect("it is valid")
        };
        let patterns: Vec<_> = (0..100_000).map(pattern).collect();
        let rules = RuleSet::compile(&patterns);
        let event =
            br#"{"eventName":"ConsoleLogin","user":{"name":"user777"},"ip":"198.51.100.1"}"#;
        let mut scratch = Scratch::new();
        assert_eq!(rules.matches(event, &mut scratch), Ok(&[777][..]));
    });
}
