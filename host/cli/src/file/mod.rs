//! Files that the program reads or writes as a whole.
//!
//! - `bounded` reads a file of a bounded size,
//! - `replacement` replaces a file, at once or not at all; `interrupt` removes what is left of it,
//! - `identity` tells whether two paths lead to one file,
//! - `lock` is held by one process at a time, and `private` keeps others from a new file.

mod bounded;
mod identity;
mod interrupt;
mod lock;
mod private;
mod replacement;

pub(crate) use self::bounded::read_bounded;
pub(crate) use self::identity::FileIdentity;
pub(crate) use self::interrupt::remove_at_signal;
pub(crate) use self::lock::Lock;
pub(crate) use self::private::private;
pub(crate) use self::replacement::{NewFile, Replacement};
