//! The fields of a record that the tables test.

use core::ops::ControlFlow;

use sekisho_scan::{Malformed, Path, Paths, Reader, Text, Value, Visitor, walk};

/// Declares the fields, each with its path from the top of the record.
macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $path:literal,)*) => {
        /// A field of a CloudTrail record that the tables test.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $field,)* }

        impl Field {
            /// Every field, in the order in which CloudTrail writes them.
            pub const ALL: &'static [Field] = &[$(Field::$field,)*];

            /// The path from the top of the record, with dots between the keys.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Field::$field => $path,)* }
            }
        }
    };
}

fields! {
    /// The identity that made the request; an object.
    UserIdentity = "userIdentity",
    /// The type of identity.
    IdentityType = "userIdentity.type",
    /// The only reliable id of a user or role session.
    PrincipalId = "userIdentity.principalId",
    /// The ARN of the identity; absent on failures.
    IdentityArn = "userIdentity.arn",
    /// How a role session was created; an object.
    SessionContext = "userIdentity.sessionContext",
    /// The role; an object.
    SessionIssuer = "userIdentity.sessionContext.sessionIssuer",
    /// The ARN of the role.
    IssuerArn = "userIdentity.sessionContext.sessionIssuer.arn",
    /// The name of the role.
    IssuerUserName = "userIdentity.sessionContext.sessionIssuer.userName",
    /// How the session was authenticated; an object.
    SessionAttributes = "userIdentity.sessionContext.attributes",
    /// Whether the session has MFA, `true` or `false`.
    SessionMfa = "userIdentity.sessionContext.attributes.mfaAuthenticated",
    /// The name of the user; on failures what was typed, or hidden.
    IdentityUserName = "userIdentity.userName",
    /// The person for whom the request was made; an object.
    OnBehalfOf = "userIdentity.onBehalfOf",
    /// The id of that person.
    OnBehalfOfUserId = "userIdentity.onBehalfOf.userId",
    /// The identity store of IAM Identity Center that has that person.
    IdentityStoreArn = "userIdentity.onBehalfOf.identityStoreArn",
    /// When the event happened.
    EventTime = "eventTime",
    /// The service that wrote the record. It rules out most records.
    EventSource = "eventSource",
    /// The name of the event.
    EventName = "eventName",
    /// The code of the error, if there was one.
    ErrorCode = "errorCode",
    /// The message of the error.
    ErrorMessage = "errorMessage",
    /// The parameters of the call; an object or JSON text.
    RequestParameters = "requestParameters",
    /// How an OAuth token was requested.
    RequestGrantType = "requestParameters.grant_type",
    /// How a token of the access portal was requested.
    PortalGrantType = "requestParameters.grantType",
    /// Contains the result, under the event's name; an object or JSON text.
    ResponseElements = "responseElements",
    /// More about the sign-in; an object or JSON text.
    AdditionalEventData = "additionalEventData",
    /// The page to sign in to.
    LoginTo = "additionalEventData.LoginTo",
    /// Whether MFA was used, `Yes` or `No`.
    MfaUsed = "additionalEventData.MFAUsed",
    /// The SAML provider of the session.
    SamlProviderArn = "additionalEventData.SamlProviderArn",
    /// The factors that IAM Identity Center requested or checked.
    CredentialType = "additionalEventData.CredentialType",
    /// The name that the user of IAM Identity Center typed, or hidden.
    UserName = "additionalEventData.UserName",
    /// Whether the user had to register a device, `true` or `false`.
    DeviceEnrollmentRequired = "additionalEventData.DeviceEnrollmentRequired",
    /// How an OAuth token was requested.
    GrantType = "additionalEventData.grant_type",
    /// The result of an OAuth event, `true` or `false`.
    OAuthSuccess = "additionalEventData.success",
    /// Contains the result of events of IAM Identity Center, under the event's name; an object or
    /// JSON text.
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
    leaf(Field::EventTime, "eventTime"),
    leaf(Field::EventSource, "eventSource"),
    leaf(Field::EventName, "eventName"),
    Path::skipped("awsRegion"),
    Path::skipped("sourceIPAddress"),
    Path::skipped("userAgent"),
    leaf(Field::ErrorCode, "errorCode"),
    leaf(Field::ErrorMessage, "errorMessage"),
    branch(Field::RequestParameters, "requestParameters", REQUEST_PARAMETERS),
    leaf(Field::ResponseElements, "responseElements"),
    branch(Field::AdditionalEventData, "additionalEventData", ADDITIONAL_EVENT_DATA),
    Path::skipped("requestID"),
    Path::skipped("eventID"),
    Path::skipped("readOnly"),
    Path::skipped("eventType"),
    Path::skipped("managementEvent"),
    Path::skipped("recipientAccountId"),
    Path::skipped("eventCategory"),
    Path::skipped("tlsDetails"),
    leaf(Field::ServiceEventDetails, "serviceEventDetails"),
]);

