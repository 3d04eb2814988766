//! Invalid patterns: kind and position of the error, limits, and the cost of hostile patterns.

use std::time::{Duration, Instant};

use sekisho_rules::{Limits, Pattern, PatternErrorKind, RuleSet, Scratch};

fn kind(pattern: &str) -> PatternErrorKind {
    match Pattern::parse(pattern.as_bytes()) {
        Ok(_) => panic!("{pattern} is accepted"),
        Err(error) => error.kind,
    }
}

#[test]
fn each_error_has_its_kind() {
    for (pattern, expected) in [
        (r#"["a"]"#, PatternErrorKind::NotAnObject),
        (r#"{}"#, PatternErrorKind::EmptyObject),
        (r#"{"a":{}}"#, PatternErrorKind::EmptyObject),
        (r#"{"a":[]}"#, PatternErrorKind::EmptyList),
        (r#"{"a":"x"}"#, PatternErrorKind::NotAList),
        (r#"{"a":[["x"]]}"#, PatternErrorKind::NestedList),
        (r#"{"a":[{}]}"#, PatternErrorKind::NoOperator),
        (r#"{"a":[{"regex":"x"}]}"#, PatternErrorKind::UnknownOperator),
        (r#"{"a":[{"prefix":"x","suffix":"y"}]}"#, PatternErrorKind::SecondOperator),
        (r#"{"a":[{"prefix":1}]}"#, PatternErrorKind::ExpectedString),
        (r#"{"a":[{"exactly":1}]}"#, PatternErrorKind::ExpectedString),
        (r#"{"a":[{"wildcard":["*"]}]}"#, PatternErrorKind::ExpectedString),
        (r#"{"a":[{"suffix":{"wildcard":"*"}}]}"#, PatternErrorKind::ExpectedEqualsIgnoreCase),
        (r#"{"a":[{"suffix":{}}]}"#, PatternErrorKind::ExpectedEqualsIgnoreCase),
        (r#"{"a":[{"anything-but":true}]}"#, PatternErrorKind::AnythingBut),
        (r#"{"a":[{"anything-but":["x",null]}]}"#, PatternErrorKind::AnythingBut),
        (
            r#"{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]}"#,
            PatternErrorKind::AnythingBut,
        ),
        (r#"{"a":[{"anything-but":["x",1]}]}"#, PatternErrorKind::AnythingButList),
        (r#"{"a":[{"anything-but":[]}]}"#, PatternErrorKind::AnythingButList),
        (
            r#"{"a":[{"anything-but":{"cidr":"192.0.2.0/24"}}]}"#,
            PatternErrorKind::AnythingButOperator,
        ),
        (r#"{"a":[{"anything-but":{"suffix":["x",""]}}]}"#, PatternErrorKind::EmptyAffix),
        (r#"{"a":[{"numeric":1}]}"#, PatternErrorKind::NumericList),
        (r#"{"a":[{"numeric":[]}]}"#, PatternErrorKind::NumericOperator),
        (r#"{"a":[{"numeric":["<>",1]}]}"#, PatternErrorKind::NumericOperator),
        (r#"{"a":[{"numeric":[">",1,"=",2]}]}"#, PatternErrorKind::NumericOperator),
        (r#"{"a":[{"numeric":["=","1"]}]}"#, PatternErrorKind::NumericValue),
        (r#"{"a":[{"numeric":[">",1,"<"]}]}"#, PatternErrorKind::NumericValue),
        (r#"{"a":[{"numeric":["<",1,">",0]}]}"#, PatternErrorKind::NumericTooLong),
        (r#"{"a":[{"numeric":[">",1,"<",2,"<",3]}]}"#, PatternErrorKind::NumericTooLong),
        (r#"{"a":[{"numeric":[">",1,"<",1]}]}"#, PatternErrorKind::NumericRange),
        (r#"{"a":[{"anything-but":1e400}]}"#, PatternErrorKind::NumberPrecision),
        (r#"{"a":[{"exists":"true"}]}"#, PatternErrorKind::Exists),
        (r#"{"a":[{"cidr":"192.0.2.0"}]}"#, PatternErrorKind::CidrForm),
        (r#"{"a":[{"cidr":"192.0.2.0/x"}]}"#, PatternErrorKind::CidrForm),
        (r#"{"a":[{"cidr":"192.0.2/24"}]}"#, PatternErrorKind::CidrAddress),
        (r#"{"a":[{"cidr":"192.0.2.0/32"}]}"#, PatternErrorKind::CidrBits),
        (r#"{"a":[{"cidr":"2001:db8::/128"}]}"#, PatternErrorKind::CidrBits),
        (r#"{"a":[{"wildcard":"a**"}]}"#, PatternErrorKind::ConsecutiveWildcards),
        (r#"{"a":[{"wildcard":"a\\b"}]}"#, PatternErrorKind::WildcardEscape),
        (r#"{"a":[{"wildcard":"*a*a*a*a*a*a"}]}"#, PatternErrorKind::WildcardComplexity(10)),
        (r#"{"$or":{"a":["x"]}}"#, PatternErrorKind::OrList),
        (r#"{"$or":[{"a":["x"]},["y"]]}"#, PatternErrorKind::OrElement),
        (r#"{"$or":[{"a":["x"]}]}"#, PatternErrorKind::OrTooFew),
        (r#"{"$or":[{"a":["x"]},{"b":{"prefix":["y"]}}]}"#, PatternErrorKind::OrReserved),
    ] {
        assert_eq!(kind(pattern), expected, "{pattern}");
    }
    assert!(matches!(kind("{\"a\":[\"x\"]"), PatternErrorKind::Json(_)));
    assert!(matches!(kind("{\"a\":[\"x\"]} x"), PatternErrorKind::Json(_)));
}

#[test]
fn errors_have_line_and_column() {
    let pattern = "{\n  \"é\": [\"x\"],\n  \"é\": [{\"é\": 1}]\n}";
    let error = Pattern::parse(pattern.as_bytes()).unwrap_err();
    assert_eq!((error.kind, error.line, error.column), (PatternErrorKind::UnknownOperator, 3, 10));
    assert!(pattern[error.offset..].starts_with("\"é\": 1"));
    let message = "no such operator: write one of prefix, suffix, equals-ignore-case, wildcard, \
                anything-but, numeric, cidr, exists, exactly (line 3, column 10)";
    assert_eq!(error.to_string(), message);
}

#[test]
fn limits_are_those_of_aws_and_can_be_removed() {
    let long = format!(r#"{{"a":["{}"]}}"#, "é".repeat(4096 - r#"{"a":[""]}"#.len()));
    assert!(Pattern::parse(long.as_bytes()).is_ok());
    let longer = long.replace("[", "[ ");
    assert_eq!(kind(&longer), PatternErrorKind::TooLong(4096));
    let ten = format!("[{}]", [r#"{"a":["x"]}"#; 10].join(","));
    let thousand = format!(r#"{{"b":{{"$or":{ten}}},"c":{{"$or":{ten}}},"$or":{ten}}}"#);
    assert!(Pattern::parse(thousand.as_bytes()).is_ok());
    let more = thousand.replacen("[{", r#"[{"a":["x"]},{"#, 1);
    assert_eq!(kind(&more), PatternErrorKind::TooManyBranches(1000));
    let complex = r#"{"a":[{"wildcard":"*a*a*a*a*a*a"}]}"#;
    for pattern in [&longer, &more, complex] {
        assert!(Pattern::parse_with(pattern.as_bytes(), &Limits::NONE).is_ok());
    }
}

/// Asserts that `run` takes less than `limit`.
fn in_time<T>(limit: Duration, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    assert!(start.elapsed() < limit, "took {:?}", start.elapsed());
    result
}

#[test]
fn rejects_hostile_patterns_quickly() {
    let ten_megabytes = format!(r#"{{"a":[{}"x"]}}"#, "1,".repeat(5 << 20));
    assert_eq!(
        in_time(Duration::from_secs(2), || kind(&ten_megabytes)),
        PatternErrorKind::TooLong(Limits::AWS.characters)
    );
    for opening in [r#"{"a":"#, r#"{"$or":["#, "[", r#"{"a":[{"anything-but":"#] {
        let deep = opening.repeat(100_000);
        let is_rejected = in_time(Duration::from_secs(2), || {
            Pattern::parse_with(deep.as_bytes(), &Limits::NONE).is_err()
        });
        assert!(is_rejected, "{opening}");
    }
    let long_key = format!(r#"{{"{}":["x"]}}"#, ".".repeat(1 << 20));
    let parsed = in_time(Duration::from_secs(20), || {
        Pattern::parse_with(long_key.as_bytes(), &Limits::NONE)
            .map(|pattern| RuleSet::compile(&[pattern]).matches(b"{}", &mut Scratch::new()).is_ok())
    });
    assert_eq!(parsed, Ok(true));
}

#[test]
fn compiles_a_hundred_thousand_rules() {
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
