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

/// Whether a record of this service with this `eventName` can be a sign-in record.
pub(crate) fn is_signin_event(source: &str, name: &str) -> bool {
    source == "signin.amazonaws.com" || source == "sso.amazonaws.com" && PORTAL.contains(&name)
}

/// The sign-in events of sso.amazonaws.com.
const PORTAL: [&str; 5] =
    ["Authenticate", "Federate", "Logout", "CreateToken", "GetRoleCredentials"];

const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// A sign-in record. The parts that may be written as JSON text are objects, or null.
struct Signin<'a> {
    record: &'a Json,
    identity: &'a Json,
    request: Json,
    response: Json,
    additional: Json,
    details: Json,
}

/// The verdict on a record with a string `eventSource`; `None` if it is no sign-in record.
pub(crate) fn evaluate(record: &Json) -> Result<Option<Verdict>, i32> {
    let (source, name) = (record.text("eventSource"), record.text("eventName"));
    if !is_signin_event(source, name) || is_waiting(source, name, record) {
        return Ok(None);
    }
    let signin = Signin {
        record,
        identity: record.get("userIdentity"),
        request: object(record.get("requestParameters"))?,
        response: object(record.get("responseElements"))?,
        additional: object(record.get("additionalEventData"))?,
        details: object(record.get("serviceEventDetails"))?,
    };
    let kind = signin.kind();
    let outcome = signin.outcome(kind);
    let reason = signin.reason(kind, outcome);
    let principal = signin.principal(kind, reason);
    Ok(Some(Verdict {
        kind,
        outcome,
        reason,
        principal,
        mfa: signin.mfa(kind, outcome, reason, principal),
        user_exists: signin.user_exists(kind, outcome, reason, principal),
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

/// A poll for a token that waits for the person is no sign-in.
fn is_waiting(source: &str, name: &str, record: &Json) -> bool {
    let code = record.text("errorCode");
    let has_error = !code.is_empty() || !record.text("errorMessage").is_empty();
    (source, name) == ("sso.amazonaws.com", "CreateToken")
        && (code.contains("AuthorizationPending")
            || code.contains("SlowDown")
            || !has_error && *record.get("responseElements") == Json::Null)
}

fn is_identity_center(kind: &str) -> bool {
    matches!(kind, "idc_challenge" | "idc_verification" | "idc_authentication")
}

fn is_oauth(kind: &str) -> bool {
    matches!(kind, "oauth_authorization" | "oauth_token" | "oauth_refresh")
}

/// A result word, in any ASCII case.
fn is_word(value: &Json, word: &str) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// Whether a time in UTC is on or after a day; `None` if it is not written as CloudTrail does.
fn is_since(time: &str, day: &str) -> Option<bool> {
    let is_form = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, expected)| match expected {
                b'0' => byte.is_ascii_digit(),
                _ => byte == expected,
            })
    };
    let (seconds, fraction) = match time.strip_suffix('Z')?.split_once('.') {
        Some((seconds, fraction)) => (seconds, fraction),
        None => (time.strip_suffix('Z')?, ""),
    };
    let is_time = is_form(seconds, "0000-00-00T00:00:00")
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_time.then(|| &seconds[..10] >= day)
}

impl Signin<'_> {
    fn kind(&self) -> &'static str {
        let grant = |object: &Json, key| object.text(key) == "refresh_token";
        match (self.record.text("eventSource"), self.record.text("eventName")) {
            ("signin.amazonaws.com", name) => match name {
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
                "AuthorizeOAuth2Access" => "oauth_authorization",
                "CreateOAuth2Token" if grant(&self.additional, "grant_type") => "oauth_refresh",
                "CreateOAuth2Token" if grant(&self.request, "grant_type") => "oauth_refresh",
                "CreateOAuth2Token" => "oauth_token",
                _ => "other_signin",
            },
            (_, "CreateToken") if grant(&self.request, "grantType") => "portal_refresh",
            (_, "CreateToken") => "portal_token",
            (_, "GetRoleCredentials") => "role_credentials",
            _ => "portal_session",
        }
    }

    /// The value that says how the event ended.
    fn result(&self, kind: &str) -> &Json {
        match self.record.get("eventName") {
            _ if is_oauth(kind) => self.additional.get("success"),
            Json::String(name) if is_identity_center(kind) => self.details.get(name),
            Json::String(name) => self.response.get(name),
            _ => &Json::Null,
        }
    }

    fn outcome(&self, kind: &str) -> &'static str {
        let result = self.result(kind);
        let (success, failure) =
            if is_oauth(kind) { ("true", "false") } else { ("Success", "Failure") };
        let is_first_step = matches!(kind, "mfa_check" | "idc_challenge" | "idc_verification");
        let has_code = !self.record.text("errorCode").is_empty();
        let has_error = has_code || !self.record.text("errorMessage").is_empty();
        match kind {
            _ if self.record.text("errorCode").contains("AccessDenied") => "denied",
            _ if is_word(result, failure) => "failure",
            _ if is_first_step && is_word(result, success) => "challenged",
            _ if is_word(result, success) => "success",
            "portal_session" if *result == Json::Null && has_error => "failure",
            "portal_session" if *result == Json::Null => "success",
            "portal_token" | "portal_refresh" | "role_credentials" if has_code => "failure",
            "portal_token" | "portal_refresh" if !self.response.text("accessToken").is_empty() => {
                "success"
            }
            "role_credentials" if !has_error => "success",
            _ => "unknown",
        }
    }

    fn reason(&self, kind: &str, outcome: &str) -> Option<&'static str> {
        let message = self.record.text("errorMessage");
        let denied_by = |policy: &str| {
            message.starts_with(&format!("Authorization denied because of a {policy}"))
        };
        let of_account = matches!(self.identity.text("type"), "Root" | "IAMUser");
        let is_hidden = self.additional.text("UserName") == HIDDEN;
        if outcome == "denied" {
            if denied_by("resource-based policy") {
                Some("resource_policy")
            } else if denied_by("resource control policy") {
                Some("resource_control_policy")
            } else {
                Some("access_denied")
            }
        } else if outcome != "failure" {
            None
        } else if kind == "mfa_check" || message.starts_with("No username found") {
            Some("unknown_user")
        } else if kind == "idc_verification" {
            Some(if is_hidden { "unknown_user" } else { "bad_factor" })
        } else if kind == "external_idp_login" {
            Some("external_idp_error")
        } else if kind == "console_login"
            && of_account
            && matches!(message, "Failed authentication" | "")
        {
            let mfa_used = is_word(self.additional.get("MFAUsed"), "Yes");
            Some(if mfa_used { "bad_password_or_mfa" } else { "bad_password" })
        } else {
            Some("other")
        }
    }

    fn principal(&self, kind: &str, reason: Option<&str>) -> &'static str {
        let identity = self.identity;
        let issuer = identity.get("sessionContext").get("sessionIssuer");
        let role_names = [identity.text("arn"), issuer.text("arn"), issuer.text("userName")];
        let has_store = !identity.get("onBehalfOf").text("identityStoreArn").is_empty();
        match identity.text("type") {
            _ if reason == Some("unknown_user") => "unknown_user",
            "Root" if kind == "external_idp_login" => "identity_center_user",
            "Root" => "root",
            "IAMUser" => "iam_user",
            "AssumedRole" if role_names.iter().any(|name| name.contains("AWSReservedSSO_")) => {
                "sso_role"
            }
            "AssumedRole" if !self.additional.text("SamlProviderArn").is_empty() => "saml_role",
            "AssumedRole" => "assumed_role",
            "SAMLUser" => "saml_role",
            "WebIdentityUser" => "web_identity",
            "FederatedUser" => "federated_user",
            "IdentityCenterUser" => "identity_center_user",
            _ if has_store => "identity_center_user",
            _ if kind == "external_idp_login" => "identity_center_user",
            "Unknown" if is_identity_center(kind) => self.unknown_type(),
            "AWSAccount" => "aws_account",
            _ => "unknown",
        }
    }

    /// Type Unknown on events of Identity Center and WorkSpaces.
    fn unknown_type(&self) -> &'static str {
        let id = self.identity.text("principalId");
        let page = self.additional.text("LoginTo");
        let is_account_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if page.starts_with("https://clients.amazonaws.com/workspaces")
            || self.factors().contains(&"SMARTCARD")
        {
            return "directory_user";
        }
        match is_since(self.record.text("eventTime"), "2025-07-14") {
            _ if id.is_empty() => "identity_center_user",
            Some(true) if is_account_id => "directory_user",
            Some(false) if is_account_id => "identity_center_user",
            _ => "unknown",
        }
    }

    /// The factors that CredentialType lists.
    fn factors(&self) -> Vec<&str> {
        let parts = self.additional.text("CredentialType").split(',');
        parts.map(|part| part.trim_matches(' ')).filter(|part| !part.is_empty()).collect()
    }

    fn mfa(
        &self,
        kind: &str,
        outcome: &str,
        reason: Option<&str>,
        principal: &str,
    ) -> &'static str {
        let mfa_used = self.additional.get("MFAUsed");
        let attributes = self.identity.get("sessionContext").get("attributes");
        let has_mfa = is_word(attributes.get("mfaAuthenticated"), "true") && outcome == "success";
        let enrolled = is_word(self.additional.get("DeviceEnrollmentRequired"), "true");
        let challenged = outcome == "challenged";
        match (kind, principal, self.factors().as_slice()) {
            _ if reason == Some("unknown_user") || outcome == "denied" => "unknown",
            ("mfa_check", ..) if challenged => "pending",
            ("idc_challenge", _, ["EXTERNAL_IDP"]) => "external",
            ("idc_challenge", _, ["PASSWORD"] | []) => "unknown",
            ("idc_challenge", ..) if challenged => "pending",
            _ if has_mfa => "used",
            (_, "sso_role" | "saml_role" | "assumed_role", _) => "external",
            (_, "federated_user" | "web_identity", _) => "external",
            ("console_login", "root" | "iam_user", _) if is_word(mfa_used, "Yes") => "used",
            ("console_login", "root" | "iam_user", _) if is_word(mfa_used, "No") => "not_used",
            ("idc_authentication", _, list) if list.contains(&"EXTERNAL_IDP") => "external",
            ("idc_authentication", ..) if enrolled => "used",
            ("idc_authentication", _, [_, _, ..] | ["SMARTCARD" | "WEBAUTHN"]) => "used",
            ("idc_authentication", _, [_]) => "not_used",
            _ => "unknown",
        }
    }

    fn user_exists(
        &self,
        kind: &str,
        outcome: &str,
        reason: Option<&str>,
        principal: &str,
    ) -> &'static str {
        let user_name = self.additional.text("UserName");
        let passed = matches!(kind, "mfa_check" | "idc_verification") && outcome == "challenged";
        let is_name = |name: &str| !name.is_empty() && name != HIDDEN;
        let is_named = is_name(self.identity.text("userName")) || is_name(user_name);
        let is_person = !self.identity.get("onBehalfOf").text("userId").is_empty();
        match reason {
            Some("unknown_user") => "no",
            _ if kind == "idc_challenge" && user_name == HIDDEN => "no",
            _ if outcome == "success" => "yes",
            _ if passed => "yes",
            _ if kind == "external_idp_login" => "unknown",
            _ if principal == "root" => "yes",
            _ if self.identity.text("principalId").starts_with("AIDA") => "yes",
            _ if is_person => "yes",
            Some("bad_password" | "bad_password_or_mfa") => "yes",
            Some("bad_factor") if is_named => "yes",
            _ => "unknown",
        }
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
