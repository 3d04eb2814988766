//! Typical rules for CloudTrail.

use serde_json::{Value, json};

/// A configuration with `count` rules, always the same. They are conditions on a service and some of
/// its events, on the identity and on the address. Most match nothing.
pub fn rules(count: usize) -> String {
    const SERVICES: [&str; 8] = ["ec2", "s3", "iam", "kms", "lambda", "signin", "sts", "logs"];
    const VERBS: [&str; 6] = ["Create", "Delete", "Put", "Get", "Update", "List"];
    let rule = |n: usize| -> Value {
        let source = format!("{}.amazonaws.com", SERVICES[n % SERVICES.len()]);
        let verb = VERBS[n / 8 % VERBS.len()];
        let detail = match n % 5 {
            0 => json!({"eventSource": [source], "eventName": [format!("{verb}Thing{n}")]}),
            1 => json!({"eventName": [{"prefix": format!("{verb}Thing{n}")}],
                        "userIdentity": {"type": ["Root", "IAMUser"]}}),
            2 => json!({"eventSource": [source], "errorCode": [{"exists": true}],
                        "userIdentity": {"userName": [format!("user{n}")]}}),
            3 => json!({"sourceIPAddress": [{"cidr": format!("198.51.{}.0/28", n % 250)}],
                        "eventName": [{"suffix": format!("Thing{n}")}]}),
            _ => {
                json!({"eventName": ["ConsoleLogin"], "responseElements": {"ConsoleLogin": ["Failure"]},
                        "recipientAccountId": [format!("{:012}", n)]})
            }
        };
        json!({"id": format!("rule-{n}"), "pattern": {"detail": detail}})
    };
    json!({"rules": (0..count).map(rule).collect::<Vec<_>>()}).to_string()
}
