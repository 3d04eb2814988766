//! The strings that events are made of.

/// A string that an event has: of the record, or made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Attribute {
    /// The id to count by.
    Identity,
    /// The name to show.
    User,
    /// The role that the event enters, or that of the session.
    Role,
    /// The account that the event enters.
    RoleAccount,
    /// The account that received the record.
    Account,
    /// The account of the user.
    UserAccount,
    /// `sourceIPAddress`: an address, the name of a host, or another text.
    Source,
    /// The factors as AWS writes them, with commas between them.
    Factor,
    /// `eventTime`, if it is a valid time.
    Time,
    /// `eventTime`, if it is not valid.
    InvalidTime,
    /// What they signed in with.
    Through,
    /// `eventID`.
    EventId,
    /// `eventName`.
    EventName,
    /// `eventSource`.
    EventSource,
    /// `awsRegion`.
    Region,
    /// `userAgent`.
    UserAgent,
    /// `errorCode`.
    ErrorCode,
    /// `errorMessage`.
    ErrorMessage,
    /// `userIdentity.type`.
    IdentityType,
    /// The ARN of the role whose session it is.
    Issuer,
    /// `additionalEventData.AuthWorkflowID`.
    Workflow,
    /// The ids of the rules that match, as JSON strings with commas between them.
    Rules,
    /// Those of the rules for which the event is silenced, likewise.
    Silenced,
    /// The digits of the time in milliseconds.
    Milliseconds,
    /// The factors as OCSF writes them: JSON objects with commas between them.
    AuthFactors,
    /// The techniques that the rules name: a member of the event.
    Techniques,
}

impl Attribute {
    /// How many there are.
    pub(crate) const COUNT: usize = Attribute::Techniques as usize + 1;

    /// How many have decoded texts, which may need escapes. All others are written as they are.
    pub(crate) const DECODED: usize = Attribute::Factor as usize + 1;
}
