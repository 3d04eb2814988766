//! The module in Node: a process that has all records and measures the time itself.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Node(Child);

impl Node {
    pub(crate) fn new(wasm: &[u8], configuration: &str, records: &[Vec<u8>]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/node.mjs");
        let started =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let process = started.unwrap_or_else(|error| {
            panic!("`node` could not be started: {error}; this bench needs Node 20 or later")
        });
        let mut node = Node(process);
        node.send(wasm);
        node.send(configuration.as_bytes());
        node.write(&(records.len() as u32).to_le_bytes());
        records.iter().for_each(|record| node.send(record));
        node
    }

    /// Processes all records a number of times; returns the duration, and the total length of the
    /// verdicts of one pass.
    pub(crate) fn passes(&mut self, times: u64) -> (Duration, usize) {
        self.write(&times.to_le_bytes());
        let mut response = [0; 16];
        let output = self.0.stdout.as_mut().expect("it is piped");
        output.read_exact(&mut response).expect("node responds");
        let [nanoseconds, lengths] = [0, 8].map(|start| {
            u64::from_le_bytes(response[start..start + 8].try_into().expect("8 bytes"))
        });
        (Duration::from_nanos(nanoseconds), lengths as usize)
    }

    fn send(&mut self, bytes: &[u8]) {
        self.write(&(bytes.len() as u32).to_le_bytes());
        self.write(bytes);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.stdin.as_mut().expect("it is piped").write_all(bytes).expect("node reads");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Node exits at the end of its input.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
