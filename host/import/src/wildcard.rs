//! Texts with parts that are anything.

/// The parts without those that say nothing: two stars in a row are one.
pub(crate) fn normalized(parts: Vec<String>) -> Vec<String> {
    let last = parts.len() - 1;
    let is_needed = |index: usize, part: &String| index == 0 || index == last || !part.is_empty();
    let numbered = parts.into_iter().enumerate();
    numbered.filter(|(index, part)| is_needed(*index, part)).map(|(_, part)| part).collect()
}

/// The parts as a wildcard of EventBridge, with a star between them.
pub(crate) fn wildcard(parts: &[String]) -> String {
    let escaped: Vec<String> =
        parts.iter().map(|part| part.replace('\\', "\\\\").replace('*', "\\*")).collect();
    escaped.join("*")
}
