//! The program of `sekisho vrl`, run by Vector's VRL, agrees with the engine.

mod patterns;
mod places;
mod program;
mod records;
mod rows;
