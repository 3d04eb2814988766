//! The cost of a stream of attempts: failed sign-ins of 1 to 1,000,000 users, through the filter ABI.
//!
//! Every record becomes part of an attempt, which is the most expensive case.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sekisho_host::{Filter, Module, Settings};

const KEYS: [u64; 3] = [1, 10_000, 1_000_000];

/// Records per measurement, enough to spread the cost of emitting attempts over them.
const RECORDS: u64 = 1_000;

/// The rate of records in event time. A million keys recur within the hour for which failures count.
const RECORDS_PER_SECOND: u64 = 500;

/// Records in memory: those within lateness and window.
const IN_MEMORY: u64 = 780 * RECORDS_PER_SECOND;

/// A failed sign-in, a template for all records.
const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE0000000000","accountId":"111122223333","accessKeyId":"","userName":"user0000000000"},"eventTime":"2025-03-29T00:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36","errorMessage":"Failed authentication","requestParameters":null,"responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"},"eventID":"00000000-0000-4000-8000-000000000000","readOnly":false,"eventType":"AwsConsoleSignIn","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#;

/// The records of a stream.
struct Stream {
    keys: u64,
    number: u64,
}

impl Stream {
    fn next(&mut self) -> Vec<u8> {
        let Stream { keys, number } = *self;
        self.number += 1;
        let second = number / RECORDS_PER_SECOND;
        let (day, time) = (29 + second / 86_400, second % 86_400);
        let clock = format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
        RECORD
            .replace("AIDAEXAMPLE0000000000", &format!("AIDAEXAMPLE{:010}", number % keys))
            .replace("user0000000000", &format!("user{:010}", number % keys))
            .replace("2025-03-29T00:00:00Z", &format!("2025-03-{day}T{clock}Z"))
            .replace("00000000-0000-4000", &format!("{number:08x}-0000-4000"))
            .into_bytes()
    }

    fn batch(&mut self) -> Vec<Vec<u8>> {
        (0..RECORDS).map(|_| self.next()).collect()
    }
}

fn observing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("attempts");
    let mut of_records = None;
    for keys in KEYS {
        let mut filter = filter();
        let empty = filter.memory_bytes();
        let mut stream = Stream { keys, number: 0 };
        // Until as many records are emitted as arrive, and every key has been seen.
        let settled = keys.max(900 * RECORDS_PER_SECOND);
        for _ in 0..settled {
            filter.observe(&stream.next(), 0).expect("a record");
        }
        // All streams keep the same number of records, so the difference to the first is for keys.
        let bytes = (filter.memory_bytes() - empty) as u64;
        let of_records = *of_records.get_or_insert(bytes);
        println!(
            "attempts/{keys} keys: {} KiB, {} bytes per record in memory, {} bytes per key",
            bytes >> 10,
            of_records / IN_MEMORY,
            (bytes - of_records) / keys,
        );
        let bytes = RECORD.len() as u64 * RECORDS;
        group.throughput(Throughput::ElementsAndBytes { elements: RECORDS, bytes });
        group.bench_function(format!("observe, {keys} keys"), |bencher| {
            bencher.iter_batched(
                || stream.batch(),
                |batch| {
                    for record in &batch {
                        black_box(filter.observe(black_box(record), 0).is_ok());
                    }
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(format!("process, {keys} keys"), |bencher| {
            bencher.iter_batched(
                || stream.batch(),
                |batch| {
                    for record in &batch {
                        black_box(filter.process(black_box(record)).is_ok());
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn filter() -> Filter {
    let settings = Settings::new().memory_limit_bytes(2 << 30).trust(sekisho_module::SIMD);
    let module = Module::with_settings(sekisho_module::SIMD, settings);
    let mut filter = module.expect("the module is accepted").filter().expect("an instance");
    filter.configure(br#"{"attempts":{"keys":2000000}}"#).expect("the settings are valid");
    filter
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = observing
}
criterion_main!(benches);
