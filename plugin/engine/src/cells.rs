//! Rows of tables as arrays of names and values, as the APIs of CloudTrail Lake and of CloudWatch Logs
//! Insights return them.

use sekisho_scan::{Malformed, Reader, Text, Value, ValueKind};

use crate::text::{member, next_member};

/// The name and the value in the next element: an object with a `field` and its `value`, or with one
/// member. `None` if it is neither, or if the value is an object or an array.
#[inline(never)]
pub(crate) fn cell<'a>(row: &mut Reader<'a>) -> Result<Option<(Text<'a>, Value<'a>)>, Malformed> {
    let element = row.value()?;
    if element.kind != ValueKind::Object {
        return Ok(None);
    }
    let field = member(element, "field")?.and_then(|field| field.text());
    let cell = match (field, member(element, "value")?) {
        (Some(field), Some(value)) => Some((field, value)),
        _ => {
            let mut reader = Reader::new(element.raw);
            reader.enter()?;
            let first = next_member(&mut reader)?;
            let is_only = first.is_some() && next_member(&mut reader)?.is_none();
            first.filter(|_| is_only).map(|(key, value)| (key, value.shifted(element.offset)))
        }
    };
    Ok(cell.filter(|(_, value)| !matches!(value.kind, ValueKind::Object | ValueKind::Array)))
}
