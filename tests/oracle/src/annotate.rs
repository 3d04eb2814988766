//! The input with its verdict in it.

use crate::arrival::process;

/// The input with `,"<field>":<verdict>` inserted before the closing brace of its top-level
/// object and every other byte unchanged; `None` if there is no verdict.
///
/// # Errors
/// The error code of [`process`].
///
/// # Panics
/// Never: only an object can contain a sign-in record, so an input with a verdict has a brace.
pub fn annotate(input: &[u8], field: &str) -> Result<Option<Vec<u8>>, i32> {
    let Some(verdict) = process(input)? else {
        return Ok(None);
    };
    // Only white space can follow the last brace of a well-formed object.
    let closing = input.iter().rposition(|&byte| byte == b'}');
    let (before, after) = input.split_at(closing.expect("only an object has a verdict"));
    let key = serde_json::Value::from(field);
    let member = format!(",{key}:{}", verdict.to_json());
    Ok(Some([before, member.as_bytes(), after].concat()))
}

#[cfg(test)]
mod tests {
    use super::{annotate, process};
    use crate::abi::MALFORMED;

    #[test]
    fn adds_one_member_at_the_top() {
        let record = r#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
        let json = process(record.as_bytes()).unwrap().expect("a sign-in record").to_json();
        let input = format!(" {{\"detail\": {record} }}\n");
        let expected = format!(" {{\"detail\": {record} ,\"sign\\\"in\":{json}}}\n");
        let output = annotate(input.as_bytes(), "sign\"in");
        assert_eq!(output, Ok(Some(expected.into_bytes())));
        assert_eq!(annotate(b"{}", "signin"), Ok(None));
        assert_eq!(annotate(b"{", "signin"), Err(MALFORMED));
    }
}
