//! What Vector's sink `http` sends and its source `http_server` expects, as its source code has it:
//! `src/sinks/http` and `src/sources/http_server.rs`. The configuration is `host/vector/http.yaml`.
#![cfg(unix)]

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use ureq::Agent;

use crate::receiver::Receiver;
use crate::server::Server;
use crate::support::{gzip, other, signin, zstd};

/// Events as the source `file` makes them: the record is text in `message`.
fn events() -> Vec<String> {
    let event = |record: &str| {
        json!({
            "file": "/var/log/cloudtrail/a.ndjson", "host": "collector", "message": record,
            "source_type": "file", "timestamp": "2025-03-29T11:10:10.123456789Z",
        })
        .to_string()
    };
    [signin("anaya", "Failure"), other(1)].iter().map(|record| event(record)).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Posts as the sink does. Returns the status.
fn post(url: &str, content_type: &str, encoding: Option<&str>, body: &[u8]) -> u16 {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(url).header("content-type", content_type);
    request = request.header("user-agent", "Vector/0.58.0 (x86_64-unknown-linux-gnu)");
    if let Some(encoding) = encoding {
        request = request.header("content-encoding", encoding);
    }
    request.send(body).unwrap().status().as_u16()
}

#[test]
fn events_go_from_the_sink_to_the_source() {
    let receiver = Receiver::start();
    let server = Server::start(&["--listen", "http://127.0.0.1:0", "--send", &receiver.url]);
    let events = events();
    // The last line has no line break, and `json` without framing is an array.
    let lines = events.join("\n");
    let array = format!("[{}]", events.join(","));
    let (ndjson, json) = ("application/x-ndjson", "application/json");
    // By the names that the option `compression` has: gzip, none, zlib, zstd.
    for (content_type, encoding, body) in [
        (ndjson, Some("gzip"), gzip(lines.as_bytes())),
        (ndjson, None, lines.clone().into_bytes()),
        (json, None, array.clone().into_bytes()),
        (json, Some("gzip"), gzip(array.as_bytes())),
        (json, Some("deflate"), zlib(array.as_bytes())),
        (ndjson, Some("zstd"), zstd(lines.as_bytes())),
    ] {
        let before = receiver.lines().len();
        assert_eq!(post(&server.address, content_type, encoding, &body), 200, "{encoding:?}");
        let received = &receiver.lines()[before..];
        // The source takes lines of JSON objects.
        let received: Vec<Value> =
            received.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(received.len(), 2, "{content_type} {encoding:?}");
        assert_eq!(received[0]["signin"]["outcome"], "failure");
        assert_eq!(received[0]["host"], "collector");
        assert_eq!(received[1].to_string(), events[1]);
    }
    let head = receiver.head().to_ascii_lowercase();
    assert!(head.starts_with("post /in http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-ndjson\r\n"), "{head}");
    // Vector's `snappy` is refused, and then not sent again.
    assert_eq!(post(&server.address, ndjson, Some("snappy"), b"x"), 415);
    // A health check is HEAD, and 200 is the only answer that it takes.
    assert_eq!(ureq::head(&server.address).call().unwrap().status(), 200);
    // 503 is sent again.
    receiver.refuse(u64::MAX);
    assert_eq!(post(&server.address, ndjson, None, lines.as_bytes()), 503);
    receiver.refuse(0);
    assert_eq!(server.end().0, Some(0));
}

/// The file says what the test sends.
#[test]
fn the_configuration_is_what_is_tested() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vector/http.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    for part in [
        "type: http inputs: [cloudtrail] uri: http://127.0.0.1:9000 compression: gzip encoding: codec: \
         json framing: method: newline_delimited",
        "type: http_server address: 127.0.0.1:9001 framing: method: newline_delimited",
        "decoding: codec: json",
        "acknowledgements: enabled: true",
        "max_bytes: 8000000",
    ] {
        assert!(words.contains(part), "{part}");
    }
}
