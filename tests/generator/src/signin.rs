//! The records of signin.amazonaws.com and their fields. `stories` combines them into attempts.

use serde_json::{Value, json};

use crate::case::Case;
use crate::era::Era;
use crate::identity::{self, SAML_PROVIDER};
use crate::record::Draft;
use crate::scene::Scene;

const EVENT_SOURCE: &str = "signin.amazonaws.com";
const MFA_TYPES: [&str; 4] = ["Virtual MFA", "U2F MFA", "Multiple MFA Devices", "SMS MFA"];
const CONSOLE_SERVICES: [&str; 5] = ["billing", "cloudwatch", "ec2/v2", "lambda", "s3"];

/// The fields that differ between ConsoleLogin records.
#[derive(Default)]
pub(crate) struct Login {
    pub(crate) result: Option<&'static str>,
    pub(crate) error_code: Option<&'static str>,
    pub(crate) error_message: Option<&'static str>,
    pub(crate) mfa_used: Option<&'static str>,
    pub(crate) mfa_identifier: Option<String>,
    pub(crate) through_saml: bool,
}

impl Login {
    pub(crate) fn success(mfa_used: &'static str) -> Self {
        Self { result: Some("Success"), mfa_used: Some(mfa_used), ..Self::default() }
    }

    pub(crate) fn failure(mfa_used: &'static str, error_message: &'static str) -> Self {
        Self {
            result: Some("Failure"),
            error_message: Some(error_message),
            mfa_used: Some(mfa_used),
            ..Self::default()
        }
    }
}

impl Scene<'_> {
    pub(crate) fn console_login(&mut self, case: Case, user_identity: Value, login: Login) {
        let is_role = user_identity["type"] == "AssumedRole";
        let mut additional = json!({});
        // Roles are sent to the console with a token and request no page.
        if !is_role {
            additional["LoginTo"] = json!(self.console_address());
        }
        additional["MobileVersion"] = json!(if self.random.percent(3) { "Yes" } else { "No" });
        if let Some(mfa_identifier) = login.mfa_identifier {
            additional["MFAIdentifier"] = json!(mfa_identifier);
        }
        if let Some(mfa_used) = login.mfa_used {
            additional["MFAUsed"] = json!(mfa_used);
        }
        if login.through_saml {
            let account = self.visit.account;
            let provider = format!("arn:aws:iam::{account}:saml-provider/{SAML_PROVIDER}");
            additional["SamlProviderArn"] = json!(provider);
        }
        let draft = Draft {
            error_code: login.error_code,
            error_message: login.error_message.map(str::to_owned),
            response_elements: result("ConsoleLogin", login.result),
            additional_event_data: Some(additional),
            ..self.signin_draft("ConsoleLogin", user_identity)
        };
        self.record(case, draft);
    }

    pub(crate) fn check_mfa(&mut self, case: Case, user_identity: Value, outcome: &'static str) {
        let mfa_type = self.random.pick(&MFA_TYPES);
        let draft = Draft {
            response_elements: result("CheckMfa", Some(outcome)),
            additional_event_data: (outcome == "Success").then(|| json!({"MfaType": mfa_type})),
            ..self.signin_draft("CheckMfa", user_identity)
        };
        self.record(case, draft);
    }

    /// SwitchRole, ExitRole or RenewRole: from the person's user to a role of the visited account, and
    /// back.
    pub(crate) fn role_event(
        &mut self,
        case: Case,
        event_name: &'static str,
        user_identity: Value,
        outcome: &'static str,
        error: Option<(&'static str, String)>,
    ) {
        let (error_code, error_message) = error.unzip();
        let additional = json!({
            "SwitchFrom": identity::iam_user(&self.person)["arn"],
            "RedirectTo": self.console_address(),
        });
        let draft = Draft {
            error_code,
            error_message,
            response_elements: result(event_name, Some(outcome)),
            additional_event_data: Some(additional),
            ..self.signin_draft(event_name, user_identity)
        };
        self.record(case, draft);
    }

    pub(crate) fn signin_token(&mut self, case: Case, user_identity: Value) {
        let credentials = json!({"accessKeyId": user_identity["accessKeyId"]});
        let response = json!({"credentials": credentials, "GetSigninToken": "Success"});
        let draft = Draft {
            response_elements: response,
            additional_event_data: Some(json!({"MobileVersion": "No", "MFAUsed": "No"})),
            ..self.signin_draft("GetSigninToken", user_identity)
        };
        self.record(case, draft);
    }

    /// An event about the account's root user or an external identity provider, with nothing but its
    /// result.
    pub(crate) fn root_event(
        &mut self,
        case: Case,
        event_name: &'static str,
        outcome: &'static str,
        error_message: Option<&str>,
    ) {
        let draft = Draft {
            error_message: error_message.map(str::to_owned),
            response_elements: result(event_name, Some(outcome)),
            ..self.signin_draft(event_name, identity::root(self.visit.account))
        };
        self.record(case, draft);
    }

    /// A call of a program that signs in for a person: a code from the browser, then a token.
    pub(crate) fn oauth_event(
        &mut self,
        case: Case,
        event_name: &'static str,
        user_identity: Value,
        request_parameters: Value,
        additional_event_data: Option<Value>,
    ) {
        let draft = Draft {
            event_type: "AwsApiCall",
            request_parameters,
            additional_event_data,
            has_request_id: true,
            ..self.signin_draft(event_name, user_identity)
        };
        self.record(case, draft);
    }

    /// An event that nobody has seen yet.
    pub(crate) fn unknown_event(&mut self) {
        let draft = Draft {
            event_type: "AwsApiCall",
            has_request_id: true,
            ..self.signin_draft("UserSessionContinued", identity::iam_user(&self.person))
        };
        self.record(Case::OtherSignin, draft);
    }

    fn signin_draft(&self, event_name: &'static str, user_identity: Value) -> Draft {
        let region = self.visit.region;
        Draft {
            event_source: EVENT_SOURCE,
            event_name,
            event_type: self.visit.era.signin_event_type(),
            user_identity: Some(user_identity),
            tls_host: Some(format!("{region}.signin.aws.amazon.com")),
            ..Draft::default()
        }
    }

    /// The page that the person requested.
    fn console_address(&mut self) -> String {
        if self.visit.era <= Era::Y2018 {
            return "https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true"
                .to_owned();
        }
        let region = self.visit.region;
        let state = self.random.hex(16);
        if self.random.percent(60) {
            return format!(
                "https://{region}.console.aws.amazon.com/console/home?hashArgs=%23&\
                 isauthcode=true&nc2=h_si&src=header-signin&\
                 state=hashArgsFromTB_{region}_{state}"
            );
        }
        let service = self.random.pick(&CONSOLE_SERVICES);
        format!(
            "https://{region}.console.aws.amazon.com/{service}/home?region={region}&\
             state=hashArgsFromTB_{region}_{state}&hashArgs=%23&isauthcode=true"
        )
    }
}

fn result(event_name: &str, outcome: Option<&str>) -> Value {
    outcome.map_or(Value::Null, |outcome| json!({event_name: outcome}))
}
