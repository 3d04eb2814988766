//! The module in Node: a process that serves calls over its standard streams.

use std::env;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::host::{CallResult, Export, Host};

pub(crate) struct Node {
    process: Child,
    calls: BufWriter<ChildStdin>,
    results: BufReader<ChildStdout>,
}

impl Node {
    /// `None` if Node is not installed, which is allowed outside CI only.
    pub(crate) fn new(wasm: &[u8]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/node.mjs");
        let started =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                assert!(env::var_os("CI").is_none(), "CI must run Node: {error}");
                crate::corpora::print_uncaptured(
                    "SKIPPED: there is no `node`; install Node 20 to run these",
                );
                return None;
            }
        };
        let calls = BufWriter::new(process.stdin.take().expect("its input is piped"));
        let results = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut node = Node { process, calls, results };
        node.send(wasm);
        Some(node)
    }

    fn send(&mut self, bytes: &[u8]) {
        let length = bytes.len() as u32;
        self.calls.write_all(&length.to_le_bytes()).expect("node reads");
        self.calls.write_all(bytes).expect("node reads");
    }
}

impl Host for Node {
    /// A call is one byte for the export, eight for a framing or time, the length of the input and
    /// the input. The response is the number, the length of the output and the output.
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        let (export, argument) = match export {
            Export::Configure => (0, 0),
            Export::Process => (1, 0),
            Export::Annotate => (2, 0),
            Export::ProcessBatch(framing) => (3, i64::from(framing)),
            Export::Observe(now) => (4, now),
            Export::Tick(now) => (5, now),
            Export::Flush => (6, 0),
            Export::Save => (7, 0),
            Export::Restore => (8, 0),
            Export::Reset => (9, 0),
        };
        self.calls.write_all(&[export]).expect("node reads");
        self.calls.write_all(&argument.to_le_bytes()).expect("node reads");
        self.send(input);
        self.calls.flush().expect("node reads");
        let mut header = [0; 8];
        self.results.read_exact(&mut header).expect("node responds");
        let [n, length] =
            [0, 4].map(|start| header[start..start + 4].try_into().expect("four bytes"));
        let mut output = vec![0; u32::from_le_bytes(length) as usize];
        self.results.read_exact(&mut output).expect("node responds");
        CallResult { n: i32::from_le_bytes(n), output }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Node exits at the end of its input; a failed test must not wait for that.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
