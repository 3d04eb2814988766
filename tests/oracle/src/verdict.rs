//! The truth table of verdicts: one function per value, one `if` per line; the first match counts.

use serde::Serialize;

use crate::json::{self, Json};

/// The verdict on a sign-in record. Each field has a closed list of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The type of event.
    pub kind: &'static str,
    /// The result of the event.
    pub outcome: &'static str,
    /// Why the sign-in was refused; `None` unless the outcome is `failure` or `denied`.
    pub reason: Option<&'static str>,
    /// The class of the principal that signed in.
    pub principal: &'static str,
    /// What is known about a second factor.
    pub mfa: &'static str,
    /// Whether the named user exists.
    pub user_exists: &'static str,
}

impl Verdict {
    /// Compact JSON, the keys in the order of the fields.
    ///
    /// # Panics
    /// Never: strings always have a JSON form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings have a JSON form")
    }
}

/// Whether the service with this `eventSource` writes sign-in records.
pub(crate) fn is_signin_source(source: &str) -> bool {
    matches!(source, "signin.amazonaws.com" | "sso.amazonaws.com")
}

/// The verdict on a record with a string `eventSource`; `None` if it is no sign-in record.
pub(crate) fn evaluate(record: &Json) -> Result<Option<Verdict>, i32> {
    let Some(kind) = kind(record.text("eventSource"), record.text("eventName")) else {
        return Ok(None);
    };
    let response = object(record.get("responseElements"))?;
    let additional = object(record.get("additionalEventData"))?;
    let details = object(record.get("serviceEventDetails"))?;

    let results = if is_identity_center(kind) { &details } else { &response };
    let result = match record.get("eventName") {
        Json::String(event_name) => results.get(event_name),
        _ => &Json::Null,
    };
    let outcome = outcome(kind, result, record);
    let reason = reason(kind, outcome, record, &additional);
    let principal = principal(kind, reason, record.get("userIdentity"), &additional);
    Ok(Some(Verdict {
        kind,
        outcome,
        reason,
        principal,
        mfa: mfa(kind, outcome, reason, principal, &additional),
        user_exists: user_exists(kind, outcome, reason, principal, record),
    }))
}

/// An object, given as it is or as JSON text; null for anything else.
fn object(value: &Json) -> Result<Json, i32> {
    match (value, value.as_json_text()) {
        (Json::Object(_), _) => Ok(value.clone()),
        (_, Some(text)) => {
            let (tree, end) = json::read(text.as_bytes());
            end.map(|()| tree)
        }
        _ => Ok(Json::Null),
    }
}

fn kind(event_source: &str, event_name: &str) -> Option<&'static str> {
    match (event_source, event_name) {
        ("signin.amazonaws.com", name) => Some(match name {
            "ConsoleLogin" => "console_login",
            "CheckMfa" => "mfa_check",
            "SwitchRole" => "role_switch",
            "ExitRole" => "role_exit",
            "RenewRole" => "role_renew",
            "GetSigninToken" => "signin_token",
            "PasswordRecoveryRequested" | "PasswordRecoveryCompleted" => "password_recovery",
            "PasswordUpdated" | "EmailUpdated" | "AccountNameUpdated" => "account_change",
            "ExternalIdPDirectoryLogin" => "external_idp_login",
            "CredentialChallenge" => "idc_challenge",
            "CredentialVerification" => "idc_verification",
            "UserAuthentication" => "idc_authentication",
            _ => "other_signin",
        }),
        ("sso.amazonaws.com", "Authenticate" | "Federate" | "Logout") => Some("portal_session"),
        _ => None,
    }
}

fn is_identity_center(kind: &str) -> bool {
    matches!(kind, "idc_challenge" | "idc_verification" | "idc_authentication")
}

/// A result word, in any ASCII case.
fn is_word(value: &Json, word: &str) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word))
}

