//! The object that says who it was.

use alloc::vec::Vec;

use crate::details::Details;
use crate::json::Json;

/// Appends the object that says who it was. All keys are always present; what nobody knows is null.
#[inline(never)]
pub fn write_identity(details: &Details<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    json.raw(b"{");
    for (key, value) in [
        ("identity", details.identity),
        ("user", details.user),
        ("role", details.role),
        ("account", details.account),
        ("role_account", details.role_account),
        ("source_ip", details.source),
        ("factor", details.factor),
        ("through", details.through),
    ] {
        json.key(key);
        match value {
            Some(value) => json.value(value),
            None => json.raw(b"null"),
        }
    }
    json.raw(b"}");
}
