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
        }
    }

    pub(crate) fn challenge(&mut self, case: Case, workflow: &Workflow, credential_type: &str) {
        let data = json!({"AuthWorkflowID": workflow.id, "CredentialType": credential_type});
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

    /// All factors succeeded; `credential_types` is their comma-separated list.
    pub(crate) fn authentication(
        &mut self,
        case: Case,
        workflow: &Workflow,
        credential_types: &str,
    ) {
        let state = self.random.token(300);
        let data = json!({
            "AuthWorkflowID": workflow.id,
            "LoginTo": format!("https://{IDENTITY_STORE}.awsapps.com/start/?state={state}"),
            "CredentialType": credential_types,
        });
        self.workflow_event(case, workflow, "UserAuthentication", "Success", data);
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
