//! The verdict, typed.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Declares an enum with the names of the engine's.
macro_rules! names {
    ($($(#[$about:meta])* $set:ident { $($value:ident,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
            #[serde(rename_all = "snake_case")]
            #[allow(missing_docs, reason = "documented in the engine")]
            pub enum $set { $($value,)* }
        )*

        #[cfg(test)]
        mod tests {
            #[test]
            fn names_equal_those_of_the_engine() {
                $(
                    let theirs: Vec<_> = sekisho::$set::ALL.iter().map(|value| value.name()).collect();
                    let ours = serde_json::to_value([$(super::$set::$value,)*]).expect("names");
                    assert_eq!(ours, serde_json::json!(theirs));
                )*
            }
        }
    };
}

names! {
    /// The kind of sign-in event.
    Kind {
        ConsoleLogin,
        MfaCheck,
        RoleSwitch,
        RoleExit,
        RoleRenew,
        SigninToken,
        PasswordRecovery,
        AccountChange,
        ExternalIdpLogin,
        IdcChallenge,
        IdcVerification,
        IdcAuthentication,
        PortalSession,
        OtherSignin,
        NotSignin,
        OauthAuthorization,
        OauthToken,
        OauthRefresh,
        PortalToken,
        PortalRefresh,
        RoleCredentials,
    }
    /// How it ended.
    Outcome { Success, Failure, Denied, Challenged, Unknown, }
    /// Why it failed.
    Reason {
        UnknownUser,
        BadPassword,
        BadPasswordOrMfa,
        BadFactor,
        ExternalIdpError,
        AccessDenied,
        Other,
        ResourcePolicy,
        ResourceControlPolicy,
    }
    /// Who signed in.
    Principal {
        Root,
        IamUser,
        SsoRole,
        SamlRole,
        AssumedRole,
        FederatedUser,
        IdentityCenterUser,
        WebIdentity,
        AwsAccount,
        UnknownUser,
        Unknown,
        DirectoryUser,
    }
    /// Whether a second factor was used.
    Mfa { Used, NotUsed, Pending, External, Unknown, }
    /// Whether the user exists.
    UserExists { Yes, No, Unknown, }
}

/// The verdict on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Verdict {
    /// The kind of sign-in event.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// Who signed in.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// Ids of the rules that match; empty where none are compiled.
    #[serde(default)]
    pub rules: Vec<String>,
}
