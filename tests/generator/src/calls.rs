//! The calls that do something: nested requests and answers, text with escapes, numbers of many
//! forms.

mod compute;
mod data;
mod reads;
pub(crate) mod security;

pub(crate) use reads::read;

use jiff::Timestamp;

use crate::random::Random;
use crate::record::{Draft, Visit};

pub(crate) type Call = fn(&mut Random, &Visit) -> Draft;

/// How often each call is made.
const CALLS: &[(u32, Call)] = &[
    (90, read),
    (8, security::assume_role),
    (7, security::decrypt),
    (6, data::get_object),
    (5, data::batch_get_item),
    (4, compute::run_instances),
    (4, compute::authorize_ingress),
    (2, security::create_role),
    (3, data::put_bucket_policy),
    (3, compute::create_function),
    (3, compute::create_stack),
    (4, data::create_log_stream),
    (3, data::put_parameter),
    (3, compute::send_command),
    (4, data::put_metric_alarm),
    (3, compute::register_task_definition),
    (2, security::create_user),
    (2, security::create_access_key),
];

pub(crate) fn call(random: &mut Random, visit: &Visit) -> Draft {
    random.weighted(CALLS)(random, visit)
}

/// What things are called.
const NAMES: [&str; 8] =
    ["orders", "billing", "inventory", "search", "mailer", "reports", "gateway", "audit"];

/// What people write into descriptions: quotes, line ends, paths, other scripts, emoji.
const NOTES: [&str; 7] = [
    "nightly copy, see runbook",
    "says \"do not touch\"\nuntil Monday",
    "C:\\deploy\\current\\app.exe\t/quiet",
    "café à côté, façade n° 2",
    "検索インデックスの更新",
    "rolled out 🚀🎉",
    "перенос базы, часть 2",
];

fn note(random: &mut Random) -> &'static str {
    random.pick(&NOTES)
}

/// The moment as several services write it in their answers: `Sep 16, 2025, 7:42:05 AM`.
fn spelt_out(time: Timestamp) -> String {
    time.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}
