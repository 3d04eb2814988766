//! An input that a thread of its own reads ahead, so that waiting for it can be given up.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use crate::ending::{DRAIN, Ending, WAKE_UP};

/// The most that is read at once.
const BLOCK_BYTES: usize = 256 << 10;

/// One is filled while the other is looked at. Who writes more has to wait.
const BLOCKS: usize = 2;

/// What was read at once.
struct Block {
    bytes: Box<[u8]>,
    length: usize,
}

/// What an input gives, block by block.
pub(super) struct Blocks {
    filled: Receiver<io::Result<Block>>,
    empty: Sender<Block>,
    current: Option<Block>,
    /// When it was first noticed that the program is to end.
    ending_since: Option<Instant>,
}

impl Blocks {
    /// Begins to read.
    pub(super) fn of(input: impl Read + Send + 'static) -> Self {
        let (fill, filled) = channel();
        let (empty, to_fill) = channel();
        for _ in 0..BLOCKS {
            let block = Block { bytes: vec![0; BLOCK_BYTES].into(), length: 0 };
            empty.send(block).expect("the other end is here");
        }
        // It may wait for input for ever, so nobody waits for it.
        thread::spawn(move || read(input, &to_fill, &fill));
        Self { filled, empty, current: None, ending_since: None }
    }

    /// Waits for the next block: none at the end of the input, or when the program is to end and
    /// nothing comes any more.
    ///
    /// # Errors
    /// What reading says; nothing comes after that.
    pub(super) fn next(&mut self, ending: &Ending) -> io::Result<Option<&[u8]>> {
        if let Some(block) = self.current.take() {
            // Behind the last block nobody is there to take it.
            let _ = self.empty.send(block);
        }
        if ending.is_told() {
            let since = self.ending_since.get_or_insert_with(Instant::now);
            if since.elapsed() > DRAIN {
                return Ok(None);
            }
        }
        let block = loop {
            match self.filled.recv_timeout(WAKE_UP) {
                Ok(block) => break block?,
                Err(RecvTimeoutError::Timeout) if ending.is_told() => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        };
        let Block { bytes, length } = self.current.insert(block);
        Ok(Some(&bytes[..*length]))
    }
}

/// Reads until the input ends, or nobody wants more of it.
fn read(mut input: impl Read, to_fill: &Receiver<Block>, fill: &Sender<io::Result<Block>>) {
    while let Ok(mut block) = to_fill.recv() {
        let read = loop {
            match input.read(&mut block.bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let block = match read {
            Ok(0) => return,
            Ok(length) => Ok(Block { length, ..block }),
            // Whoever wrote is gone, which is an end too.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return,
            Err(error) => Err(error),
        };
        let failed = block.is_err();
        if fill.send(block).is_err() || failed {
            return;
        }
    }
}
