//! What the tables test strings of many contents for.

use sekisho_scan::Text;

use crate::fields::Field;
use crate::time::is_since;

/// What AWS writes instead of a name that no user has.
pub const HIDDEN_NAME: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Since then IAM Identity Center writes the type IdentityCenterUser.
const IDENTITY_CENTER_TYPE_START: &[u8; 19] = b"2025-07-14T00:00:00";

/// What a string may be.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Test {
    /// Not empty.
    Present,
    /// What AWS writes instead of the name, because there is no such user.
    Hidden,
    /// The id of an IAM user.
    UserId,
    /// The id of an account: twelve digits.
    AccountId,
    /// The name or ARN of a role of IAM Identity Center.
    ReservedSso,
    /// The page of WorkSpaces.
    WorkSpaces,
    /// A time since which IAM Identity Center writes the type IdentityCenterUser.
    SinceIdentityCenterType,
    /// An earlier time.
    BeforeIdentityCenterType,
    /// The message that there is no such user.
    NoSuchUser,
    /// The message that the authentication failed.
    FailedAuthentication,
    /// The message that a resource-based policy denies access.
    ResourcePolicy,
    /// The message that a resource control policy denies access.
    ResourceControlPolicy,
}

impl Test {
    /// Whether it is true of a string.
    #[inline(never)]
    pub(crate) fn holds(self, text: Text<'_>) -> bool {
        match self {
            Test::Present => !text.is_empty(),
            Test::Hidden => text == HIDDEN_NAME,
            Test::UserId => text.starts_with("AIDA"),
            Test::AccountId => is_account_id(text),
            Test::ReservedSso => text.contains("AWSReservedSSO_"),
            Test::WorkSpaces => text.starts_with("https://clients.amazonaws.com/workspaces"),
            Test::SinceIdentityCenterType => {
                is_since(text, IDENTITY_CENTER_TYPE_START) == Some(true)
            }
            Test::BeforeIdentityCenterType => {
                is_since(text, IDENTITY_CENTER_TYPE_START) == Some(false)
            }
            Test::NoSuchUser => text.starts_with("No username found"),
            Test::FailedAuthentication => text == "Failed authentication",
            Test::ResourcePolicy => {
                text.starts_with("Authorization denied because of a resource-based policy")
            }
            Test::ResourceControlPolicy => {
                text.starts_with("Authorization denied because of a resource control policy")
            }
        }
    }
}

/// What a test says of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    pub(crate) field: Field,
    pub(crate) test: Test,
    pub(crate) holds: bool,
}

fn is_account_id(id: Text<'_>) -> bool {
    if !id.is_escaped() {
        return id.raw().len() == 12 && id.raw().iter().all(u8::is_ascii_digit);
    }
    id.chars().count() == 12 && id.chars().all(|character| character.is_ascii_digit())
}
