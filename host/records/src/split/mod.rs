//! Splits a stream of JSON into items.
//!
//! - `piece` is what the splitter returns.
//! - `window` is the part of the input in memory, and `lexer` finds the end of a value in it.
//! - `splitter` is the state machine, with a `state` for each position. Its transitions are in
//!   `top_level`, `array`, `value` and `recovery`; `cut` and `refill` move the window.

mod array;
mod cut;
mod lexer;
mod piece;
mod recovery;
mod refill;
mod splitter;
mod state;
#[cfg(test)]
mod tests;
mod top_level;
mod value;
mod window;

pub use self::lexer::SyntaxError;
pub use self::piece::{MAX_ITEM_BYTES, Piece, SplitError};
pub use self::splitter::Splitter;
