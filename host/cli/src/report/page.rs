//! The page of a report: a template that the playground's sources are built into, and data.

use serde::Serialize;

/// `cargo xtask report` builds it.
const TEMPLATE: &str = include_str!("template.html");

/// Where the data goes.
const PLACE: &str = "@data@";

/// The page with this data.
pub(super) fn page(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("writing to memory does not fail");
    let (before, after) = TEMPLATE.split_once(PLACE).expect("the template has a place for data");
    [before, &escaped(&json), after].concat()
}

/// JSON in which nothing can end the script element that it is in, or begin another thing in it.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The limit without data.
    const MOST_BYTES: usize = 300_000;

    #[test]
    fn the_template_is_small_and_has_one_place() {
        assert_eq!(TEMPLATE.matches(PLACE).count(), 1);
        assert!(TEMPLATE.len() < MOST_BYTES, "{}", TEMPLATE.len());
        assert!(TEMPLATE.contains("default-src 'none'"));
        assert!(!TEMPLATE.contains("http://") || !TEMPLATE.contains("src=\"http"));
    }

    /// Whatever a name is, it stays inside the element, and is read as it was.
    #[test]
    fn no_text_leaves_its_element() {
        let names = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "]]>&amp;",
            "\u{2028}\u{2029}\u{0}\"\\",
            "@data@",
        ];
        let page = page(&json!({ "texts": names }));
        let (_, after) = page.split_once(r#"type="application/json">"#).unwrap();
        let (data, rest) = after.split_once("</script>").unwrap();
        assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{data}");
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), json!({ "texts": names }));
        assert_eq!(rest, TEMPLATE.split_once("@data@</script>").unwrap().1);
    }
}
