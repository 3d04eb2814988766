//! What a rule asks for, as VRL.

use super::condition::{Condition, condition};
use super::paths::View;
use super::pattern::{Branch, Field};
use super::text::string;

/// Makes a rule a candidate where all fields of a branch are met by themselves, or may be absent.
///
/// # Errors
/// VRL cannot say it; what it is.
pub(super) fn block(id: &str, view: View, branch: &Branch) -> Result<String, String> {
    let mut lines = String::new();
    let mut fields = Vec::new();
    let mut needed = Vec::new();
    // Side by side and not in one another: nesting takes the compiler of VRL longer by the level.
    for (field, number) in branch.values().zip(1..) {
        let Asked { place, met, may_be_absent } = asked(view, field)?;
        lines.push_str(&match &*needed {
            [] => format!("met_{number} = {met}\n"),
            [.., last] => format!("met_{number} = if {last} {{ {met} }} else {{ [] }}\n"),
        });
        if may_be_absent {
            fields.push(format!("{{\"met\": met_{number}, \"or_none_of\": {place}}}"));
        } else {
            fields.push(format!("{{\"met\": met_{number}}}"));
            needed.push(format!("met_{number} != []"));
        }
    }
    let candidate = format!("{{\"rule\": {}, \"fields\": [{}]}}", string(id), fields.join(", "));
    let candidate = format!("candidates = push(candidates, {candidate})");
    // The last is met only where those before it are.
    lines.push_str(&match needed.last() {
        Some(last) => format!("if {last} {{\n  {candidate}\n}}\n"),
        None => format!("{candidate}\n"),
    });
    Ok(lines)
}

/// What is asked of a field.
struct Asked {
    /// The values at its path.
    place: String,
    /// Those that meet it.
    met: String,
    may_be_absent: bool,
}

fn asked(view: View, field: &Field) -> Result<Asked, String> {
    let conditions = field.list.iter().map(|entry| condition(entry));
    let conditions = conditions.collect::<Result<Vec<_>, _>>();
    let conditions = conditions.map_err(|what| format!("at `{}`, {what}", field.path))?;
    let place = format!("array!({view}.{})", string(&field.path));
    let may_be_absent = conditions.contains(&Condition::Absent);
    let expressions = conditions.iter().filter_map(|condition| match condition {
        Condition::If(expression) => Some(&**expression),
        Condition::Exists | Condition::Absent => None,
    });
    let expressions: Vec<&str> = expressions.collect();
    let met = if conditions.contains(&Condition::Exists) {
        place.clone()
    } else if expressions.is_empty() {
        "[]".to_owned()
    } else {
        let expression = expressions.join(" ||\n    ");
        format!("filter({place}) -> |_index, at| {{ {expression} }}")
    };
    Ok(Asked { place, met, may_be_absent })
}
