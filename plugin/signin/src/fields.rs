//! What has to be read of a record, and what was found.

use core::ops::ControlFlow;

use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};

/// Declares the fields, each with its path from the top of the record.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $path:literal,)*) => {
        /// A field of a CloudTrail record that the tables look at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $field,)* }

        impl Field {
            /// Every field, in the order in which CloudTrail writes them.
            pub const ALL: &'static [Field] = &[$(Field::$field,)*];

            /// Its path from the top of the record, the keys joined by dots.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Field::$field => $path,)* }
            }
        }
    };
}

fields! {
    /// Who; an object.
    UserIdentity = "userIdentity",
    /// What sort of identity.
    IdentityType = "userIdentity.type",
    /// The one safe id of a person or role session.
    PrincipalId = "userIdentity.principalId",
    /// The identity's name; absent on failures.
    IdentityArn = "userIdentity.arn",
    /// How a role session came to be; an object.
    SessionContext = "userIdentity.sessionContext",
    /// The role; an object.
    SessionIssuer = "userIdentity.sessionContext.sessionIssuer",
    /// The role's name as ARN.
    IssuerArn = "userIdentity.sessionContext.sessionIssuer.arn",
    /// The role's short name.
    IssuerUserName = "userIdentity.sessionContext.sessionIssuer.userName",
    /// Which service wrote the record: rules most records out.
    EventSource = "eventSource",
    /// Which event.
    EventName = "eventName",
    /// The kind of error, where there was one.
    ErrorCode = "errorCode",
    /// The error in words.
    ErrorMessage = "errorMessage",
    /// The result, under the event's name; an object, or JSON text.
    ResponseElements = "responseElements",
    /// More of the sign-in; an object, or JSON text.
    AdditionalEventData = "additionalEventData",
    /// Whether MFA was used, as far as the record tells.
    MfaUsed = "additionalEventData.MFAUsed",
    /// The SAML provider that vouched.
    SamlProviderArn = "additionalEventData.SamlProviderArn",
    /// The factors of IAM Identity Center.
    CredentialType = "additionalEventData.CredentialType",
    /// The result of IAM Identity Center's events, under the event's name; an object, or JSON text.
    ServiceEventDetails = "serviceEventDetails",
}

/// The fields as paths for [`sekisho_scan::walk`]. The slot of a path is the [`Field`] as `u8`.
///
/// At each level the paths are in the order in which CloudTrail writes the keys, and keys that the
/// tables don't need are listed as [skipped](Path::skipped), so that a walk can predict the next
/// key. Keys that most sign-in records lack come last.
pub const RECORD_PATHS: &Paths = &Paths::new(&[
    Path::skipped("eventVersion"),
    branch(Field::UserIdentity, "userIdentity", USER_IDENTITY),
    Path::skipped("eventTime"),
    leaf(Field::EventSource, "eventSource"),
    leaf(Field::EventName, "eventName"),
    Path::skipped("awsRegion"),
    Path::skipped("sourceIPAddress"),
    Path::skipped("userAgent"),
    leaf(Field::ErrorCode, "errorCode"),
    leaf(Field::ErrorMessage, "errorMessage"),
    Path::skipped("requestParameters"),
    leaf(Field::ResponseElements, "responseElements"),
    branch(Field::AdditionalEventData, "additionalEventData", ADDITIONAL_EVENT_DATA),
    Path::skipped("eventID"),
    Path::skipped("readOnly"),
    Path::skipped("eventType"),
    Path::skipped("managementEvent"),
    Path::skipped("recipientAccountId"),
    Path::skipped("eventCategory"),
    Path::skipped("tlsDetails"),
    Path::skipped("requestID"),
    leaf(Field::ServiceEventDetails, "serviceEventDetails"),
]);

const USER_IDENTITY: &Paths = &Paths::new(&[
    leaf(Field::IdentityType, "type"),
    leaf(Field::PrincipalId, "principalId"),
    leaf(Field::IdentityArn, "arn"),
    Path::skipped("accountId"),
    Path::skipped("accessKeyId"),
    branch(Field::SessionContext, "sessionContext", SESSION_CONTEXT),
    Path::skipped("userName"),
]);

