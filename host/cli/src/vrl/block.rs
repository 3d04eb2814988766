//! One rule as VRL.

use super::condition::{Condition, condition};
use super::paths::View;
use super::pattern::{Branch, Field};
use super::text::string;

/// The VRL block that makes a rule a candidate if each field of the branch has values that meet its
/// conditions, or may be absent.
///
/// # Errors
/// What has no equivalent in VRL.
pub(super) fn block(id: &str, view: View, branch: &Branch) -> Result<String, String> {
    let mut lines = String::new();
    let mut fields = Vec::new();
    let mut required = Vec::new();
    // Not nested, as each level of nesting makes the compiler of VRL slower.
    for (field, number) in branch.values().zip(1..) {
        let Filtered { values, met, may_be_absent } = filter(view, field)?;
        lines.push_str(&match &*required {
            [] => format!("met_{number} = {met}\n"),
            [.., last] => format!("met_{number} = if {last} {{ {met} }} else {{ [] }}\n"),
        });
        if may_be_absent {
            fields.push(format!("{{\"met\": met_{number}, \"or_none_of\": {values}}}"));
        } else {
            fields.push(format!("{{\"met\": met_{number}}}"));
            required.push(format!("met_{number} != []"));
        }
    }
    let candidate = format!("{{\"rule\": {}, \"fields\": [{}]}}", string(id), fields.join(", "));
    let candidate = format!("candidates = push(candidates, {candidate})");
    // Each required field is only checked if the one before it is met.
    lines.push_str(&match required.last() {
        Some(last) => format!("if {last} {{\n  {candidate}\n}}\n"),
        None => format!("{candidate}\n"),
    });
    Ok(lines)
}

/// Expressions for the values of a field.
struct Filtered {
    /// All values at its path.
    values: String,
    /// The values that meet a condition.
    met: String,
    may_be_absent: bool,
}

fn filter(view: View, field: &Field) -> Result<Filtered, String> {
    let conditions = field.list.iter().map(|entry| condition(entry));
    let conditions = conditions.collect::<Result<Vec<_>, _>>();
    let conditions = conditions.map_err(|what| format!("at `{}`, {what}", field.path))?;
    let values = format!("array!({view}.{})", string(&field.path));
    let may_be_absent = conditions.contains(&Condition::Absent);
    let expressions = conditions.iter().filter_map(|condition| match condition {
        Condition::If(expression) => Some(&**expression),
        Condition::Exists | Condition::Absent => None,
    });
    let expressions: Vec<&str> = expressions.collect();
    let met = if conditions.contains(&Condition::Exists) {
        values.clone()
    } else if expressions.is_empty() {
        "[]".to_owned()
    } else {
        let expression = expressions.join(" ||\n    ");
        format!("filter({values}) -> |_index, at| {{ {expression} }}")
    };
    Ok(Filtered { values, met, may_be_absent })
}
