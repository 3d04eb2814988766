//! Which thread reads which file, and in which order their output is written.
//!
//! Workers take files in order. Each file has a channel of its own for its output, and the channels
//! queue up in the order of the files. The writer empties one channel after the other: the file
//! whose turn it is goes straight through, those behind it fill their channels and wait. Both
//! channels and queue are bounded, so memory stays flat however large or many the files are.

use std::io;
use std::iter::Enumerate;
use std::panic::resume_unwind;
use std::slice::Iter;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sekisho_host::Filter;

use crate::input::paths::Source;
use crate::output::{Block, Writer};
use crate::summary::Summary;
use crate::worker::{Task, Worker};

/// So many blocks of a file's output wait for their turn.
const BLOCKS_WAITING: usize = 16;

/// So many files a worker may be ahead of the writer.
const FILES_WAITING: usize = 2;

/// Reads all sources, a thread for each filter: what was counted, and what became of the output.
pub(crate) fn run(
    task: &Task,
    sources: &[Source],
    filters: Vec<Filter>,
    writer: Writer,
) -> (Summary, io::Result<Vec<&'static str>>) {
    let (order, turns) = sync_channel(FILES_WAITING * filters.len());
    let queue = Queue(Mutex::new(Some(Left { sources: sources.iter().enumerate(), order })));
    thread::scope(|scope| {
        let work = |filter| {
            let mut worker = Worker::new(task, filter);
            while let Some((number, source, out)) = queue.next() {
                if worker.read(number, source, out).is_err() {
                    break;
                }
            }
            worker.into_summary()
        };
        let workers: Vec<_> =
            filters.into_iter().map(|filter| scope.spawn(move || work(filter))).collect();
        let written = write(turns, writer);
        // Who waits to hand something on has noticed; who has nothing to hand on has not.
        task.stopped.store(written.is_err(), Ordering::Relaxed);
        let mut summary = Summary::default();
        for worker in workers {
            summary.merge(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        (summary, written)
    })
}

/// Writes what comes, file after file. Both ends are closed when it is over.
fn write(turns: Receiver<Receiver<Block>>, mut writer: Writer) -> io::Result<Vec<&'static str>> {
    writer.begin()?;
    for file in turns {
        for block in file {
            writer.write(block)?;
        }
    }
    writer.end()
}

/// The sources nobody took yet; none behind the last, so that the writer sees the end of the queue.
struct Queue<'s>(Mutex<Option<Left<'s>>>);

struct Left<'s> {
    sources: Enumerate<Iter<'s, Source>>,
    /// Where the channels of the sources queue up.
    order: SyncSender<Receiver<Block>>,
}

impl<'s> Queue<'s> {
    /// The next source, its number, and the channel for its output.
    fn next(&self) -> Option<(usize, &'s Source, SyncSender<Block>)> {
        // Held while it waits for room: nobody else could take a source either.
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Left { sources, order } = left.as_mut()?;
        let (out, output) = sync_channel(BLOCKS_WAITING);
        let next = sources.next().filter(|_| order.send(output).is_ok());
        let Some((number, source)) = next else {
            *left = None;
            return None;
        };
        Some((number, source, out))
    }
}
