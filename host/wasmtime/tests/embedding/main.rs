//! Tests of the embedding, as one test program, because each takes seconds to link.

#[cfg(unix)]
mod cache;
mod compiling;
mod deadline;
mod faults;
mod filter;
mod guest;
mod hostile;
mod load;
