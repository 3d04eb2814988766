//! What the forms say of one record, and who it was: `plugin/forms/README.md`, line by line.

use serde_json::{Value, json};

use crate::identity;
use crate::json;
use crate::time;
use crate::verdict::Verdict;

/// A record in which the members that may be JSON text are objects, and its verdict.
pub(super) struct Signin<'a> {
    record: Value,
    pub(super) verdict: &'a Verdict,
}

/// The object `identity` of the record of a sign-in.
pub fn identity_object(record: &Value, verdict: &Verdict) -> Value {
    let signin = Signin::new(record, verdict);
    json!({
        "identity": signin.identity(),
        "user": signin.user(),
        "role": signin.entered_role().or(signin.session_role()),
        "account": signin.account(),
        "role_account": signin.role_account(),
        "source_ip": signin.text("/sourceIPAddress"),
        "factor": signin.factor(),
        "through": signin.through(),
    })
}

/// The record with objects where its members are JSON text.
fn with_objects(record: &Value) -> Value {
    let mut record = record.clone();
    for key in
        ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"]
    {
        let text = record[key].as_str().filter(|text| text.starts_with('{'));
        if let Some((tree, Ok(()))) = text.map(|text| json::read(text.as_bytes())) {
            record[key] = tree.into();
        }
    }
    record
}

impl<'a> Signin<'a> {
    pub(super) fn new(record: &Value, verdict: &'a Verdict) -> Self {
        Signin { record: with_objects(record), verdict }
    }

    pub(super) fn identity(&self) -> Option<String> {
        identity::identity(&self.record, self.verdict)
    }

    pub(super) fn user(&self) -> Option<&str> {
        identity::user(&self.record, self.verdict)
    }

    /// A string that is not empty.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.record.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn account(&self) -> Option<&str> {
        identity::account(&self.record).filter(|account| !account.is_empty())
    }

    pub(super) fn time(&self) -> Option<(i64, &str)> {
        let text = self.text("/eventTime")?;
        Some((time::parse(text)?, text))
    }

    pub(super) fn flow(&self) -> &'static str {
        match (self.verdict.kind, self.text("/eventName").unwrap_or("")) {
            ("portal_session", "Logout") => "end",
            (
                "console_login" | "idc_authentication" | "external_idp_login" | "portal_token"
                | "role_credentials" | "oauth_token" | "portal_session",
                _,
            ) => "start",
            ("role_switch", _) => "enter",
            ("role_exit", _) => "leave",
            ("password_recovery", "PasswordRecoveryRequested") => "request",
            ("password_recovery" | "account_change", _) => "change",
            ("mfa_check" | "idc_challenge" | "idc_verification", _) => "step",
            _ => "info",
        }
    }

    fn entered(&self, camel: &str, snake: &str) -> Option<&str> {
        let enters = ["role_switch", "portal_session", "role_credentials"];
        if !enters.contains(&self.verdict.kind) {
            return None;
        }
        self.text(&format!("/requestParameters/{camel}"))
            .or(self.text(&format!("/requestParameters/{snake}")))
            .or(self.text(&format!("/serviceEventDetails/{snake}")))
            .or(self.text("/additionalEventData/SwitchTo"))
    }

    pub(super) fn entered_role(&self) -> Option<String> {
        let role = self.entered("roleName", "role_name")?;
        Some(role.rsplit('/').next().unwrap_or(role).to_owned())
    }

    pub(super) fn session_role(&self) -> Option<String> {
        self.text("/userIdentity/sessionContext/sessionIssuer/userName").map(str::to_owned)
    }

    pub(super) fn role_account(&self) -> Option<&str> {
        let account = self.entered("accountId", "account_id")?;
        let account = match account.strip_prefix("arn:") {
            Some(arn) => arn.split(':').nth(3)?,
            None => account,
        };
        Some(account).filter(|account| !account.is_empty())
    }

    pub(super) fn factor(&self) -> Option<&str> {
        let device = self.text("/additionalEventData/MFAIdentifier").unwrap_or("");
        let of_device = match device {
            _ if device.contains(":mfa/") => Some("virtual"),
            _ if device.contains(":u2f/") => Some("key"),
            _ => None,
        };
        self.text("/additionalEventData/CredentialType")
            .or(self.text("/additionalEventData/MfaType"))
            .or(of_device)
    }

    pub(super) fn through(&self) -> Option<&'static str> {
        let text = |pointer| self.text(pointer).unwrap_or("");
        let kind = self.verdict.kind;
        if text("/requestParameters/client_id").contains("external-client") {
            Some("agent")
        } else if text("/userAgent").starts_with("aws-cli") {
            Some("cli")
        } else if text("/additionalEventData/MobileVersion").eq_ignore_ascii_case("yes") {
            Some("mobile")
        } else if kind.starts_with("oauth_")
            || ["portal_token", "portal_refresh", "role_credentials"].contains(&kind)
        {
            Some("cli")
        } else if kind.starts_with("role_")
            || ["console_login", "mfa_check", "signin_token", "password_recovery"].contains(&kind)
            || ["account_change", "portal_session"].contains(&kind)
        {
            Some("console")
        } else {
            None
        }
    }
}
