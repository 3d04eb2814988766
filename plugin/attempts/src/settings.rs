//! What a host may set.

/// How long records wait for one another, and how many are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptSettings {
    /// The records of one attempt lie at most this far apart, in seconds of event time.
    pub window_seconds: u32,
    /// A record may arrive this far behind the latest one, in seconds of event time.
    pub lateness_seconds: u32,
    /// Of each sort of state, so many keys are remembered: of attempts, and of each counted rule.
    pub keys: u32,
}

impl Default for AttemptSettings {
    /// 180 s, 600 s, 100,000 keys.
    fn default() -> Self {
        AttemptSettings { window_seconds: 180, lateness_seconds: 600, keys: 100_000 }
    }
}
