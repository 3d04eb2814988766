//! Tests of the embedding, as one test program, because each takes seconds to link.

mod faults;
mod filter;
mod guest;
mod hostile;
mod load;