const USER_IDENTITY: &Paths = &Paths::new(&[
    leaf(Field::IdentityType, "type"),
    leaf(Field::PrincipalId, "principalId"),
    leaf(Field::IdentityArn, "arn"),
    Path::skipped("accountId"),
    Path::skipped("accessKeyId"),
    branch(Field::SessionContext, "sessionContext", SESSION_CONTEXT),
    leaf(Field::IdentityUserName, "userName"),
    branch(Field::OnBehalfOf, "onBehalfOf", ON_BEHALF_OF),
    Path::skipped("credentialId"),
]);

const ON_BEHALF_OF: &Paths = &Paths::new(&[
    leaf(Field::OnBehalfOfUserId, "userId"),
    leaf(Field::IdentityStoreArn, "identityStoreArn"),
]);

const SESSION_CONTEXT: &Paths = &Paths::new(&[
    branch(Field::SessionIssuer, "sessionIssuer", SESSION_ISSUER),
    Path::skipped("webIdFederationData"),
    branch(Field::SessionAttributes, "attributes", SESSION_ATTRIBUTES),
]);

const SESSION_ATTRIBUTES: &Paths =
    &Paths::new(&[Path::skipped("creationDate"), leaf(Field::SessionMfa, "mfaAuthenticated")]);

const SESSION_ISSUER: &Paths = &Paths::new(&[
    Path::skipped("type"),
    Path::skipped("principalId"),
    leaf(Field::IssuerArn, "arn"),
    Path::skipped("accountId"),
    leaf(Field::IssuerUserName, "userName"),
]);

const REQUEST_PARAMETERS: &Paths = &Paths::new(&[
    leaf(Field::PortalGrantType, "grantType"),
    leaf(Field::RequestGrantType, "grant_type"),
]);

const ADDITIONAL_EVENT_DATA: &Paths = &Paths::new(&[
    leaf(Field::LoginTo, "LoginTo"),
    Path::skipped("MobileVersion"),
    Path::skipped("MFAIdentifier"),
    leaf(Field::MfaUsed, "MFAUsed"),
    leaf(Field::SamlProviderArn, "SamlProviderArn"),
    leaf(Field::CredentialType, "CredentialType"),
    leaf(Field::UserName, "UserName"),
    leaf(Field::DeviceEnrollmentRequired, "DeviceEnrollmentRequired"),
    leaf(Field::GrantType, "grant_type"),
    leaf(Field::OAuthSuccess, "success"),
]);

const fn leaf(field: Field, key: &'static str) -> Path {
    Path::leaf(key, field as u8)
}

const fn branch(field: Field, key: &'static str, children: &'static Paths) -> Path {
    Path::branch(key, field as u8, children)
}

/// The fields found in a record.
///
/// It is a [`Visitor`]: [`walk`] a record along [`RECORD_PATHS`] to fill it. If a key occurs more
/// than once, the last value counts.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    values: [Option<Value<'a>>; Field::ALL.len()],
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Fields { values: [None; Field::ALL.len()] }
    }
}

impl<'a> Fields<'a> {
    /// The value of a field, or `None` if the record does not have it.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        self.values[field as usize]
    }

    /// The string value of a field. A value of any other type counts as absent.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Text<'a>> {
        self.get(field)?.text()
    }

    /// The values of all fields, in the order of [`Field::ALL`].
    pub fn values(&self) -> impl Iterator<Item = Option<Value<'a>>> {
        self.values.into_iter()
    }

    /// Replaces a field that was written as JSON text by the object in that text. `json` is the
    /// decoded text. Offsets of values in it are relative to its start.
    ///
    /// # Errors
    /// Returns an error if `json` is not a well-formed object.
    pub fn set_decoded(&mut self, field: Field, json: &'a [u8]) -> Result<(), Malformed> {
        let path = RECORD_PATHS.as_slice().iter().find(|path| path.slot == field as u8);
        let below = path.map_or(RECORD_PATHS, |path| path.children);
        let mut reader = Reader::new(json);
        reader.enter()?;
        walk(&mut reader, below, self).map(drop)?;
        self.values[field as usize] = Some(Value::object(reader.since(0), 0));
        reader.finish()
    }

    /// Sets a field. Fields below it that an earlier occurrence of the key has set are cleared.
    #[inline]
    fn set(&mut self, path: &Path, value: Option<Value<'a>>) {
        let field = &mut self.values[usize::from(path.slot)];
        let earlier = core::mem::replace(field, value);
        if earlier.is_some() {
            self.clear(path.children);
        }
    }

    /// Clears the fields below a field. A field that is not set has none.
    #[cold]
    fn clear(&mut self, paths: &Paths) {
        for path in paths {
            self.set(path, None);
        }
    }
}

impl<'a> Visitor<'a> for Fields<'a> {
    #[inline]
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

    /// Each path from the top, with its slot.
    fn slots(paths: &Paths, above: &str) -> Vec<(String, u8)> {
        let slots_of = |path: &'static Path| {
            let here = format!("{above}{}", path.key);
            let below = slots(path.children, &format!("{here}."));
            [(here, path.slot)].into_iter().chain(below)
        };
        paths.iter().flat_map(slots_of).collect()
    }

    #[test]
    fn every_field_has_its_path() {
        let mut found = slots(RECORD_PATHS, "");
        found.sort_by_key(|(_, slot)| *slot);
        let expected = Field::ALL.iter().map(|field| (field.path().to_owned(), *field as u8));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}
