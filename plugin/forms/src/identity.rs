//! The object that says who it was.

use crate::attribute::Attribute;
use crate::details::Details;
use crate::event_buffer::EventBuffer;
use crate::facts::{Facts, Standard};
use crate::json::Json;

/// Writes the object that says who it was. All keys are always present; what nobody knows is null.
#[inline(never)]
pub fn write_identity<'a>(mut details: Details<'a>, buffer: &'a mut EventBuffer) {
    buffer.clear();
    let EventBuffer { event, escaped, .. } = buffer;
    details.escape(escaped);
    event.write(Standard::Identity, &details, write);
}

// Events of a kind are written once, and then with their template.
#[cold]
#[inline(never)]
fn write(_: &Facts, json: &mut Json<'_>) {
    json.raw("{");
    for (key, attribute) in [
        (r#""identity":"#, Attribute::Identity),
        (r#""user":"#, Attribute::User),
        (r#""role":"#, Attribute::Role),
        (r#""account":"#, Attribute::Account),
        (r#""role_account":"#, Attribute::RoleAccount),
        (r#""source_ip":"#, Attribute::Source),
        (r#""factor":"#, Attribute::Factor),
        (r#""through":"#, Attribute::Through),
    ] {
        json.raw(key);
        match json.has(attribute) {
            true => json.text("\"", attribute),
            false => json.raw("null,"),
        }
    }
    json.finish();
}
