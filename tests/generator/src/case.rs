//! What a record was made for.

use strum::{Display, VariantArray};

/// What a record was made for: everything that is to be told apart in sign-in records. It says what
/// was intended; whether a classifier agrees is for tests to find out. Displayed in snake case.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Hash, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Case {
    /// An ordinary API call: no sign-in.
    ApiCall,
    /// No sign-in, though it holds the text of one: a service that acts for the console, a policy
    /// that names it, a like-named source or event.
    Lookalike,

    /// IAM user without MFA, signed in.
    UserNoMfa,
    /// IAM user with MFA: the sign-in after CheckMfa.
    UserMfaUsed,
    /// IAM user signed in, MFAUsed not written.
    UserMfaAbsent,
    /// IAM user whose CheckMfa passed signed in with MFAUsed `No`: the two disagree.
    UserMfaInconsistent,
    /// IAM user without MFA, wrong password.
    UserBadPassword,
    /// The same without an errorMessage.
    UserBadPasswordNoMessage,
    /// IAM user with MFA, wrong password or wrong code: the record does not tell which.
    UserBadPasswordOrMfa,
    /// IAM user whose sign-in failed for a reason that is none of the usual.
    UserOtherFailure,
    /// ConsoleLogin with neither Success nor Failure in it.
    UserNoResult,
    /// The factor was asked for, the sign-in is still open.
    CheckMfaSuccess,
    /// A user name that does not exist, as in 2018: CheckMfa Failure.
    UnknownUserCheckMfa,
    /// A user name that does not exist, as before and since: ConsoleLogin Failure.
    UnknownUserConsoleLogin,

    /// Root without MFA, signed in.
    RootNoMfa,
    /// Root with MFA, signed in (MFAUsed `Yes` or `YES`).
    RootMfaUsed,
    /// Root without MFA, wrong password.
    RootBadPassword,
    /// Root with MFA, wrong password or code.
    RootBadPasswordOrMfa,

    /// A role of the SSO portal (`AWSReservedSSO_`).
    SsoRole,
    /// A role assumed through a SAML provider.
    SamlRole,
    /// userIdentity.type SAMLUser.
    SamlUser,
    /// Any other role.
    AssumedRole,
    /// A role whose sign-in failed.
    AssumedRoleFailure,
    /// A federated user.
    FederatedUser,
    /// A user of a web identity provider.
    WebIdentity,

    /// SwitchRole, done.
    SwitchRole,
    /// SwitchRole of somebody from another account, seen there.
    SwitchRoleOtherAccount,
    /// SwitchRole with AccessDenied and the result Failure.
    SwitchRoleDenied,
    /// SwitchRole with AccessDenied and the result Success all the same.
    SwitchRoleDeniedSuccess,
    /// SwitchRole, failed without AccessDenied.
    SwitchRoleFailure,
    /// ExitRole.
    ExitRole,
    /// RenewRole, done.
    RenewRole,
    /// RenewRole with AccessDenied.
    RenewRoleDenied,

    /// GetSigninToken as the SSO portal asks for it.
    SigninTokenPortal,
    /// GetSigninToken by another program.
    SigninTokenForeignAgent,

    /// PasswordRecoveryRequested.
    PasswordRecoveryRequested,
    /// PasswordRecoveryCompleted.
    PasswordRecoveryCompleted,
    /// PasswordRecoveryCompleted, failed.
    PasswordRecoveryFailure,
    /// Root's PasswordUpdated, EmailUpdated or AccountNameUpdated.
    AccountChange,
    /// Root's PasswordUpdated, failed.
    AccountChangeFailure,
    /// ExternalIdPDirectoryLogin, done.
    ExternalIdpSuccess,
    /// ExternalIdPDirectoryLogin, failed.
    ExternalIdpFailure,

    /// Identity Center asked for the password.
    IdcChallengePassword,
    /// Identity Center asked for a further factor.
    IdcChallengeFactor,
    /// Identity Center sent the user to an external provider.
    IdcChallengeExternal,
    /// The answer to a challenge, right.
    IdcVerificationSuccess,
    /// The answer to a challenge, wrong.
    IdcVerificationFailure,
    /// UserAuthentication by password alone.
    IdcAuthenticationOneFactor,
    /// UserAuthentication by two factors, or by one that is enough.
    IdcAuthenticationMfa,
    /// UserAuthentication by an external provider.
    IdcAuthenticationExternal,
    /// Authenticate, Federate or Logout of the portal.
    PortalSession,
    /// The same with an error.
    PortalSessionFailure,

    /// An event of signin.amazonaws.com that is none of the above, such as those of `aws login`.
    OtherSignin,
}

impl Case {
    /// Whether the record comes from a sign-in event source and event: all but
    /// [`Case::ApiCall`] and [`Case::Lookalike`].
    #[must_use]
    pub const fn is_signin(self) -> bool {
        !matches!(self, Self::ApiCall | Self::Lookalike)
    }

    /// Every case, in the order above.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        Self::VARIANTS
    }
}
