//! The lifecycle of findings where a stream is at its limits: late records, full memory, another
//! configuration, a host's clock, and what is not taken.

use sekisho::{AttemptStream, Configuration, Emissions, Emitted, Finding, FindingState, Restored};

const RULES: &str = r#"
    {"id":"failed","pattern":{"attempt":{"outcome":["failure"]}}},
    {"id":"twice","correlation":{"type":"event_count","rules":["failed"],
        "group-by":["source_ip"],"timespan":"10m","condition":{"gte":2}}}"#;

fn configuration(keys: u32, rules: &str) -> Configuration {
    let json =
        format!(r#"{{"findings":"lifecycle","attempts":{{"keys":{keys}}},"rules":[{rules}]}}"#);
    Configuration::parse(json.as_bytes()).expect("it is valid")
}

fn stream(keys: u32) -> AttemptStream {
    AttemptStream::with_configuration(configuration(keys, RULES))
}

/// A failure in this minute of a day, from an address that ends with `host`.
fn failure(minute: u32, host: u32) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    format!(
        r#"{{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
        "eventTime":"2025-03-29T{hour:02}:{minute:02}:00Z","sourceIPAddress":"192.0.2.{host}",
        "eventID":"{hour:02}:{minute:02}","userIdentity":{{"type":"Root"}},
        "responseElements":{{"ConsoleLogin":"Failure"}}}}"#
    )
}

/// For each finding whether it opens, its count, and the last of its eventIDs.
fn findings(emissions: Emissions<'_>) -> Vec<(bool, u32, String)> {
    let finding = |finding: Finding<'_>| {
        let last = finding.event_ids.last().map(ToString::to_string);
        (finding.state == FindingState::Opened, finding.count, last.unwrap_or_default())
    };
    let findings = emissions.filter_map(|emitted| match emitted {
        Emitted::Finding(found) => Some(finding(found)),
        _ => None,
    });
    findings.collect()
}

fn observe(stream: &mut AttemptStream, minute: u32, host: u32) -> Vec<(bool, u32, String)> {
    findings(stream.observe(failure(minute, host).as_bytes(), None).expect("a record"))
}

#[test]
fn late_matches_count_at_the_latest_time() {
    let mut stream = stream(1000);
    assert_eq!(observe(&mut stream, 0, 1), []);
    assert_eq!(observe(&mut stream, 1, 1), []);
    assert_eq!(observe(&mut stream, 15, 2), [(true, 2, "00:01".to_owned())]);
    // It is emitted at once, and extends the finding at 00:01.
    assert_eq!(observe(&mut stream, 2, 1), []);
    let closed = (false, 3, "00:02".to_owned());
    assert_eq!(findings(stream.flush()), [closed]);
    assert_eq!(stream.counters().findings, 1);
}

#[test]
fn an_evicted_finding_closes() {
    let mut stream = stream(1);
    let mut found = Vec::new();
    for (minute, host) in [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)] {
        found.extend(observe(&mut stream, minute, host));
    }
    found.extend(findings(stream.flush()));
    let expected = [(true, "00:01"), (false, "00:01"), (true, "00:03"), (false, "00:03")];
    assert_eq!(found, expected.map(|(opens, last)| (opens, 2, last.to_owned())));
}

#[test]
fn another_configuration_keeps_the_findings_of_rules_that_are_the_same() {
    let changed = RULES.replace("10m", "11m");
    for (rules, expected) in [(RULES, 1), (&*changed, 0)] {
        let mut stream = stream(1000);
        for minute in [0, 1, 15] {
            observe(&mut stream, minute, 1);
        }
        let mut stream = {
            let mut saved = Vec::new();
            stream.save(&mut saved);
            let mut other = AttemptStream::with_configuration(configuration(1000, RULES));
            assert_eq!(other.restore(&saved), Ok(Restored::Complete));
            other
        };
        stream.configure(configuration(1000, rules));
        let opened = stream.counters().findings;
        let closed = findings(stream.flush()).iter().filter(|(opens, ..)| !opens).count();
        assert_eq!((opened, closed), (1, expected), "{rules}");
    }
}

#[test]
fn the_clock_of_the_host_closes_findings() {
    let mut stream = stream(1000);
    for (now, minute) in [(1, 0), (2, 1)] {
        let record = failure(minute, 1);
        assert_eq!(findings(stream.observe(record.as_bytes(), Some(now)).expect("a record")), []);
    }
    let mut found = Vec::new();
    // Lateness, window, and the timespan after 00:01.
    for second in 1..=1380 {
        for finding in findings(stream.tick(2 + second * 1000)) {
            found.push((second, finding.0));
        }
    }
    assert_eq!(found, [(781, true), (1201, false)]);
    assert_eq!(findings(stream.flush()), []);
}

/// An attempt that waits until the findings before it are taken is part of the state.
#[test]
fn what_is_not_taken_is_saved() {
    let mut stream = stream(1000);
    for minute in [0, 1, 15] {
        observe(&mut stream, minute, 1);
    }
    let mut emissions = stream.flush();
    let Some(Emitted::Finding(closed)) = emissions.next() else { panic!("expected a finding") };
    assert_ne!(closed.state, FindingState::Opened);
    let mut saved = Vec::new();
    stream.save(&mut saved);
    let mut other = AttemptStream::with_configuration(configuration(1000, RULES));
    assert_eq!(other.restore(&saved), Ok(Restored::Complete));
    let Some(Emitted::Attempt(attempt)) = other.flush().next() else { panic!("an attempt") };
    assert_eq!(attempt.event_ids.len(), 1);
    assert_eq!(attempt.event_ids[0].to_string(), "00:15");
}
