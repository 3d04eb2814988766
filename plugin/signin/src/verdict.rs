//! What is said of a sign-in: closed sets of values, with the names that hosts see.

/// What one sign-in record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Which step of which way to sign in was recorded.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was denied; `None` for every other outcome.
    pub reason: Option<Reason>,
    /// Who tried.
    pub principal: Principal,
    /// What is known of a second factor.
    pub mfa: Mfa,
    /// Whether the user who was named exists.
    pub user_exists: UserExists,
}

/// Declares a closed set of values, each with the name that hosts see.
macro_rules! values {
    ($(#[$about:meta])* $set:ident { $($(#[$doc:meta])* $value:ident = $name:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $set { $($(#[$doc])* $value,)* }

        impl $set {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [$set] = &[$($set::$value,)*];

            /// The name in a verdict's JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($set::$value => $name,)* }
            }
        }
    };
}

values! {
    /// Which step of which way to sign in.
    Kind {
        /// A console sign-in reached its end.
        ConsoleLogin = "console_login",
        /// A second factor was asked for, before the password was checked.
        MfaCheck = "mfa_check",
        /// A role was taken in the console.
        RoleSwitch = "role_switch",
        /// A role was left in the console.
        RoleExit = "role_exit",
        /// A role's console session was renewed.
        RoleRenew = "role_renew",
        /// A sign-in token was made from temporary credentials.
        SigninToken = "signin_token",
        /// A password recovery was asked for or completed.
        PasswordRecovery = "password_recovery",
        /// The root user's password, e-mail address or account name was changed.
        AccountChange = "account_change",
        /// A directory's sign-in page handed over.
        ExternalIdpLogin = "external_idp_login",
        /// IAM Identity Center asked for a factor.
        IdcChallenge = "idc_challenge",
        /// IAM Identity Center checked a factor.
        IdcVerification = "idc_verification",
        /// IAM Identity Center had all the factors it wanted.
        IdcAuthentication = "idc_authentication",
        /// A session of the access portal.
        PortalSession = "portal_session",
        /// Any other event of the sign-in service.
        OtherSignin = "other_signin",
        /// No sign-in; reported only when a rule matches.
        NotSignin = "not_signin",
    }
}

impl Kind {
    /// Whether IAM Identity Center wrote the event: its result stands in `serviceEventDetails`.
    #[must_use]
    pub const fn is_identity_center(self) -> bool {
        matches!(self, Kind::IdcChallenge | Kind::IdcVerification | Kind::IdcAuthentication)
    }
}

values! {
    /// How it ended.
    Outcome {
        /// Signed in, or the step succeeded.
        Success = "success",
        /// Refused by the sign-in service.
        Failure = "failure",
        /// Refused by a policy.
        Denied = "denied",
        /// One step passed, the next is open.
        Challenged = "challenged",
        /// The record does not say; never a success.
        Unknown = "unknown",
    }
}

values! {
    /// Why it failed or was denied.
    Reason {
        /// There is no such user.
        UnknownUser = "unknown_user",
        /// The password was wrong.
        BadPassword = "bad_password",
        /// The password or the MFA code was wrong: records do not tell which.
        BadPasswordOrMfa = "bad_password_or_mfa",
        /// A factor that IAM Identity Center checked was wrong.
        BadFactor = "bad_factor",
        /// The external identity provider refused.
        ExternalIdpError = "external_idp_error",
        /// A policy refused.
        AccessDenied = "access_denied",
        /// Something else.
        Other = "other",
    }
}

values! {
    /// Who tried.
    Principal {
        /// The account's root user.
        Root = "root",
        /// An IAM user.
        IamUser = "iam_user",
        /// A role of IAM Identity Center.
        SsoRole = "sso_role",
        /// A role by SAML federation.
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
    }
}

values! {
    /// What is known of a second factor.
    Mfa {
        /// It was used.
        Used = "used",
        /// It was not used.
        NotUsed = "not_used",
        /// It was asked for; the answer is in another record.
        Pending = "pending",
        /// It was up to an identity provider that AWS cannot see into.
        External = "external",
        /// The record does not say.
        Unknown = "unknown",
    }
}

values! {
    /// Whether the user who was named exists.
    UserExists {
        /// The user exists.
        Yes = "yes",
        /// The user does not exist.
        No = "no",
        /// The record does not say.
        Unknown = "unknown",
    }
}
