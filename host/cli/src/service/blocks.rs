//! Reads an input ahead on a separate thread, so that a shutdown can stop waiting for it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;

use memchr::memchr;

use super::activity::Activity;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// The size of a block.
const BLOCK_BYTES: usize = 256 << 10;

/// A client that sends less at once, and no line break, may be one that keeps its connection from being
/// idle.
const PROGRESS_BYTES: usize = 4 << 10;

/// One is filled while the other is processed; the writer of the input waits if both are full.
const BLOCKS: usize = 2;

/// The result of one read.
struct Block {
    bytes: Box<[u8]>,
    length: usize,
}

/// The blocks of an input.
pub(crate) struct Blocks {
    filled: Receiver<io::Result<Block>>,
    empty: Sender<Block>,
    current: Option<Block>,
    /// How much of the current block was read as bytes.
    taken: usize,
    activity: Arc<Activity>,
    shutdown: Shutdown,
}

impl Blocks {
    /// Starts to read `input` until a shutdown, and notes its activity.
    ///
    /// # Errors
    /// The thread that reads cannot be made.
    pub(crate) fn read_ahead(
        input: impl Read + Send + 'static,
        activity: Arc<Activity>,
        shutdown: Shutdown,
    ) -> io::Result<Self> {
        let (fill, filled) = channel();
        let (empty, to_fill) = channel();
        for _ in 0..BLOCKS {
            let block = Block { bytes: vec![0; BLOCK_BYTES].into(), length: 0 };
            empty.send(block).expect("the receiver is in scope");
        }
        // Not joined, as it may block on the input forever.
        thread::Builder::new().spawn(move || read(input, &to_fill, &fill))?;
        Ok(Self { filled, empty, current: None, taken: 0, activity, shutdown })
    }

    /// Waits for the next block. Returns none at the end of the input, or when it is idle after a
    /// shutdown was requested.
    ///
    /// # Errors
    /// The error of the input, which ends it.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let shutdown = &self.shutdown;
        if let Some(block) = self.current.take() {
            // After the last block, the reading thread has ended.
            let _ = self.empty.send(block);
        }
        if shutdown.is_drained() {
            return Ok(None);
        }
        let block = loop {
            match self.filled.recv_timeout(POLL_INTERVAL) {
                Ok(block) => break block?,
                Err(RecvTimeoutError::Timeout) if shutdown.is_requested() => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        };
        let Block { bytes, length } = self.current.insert(block);
        let bytes = &bytes[..*length];
        if bytes.len() >= PROGRESS_BYTES || memchr(b'\n', bytes).is_some() {
            self.activity.progress();
        }
        Ok(Some(bytes))
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.current.as_ref().is_none_or(|block| block.length == self.taken) {
            self.taken = 0;
            if self.next()?.is_none() {
                return Ok(0);
            }
        }
        let block = self.current.as_ref().expect("it is there until it is read");
        let rest = &block.bytes[self.taken..block.length];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.taken += length;
        Ok(length)
    }
}

/// Reads until the input ends, or [`Blocks`] is dropped.
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
            // The peer is gone, which ends the input.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return,
            Err(error) => Err(error),
        };
        let failed = block.is_err();
        if fill.send(block).is_err() || failed {
            return;
        }
    }
}
