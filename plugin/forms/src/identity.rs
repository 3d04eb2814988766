//! The object that says who it was.

use crate::details::Details;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, key};

/// Appends the object that says who it was. All keys are always present; what nobody knows is null.
#[inline(never)]
pub fn write_identity(details: &Details<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, details.is_plain);
    json.raw("{");
    for (key, value) in [
        (r#""identity":"#, details.identity),
        (r#""user":"#, details.user),
        (r#""role":"#, details.role),
        (r#""account":"#, details.account),
        (r#""role_account":"#, details.role_account),
        (r#""source_ip":"#, details.source),
        (r#""factor":"#, details.factor),
        (r#""through":"#, details.through.map(str::as_bytes)),
    ] {
        json.one_of_several(key);
        match value {
            Some(_) => json.string(key!("\""), value),
            None => json.raw("null,"),
        }
    }
    json.finish();
}
