//! The `outcome` table: how the step ended.

use sekisho_scan::{Value, ValueKind};

use super::decision::{Decision, because, is_present};
use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Outcome};

/// The object that contains the result, under the event's name.
pub(super) fn result_container(kind: Kind) -> Field {
    if kind.is_identity_center() { Field::ServiceEventDetails } else { Field::ResponseElements }
}

pub(super) fn outcome(
    fields: &Fields<'_>,
    kind: Kind,
    container: Field,
    result: Option<Value<'_>>,
) -> Decision<Outcome> {
    let result_field: &'static [Field] = match container {
        Field::ServiceEventDetails => &[Field::ServiceEventDetails],
        _ => &[Field::ResponseElements],
    };
    let result = result.filter(|value| value.kind != ValueKind::Null);
    let result_is = |word| {
        result.and_then(|value| value.text()).is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    if fields.text(Field::ErrorCode).is_some_and(|code| code.contains("AccessDenied")) {
        return because(Outcome::Denied, "errorCode contains AccessDenied", &[Field::ErrorCode]);
    }
    if result_is("Failure") {
        return because(Outcome::Failure, "the result is Failure", result_field);
    }
    if result_is("Success") {
        return match kind {
            Kind::MfaCheck | Kind::IdcChallenge | Kind::IdcVerification => because(
                Outcome::Challenged,
                "the result is Success, of a step after which another is open",
                result_field,
            ),
            _ => because(Outcome::Success, "the result is Success", result_field),
        };
    }
    if kind == Kind::PortalSession && result.is_none() {
        const ERRORS: &[Field] = &[Field::ErrorCode, Field::ErrorMessage];
        return if ERRORS.iter().any(|field| is_present(fields, *field)) {
            because(Outcome::Failure, "a portal session with an error", ERRORS)
        } else {
            because(Outcome::Success, "a portal session without an error", ERRORS)
        };
    }
    because(Outcome::Unknown, "the result is missing or neither Success nor Failure", result_field)
}
