//! API calls, with nested requests and responses, escapes in text, and numbers in many formats.

mod compute;
mod data;
mod reads;
pub(crate) mod security;
mod text;

pub(crate) use reads::read;

use crate::random::Random;
use crate::record::{Draft, Visit};

pub(crate) type Call = fn(&mut Random, &Visit) -> Draft;

/// The calls with their weights.
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
