//! More keys than the limit: memory is bounded, and no record is lost.

use std::time::Duration;

use fastrand::Rng;
use sekisho_host::{Filter, Module, Settings};
use serde_json::Value;

use crate::corpora::{count_from, print_uncaptured};

/// The number of records; `SEKISHO_RECORDS` overrides it.
const RECORDS: usize = 200_000;

/// The memory per key that `plugin/ABI.md` promises, with four records per key.
const BYTES_PER_KEY: usize = 1536;

/// The memory of an instance itself, with its last output.
const BYTES_PER_INSTANCE: usize = 5 << 20;

#[test]
fn a_flood_loses_no_record() {
    let records = count_from("SEKISHO_RECORDS", RECORDS);
    // One user for ten records, and one key for ten users.
    let (users, keys) = (records / 10, records / 100);
    let mut filter = filter(keys);
    let mut random = Rng::with_seed(9);
    let mut emitted = Emitted(vec![false; records]);
    let mut record = Vec::new();
    for number in 0..records {
        write_record(&mut record, number, random.usize(..users), &mut random);
        emitted.add(filter.observe(&record, 0).expect("a record").as_bytes());
    }
    loop {
        match filter.flush().expect("a flush").as_bytes() {
            [] => break,
            lines => emitted.add(lines),
        }
    }
    assert_eq!(emitted.0.iter().position(|seen| !seen), None, "a record was never emitted");
    let description: Value =
        serde_json::from_str(&filter.describe().expect("a description")).expect("JSON");
    let counters = &description["counters"]["attempts"];
    let memory = filter.memory_bytes();
    let bound = BYTES_PER_INSTANCE + keys * BYTES_PER_KEY;
    print_uncaptured(&format!(
        "{records} records, {users} users: {memory} bytes of {bound}, {counters}"
    ));
    assert_eq!(counters["observed"], records);
    assert!(counters["evicted"].as_u64() > Some(0), "{counters}");
    assert!(memory < bound, "{memory} bytes of {bound}");
}

/// The records that were emitted, by number.
struct Emitted(Vec<bool>);

impl Emitted {
    fn add(&mut self, lines: &[u8]) {
        let lines = std::str::from_utf8(lines).expect("UTF-8");
        for line in lines.lines() {
            let events = line.split_once("\"events\":[").and_then(|(_, rest)| rest.split_once(']'));
            let (events, _) = events.expect("an attempt");
            for id in events.split(',') {
                let number = usize::from_str_radix(&id[1..9], 16).expect("the number of a record");
                assert!(!self.0[number], "record {number} is emitted twice");
                self.0[number] = true;
            }
        }
    }
}

/// Writes a check, a login or a failed login of a user. There are a thousand records per second,
/// some of them out of order.
fn write_record(record: &mut Vec<u8>, number: usize, user: usize, random: &mut Rng) {
    let second = (number / 1000 + 30).saturating_sub(random.usize(..30));
    let time =
        format!("2025-03-29T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60);
    let (name, result) =
        [("CheckMfa", "Success"), ("ConsoleLogin", "Success"), ("ConsoleLogin", "Failure")]
            [random.usize(..3)];
    *record = format!(
        r#"{{"userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE{user:010}","userName":"user{user:07}"}},"eventTime":"{time}","eventSource":"signin.amazonaws.com","eventName":"{name}","sourceIPAddress":"192.0.2.{}","userAgent":"Mozilla/5.0","responseElements":{{"{name}":"{result}"}},"additionalEventData":{{"MFAUsed":"Yes"}},"eventID":"{number:08x}-0000-4000-8000-000000000000","recipientAccountId":"111122223333"}}"#,
        user % 250
    )
    .into_bytes();
}

fn filter(keys: usize) -> Filter {
    let settings = Settings::new().memory_limit_bytes(1 << 30).deadline(Duration::from_secs(60));
    let module = Module::with_settings(sekisho_module::SIMD, settings);
    let mut filter = module.expect("the module is accepted").filter().expect("an instance");
    let settings = format!(r#"{{"attempts":{{"keys":{keys}}}}}"#);
    filter.configure(settings.as_bytes()).expect("the settings are valid");
    filter
}
