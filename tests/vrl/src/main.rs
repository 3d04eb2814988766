//! The program of `sekisho vrl`, run by Vector's own VRL, says what the engine says.

mod patterns;
mod program;
mod records;
mod rows;
