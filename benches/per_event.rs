//! The cost of one record at each stage and through the filter ABI, next to parsing with serde and
//! the floor: copying a record into the module's memory and calling an empty function.

use sekisho::Classifier;
use sekisho_host::VerdictJson;
use sekisho_measure::{Classification, FLOOR, OURS, Typed, Work, each, filter, floor, rounds};
use sekisho_module::{PORTABLE, SIMD};
use sekisho_scan::Reader;

const RECORDS: usize = 4096;

fn main() {
    for work in Work::both(RECORDS) {
        classify(&work);
    }
}

fn classify(work: &Work) {
    let (mut classifier, mut native, mut output) =
        (Classifier::new(), Classifier::new(), Vec::new());
    let (mut portable, mut simd, mut floor) = (filter(PORTABLE, "{}"), filter(SIMD, "{}"), floor());
    for record in &work.records {
        let expected = Classification::from_verdict(
            simd.process(record).expect("a record").map(VerdictJson::as_bytes),
        );
        assert_eq!(typed(record), expected, "{}", String::from_utf8_lossy(record));
    }
    rounds("classify", work, |group| {
        each(group, "native, scan to the end", work, |record| {
            Reader::new(record).value().expect("JSON");
        });
        each(group, "native, verdict not written", work, |record| {
            classifier.classify(record).expect("a record").is_some()
        });
        each(group, "native", work, |record| {
            output.clear();
            native.process(record, &mut output).expect("a record")
        });
        each(group, OURS, work, |record| simd.process(record).expect("a record").is_some());
        each(group, "portable build", work, |record| {
            portable.process(record).expect("a record").is_some()
        });
        each(group, FLOOR, work, |record| floor.process(record).expect("a record").is_some());
        each(group, "annotate", work, |record| simd.annotate(record).bytes().len());
        each(group, "serde_json, struct", work, typed);
    });
}

fn typed(record: &[u8]) -> Classification {
    serde_json::from_slice::<Typed>(record).expect("a record").classify()
}
