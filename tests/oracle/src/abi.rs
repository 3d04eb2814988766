//! Limits and error codes, as `plugin/ABI.md` fixes them.

/// The input, or JSON text inside it that has to be read, is not well-formed JSON or UTF-8.
pub const MALFORMED: i32 = -2;
/// The input exceeds [`DEPTH_LIMIT`], [`ENVELOPE_LIMIT`] or [`INPUT_LIMIT_BYTES`].
pub const TOO_LARGE: i32 = -3;
/// The input contains several records.
pub const SEVERAL_RECORDS: i32 = -7;

/// The deepest nesting of objects and arrays in one JSON text.
pub const DEPTH_LIMIT: usize = 128;
/// The most steps from the input to the record: into the only element of an array, or into JSON
/// text.
pub const ENVELOPE_LIMIT: usize = 4;
/// The most keys and elements around a record that is at none of the usual places.
pub const STEP_LIMIT: usize = 8;
/// The longest input, in bytes.
pub const INPUT_LIMIT_BYTES: usize = 16 << 20;
