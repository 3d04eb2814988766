//! The settings of a stream.

/// How long records wait for each other, and how many are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptSettings {
    /// The most time between two records of one attempt, in seconds of event time.
    pub window_seconds: u32,
    /// How far the time of a record may be before the latest time seen when it arrives, in seconds
    /// of event time. A record that is later than that is not paired.
    pub lateness_seconds: u32,
    /// The most keys that are kept: of attempts, and of each correlation rule.
    pub keys: u32,
}

impl Default for AttemptSettings {
    /// 180 s, 600 s, 100,000 keys.
    fn default() -> Self {
        AttemptSettings { window_seconds: 180, lateness_seconds: 600, keys: 100_000 }
    }
}