fn outcome(kind: &str, result: &Json, record: &Json) -> &'static str {
    let is_first_step = matches!(kind, "mfa_check" | "idc_challenge" | "idc_verification");
    if record.text("errorCode").contains("AccessDenied") {
        "denied"
    } else if is_word(result, "Failure") {
        "failure"
    } else if is_first_step && is_word(result, "Success") {
        "challenged"
    } else if is_word(result, "Success") {
        "success"
    } else if kind == "portal_session" && *result == Json::Null {
        let no_error =
            record.text("errorCode").is_empty() && record.text("errorMessage").is_empty();
        if no_error { "success" } else { "failure" }
    } else {
        "unknown"
    }
}

fn reason(kind: &str, outcome: &str, record: &Json, additional: &Json) -> Option<&'static str> {
    let error_message = record.text("errorMessage");
    let of_account = matches!(record.get("userIdentity").text("type"), "Root" | "IAMUser");
    if !matches!(outcome, "failure" | "denied") {
        None
    } else if outcome == "denied" {
        Some("access_denied")
    } else if kind == "mfa_check" || error_message.starts_with("No username found") {
        Some("unknown_user")
    } else if kind == "idc_verification" {
        Some("bad_factor")
    } else if kind == "external_idp_login" {
        Some("external_idp_error")
    } else if kind == "console_login"
        && of_account
        && matches!(error_message, "Failed authentication" | "")
    {
        let mfa_used = is_word(additional.get("MFAUsed"), "Yes");
        Some(if mfa_used { "bad_password_or_mfa" } else { "bad_password" })
    } else {
        Some("other")
    }
}

fn principal(kind: &str, reason: Option<&str>, identity: &Json, additional: &Json) -> &'static str {
    let issuer = identity.get("sessionContext").get("sessionIssuer");
    let role_names = [identity.text("arn"), issuer.text("arn"), issuer.text("userName")];
    match identity.text("type") {
        _ if reason == Some("unknown_user") => "unknown_user",
        "Root" => "root",
        "IAMUser" => "iam_user",
        "AssumedRole" if role_names.iter().any(|name| name.contains("AWSReservedSSO_")) => {
            "sso_role"
        }
        "AssumedRole" if !additional.text("SamlProviderArn").is_empty() => "saml_role",
        "AssumedRole" => "assumed_role",
        "SAMLUser" => "saml_role",
        "WebIdentityUser" => "web_identity",
        "FederatedUser" => "federated_user",
        "IdentityCenterUser" => "identity_center_user",
        "Unknown" if is_identity_center(kind) => "identity_center_user",
        "AWSAccount" => "aws_account",
        _ => "unknown",
    }
}

fn mfa(
    kind: &str,
    outcome: &str,
    reason: Option<&str>,
    principal: &str,
    additional: &Json,
) -> &'static str {
    let mfa_used = additional.get("MFAUsed");
    let parts = additional.text("CredentialType").split(',').map(|part| part.trim_matches(' '));
    let factors: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let challenged = outcome == "challenged";
    match (kind, principal, factors.as_slice()) {
        _ if reason == Some("unknown_user") => "unknown",
        ("mfa_check", ..) if challenged => "pending",
        ("idc_challenge", _, ["EXTERNAL_IDP"]) => "external",
        ("idc_challenge", _, ["PASSWORD"] | []) => "unknown",
        ("idc_challenge", ..) if challenged => "pending",
        (_, "sso_role" | "saml_role" | "assumed_role" | "federated_user" | "web_identity", _) => {
            "external"
        }
        ("console_login", "root" | "iam_user", _) if is_word(mfa_used, "Yes") => "used",
        ("console_login", "root" | "iam_user", _) if is_word(mfa_used, "No") => "not_used",
        ("idc_authentication", _, list) if list.contains(&"EXTERNAL_IDP") => "external",
        ("idc_authentication", _, [_, _, ..] | ["SMARTCARD" | "WEBAUTHN"]) => "used",
        ("idc_authentication", _, [_]) => "not_used",
        _ => "unknown",
    }
}

