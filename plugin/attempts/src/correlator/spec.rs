//! What a correlation rule counts.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use sekisho_identity::{IdentityField, Key};

/// The valid thresholds of a condition.
pub const THRESHOLD_RANGE: RangeInclusive<u32> = 1..=1000;

/// The valid numbers of rules in a [`TemporalOrdered`](CorrelationCondition::TemporalOrdered)
/// correlation.
pub const SEQUENCE_LENGTH_RANGE: RangeInclusive<usize> = 2..=16;

/// The valid timespans, from 1 s to 30 days.
pub const TIMESPAN_SECONDS_RANGE: RangeInclusive<u32> = 1..=30 * 86_400;

/// A correlation rule, in the terms of
/// [Sigma](https://sigmahq.io/docs/meta/correlations.html).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationSpec {
    /// The rules whose events count.
    pub rules: Vec<Key>,
    /// Events with the same values of these fields count together. An event that lacks one of them
    /// does not count, and neither does one whose source is not an IP address if it is one of them.
    pub group_by: Vec<IdentityField>,
    /// The most time between the first and the last event of a finding, one of
    /// [`TIMESPAN_SECONDS_RANGE`].
    pub timespan_seconds: u32,
    /// What makes a finding.
    pub condition: CorrelationCondition,
}

/// What must occur within the timespan to make a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrelationCondition {
    /// A number of events that match any of the rules.
    EventCount {
        /// The number, one of [`THRESHOLD_RANGE`].
        threshold: u32,
    },
    /// Events that match any of the rules, with a number of different values of a field.
    ValueCount {
        /// The field. An event that lacks it does not count.
        field: IdentityField,
        /// The number of values, one of [`THRESHOLD_RANGE`].
        threshold: u32,
    },
    /// One event for each of the rules, in their order. The number of rules is one of
    /// [`SEQUENCE_LENGTH_RANGE`], and a rule may occur several times.
    TemporalOrdered,
}
