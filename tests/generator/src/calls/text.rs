//! Text in requests and responses.

use jiff::Timestamp;

use crate::random::Random;

/// Names of services, buckets and tables.
pub(super) const NAMES: [&str; 8] =
    ["orders", "billing", "inventory", "search", "mailer", "reports", "gateway", "audit"];

/// Descriptions that people write, with quotes, line breaks, paths, other scripts and emoji.
const NOTES: [&str; 7] = [
    "nightly copy, see runbook",
    "says \"do not touch\"\nuntil Monday",
    "C:\\deploy\\current\\app.exe\t/quiet",
    "café à côté, façade n° 2",
    "検索インデックスの更新",
    "rolled out 🚀🎉",
    "перенос базы, часть 2",
];

pub(super) fn note(random: &mut Random) -> &'static str {
    random.pick(&NOTES)
}

/// A time in the format of several services: `Sep 16, 2025, 7:42:05 AM`.
pub(super) fn format_time(time: Timestamp) -> String {
    time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}
