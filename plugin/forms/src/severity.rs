//! The severity of a rule as OCSF counts it.

/// The `severity_id` and `severity` of a rule's severity, which may be any JSON value.
pub(crate) fn severity(json: Option<&str>) -> (i64, &'static str) {
    let name = json.and_then(|json| json.strip_prefix('"')?.strip_suffix('"'));
    let known = [
        ("informational", (1, "Informational")),
        ("info", (1, "Informational")),
        ("low", (2, "Low")),
        ("medium", (3, "Medium")),
        ("high", (4, "High")),
        ("critical", (5, "Critical")),
        ("fatal", (6, "Fatal")),
    ];
    let found = |name: &str| known.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    match name.and_then(found) {
        Some((_, severity)) => *severity,
        None => (0, "Unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_have_numbers() {
        assert_eq!(severity(Some(r#""High""#)), (4, "High"));
        assert_eq!(severity(Some(r#""info""#)), (1, "Informational"));
        for other in [None, Some("7"), Some("\""), Some(r#""urgent""#), Some("null")] {
            assert_eq!(severity(other), (0, "Unknown"));
        }
    }
}
