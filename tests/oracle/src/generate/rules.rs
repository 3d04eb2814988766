//! Rules whose findings open, go on and close in random streams.

use serde_json::{Value, json};

/// A configuration with rules over attempts: all types of correlation, short and long timespans.
///
/// It asks for findings when they open and when they close.
pub fn rules() -> Value {
    let ordered = json!(["failed", "signed-in"]);
    let correlation = |id: &str, correlation: Value| json!({"id": id, "correlation": correlation});
    json!({"findings": "lifecycle", "rules": [
        {"id": "failed", "pattern": {"attempt": {"outcome": ["failure", "denied"]}}},
        {"id": "signed-in", "pattern": {"attempt": {"outcome": ["success"]}}},
        correlation("count", json!({"type": "event_count", "rules": ["failed"],
            "group-by": ["account", "principal_id"], "timespan": "15m", "condition": {"gte": 3}})),
        correlation("count-slow", json!({"type": "event_count", "rules": ["failed"],
            "group-by": ["account"], "timespan": "2d", "condition": {"gte": 5}})),
        correlation("values", json!({"type": "value_count", "rules": ["failed"],
            "group-by": ["account"], "timespan": "1h",
            "condition": {"gte": 2, "field": "identity"}})),
        correlation("values-slow", json!({"type": "value_count", "rules": ["failed", "signed-in"],
            "timespan": "12h", "condition": {"gt": 1, "field": "source_ip"}})),
        correlation("order", json!({"type": "temporal_ordered", "rules": ordered,
            "group-by": ["account"], "timespan": "15m"})),
        correlation("order-slow", json!({"type": "temporal_ordered", "rules": ordered,
            "timespan": "2d"})),
    ]})
}
