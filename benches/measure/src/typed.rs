//! A struct with the fields that the task needs.

use std::borrow::Cow;

use serde::Deserialize;

use crate::classification::{Classification, Fields};

/// The needed fields of a record, which a Rust program would deserialize with serde.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Typed<'a> {
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

impl Typed<'_> {
    /// Classifies by the fields.
    pub fn classify(&self) -> Classification {
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
        fields.classify()
    }
}
