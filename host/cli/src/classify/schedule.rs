//! Distributes sources over threads, and writes their output in the order of the sources.
//!
//! Workers take sources in order. Each source has its own channel for output, and these channels are
//! queued in the order of the sources. The writer reads one channel after the other: the output of
//! the current source is written at once, while later sources fill their channels and then wait.
//! Channels and queue are bounded, so memory use does not depend on the number and size of sources.

use std::io;
use std::iter::Enumerate;
use std::panic::resume_unwind;
use std::slice::Iter;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::worker::{Instances, Task, Worker};
use crate::input::paths::Source;
use crate::output::{Block, Writer, Written};
use crate::summary::Summary;

/// The number of blocks in the channel of a source.
const BLOCKS_QUEUED: usize = 16;

/// The number of queued sources for each worker.
const SOURCES_QUEUED: usize = 2;

/// Reads all sources with a thread for each of the instances. Returns the summary, and the result of
/// [`Writer::end`].
pub(super) fn run(
    task: &Task,
    sources: &[Source],
    instances: Vec<Instances>,
    writer: Writer,
) -> (Summary, io::Result<Written>) {
    let (order, outputs) = sync_channel(SOURCES_QUEUED * instances.len());
    let queue = Queue(Mutex::new(Some(Remaining { sources: sources.iter().enumerate(), order })));
    thread::scope(|scope| {
        let work = |instances| {
            let mut worker = Worker::new(task, instances);
            while let Some((number, source, out)) = queue.next() {
                if worker.read(number, source, out).is_err() {
                    break;
                }
            }
            worker.into_summary()
        };
        let workers: Vec<_> =
            instances.into_iter().map(|instances| scope.spawn(move || work(instances))).collect();
        let written = write(outputs, writer);
        // Stops workers that have no output; the others fail to send theirs.
        task.stopped.store(written.is_err(), Ordering::Relaxed);
        let mut summary = Summary::default();
        for worker in workers {
            summary.merge(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        (summary, written)
    })
}

/// Writes the output of one source after the other. Drops the receivers, which stops the workers.
fn write(outputs: Receiver<Receiver<Block>>, mut writer: Writer) -> io::Result<Written> {
    writer.begin()?;
    for output in outputs {
        for block in output {
            writer.write(block)?;
        }
    }
    writer.end()
}

/// The sources that no worker has taken; none after the last one, which closes the writer's queue.
struct Queue<'s>(Mutex<Option<Remaining<'s>>>);

struct Remaining<'s> {
    sources: Enumerate<Iter<'s, Source>>,
    /// The channels of the sources, in order.
    order: SyncSender<Receiver<Block>>,
}

impl<'s> Queue<'s> {
    /// Takes the next source: its number, the source, and the channel for its output.
    fn next(&self) -> Option<(usize, &'s Source, SyncSender<Block>)> {
        // Locked while the writer's queue is full: no other worker could take a source either.
        let mut remaining = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Remaining { sources, order } = remaining.as_mut()?;
        let (out, output) = sync_channel(BLOCKS_QUEUED);
        let next = sources.next().filter(|_| order.send(output).is_ok());
        let Some((number, source)) = next else {
            *remaining = None;
            return None;
        };
        Some((number, source, out))
    }
}
