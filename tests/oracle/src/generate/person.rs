//! Random people who sign in.

use serde_json::{Value, json};

use super::random::Random;

#[derive(Clone, Copy)]
pub(super) enum Role {
    User,
    UnknownUser,
    Session,
    Workflow,
}

/// A person who signs in, with the fields that all of their records share.
pub(super) struct Person {
    pub(super) role: Role,
    pub(super) shared: Value,
}

pub(super) fn person(random: &mut Random) -> Person {
    let role = random.choose(&[
        Role::User,
        Role::User,
        Role::User,
        Role::UnknownUser,
        Role::Session,
        Role::Workflow,
        Role::Workflow,
    ]);
    let account = random.choose(&["111122223333", "111122223333", "444455556666"]);
    let mut shared = json!({
        "eventVersion": "1.08",
        "userIdentity": identity(random, role, account),
        "eventSource": "signin.amazonaws.com",
        "awsRegion": "us-east-1",
        "sourceIPAddress": random.choose(&["192.0.2.10", "2001:db8:20::d417"]),
        "userAgent": random.choose(&["Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 Chrome/138.0"]),
        "requestParameters": null,
        "recipientAccountId": account,
    });
    if matches!(role, Role::Workflow) {
        shared["additionalEventData"] = json!({"UserName": "sora"});
        if !random.one_in(5) {
            let workflow = random.usize(1..4);
            shared["additionalEventData"]["AuthWorkflowID"] =
                format!("00112233-4455-6677-8899-00000000000{workflow}").into();
        }
    }
    if random.one_in(5) {
        remove_a_field(random, &mut shared);
    }
    Person { role, shared }
}

fn identity(random: &mut Random, role: Role, account: &str) -> Value {
    let user = |name: &str, id: &str| {
        json!({
            "type": "IAMUser",
            "principalId": id,
            "accountId": account,
            "userName": name,
        })
    };
    let name = random.choose(&["mika", "Sora", "sora"]);
    let session = |issuer: &str, id: &str| {
        json!({
            "type": "AssumedRole",
            "principalId": format!("{id}:{name}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{issuer}/{name}"),
            "accountId": account,
        })
    };
    let identities = match role {
        Role::User => [
            user("mika", "AIDAEXAMPLE0000000001"),
            user("sora", "AIDAEXAMPLE0000000002"),
            json!({"type": "Root", "principalId": account, "accountId": account}),
        ],
        Role::UnknownUser => {
            let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
            let unknown = json!({"type": "IAMUser", "accountId": account, "userName": hidden});
            [unknown.clone(), unknown.clone(), unknown]
        }
        Role::Session => [
            session("AWSReservedSSO_ReadOnly_0123456789abcdef", "AROAEXAMPLE0000000001"),
            session("Operators", "AROAEXAMPLE0000000002"),
            session("Operators", "AROAEXAMPLE0000000003"),
        ],
        Role::Workflow => [
            json!({
                "type": "IdentityCenterUser",
                "accountId": account,
                "onBehalfOf": {"userId": "01234567-89ab-cdef-0123-456789abcdef"},
                "credentialId": "c-1",
            }),
            json!({"type": "Unknown", "principalId": account, "userName": "sora"}),
            json!({"type": "Unknown", "accountId": account}),
        ],
    };
    random.choose(&[0, 1, 2].map(|index| &identities[index])).clone()
}

/// Removes a field that is part of a key, or sets it to null, which counts as absent.
pub(super) fn remove_a_field(random: &mut Random, record: &mut Value) {
    let (parent, field) = random.choose(&[
        ("", "recipientAccountId"),
        ("", "recipientAccountId"),
        ("", "userAgent"),
        ("", "sourceIPAddress"),
        ("/userIdentity", "principalId"),
        ("/userIdentity", "accountId"),
        ("/userIdentity", "userName"),
        ("/userIdentity", "onBehalfOf"),
        ("/userIdentity", "type"),
        ("/additionalEventData", "AuthWorkflowID"),
        ("/additionalEventData", "AuthWorkflowID"),
    ]);
    let is_null = random.one_in(4);
    let Some(parent) = record.pointer_mut(parent).and_then(Value::as_object_mut) else {
        return;
    };
    match parent.get_mut(field) {
        Some(value) if is_null => *value = Value::Null,
        _ => drop(parent.shift_remove(field)),
    }
}
