//! The documented properties of the three streams.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use flate2::Crc;
use sekisho_generator::{
    Case, MAX_LAG_SECONDS, Record, mixed_records, signin_records, trail_records,
};
use serde_json::Value;

const SEEDS: [u64; 2] = [1, u64::MAX];

/// Work M, long enough for rare records.
static MIXED: LazyLock<Vec<Record>> = LazyLock::new(|| mixed_records(1).take(10_000).collect());

fn checksum(records: impl Iterator<Item = Record>) -> u32 {
    let mut crc = Crc::new();
    for record in records.take(1_000) {
        crc.update(record.json.as_bytes());
        crc.update(b"\n");
    }
    crc.sum()
}

fn parse(record: &Record) -> Value {
    serde_json::from_str(&record.json).unwrap_or_else(|error| panic!("{error}: {}", record.json))
}

fn average_size(records: &[Record]) -> usize {
    records.iter().map(|record| record.json.len()).sum::<usize>() / records.len()
}

/// Change the numbers only if you change the generator on purpose. Results of benches are then not
/// comparable with earlier ones, and the sample trail must be generated again.
#[test]
fn a_seed_always_produces_the_same_bytes() {
    let checksums =
        [checksum(signin_records(1)), checksum(mixed_records(1)), checksum(trail_records(1))];
    assert_eq!(checksums, [3_519_545_306, 2_898_750_883, 2_908_220_840]);
    assert_ne!(checksum(signin_records(1)), checksum(signin_records(2)));
}

#[test]
fn every_record_is_compact_json_and_matches_its_case() {
    for seed in SEEDS {
        let streams = signin_records(seed).take(1_000).chain(mixed_records(seed).take(1_000));
        for record in streams.chain(trail_records(seed).take(500)) {
            let event = parse(&record);
            assert!(!record.json.contains(['\n', '\r']), "{}", record.json);
            assert_eq!(event["eventTime"], record.time.to_string());
            assert_eq!(event["awsRegion"], record.region);
            let is_signin_source = ["signin.amazonaws.com", "sso.amazonaws.com"]
                .map(Value::from)
                .contains(&event["eventSource"]);
            if record.case != Case::Lookalike {
                assert_eq!(is_signin_source, record.case.is_signin(), "{}", record.json);
            }
        }
    }
}

#[test]
fn keys_are_in_the_order_of_cloudtrail() {
    let order = [
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "requestID",
        "eventID",
        "readOnly",
        "resources",
        "eventType",
        "apiVersion",
        "managementEvent",
        "recipientAccountId",
        "serviceEventDetails",
        "eventCategory",
        "tlsDetails",
        "sessionCredentialFromConsole",
    ];
    for record in signin_records(1).take(1_000).chain(mixed_records(1).take(1_000)) {
        let event = parse(&record);
        let mut rest = order.iter();
        for key in event.as_object().unwrap().keys() {
            assert!(rest.any(|next| next == key), "{key} is out of order: {}", record.json);
        }
    }
}

