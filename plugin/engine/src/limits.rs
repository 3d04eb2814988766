//! The limits that callers see.

/// The longest input, in bytes: 16 MiB.
pub const MAX_INPUT: usize = 16 << 20;

/// The most envelopes around a record, one inside the other.
pub const MAX_ENVELOPES: usize = 4;

/// The most keys and list elements around a record that is not at one of the usual places.
pub const MAX_STEPS: usize = 8;

/// The longest name of the field that holds the verdict, in bytes of JSON between the quotes.
pub const MAX_FIELD: usize = 256;

/// The longest id of a rule, in bytes of JSON between the quotes.
pub const MAX_RULE_ID: usize = 256;
