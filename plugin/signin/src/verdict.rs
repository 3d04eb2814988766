//! The verdict on a sign-in record: closed sets of values and their names.

/// The verdict on one sign-in record. Equal verdicts have the same JSON; see
/// [`JsonBuffer`](crate::JsonBuffer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Which step of which sign-in flow was recorded.
    pub kind: Kind,
    /// How the step ended.
    pub outcome: Outcome,
    /// Why the step failed or was denied; `None` for any other outcome.
    pub reason: Option<Reason>,
    /// Who signed in or tried to.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the named user exists.
    pub user_exists: UserExists,
}

/// Declares a closed set of values, each with its name in JSON.
macro_rules! values {
    ($(#[$about:meta])* $set:ident { $($(#[$doc:meta])* $value:ident = $name:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $set { $($(#[$doc])* $value,)* }

        impl $set {
            /// Every value, oldest first. The position of a value never changes.
            pub const ALL: &'static [$set] = &[$($set::$value,)*];

            /// The name of the value in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($set::$value => $name,)* }
            }
        }
    };
}

values! {
    /// Which step of which sign-in flow.
    Kind {
        /// A console sign-in was completed, successfully or not.
        ConsoleLogin = "console_login",
        /// A second factor was requested, before the password was checked.
        MfaCheck = "mfa_check",
        /// A role was assumed in the console.
        RoleSwitch = "role_switch",
        /// A role was left in the console.
        RoleExit = "role_exit",
        /// A role's console session was renewed.
        RoleRenew = "role_renew",
        /// A sign-in token was created from temporary credentials.
        SigninToken = "signin_token",
        /// A password recovery was requested or completed.
        PasswordRecovery = "password_recovery",
        /// The root user's password, e-mail address or account name was changed.
        AccountChange = "account_change",
        /// An external identity provider signed a directory user in.
        ExternalIdpLogin = "external_idp_login",
        /// IAM Identity Center requested a factor.
        IdcChallenge = "idc_challenge",
        /// IAM Identity Center checked a factor.
        IdcVerification = "idc_verification",
        /// IAM Identity Center completed an authentication.
        IdcAuthentication = "idc_authentication",
        /// A session of the access portal.
        PortalSession = "portal_session",
        /// Any other event of the sign-in service.
        OtherSignin = "other_signin",
        /// Not a sign-in; reported only if a rule matches.
        NotSignin = "not_signin",
        /// A person allowed a program to sign in for them, as for `aws login`.
        OauthAuthorization = "oauth_authorization",
        /// A program got the token for which it was authorized.
        OauthToken = "oauth_token",
        /// A program renewed its token, which is no new sign-in.
        OauthRefresh = "oauth_refresh",
        /// A program got a token of the access portal, as for `aws sso login`.
        PortalToken = "portal_token",
        /// A program renewed its token of the access portal.
        PortalRefresh = "portal_refresh",
        /// A program got the credentials of a role through the access portal.
        RoleCredentials = "role_credentials",
    }
}

impl Kind {
    /// Whether IAM Identity Center wrote the event. Its result is in `serviceEventDetails`.
    #[must_use]
    pub const fn is_identity_center(self) -> bool {
        matches!(self, Kind::IdcChallenge | Kind::IdcVerification | Kind::IdcAuthentication)
    }

    /// Whether the event is an OAuth call of the sign-in service. Its result is in
    /// `additionalEventData.success`.
    #[must_use]
    pub const fn is_oauth(self) -> bool {
        matches!(self, Kind::OauthAuthorization | Kind::OauthToken | Kind::OauthRefresh)
    }
}

values! {
    /// How the step ended.
    Outcome {
        /// The sign-in or the step succeeded.
        Success = "success",
        /// The sign-in service refused.
        Failure = "failure",
        /// A policy denied access.
        Denied = "denied",
        /// The step succeeded and another one follows.
        Challenged = "challenged",
        /// The record does not say. Never treat it as a success.
        Unknown = "unknown",
    }
}

values! {
    /// Why the step failed or was denied.
    Reason {
        /// The user does not exist.
        UnknownUser = "unknown_user",
        /// The password was wrong.
        BadPassword = "bad_password",
        /// The password or the MFA code was wrong; the records don't distinguish them.
        BadPasswordOrMfa = "bad_password_or_mfa",
        /// A factor that IAM Identity Center checked was wrong.
        BadFactor = "bad_factor",
        /// The external identity provider returned an error.
        ExternalIdpError = "external_idp_error",
        /// A policy denied access.
        AccessDenied = "access_denied",
        /// Any other reason.
        Other = "other",
        /// A resource-based policy denied access.
        ResourcePolicy = "resource_policy",
        /// A resource control policy denied access.
        ResourceControlPolicy = "resource_control_policy",
    }
}

values! {
    /// Who signed in or tried to.
    Principal {
        /// The account's root user.
        Root = "root",
        /// An IAM user.
        IamUser = "iam_user",
        /// A role of IAM Identity Center.
        SsoRole = "sso_role",
        /// A role assumed by SAML federation.
        SamlRole = "saml_role",
        /// Any other role.
        AssumedRole = "assumed_role",
        /// A federated user of the token service.
        FederatedUser = "federated_user",
        /// A user of IAM Identity Center.
        IdentityCenterUser = "identity_center_user",
        /// A user of a web identity provider.
        WebIdentity = "web_identity",
        /// Another AWS account.
        AwsAccount = "aws_account",
        /// A user who does not exist.
        UnknownUser = "unknown_user",
        /// The record does not say.
        Unknown = "unknown",
        /// A user of a directory, who signs in to WorkSpaces.
        DirectoryUser = "directory_user",
    }
}

values! {
    /// Whether a second factor was used.
    Mfa {
        /// It was used.
        Used = "used",
        /// It was not used.
        NotUsed = "not_used",
        /// It was requested; the answer is in another record.
        Pending = "pending",
        /// An external identity provider is responsible for it.
        External = "external",
        /// The record does not say.
        Unknown = "unknown",
    }
}

values! {
    /// Whether the named user exists.
    UserExists {
        /// The user exists.
        Yes = "yes",
        /// The user does not exist.
        No = "no",
        /// The record does not say.
        Unknown = "unknown",
    }
}