const SESSION_CONTEXT: &Paths = &Paths::new(&[
    branch(Field::SessionIssuer, "sessionIssuer", SESSION_ISSUER),
    Path::skipped("webIdFederationData"),
    Path::skipped("attributes"),
]);

const SESSION_ISSUER: &Paths = &Paths::new(&[
    Path::skipped("type"),
    Path::skipped("principalId"),
    leaf(Field::IssuerArn, "arn"),
    Path::skipped("accountId"),
    leaf(Field::IssuerUserName, "userName"),
]);

const ADDITIONAL_EVENT_DATA: &Paths = &Paths::new(&[
    Path::skipped("LoginTo"),
    Path::skipped("MobileVersion"),
    leaf(Field::MfaUsed, "MFAUsed"),
    leaf(Field::SamlProviderArn, "SamlProviderArn"),
    leaf(Field::CredentialType, "CredentialType"),
]);

const fn leaf(field: Field, key: &'static str) -> Path {
    Path::leaf(key, field as u8)
}

const fn branch(field: Field, key: &'static str, children: &'static Paths) -> Path {
    Path::branch(key, field as u8, children)
}

/// What was found of a record. A field that did not occur is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    values: [Option<Value<'a>>; Field::ALL.len()],
}

impl<'a> Fields<'a> {
    /// The value at a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        self.values[field as usize]
    }

    /// The string at a field; any other type counts as absent.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Text<'a>> {
        self.get(field)?.text()
    }

    /// Replaces a field that was written as JSON text by the object which that text is.
    ///
    /// # Errors
    /// The text is no well-formed object.
    pub fn set_decoded(&mut self, field: Field, json: &'a [u8]) -> Result<(), Malformed> {
        let path = RECORD_PATHS.as_slice().iter().find(|path| path.slot == field as u8);
        let below = path.map_or(RECORD_PATHS, |path| path.children);
        let mut reader = Reader::new(json);
        reader.enter()?;
        walk(&mut reader, below, self).map(drop)?;
        self.values[field as usize] = Some(Value::object(reader.since(0), 0));
        reader.finish()
    }

    /// Sets a field. It replaces what an earlier occurrence of the same key had, below it too.
    fn set(&mut self, path: &Path, value: Option<Value<'a>>) {
        let field = &mut self.values[usize::from(path.slot)];
        let earlier = core::mem::replace(field, value);
        if earlier.is_some() {
            self.clear(path.children);
        }
    }

    /// Forgets what is below a field. A field that is not set has nothing below it.
    #[cold]
    fn clear(&mut self, paths: &Paths) {
        for path in paths {
            self.set(path, None);
        }
    }

    /// The member of the object at `field` that has this key; of several, the last.
    #[must_use]
    pub fn member(&self, field: Field, key: Text<'_>) -> Option<Value<'a>> {
        let object = self.get(field).filter(|value| value.kind == ValueKind::Object)?;
        let mut reader = Reader::new(object.raw);
        let mut found = None;
        reader.enter().ok()?;
        while let Some(name) = reader.next_key().ok()? {
            let value = reader.value().ok()?;
            if name == key {
                found = Some(value.shifted(object.offset));
            }
        }
        found
    }
}

/// Takes in what a walk along [`RECORD_PATHS`] finds; of a key that occurs twice, the last.
impl<'a> Visitor<'a> for Fields<'a> {
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()> {
        self.set(path, Some(value));
        ControlFlow::Continue(())
    }

    fn enter(&mut self, path: &Path) {
        self.set(path, None);
    }

    fn leave(&mut self, path: &Path, object: Value<'a>) {
        self.values[usize::from(path.slot)] = Some(object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each path from the top with the slot it has.
    fn spelled(paths: &Paths, above: &str) -> Vec<(String, u8)> {
        let spell = |path: &'static Path| {
            let here = format!("{above}{}", path.key);
            let below = spelled(path.children, &format!("{here}."));
            [(here, path.slot)].into_iter().chain(below)
        };
        paths.iter().flat_map(spell).collect()
    }

    #[test]
    fn every_field_is_asked_for_at_its_path() {
        let mut asked = spelled(RECORD_PATHS, "");
        asked.sort_by_key(|(_, slot)| *slot);
        let expected = Field::ALL.iter().map(|field| (field.path().to_owned(), *field as u8));
        assert_eq!(asked, expected.collect::<Vec<_>>());
    }
}