fn user_exists(
    kind: &str,
    outcome: &str,
    reason: Option<&str>,
    principal: &str,
    record: &Json,
) -> &'static str {
    let principal_id = record.get("userIdentity").text("principalId");
    let named = matches!(kind, "mfa_check" | "idc_verification") && outcome == "challenged";
    match reason {
        Some("unknown_user") => "no",
        _ if outcome == "success" => "yes",
        _ if named => "yes",
        _ if principal == "root" => "yes",
        _ if principal_id.starts_with("AIDA") => "yes",
        Some("bad_password" | "bad_password_or_mfa" | "bad_factor") => "yes",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Verdict, evaluate};
    use crate::json;

    fn verdict(record: &Value) -> Verdict {
        let (tree, end) = json::read(record.to_string().as_bytes());
        end.expect("serde_json writes JSON");
        evaluate(&tree).expect("nothing is malformed").expect("a sign-in record")
    }

    fn console_login(result: &str, error_message: &str, mfa_used: &str) -> Value {
        json!({
            "eventSource": "signin.amazonaws.com",
            "eventName": "ConsoleLogin",
            "userIdentity": { "type": "IAMUser" },
            "errorMessage": error_message,
            "responseElements": { "ConsoleLogin": result },
            "additionalEventData": { "MFAUsed": mfa_used },
        })
    }

    #[test]
    fn writes_compact_json_in_field_order() {
        assert_eq!(
            verdict(&console_login("Success", "", "No")).to_json(),
            r#"{"kind":"console_login","outcome":"success","reason":null,"principal":"iam_user","mfa":"not_used","user_exists":"yes"}"#
        );
    }

    #[test]
    fn a_denial_beats_a_success() {
        let mut record = console_login("Success", "", "No");
        record["errorCode"] = "Client.AccessDeniedException".into();
        let verdict = verdict(&record);
        assert_eq!((verdict.outcome, verdict.reason), ("denied", Some("access_denied")));
    }

    #[test]
    fn blames_the_password_alone_only_without_mfa() {
        let reason = |mfa_used| verdict(&console_login("Failure", "", mfa_used)).reason;
        assert_eq!(reason("YES"), Some("bad_password_or_mfa"));
        assert_eq!(reason("No"), Some("bad_password"));
        assert_eq!(reason(""), Some("bad_password"));
    }

    #[test]
    fn an_unknown_user_has_no_factor_and_does_not_exist() {
        let verdict = verdict(&console_login("Failure", "No username found in the account", "Yes"));
        assert_eq!(verdict.principal, "unknown_user");
        assert_eq!((verdict.mfa, verdict.user_exists), ("unknown", "no"));
    }

    #[test]
    fn only_result_words_ignore_case() {
        assert_eq!(verdict(&console_login("SUCCESS", "", "nO")).mfa, "not_used");
        assert_eq!(verdict(&console_login("Succeeded", "", "No")).outcome, "unknown");
        assert_eq!(
            verdict(&console_login("failure", "failed authentication", "No")).reason,
            Some("other")
        );
    }

    #[test]
    fn splits_the_list_of_factors() {
        let mfa = |credential_type: &str| {
            verdict(&json!({
                "eventSource": "signin.amazonaws.com",
                "eventName": "UserAuthentication",
                "additionalEventData": { "CredentialType": credential_type },
                "serviceEventDetails": { "UserAuthentication": "Success" },
            }))
            .mfa
        };
        assert_eq!(mfa("PASSWORD, TOTP"), "used");
        assert_eq!(mfa("PASSWORD, ,"), "not_used");
        assert_eq!(mfa("WEBAUTHN"), "used");
        assert_eq!(mfa("PASSWORD,EXTERNAL_IDP"), "external");
        assert_eq!(mfa(" , "), "unknown");
    }

    #[test]
    fn the_error_decides_a_portal_session_without_a_result() {
        let outcome = |error: &Value, result: &Value| {
            verdict(&json!({
                "eventSource": "sso.amazonaws.com",
                "eventName": "Federate",
                "errorMessage": error,
                "responseElements": { "Federate": result },
            }))
            .outcome
        };
        assert_eq!(outcome(&json!(null), &json!(null)), "success");
        assert_eq!(outcome(&json!("expired"), &json!(null)), "failure");
        assert_eq!(outcome(&json!(null), &json!(1)), "unknown");
    }
}
