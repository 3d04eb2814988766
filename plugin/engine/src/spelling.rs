//! What the fields of a CloudTrail record are called in tables that are made of it.

/// A field and its other names. Names are compared without case and underscores, and a name may leave
/// out dots, so `event_name`, `eventname` and `UserIdentityType` need no entry. The first name that has
/// a value counts.
pub(crate) struct Spelling {
    /// Its path in the record.
    pub(crate) path: &'static str,
    /// Columns beside one that is called like the path: those of Microsoft Sentinel. `None` if no
    /// column has the field.
    pub(crate) columns: Option<&'static [&'static str]>,
    /// Paths in an event of OCSF, as Amazon Security Lake writes it.
    pub(crate) ocsf: &'static [&'static str],
}

impl Spelling {
    /// Whether it is one of the four objects that may be JSON text.
    pub(crate) fn is_object(&self) -> bool {
        OBJECTS.contains(&self.path)
    }
}

const OBJECTS: [&str; 4] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"];

pub(crate) const SOURCE: usize = 0;
pub(crate) const NAME: usize = 1;
/// This one and those before it show, with source and name, that an object is a record.
pub(crate) const LAST_OF_RECORD: usize = 15;

/// All fields. Fields of one object are neighbours.
pub(crate) const SPELLINGS: [Spelling; 28] = [
    field("eventSource", &[], &["api.service.name"]),
    field("eventName", &[], &["api.operation"]),
    field("eventVersion", &[], &[]),
    field("eventTime", &["TimeGenerated"], &["time_dt", "time"]),
    field("awsRegion", &[], &["cloud.region"]),
    field("recipientAccountId", &[], &["cloud.account.uid"]),
    field("userIdentity.type", &[], &["actor.user.type"]),
    field("userIdentity.principalId", &[], &["actor.user.uid_alt"]),
    field("userIdentity.arn", &[], &["actor.user.uid"]),
    field("userIdentity.accountId", &[], &["actor.user.account.uid"]),
    field("userIdentity.userName", &[], &["actor.user.name"]),
    field(ISSUER_ARN, &["SessionIssuerArn"], &["actor.session.issuer"]),
    field(ISSUER_NAME, &["SessionIssuerUserName"], &[]),
    field(MFA, &["SessionMfaAuthenticated"], &["actor.session.is_mfa"]),
    field("userIdentity.onBehalfOf.userId", &[], &[]),
    field("userIdentity.onBehalfOf.identityStoreArn", &[], &[]),
    field("sourceIPAddress", &[], &["src_endpoint.ip", "src_endpoint.domain"]),
    field("userAgent", &[], &["http_request.user_agent"]),
    field("errorCode", &[], &["api.response.error"]),
    field("errorMessage", &[], &["api.response.message"]),
    field("eventID", &["AwsEventId"], &["metadata.uid"]),
    field("eventType", &["EventTypeName"], &["metadata.event_code"]),
    field("requestParameters", &[], &["api.request.data"]),
    // What the object itself says counts more, so it comes last.
    ocsf("responseElements.ConsoleLogin", &["status"]),
    field("responseElements", &[], &["api.response.data"]),
    ocsf(MFA_USED, &["is_mfa"]),
    field("additionalEventData", &[], &[]),
    field("serviceEventDetails", &[], &[]),
];

pub(crate) const MFA_USED: &str = "additionalEventData.MFAUsed";
const ISSUER_ARN: &str = "userIdentity.sessionContext.sessionIssuer.arn";
const ISSUER_NAME: &str = "userIdentity.sessionContext.sessionIssuer.userName";
const MFA: &str = "userIdentity.sessionContext.attributes.mfaAuthenticated";

const fn field(
    path: &'static str,
    columns: &'static [&'static str],
    ocsf: &'static [&'static str],
) -> Spelling {
    Spelling { path, columns: Some(columns), ocsf }
}

const fn ocsf(path: &'static str, ocsf: &'static [&'static str]) -> Spelling {
    Spelling { path, columns: None, ocsf }
}