#[test]
fn work_s_has_every_case_and_event_in_about_1_1_kb() {
    for seed in SEEDS {
        let records: Vec<Record> = signin_records(seed).take(3_000).collect();
        assert!(records.iter().all(|record| record.case.is_signin()));

        let cases: HashSet<Case> = records.iter().map(|record| record.case).collect();
        for case in Case::all().iter().filter(|case| case.is_signin()) {
            assert!(cases.contains(case), "no record for {case}");
        }

        let events: HashSet<String> = records
            .iter()
            .map(|record| parse(record)["eventName"].as_str().unwrap().to_owned())
            .collect();
        for name in [
            "ConsoleLogin",
            "CheckMfa",
            "SwitchRole",
            "ExitRole",
            "RenewRole",
            "GetSigninToken",
            "PasswordRecoveryRequested",
            "PasswordRecoveryCompleted",
            "PasswordUpdated",
            "EmailUpdated",
            "AccountNameUpdated",
            "ExternalIdPDirectoryLogin",
            "AuthorizeOAuth2Access",
            "CreateOAuth2Token",
            "CredentialChallenge",
            "CredentialVerification",
            "UserAuthentication",
            "Authenticate",
            "Federate",
            "Logout",
            "CreateToken",
            "GetRoleCredentials",
        ] {
            assert!(events.contains(name), "no {name}");
        }

        assert!((1_000..1_150).contains(&average_size(&records)), "{}", average_size(&records));
        let logins: Vec<Record> = records
            .into_iter()
            .filter(|record| record.json.contains(r#""eventName":"ConsoleLogin""#))
            .collect();
        assert!((1_050..1_150).contains(&average_size(&logins)), "{}", average_size(&logins));
    }
}

#[test]
fn work_s_has_every_kind_of_identity_and_both_spellings_of_the_event_type() {
    let events: Vec<Value> = signin_records(1).take(3_000).map(|record| parse(&record)).collect();
    let has = |pointer: &str, value: &str| {
        events.iter().any(|event| event.pointer(pointer).is_some_and(|found| found == value))
    };
    for identity in [
        "IAMUser",
        "Root",
        "AssumedRole",
        "FederatedUser",
        "SAMLUser",
        "WebIdentityUser",
        "IdentityCenterUser",
        "AWSAccount",
        "Unknown",
    ] {
        assert!(has("/userIdentity/type", identity), "no {identity}");
    }
    assert!(events.iter().any(|event| event.get("userIdentity").is_none()));
    assert!(has("/eventType", "AwsConsoleSignin") && has("/eventType", "AwsConsoleSignIn"));
    assert!(
        has("/additionalEventData/MFAUsed", "Yes") && has("/additionalEventData/MFAUsed", "YES")
    );
}

#[test]
fn work_m_has_2_percent_signins_and_records_of_0_7_to_5_kb() {
    let signins = MIXED.iter().filter(|record| record.case.is_signin()).count();
    assert!((180..=220).contains(&signins), "{signins} sign-ins in 10,000");

    let sizes = MIXED.iter().map(|record| record.json.len());
    let (smallest, largest) = (sizes.clone().min().unwrap(), sizes.max().unwrap());
    assert!(smallest >= 700 && largest <= 5_000, "{smallest} to {largest}");
    assert!((1_500..1_900).contains(&average_size(&MIXED)), "{}", average_size(&MIXED));
}

#[test]
fn work_m_has_escapes_other_scripts_numbers_and_lookalikes() {
    let has = |text: &str| MIXED.iter().any(|record| record.json.contains(text));
    for text in [
        "\\\"",
        "\\\\",
        "\\n",
        "\\t",
        "\\/",
        "\\u00e9",
        "\\ud83d\\ude80",
        "🚀",
        "検索",
        "é",
        ":80.0,",
        ":-0.0,",
        ":0.005,",
        ":1e-7,",
        ":6.02e23,",
        "E0",
        ":-1,",
    ] {
        assert!(has(text), "no {text}");
    }

    let lookalikes: Vec<Value> =
        MIXED.iter().filter(|record| record.case == Case::Lookalike).map(parse).collect();
    for (pointer, value) in [
        ("/userIdentity/invokedBy", "signin.amazonaws.com"),
        ("/sourceIPAddress", "signin.amazonaws.com"),
        ("/userAgent", "signin.amazonaws.com"),
        ("/eventSource", "signin.amazonaws.com.example"),
        ("/eventName", "ConsoleLogin"),
        ("/eventName", "UpdateAssumeRolePolicy"),
        ("/eventSource", "sso.amazonaws.com"),
    ] {
        let found = lookalikes
            .iter()
            .any(|event| event.pointer(pointer).is_some_and(|found| found == value));
        assert!(found, "no lookalike with {value} at {pointer}");
    }
    assert!(lookalikes.iter().all(|event| event["eventSource"] != "signin.amazonaws.com"));
}

#[test]
fn some_records_are_late_or_duplicated() {
    let trail: Vec<Record> = trail_records(1).take(2_000).collect();
    for (records, out_of_order_percent) in [(&*MIXED, 8..=22), (&trail, 3..=22)] {
        let mut newest = records[0].time;
        for record in records {
            newest = newest.max(record.time);
            let late_seconds = newest.as_second() - record.time.as_second();
            assert!(late_seconds <= MAX_LAG_SECONDS.into(), "{late_seconds} s: {}", record.json);
        }
        let inversions = records.windows(2).filter(|pair| pair[0].time > pair[1].time).count();
        assert!(out_of_order_percent.contains(&(inversions * 100 / records.len())), "{inversions}");

        let mut by_id: HashMap<String, &Record> = HashMap::new();
        let mut duplicates = 0;
        for record in records {
            let id = parse(record)["eventID"].as_str().unwrap().to_owned();
            if let Some(first) = by_id.insert(id, record) {
                assert_eq!(first.json, record.json);
                duplicates += 1;
            }
        }
        assert!((1..=records.len() / 50).contains(&duplicates), "{duplicates} duplicates");
    }
}

/// A CheckMfa and its ConsoleLogin have the same account, principalId, address and user agent and are
/// 9 to 19 seconds apart; only a second try can have no CheckMfa.
#[test]
fn a_trail_has_realistic_pairs() {
    let records: Vec<Record> = trail_records(1).take(1_000).collect();
    let of_case = |case: Case| records.iter().filter(move |record| record.case == case);
    let key = |record: &Record| {
        let event = parse(record);
        ["/recipientAccountId", "/userIdentity/principalId", "/sourceIPAddress", "/userAgent"]
            .map(|part| event.pointer(part).unwrap().as_str().unwrap().to_owned())
    };
    let checks: Vec<_> =
        of_case(Case::CheckMfaSuccess).map(|check| (key(check), check.time.as_second())).collect();
    let mut pairs = 0;
    for login in of_case(Case::UserMfaUsed) {
        let login_key = key(login);
        let last_check = checks
            .iter()
            .filter(|(key, second)| *key == login_key && *second < login.time.as_second())
            .map(|(_, second)| login.time.as_second() - second)
            .min();
        assert!(last_check.is_some_and(|seconds| (9..=19 + 68).contains(&seconds)), "{login:?}");
        pairs += usize::from(last_check <= Some(19));
    }
    assert!(pairs >= 5, "{pairs}");
}
