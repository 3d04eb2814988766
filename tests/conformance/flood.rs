//! More keys than are remembered: memory stays bounded, and every record is told.

use std::env;
use std::time::Duration;

use fastrand::Rng;
use sekisho_host::{Filter, Module, Settings};
use serde_json::Value;

use crate::corpora::say;

/// Records of the flood; `SEKISHO_RECORDS` asks for more.
const RECORDS: usize = 200_000;

/// What `plugin/ABI.md` says of memory: so many bytes for each key, with four records to each.
const BYTES_A_KEY: usize = 1536;

/// An instance's own, with what was told last.
const BYTES_OF_INSTANCE: usize = 5 << 20;

#[test]
fn every_record_of_a_flood_is_told() {
    let wanted = env::var("SEKISHO_RECORDS").ok();
    let records = wanted.map_or(RECORDS, |count| count.parse().expect("a number of records"));
    // A tenth as many users, of whom a tenth are remembered.
    let (users, keys) = (records / 10, records / 100);
    let mut filter = filter(keys);
    let mut random = Rng::with_seed(9);
    let mut told = Told(vec![false; records]);
    let mut record = Vec::new();
    for number in 0..records {
        write_record(&mut record, number, random.usize(..users), &mut random);
        told.add(filter.observe(&record, 0).expect("a record").as_bytes());
    }
    loop {
        match filter.flush().expect("no fault").as_bytes() {
            [] => break,
            lines => told.add(lines),
        }
    }
    assert_eq!(told.0.iter().position(|told| !told), None, "all are told");
    let live: Value = serde_json::from_str(&filter.describe().expect("an answer")).expect("JSON");
    let counters = &live["counters"]["attempts"];
    let memory = filter.memory_bytes();
    let bound = BYTES_OF_INSTANCE + keys * BYTES_A_KEY;
    say(&format!("{records} records, {users} users: {memory} bytes of {bound}, {counters}"));
    assert_eq!(counters["observed"], records);
    assert!(counters["evicted"].as_u64() > Some(0), "{counters}");
    assert!(memory < bound, "{memory} bytes of {bound}");
}

/// Records that were told, each once.
struct Told(Vec<bool>);

impl Told {
    fn add(&mut self, lines: &[u8]) {
        let lines = std::str::from_utf8(lines).expect("UTF-8");
        for line in lines.lines() {
            let events = line.split_once("\"events\":[").and_then(|(_, rest)| rest.split_once(']'));
            let (events, _) = events.expect("an attempt");
            for id in events.split(',') {
                let number = usize::from_str_radix(&id[1..9], 16).expect("the number of a record");
                assert!(!self.0[number], "record {number} is told twice");
                self.0[number] = true;
            }
        }
    }
}

/// A check, a login or a failed login of a user: a thousand a second, some a bit late.
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
