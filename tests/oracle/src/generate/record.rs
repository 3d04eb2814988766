//! Random records of a person.

use serde_json::{Map, Value, json};

use super::person::{Person, Role, remove_a_field};
use super::random::Random;

pub(super) fn record(random: &mut Random, person: &Person) -> Value {
    let mut record = person.shared.clone();
    if random.one_in(15) {
        unrelated(random, &mut record);
        return record;
    }
    match person.role {
        Role::User => match random.usize(0..12) {
            0..5 => check(random, &mut record),
            5..11 => login(random, &mut record),
            _ => external_login(random, &mut record),
        },
        Role::UnknownUser if random.bool() => set_result(&mut record, "CheckMfa", "Failure"),
        Role::UnknownUser => {
            set_result(&mut record, "ConsoleLogin", "Failure");
            record["errorMessage"] = "No username found in supplied account".into();
        }
        Role::Session => {
            login(random, &mut record);
            if random.one_in(4) {
                record["userIdentity"]["sessionContext"] =
                    json!({"attributes": {"mfaAuthenticated": random.choose(&["true", "false"])}});
            }
            if random.bool() {
                record["additionalEventData"]["SamlProviderArn"] =
                    "arn:aws:iam::111122223333:saml-provider/ExampleIdP".into();
            }
        }
        Role::Workflow => identity_center(random, &mut record),
    }
    if random.one_in(15) {
        deny(random, &mut record);
    }
    if random.one_in(15) {
        remove_a_field(random, &mut record);
    }
    if random.one_in(10) {
        record["awsRegion"] = "ap-northeast-1".into();
    }
    record
}

/// Denies access, at times by a policy.
fn deny(random: &mut Random, record: &mut Value) {
    record["errorCode"] = "AccessDenied".into();
    let policy = random.choose(&["", "resource-based policy", "resource control policy"]);
    if !policy.is_empty() {
        record["errorMessage"] = format!("Authorization denied because of a {policy}").into();
    }
}

/// A failed check is always that of an unknown user.
fn check(random: &mut Random, record: &mut Value) {
    let result = random.choose(&["Success", "Success", "Success", "Success", "Failure", ""]);
    set_result(record, "CheckMfa", result);
    record["additionalEventData"] = json!({"MfaType": "Virtual MFA"});
}

fn login(random: &mut Random, record: &mut Value) {
    let results = &["Success", "Success", "Success", "Failure", "Failure", "Failure", "Failure"];
    let result = if random.one_in(20) { "" } else { random.choose(results) };
    set_result(record, "ConsoleLogin", result);
    record["additionalEventData"] = match random.usize(0..7) {
        0 => json!({"MobileVersion": "No"}),
        1 | 2 => json!({"MobileVersion": "No", "MFAUsed": "No"}),
        _ => json!({"MobileVersion": "No", "MFAUsed": "Yes"}),
    };
    if result == "Failure" {
        record["errorMessage"] = match random.usize(0..8) {
            0 => "No username found in supplied account".into(),
            1 => "Internal error".into(),
            2 => Value::Null,
            _ => "Failed authentication".into(),
        };
    }
}

fn external_login(random: &mut Random, record: &mut Value) {
    let result = random.choose(&["Success", "Failure"]);
    set_result(record, "ExternalIdPDirectoryLogin", result);
    if random.one_in(4) {
        record["errorMessage"] = "No username found in supplied account".into();
    }
}

fn identity_center(random: &mut Random, record: &mut Value) {
    let (event_name, types): (_, &[_]) = match random.usize(0..9) {
        0..3 => ("CredentialChallenge", &["PASSWORD", "TOTP", "WEBAUTHN", "EXTERNAL_IDP"]),
        3..7 => ("CredentialVerification", &["PASSWORD", "TOTP"]),
        _ => ("UserAuthentication", &["PASSWORD", "PASSWORD,TOTP", "EXTERNAL_IDP", ""]),
    };
    let result = match event_name {
        "CredentialVerification" => random.choose(&["Success", "Failure", "Failure"]),
        _ => random.choose(&["Success", "Success", "Success", "Success", "Success", "Failure"]),
    };
    let result = if random.one_in(20) { "" } else { result };
    record["eventName"] = event_name.into();
    record["additionalEventData"]["CredentialType"] = random.choose(types).into();
    record["serviceEventDetails"] = json!({event_name: result});
    name_user(random, record);
    if event_name == "UserAuthentication" && random.one_in(3) {
        record["additionalEventData"]["LoginTo"] =
            "https://clients.amazonaws.com/workspaces".into();
    }
    if event_name == "UserAuthentication" && random.one_in(6) {
        record["additionalEventData"]["DeviceEnrollmentRequired"] = "true".into();
    }
    if random.one_in(20) {
        record["additionalEventData"]["CredentialType"] = "SMARTCARD".into();
    }
}

/// Gives the record a name that the others of its workflow may lack or contradict.
fn name_user(random: &mut Random, record: &mut Value) {
    const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let additional = &mut record["additionalEventData"];
    match random.usize(0..12) {
        0..5 => {}
        5..9 => drop(additional.as_object_mut().map(|one| one.shift_remove("UserName"))),
        9 => additional["UserName"] = "SORA".into(),
        10 => additional["UserName"] = random.choose(&["mika", "", "123456789012"]).into(),
        _ => additional["UserName"] = HIDDEN.into(),
    }
    if random.one_in(4) {
        let userless = record["userIdentity"].as_object_mut();
        drop(userless.map(|identity| identity.shift_remove("onBehalfOf")));
    }
    if random.one_in(20) {
        record["userIdentity"]["userName"] = random.choose(&["Sora", HIDDEN, ""]).into();
    }
}

/// A record that is part of no attempt; most are sign-in records.
fn unrelated(random: &mut Random, record: &mut Value) {
    let (event_source, event_name) = random.choose(&[
        ("signin.amazonaws.com", "SwitchRole"),
        ("signin.amazonaws.com", "GetSigninToken"),
        ("signin.amazonaws.com", "PasswordRecoveryRequested"),
        ("signin.amazonaws.com", "UserAuthenticationStarted"),
        ("signin.amazonaws.com", "AuthorizeOAuth2Access"),
        ("signin.amazonaws.com", "CreateOAuth2Token"),
        ("sso.amazonaws.com", "Authenticate"),
        ("sso.amazonaws.com", "CreateToken"),
        ("sso.amazonaws.com", "GetRoleCredentials"),
        ("s3.amazonaws.com", "ConsoleLogin"),
    ]);
    record["eventSource"] = event_source.into();
    set_result(record, event_name, random.choose(&["Success", "Failure"]));
}

/// Sets name and result; an empty result is neither Success nor Failure.
fn set_result(record: &mut Value, event_name: &str, result: &str) {
    record["eventName"] = event_name.into();
    let mut elements = Map::new();
    elements.insert(event_name.to_owned(), result.into());
    record["responseElements"] = elements.into();
}
