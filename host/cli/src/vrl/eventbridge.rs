//! The EventBridge event of a bare record, as statements that set its fields.

use sekisho::eventbridge::{DETAIL_TYPES, FIELDS, Mapping};

use super::text::string;

/// The statements. They set `event` to the event of `record`, if that arrived without one.
pub(super) fn event() -> String {
    let fields: String = FIELDS.iter().map(|field| statement(field.name, field.mapping)).collect();
    format!("if is_string(holder.eventSource) {{\n{fields}}}\n\n")
}

/// The statement that sets one field.
fn statement(name: &str, mapping: Mapping) -> String {
    let field = match name.contains('-') {
        true => format!("event.{}", string(name)),
        false => format!("event.{name}"),
    };
    match mapping {
        Mapping::Record => format!("  event = {{{}: record}}\n", string(name)),
        Mapping::Copy(key) => {
            format!("  if is_string(record.{key}) {{ {field} = record.{key} }}\n")
        }
        Mapping::Source(key) => format!(
            "  if is_string(record.{key}) {{
    service = split(string!(record.{key}), \".\")[0]
    {field} = \"aws.\" + (string(service) ?? \"\")
  }}\n"
        ),
        Mapping::DetailType(key) => format!(
            "  types = get!({{\n{}\n  }}, [downcase(string(record.{key}) ?? \"\")])
  if types != null {{ {field} = types }}\n",
            detail_types()
        ),
    }
}

/// The members of an object from eventType, in lower case, to `detail-type`.
fn detail_types() -> String {
    let members = DETAIL_TYPES.iter().map(|(event_type, names)| {
        let key = string(&event_type.to_lowercase());
        let names: Vec<_> = names.iter().map(|name| string(name)).collect();
        match &*names {
            [name] => format!("    {key}: [{name}]"),
            names => format!("    {key}: [\n      {}\n    ]", names.join(", ")),
        }
    });
    members.collect::<Vec<_>>().join(",\n")
}
