//! Splits a stream of JSON or CSV into items.
//!
//! - `piece` is what the splitter returns.
//! - `window` is the part of the input in memory, and `lexer` finds the end of a value in it.
//! - `format` tells CSV from JSON, and `table` parses CSV.
//! - `splitter` is the state machine, with a `state` for each position. Its transitions are in
//!   `top_level`, `array`, `value`, `rows` and `recovery`; `cut` and `refill` move the window.

mod array;
mod cut;
mod format;
mod lexer;
mod piece;
mod recovery;
mod refill;
mod rows;
mod splitter;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod top_level;
mod value;
mod window;

pub use self::format::is_csv_of_records;
pub use self::lexer::SyntaxError;
pub use self::piece::{MAX_ITEM_BYTES, Piece, SplitError};
pub use self::splitter::Splitter;
