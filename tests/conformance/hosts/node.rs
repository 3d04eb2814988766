//! The module in Node: a process that answers calls over its standard streams.

use std::env;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::host::{Answer, Export, Host};

pub(crate) struct Node {
    process: Child,
    calls: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Node {
    /// `None` where there is no Node, which is allowed outside CI only.
    pub(crate) fn new(wasm: &[u8]) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/node.mjs");
        let started =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                assert!(env::var_os("CI").is_none(), "CI must run Node: {error}");
                crate::corpora::say("SKIPPED: there is no `node`; install Node 20 to run these");
                return None;
            }
        };
        let calls = BufWriter::new(process.stdin.take().expect("its input is piped"));
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut node = Node { process, calls, answers };
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
    /// A call is one byte for the export, eight for a framing or time, and the input behind its
    /// length; an answer is the number and the output behind its length.
    fn call(&mut self, export: Export, input: &[u8]) -> Answer {
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
        let mut head = [0; 8];
        self.answers.read_exact(&mut head).expect("node answers");
        let [n, length] = [0, 4].map(|at| head[at..at + 4].try_into().expect("four bytes"));
        let mut output = vec![0; u32::from_le_bytes(length) as usize];
        self.answers.read_exact(&mut output).expect("node answers");
        Answer { n: i32::from_le_bytes(n), output }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It ends by itself when its input does; a test that failed does not wait for that.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
