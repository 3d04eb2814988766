//! serde_json, into a struct of the fields that are asked for, and into a `Value`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::Ask;
use crate::answer::{Answer, Fields};

pub(super) fn typed(records: &[Vec<u8>]) -> Ask<'_> {
    Box::new(|index| serde_json::from_slice::<Record>(&records[index]).expect("a record").answer())
}

pub(super) fn value(records: &[Vec<u8>]) -> Ask<'_> {
    Box::new(|index| {
        let record: Value = serde_json::from_slice(&records[index]).expect("JSON");
        let fields = Fields {
            source: record["eventSource"].as_str().unwrap_or_default(),
            name: record["eventName"].as_str().unwrap_or_default(),
            result: record["responseElements"]["ConsoleLogin"].as_str(),
            code: record["errorCode"].as_str(),
            message: record["errorMessage"].as_str(),
            identity: record["userIdentity"]["type"].as_str(),
            mfa_used: record["additionalEventData"]["MFAUsed"].as_str(),
        };
        fields.answer()
    })
}

/// A record, as far as it is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    #[serde(borrow)]
    error_code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error_message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_identity: Option<UserIdentity<'a>>,
    #[serde(borrow)]
    response_elements: Option<ResponseElements<'a>>,
    #[serde(borrow)]
    additional_event_data: Option<AdditionalEventData<'a>>,
}

#[derive(Deserialize)]
struct UserIdentity<'a> {
    #[serde(borrow, rename = "type")]
    identity_type: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ResponseElements<'a> {
    #[serde(borrow, rename = "ConsoleLogin")]
    console_login: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct AdditionalEventData<'a> {
    #[serde(borrow, rename = "MFAUsed")]
    mfa_used: Option<Cow<'a, str>>,
}

impl Record<'_> {
    pub(super) fn answer(&self) -> Answer {
        let response = self.response_elements.as_ref();
        let identity = self.user_identity.as_ref();
        let additional = self.additional_event_data.as_ref();
        let fields = Fields {
            source: &self.event_source,
            name: &self.event_name,
            result: response.and_then(|response| response.console_login.as_deref()),
            code: self.error_code.as_deref(),
            message: self.error_message.as_deref(),
            identity: identity.and_then(|identity| identity.identity_type.as_deref()),
            mfa_used: additional.and_then(|additional| additional.mfa_used.as_deref()),
        };
        fields.answer()
    }
}
