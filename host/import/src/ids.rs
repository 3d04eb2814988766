//! The ids of imported rules.

use std::ops::Range;

use crate::refusal::Refusal;
use crate::tree::Node;

/// The longest id of a rule, in bytes.
const MAX_BYTES: usize = 256;

/// The id of a Sigma rule: its `name`, or else its title, both in lower case and with hyphens.
pub(crate) fn id(document: &Node) -> Result<String, Refusal> {
    let node = document.get("name").or_else(|| document.get("title")).unwrap_or(document);
    let text = node.text().unwrap_or_default().to_lowercase();
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    let id = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    check_id(&id, &node.span)?;
    Ok(id)
}

/// Whether a rule can have this id.
pub(crate) fn check_id(id: &str, span: &Range<usize>) -> Result<(), Refusal> {
    let is_excluded = |character: char| character.is_whitespace() || character.is_control();
    if (1..=MAX_BYTES).contains(&id.len()) && !id.contains(is_excluded) {
        return Ok(());
    }
    let message = format!("expected a name of 1 to {MAX_BYTES} bytes without white space");
    Err(Refusal::new(span, message))
}
