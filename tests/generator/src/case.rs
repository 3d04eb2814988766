//! The purpose of a record.

use strum::{Display, VariantArray};

/// The purpose of a record. There is a case for everything that differs between sign-in records. It
/// is what the generator intends; tests check whether a classifier agrees. Displayed in snake case.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Hash, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Case {
    /// An ordinary API call, no sign-in.
    ApiCall,
    /// No sign-in although it looks like one: a service that acts for the console, a policy that
    /// names it, a source or event with a similar name.
    Lookalike,

    /// IAM user without MFA, signed in.
    UserNoMfa,
    /// IAM user with MFA: the sign-in after CheckMfa.
    UserMfaUsed,
    /// IAM user signed in, without MFAUsed.
    UserMfaAbsent,
    /// IAM user signed in with MFAUsed `No` after a successful CheckMfa, a contradiction.
    UserMfaInconsistent,
    /// IAM user without MFA, wrong password.
    UserBadPassword,
    /// The same without an errorMessage.
    UserBadPasswordNoMessage,
    /// IAM user with MFA, wrong password or wrong code; the record does not show which.
    UserBadPasswordOrMfa,
    /// IAM user whose sign-in failed for another reason.
    UserOtherFailure,
    /// ConsoleLogin without a result.
    UserNoResult,
    /// A factor was requested, and the sign-in is not complete.
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

    /// SwitchRole, successful.
    SwitchRole,
    /// SwitchRole by a user of another account.
    SwitchRoleOtherAccount,
    /// SwitchRole with AccessDenied and the result Failure.
    SwitchRoleDenied,
    /// SwitchRole with AccessDenied and, nevertheless, the result Success.
    SwitchRoleDeniedSuccess,
    /// SwitchRole, failed without AccessDenied.
    SwitchRoleFailure,
    /// ExitRole.
    ExitRole,
    /// RenewRole, successful.
    RenewRole,
    /// RenewRole with AccessDenied.
    RenewRoleDenied,

    /// GetSigninToken by the SSO portal.
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
    /// ExternalIdPDirectoryLogin, successful.
    ExternalIdpSuccess,
    /// ExternalIdPDirectoryLogin, failed.
    ExternalIdpFailure,

    /// Identity Center requested the password.
    IdcChallengePassword,
    /// Identity Center requested another factor.
    IdcChallengeFactor,
    /// Identity Center sent the user to an external provider.
    IdcChallengeExternal,
    /// A successful response to a challenge.
    IdcVerificationSuccess,
    /// A failed response to a challenge.
    IdcVerificationFailure,
    /// UserAuthentication by password alone.
    IdcAuthenticationOneFactor,
    /// UserAuthentication by two factors, or by one that counts as MFA.
    IdcAuthenticationMfa,
    /// UserAuthentication by an external provider.
    IdcAuthenticationExternal,
    /// Authenticate, Federate or Logout of the portal.
    PortalSession,
    /// The same with an error.
    PortalSessionFailure,

    /// A person allowed a program to sign in for them.
    OauthAuthorization,
    /// The program got its token.
    OauthToken,
    /// The program renewed its token.
    OauthRefresh,
    /// The program got no token.
    OauthFailure,
    /// An OAuth event without a result.
    OauthNoResult,
    /// A program got a token of the access portal.
    PortalToken,
    /// It got none.
    PortalTokenFailure,
    /// It renewed its token.
    PortalRefresh,
    /// It got the credentials of a role.
    RoleCredentials,
    /// It got none.
    RoleCredentialsFailure,

    /// A policy stopped an IAM user.
    PolicyDenied,
    /// A policy stopped root.
    PolicyDeniedRoot,
    /// A console sign-in from a session with MFA.
    SessionMfa,

    /// Identity Center requested the password before a failure, since 2025.
    IdcFailureChallenge,
    /// A failed response since 2025, which names nobody.
    IdcFailureVerification,
    /// Identity Center requested the password of a user who does not exist.
    IdcUnknownUserChallenge,
    /// The response of a user who does not exist.
    IdcUnknownUserVerification,
    /// UserAuthentication of a user who had to register a device.
    IdcAuthenticationEnrolled,
    /// WorkSpaces requested a factor.
    DirectoryChallenge,
    /// A successful response to WorkSpaces.
    DirectoryVerification,
    /// A failed response to WorkSpaces.
    DirectoryVerificationFailure,
    /// UserAuthentication of WorkSpaces.
    DirectoryAuthentication,

    /// Another event of signin.amazonaws.com.
    OtherSignin,
}

impl Case {
    /// Whether the record is a sign-in record: true except for [`Case::ApiCall`] and
    /// [`Case::Lookalike`].
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
