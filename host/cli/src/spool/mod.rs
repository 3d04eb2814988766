//! A queue on disk, from which nothing is lost when the program or the machine ends.
//!
//! - `segment` is the format of its files,
//! - `queue` appends batches, and `reader` takes them in the same order,
//! - `position` notes up to where they were delivered,
//! - `outlet` appends what is sent, and delivers it in a thread of its own.
//!
//! A batch is a number of whole lines. It is on disk before [`Spool::append`] returns. The position is
//! written before and after each delivery: what was delivered just before a crash is delivered again, in the
//! same batch and with the same key.

mod outlet;
mod position;
mod queue;
mod reader;
mod segment;

pub(crate) use self::outlet::{Deliver, Delivery, SpoolOutlet};
pub(crate) use self::queue::Spool;
