//! The `outcome` table: how the step ended.

use sekisho_scan::{Value, ValueKind};

use super::decision::{Decided, because, is_present};
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::{Kind, Outcome};

/// The result of an event, and the words that it can be.
pub(super) struct EventResult<'a> {
    pub(super) value: Option<Value<'a>>,
    /// The key of the value, if it is not the event's name.
    pub(super) key: Option<&'static str>,
    fields: &'static [Field],
    success: &'static str,
    failure: &'static str,
}

impl<'a> EventResult<'a> {
    pub(super) fn of(fields: FieldSource<'_, 'a>, kind: Kind) -> Self {
        let named = |container, fields_of: &'static [Field]| {
            let name = fields.text(Field::EventName);
            let value = name.and_then(|name| fields.member(container, name));
            let (success, failure) = ("Success", "Failure");
            EventResult { value, key: None, fields: fields_of, success, failure }
        };
        if kind.is_oauth() {
            let value = fields.get(Field::OAuthSuccess);
            let (success, failure) = ("true", "false");
            let fields = &[Field::OAuthSuccess];
            return EventResult { value, key: None, fields, success, failure };
        }
        if kind.is_identity_center() {
            return named(Field::ServiceEventDetails, &[Field::ServiceEventDetails]);
        }
        let result = named(Field::ResponseElements, &[Field::ResponseElements]);
        let is_token = matches!(kind, Kind::PortalToken | Kind::PortalRefresh);
        if is_token && !result.is(result.success) && !result.is(result.failure) {
            let value = fields.find_member(Field::ResponseElements, |key| key == ACCESS_TOKEN);
            return EventResult { value, key: Some(ACCESS_TOKEN), ..result };
        }
        result
    }

    fn is(&self, word: &str) -> bool {
        let text = self.value.and_then(|value| value.text());
        self.key.is_none() && text.is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    fn is_absent(&self) -> bool {
        self.value.is_none_or(|value| value.kind == ValueKind::Null)
    }

    fn is_token(&self) -> bool {
        let text = self.value.and_then(|value| value.text());
        self.key == Some(ACCESS_TOKEN) && text.is_some_and(|text| !text.is_empty())
    }
}

const ACCESS_TOKEN: &str = "accessToken";

pub(super) fn outcome<D: Decided<Outcome>>(
    fields: FieldSource<'_, '_>,
    kind: Kind,
    result: &EventResult<'_>,
) -> D {
    if fields.text(Field::ErrorCode).is_some_and(|code| code.contains("AccessDenied")) {
        return because(Outcome::Denied, "errorCode contains AccessDenied", &[Field::ErrorCode]);
    }
    if result.is(result.failure) {
        let line = if kind.is_oauth() { "success is false" } else { "the result is Failure" };
        return because(Outcome::Failure, line, result.fields);
    }
    if result.is(result.success) {
        return match kind {
            Kind::MfaCheck | Kind::IdcChallenge | Kind::IdcVerification => because(
                Outcome::Challenged,
                "the result is Success, of a step after which another is open",
                result.fields,
            ),
            _ if kind.is_oauth() => because(Outcome::Success, "success is true", result.fields),
            _ => because(Outcome::Success, "the result is Success", result.fields),
        };
    }
    match kind {
        Kind::PortalSession if result.is_absent() => portal_session(fields),
        Kind::PortalToken | Kind::PortalRefresh => portal_token(fields, result),
        Kind::RoleCredentials => role_credentials(fields),
        _ if kind.is_oauth() => {
            let line = "success is missing or neither true nor false";
            because(Outcome::Unknown, line, result.fields)
        }
        _ => {
            let line = "the result is missing or neither Success nor Failure";
            because(Outcome::Unknown, line, result.fields)
        }
    }
}

const ERRORS: &[Field] = &[Field::ErrorCode, Field::ErrorMessage];

fn has_error(fields: FieldSource<'_, '_>) -> bool {
    ERRORS.iter().any(|field| is_present(fields, *field))
}

fn portal_session<D: Decided<Outcome>>(fields: FieldSource<'_, '_>) -> D {
    if has_error(fields) {
        because(Outcome::Failure, "a portal session with an error", ERRORS)
    } else {
        because(Outcome::Success, "a portal session without an error", ERRORS)
    }
}

fn portal_token<D: Decided<Outcome>>(fields: FieldSource<'_, '_>, result: &EventResult<'_>) -> D {
    const TOKEN: &[Field] = &[Field::ErrorCode, Field::ResponseElements];
    if is_present(fields, Field::ErrorCode) {
        because(Outcome::Failure, "a CreateToken with an errorCode", &[Field::ErrorCode])
    } else if result.is_token() {
        because(Outcome::Success, "a CreateToken that returned an accessToken", TOKEN)
    } else {
        because(Outcome::Unknown, "a CreateToken without errorCode and accessToken", TOKEN)
    }
}

fn role_credentials<D: Decided<Outcome>>(fields: FieldSource<'_, '_>) -> D {
    if is_present(fields, Field::ErrorCode) {
        because(Outcome::Failure, "a GetRoleCredentials with an errorCode", &[Field::ErrorCode])
    } else if has_error(fields) {
        because(Outcome::Unknown, "a GetRoleCredentials with nothing but an errorMessage", ERRORS)
    } else {
        because(Outcome::Success, "a GetRoleCredentials without an error", ERRORS)
    }
}
