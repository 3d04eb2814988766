//! The records of IAM Identity Center: signin.amazonaws.com for its sign-in page, sso.amazonaws.com
//! for its portal.

use serde_json::{Value, json};

use crate::case::Case;
use crate::era::Era;
use crate::identity::{self, IDENTITY_STORE};
use crate::record::Draft;
use crate::scene::Scene;

/// One visit to the sign-in page, whose records share an AuthWorkflowID.
pub(crate) struct Workflow {
    id: String,
    user_identity: Value,
    /// The name in its challenges.
    user_name: Option<String>,
    /// The page that the user signs in to, if it is not the access portal.
    page: Option<&'static str>,
}

impl Scene<'_> {
    pub(crate) fn start_workflow(&mut self) -> Workflow {
        Workflow {
            id: self.random.uuid(),
            user_identity: identity::identity_center_user(
                self.random,
                self.visit.era,
                &self.person,
            ),
            user_name: None,
            page: None,
        }
    }

    /// A visit that fails, as it is written since 2025.
    pub(crate) fn start_refused_workflow(&mut self, user_name: String) -> Workflow {
        Workflow {
            id: self.random.uuid(),
            user_identity: identity::refused_identity_center_user(&self.person),
            user_name: Some(user_name),
            page: None,
        }
    }

    /// A visit to the sign-in page of WorkSpaces.
    pub(crate) fn start_directory_workflow(&mut self) -> Workflow {
        Workflow {
            id: self.random.uuid(),
            user_identity: identity::directory_user(&self.person),
            user_name: None,
            page: Some("https://clients.amazonaws.com/workspaces"),
        }
    }

    pub(crate) fn challenge(&mut self, case: Case, workflow: &Workflow, credential_type: &str) {
        let mut data = json!({"AuthWorkflowID": workflow.id, "CredentialType": credential_type});
        if let Some(user_name) = &workflow.user_name {
            data["UserName"] = json!(user_name);
        }
        self.workflow_event(case, workflow, "CredentialChallenge", "Success", data);
    }

    pub(crate) fn verification(
        &mut self,
        case: Case,
        workflow: &Workflow,
        credential_type: &str,
        outcome: &'static str,
    ) {
        let data = json!({"AuthWorkflowID": workflow.id, "CredentialType": credential_type});
        self.workflow_event(case, workflow, "CredentialVerification", outcome, data);
    }

    /// The same with the name of the workflow.
    pub(crate) fn named_verification(
        &mut self,
        case: Case,
        workflow: &Workflow,
        credential_type: &str,
        outcome: &'static str,
    ) {
        let data = json!({
            "AuthWorkflowID": workflow.id,
            "CredentialType": credential_type,
            "UserName": workflow.user_name,
        });
        self.workflow_event(case, workflow, "CredentialVerification", outcome, data);
    }

    /// All factors succeeded; `credential_types` is their comma-separated list.
    pub(crate) fn authentication(
        &mut self,
        case: Case,
        workflow: &Workflow,
        credential_types: &str,
    ) {
        let data = self.authentication_data(workflow, credential_types);
        self.workflow_event(case, workflow, "UserAuthentication", "Success", data);
    }

    /// The same of a user who had to register a device.
    pub(crate) fn enrolled_authentication(&mut self, case: Case, workflow: &Workflow) {
        let mut data = self.authentication_data(workflow, "PASSWORD");
        data["DeviceEnrollmentRequired"] = json!("true");
        self.workflow_event(case, workflow, "UserAuthentication", "Success", data);
    }

    fn authentication_data(&mut self, workflow: &Workflow, credential_types: &str) -> Value {
        let page = match workflow.page {
            Some(page) => page.to_owned(),
            None => {
                let state = self.random.token(300);
                format!("https://{IDENTITY_STORE}.awsapps.com/start/?state={state}")
            }
        };
        json!({
            "AuthWorkflowID": workflow.id,
            "LoginTo": page,
            "CredentialType": credential_types,
        })
    }

    /// CreateToken or GetRoleCredentials of the portal, by a program.
    pub(crate) fn portal_call(
        &mut self,
        case: Case,
        event_name: &'static str,
        error_code: Option<&'static str>,
        request_parameters: Value,
        response_elements: Value,
    ) {
        let user_identity = if error_code.is_some() {
            identity::refused_identity_center_user(&self.person)
        } else {
            identity::identity_center_user(self.random, Era::Now, &self.person)
        };
        let draft = Draft {
            event_source: "sso.amazonaws.com",
            event_name,
            event_type: "AwsApiCall",
            user_identity: Some(user_identity),
            error_code,
            request_parameters,
            response_elements,
            has_request_id: true,
            ..Draft::default()
        };
        self.record(case, draft);
    }

    /// Authenticate, Federate or Logout of the portal. Most have no result.
    pub(crate) fn portal_event(
        &mut self,
        case: Case,
        event_name: &'static str,
        details: Option<Value>,
        error_code: Option<&'static str>,
    ) {
        let user_identity =
            identity::identity_center_user(self.random, self.visit.era, &self.person);
        let is_anonymous = self.visit.era < Era::Now && self.random.percent(15);
        let draft = Draft {
            event_source: "sso.amazonaws.com",
            event_name,
            event_type: "AwsServiceEvent",
            user_identity: (!is_anonymous).then_some(user_identity),
            error_code,
            has_request_id: true,
            service_event_details: details,
            ..Draft::default()
        };
        self.record(case, draft);
    }

    fn workflow_event(
        &mut self,
        case: Case,
        workflow: &Workflow,
        event_name: &'static str,
        outcome: &'static str,
        additional_event_data: Value,
    ) {
        let draft = Draft {
            event_source: "signin.amazonaws.com",
            event_name,
            event_type: "AwsServiceEvent",
            user_identity: Some(workflow.user_identity.clone()),
            additional_event_data: Some(additional_event_data),
            has_request_id: true,
            service_event_details: Some(json!({event_name: outcome})),
            ..Draft::default()
        };
        self.record(case, draft);
    }
}
