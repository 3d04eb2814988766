//! The records of one attempt, with their order and distances.

use serde_json::{Value, json};

use crate::case::Case;
use crate::era::Era;
use crate::identity;
use crate::random::Random;
use crate::scene::Scene;
use crate::signin::Login;

pub(crate) type Story = fn(&mut Scene<'_>);

/// The stories, each with its weight and the first era in which it happens.
const STORIES: &[(u32, (Era, Story))] = &[
    (12, (Era::Y2014, password_login)),
    (10, (Era::Y2014, password_mistyped)),
    (16, (Era::Y2014, mfa_login)),
    (8, (Era::Y2014, mfa_mistyped)),
    (3, (Era::Y2014, mfa_abandoned)),
    (1, (Era::Y2014, mfa_inconsistent)),
    (2, (Era::Y2014, mfa_check_lost)),
    (1, (Era::Y2014, mfa_absent)),
    (2, (Era::Y2014, other_failure)),
    (1, (Era::Y2014, no_result)),
    (8, (Era::Y2014, unknown_user)),
    (2, (Era::Y2018, unknown_user_twice)),
    (4, (Era::Y2014, root_login)),
    (6, (Era::Y2014, root_mfa_login)),
    (3, (Era::Y2014, root_guessed)),
    (10, (Era::Y2022, portal_login)),
    (5, (Era::Y2022, portal_login_by_external_idp)),
    (3, (Era::Y2022, portal_mistyped)),
    (2, (Era::Y2022, portal_refused)),
    (5, (Era::Y2022, sso_console)),
    (5, (Era::Y2018, saml_login)),
    (4, (Era::Y2014, role_login)),
    (4, (Era::Y2014, federated_login)),
    (2, (Era::Y2018, web_identity_login)),
    (6, (Era::Y2014, role_switched)),
    (4, (Era::Y2014, role_switch_refused)),
    (3, (Era::Y2018, foreign_token)),
    (3, (Era::Y2018, password_recovered)),
    (2, (Era::Y2018, password_recovery_failed)),
    (4, (Era::Y2018, account_changed)),
    (3, (Era::Y2022, external_idp_login)),
    (3, (Era::Now, aws_login)),
    (3, (Era::Now, agent_login)),
    (2, (Era::Now, oauth_no_result)),
    (4, (Era::Now, portal_token)),
    (2, (Era::Now, portal_token_refused)),
    (3, (Era::Now, portal_failed)),
    (3, (Era::Now, portal_unknown_user)),
    (2, (Era::Now, device_enrolled)),
    (3, (Era::Now, workspaces_login)),
    (2, (Era::Y2022, smartcard_login)),
    (3, (Era::Now, policy_stopped)),
    (2, (Era::Y2018, session_with_mfa)),
    (2, (Era::Now, unknown_event)),
];

/// A story and the first era in which it happens.
pub(crate) fn pick(random: &mut Random) -> (Era, Story) {
    random.weighted(STORIES)
}

const FAILED: &str = "Failed authentication";
const NO_SUCH_USER: &str = "No username found in supplied account";
const PORTAL_AGENT: &str = "Jersey/${project.version} (HttpUrlConnection 17.0.16)";

impl Scene<'_> {
    pub(crate) fn wait_for_retry(&mut self) {
        self.wait(13..=68);
    }

    /// The identity of the person before the sign-in succeeds, with the name as typed.
    fn unauthenticated(&mut self) -> Value {
        let typed_name = if self.random.percent(10) {
            self.person.name.to_uppercase()
        } else {
            self.person.name.to_owned()
        };
        identity::unauthenticated_iam_user(&self.person, &typed_name)
    }

    fn sign_in(&mut self, case: Case, login: Login) {
        self.console_login(case, identity::iam_user(&self.person), login);
    }

    fn refuse(&mut self, case: Case, login: Login) {
        let user_identity = self.unauthenticated();
        self.console_login(case, user_identity, login);
    }

    fn mfa_checked(&mut self) {
        let user_identity = self.unauthenticated();
        self.check_mfa(Case::CheckMfaSuccess, user_identity, "Success");
        // The person reads six digits from a phone.
        self.wait(9..=19);
    }

    fn mfa_sign_in(&mut self) {
        let arn = format!("arn:aws:iam::{}:mfa/{}", self.visit.account, self.person.name);
        let login = Login {
            mfa_identifier: self.random.percent(70).then_some(arn),
            ..Login::success("Yes")
        };
        self.sign_in(Case::UserMfaUsed, login);
    }

    fn role_session(&mut self, role: &str) -> Value {
        let (account, time) = (self.visit.account, self.visit.time);
        identity::assumed_role(account, role, &self.person.email(), time)
    }
}

pub(crate) fn password_login(scene: &mut Scene<'_>) {
    scene.sign_in(Case::UserNoMfa, Login::success("No"));
}

pub(crate) fn bad_password(scene: &mut Scene<'_>) {
    scene.refuse(Case::UserBadPassword, Login::failure("No", FAILED));
}

pub(crate) fn password_mistyped(scene: &mut Scene<'_>) {
    for _ in 0..scene.random.between(1..=3) {
        if scene.random.percent(20) {
            let login = Login { error_message: None, ..Login::failure("No", FAILED) };
            scene.refuse(Case::UserBadPasswordNoMessage, login);
        } else {
            bad_password(scene);
        }
        scene.wait_for_retry();
    }
    password_login(scene);
}

pub(crate) fn mfa_login(scene: &mut Scene<'_>) {
    scene.mfa_checked();
    // Two regions can serve the two halves of a sign-in.
    if scene.random.percent(20) {
        scene.visit.region = identity::region(scene.random);
    }
    scene.mfa_sign_in();
}

pub(crate) fn mfa_refused(scene: &mut Scene<'_>) {
    scene.mfa_checked();
    scene.refuse(Case::UserBadPasswordOrMfa, Login::failure("Yes", FAILED));
}

/// It is unknown whether a second try has a second CheckMfa, so both variants occur.
pub(crate) fn mfa_mistyped(scene: &mut Scene<'_>) {
    mfa_refused(scene);
    scene.wait_for_retry();
    if scene.random.percent(50) {
        scene.mfa_checked();
    }
    scene.mfa_sign_in();
}

pub(crate) fn mfa_abandoned(scene: &mut Scene<'_>) {
    scene.mfa_checked();
}

fn mfa_inconsistent(scene: &mut Scene<'_>) {
    scene.mfa_checked();
    scene.sign_in(Case::UserMfaInconsistent, Login::success("No"));
}

fn mfa_check_lost(scene: &mut Scene<'_>) {
    scene.mfa_sign_in();
}

fn mfa_absent(scene: &mut Scene<'_>) {
    scene.sign_in(Case::UserMfaAbsent, Login { mfa_used: None, ..Login::success("No") });
}

fn other_failure(scene: &mut Scene<'_>) {
    scene.refuse(Case::UserOtherFailure, Login::failure("No", "Sign-in is not available"));
}

fn no_result(scene: &mut Scene<'_>) {
    scene.sign_in(Case::UserNoResult, Login { result: None, ..Login::success("No") });
}

/// In the year of the article, an unknown user fails at CheckMfa, before and after at ConsoleLogin.
pub(crate) fn unknown_user(scene: &mut Scene<'_>) {
    let user_identity = identity::unknown_user(scene.visit.account);
    if scene.visit.era == Era::Y2018 {
        scene.check_mfa(Case::UnknownUserCheckMfa, user_identity, "Failure");
    } else {
        let login = Login::failure("No", NO_SUCH_USER);
        scene.console_login(Case::UnknownUserConsoleLogin, user_identity, login);
    }
}

/// If both forms arrive, they are one attempt.
fn unknown_user_twice(scene: &mut Scene<'_>) {
    let user_identity = identity::unknown_user(scene.visit.account);
    scene.check_mfa(Case::UnknownUserCheckMfa, user_identity.clone(), "Failure");
    scene.wait(0..=2);
    let login = Login::failure("No", NO_SUCH_USER);
    scene.console_login(Case::UnknownUserConsoleLogin, user_identity, login);
}

fn root_login(scene: &mut Scene<'_>) {
    let user_identity = identity::root(scene.visit.account);
    scene.console_login(Case::RootNoMfa, user_identity, Login::success("No"));
}

pub(crate) fn root_mfa_login(scene: &mut Scene<'_>) {
    let account = scene.visit.account;
    let mfa_used = scene.random.pick(&["Yes", "Yes", "YES"]);
    let login = Login {
        mfa_identifier: Some(format!("arn:aws:iam::{account}:mfa/root-account-mfa-device")),
        ..Login::success(mfa_used)
    };
    scene.console_login(Case::RootMfaUsed, identity::root(account), login);
}

pub(crate) fn root_guessed(scene: &mut Scene<'_>) {
    for _ in 0..scene.random.between(1..=3) {
        let user_identity = identity::unauthenticated_root(scene.visit.account);
        let (case, mfa_used) = scene
            .random
            .pick(&[(Case::RootBadPassword, "No"), (Case::RootBadPasswordOrMfa, "Yes")]);
        scene.console_login(case, user_identity, Login::failure(mfa_used, FAILED));
        scene.wait_for_retry();
    }
}

/// Password, a second factor, the portal, and from there to the console.
pub(crate) fn portal_login(scene: &mut Scene<'_>) {
    let workflow = scene.start_workflow();
    scene.challenge(Case::IdcChallengePassword, &workflow, "PASSWORD");
    scene.wait(6..=15);
    scene.verification(Case::IdcVerificationSuccess, &workflow, "PASSWORD", "Success");
    if scene.random.percent(30) {
        scene.authentication(Case::IdcAuthenticationOneFactor, &workflow, "PASSWORD");
    } else {
        let factor = scene.random.pick(&["TOTP", "WEBAUTHN", "EMAIL_OTP", "RESYNC_TOTP"]);
        scene.challenge(Case::IdcChallengeFactor, &workflow, factor);
        scene.wait(5..=12);
        scene.verification(Case::IdcVerificationSuccess, &workflow, factor, "Success");
        let factors = format!("PASSWORD,{factor}");
        scene.authentication(Case::IdcAuthenticationMfa, &workflow, &factors);
    }
    scene.wait(1..=3);
    scene.portal_event(Case::PortalSession, "Authenticate", None, None);
    scene.wait(4..=30);
    sso_console(scene);
}

/// Choosing one of the portal's roles leaves three records of two event sources within seconds.
pub(crate) fn sso_console(scene: &mut Scene<'_>) {
    let role = identity::sso_role(scene.random);
    let details = json!({"account_id": scene.visit.account, "role_name": role});
    scene.portal_event(Case::PortalSession, "Federate", Some(details), None);
    let session = scene.role_session(role);
    let browser = std::mem::replace(&mut scene.visit.agent, PORTAL_AGENT.to_owned());
    scene.signin_token(Case::SigninTokenPortal, session.clone());
    scene.visit.agent = browser;
    scene.wait(1..=4);
    scene.console_login(Case::SsoRole, session, Login::success("No"));
}

pub(crate) fn portal_login_by_external_idp(scene: &mut Scene<'_>) {
    let workflow = scene.start_workflow();
    scene.challenge(Case::IdcChallengeExternal, &workflow, "EXTERNAL_IDP");
    scene.wait(3..=20);
    scene.verification(Case::IdcVerificationSuccess, &workflow, "EXTERNAL_IDP", "Success");
    scene.authentication(Case::IdcAuthenticationExternal, &workflow, "EXTERNAL_IDP");
    scene.wait(1..=3);
    scene.portal_event(Case::PortalSession, "Authenticate", None, None);
    scene.wait(600..=7200);
    scene.portal_event(Case::PortalSession, "Logout", Some(json!({"Logout": "Success"})), None);
}

/// A wrong password or code, then the security key alone.
pub(crate) fn portal_mistyped(scene: &mut Scene<'_>) {
    let workflow = scene.start_workflow();
    scene.challenge(Case::IdcChallengePassword, &workflow, "PASSWORD");
    scene.wait(6..=15);
    let factor = scene.random.pick(&["PASSWORD", "TOTP"]);
    scene.verification(Case::IdcVerificationFailure, &workflow, factor, "Failure");
    scene.wait_for_retry();
    let factor = scene.random.pick(&["SMARTCARD", "WEBAUTHN"]);
    scene.challenge(Case::IdcChallengeFactor, &workflow, factor);
    scene.wait(3..=9);
    scene.verification(Case::IdcVerificationSuccess, &workflow, factor, "Success");
    scene.authentication(Case::IdcAuthenticationMfa, &workflow, factor);
}

fn portal_refused(scene: &mut Scene<'_>) {
    let error_code = scene.random.pick(&["UnauthorizedException", "ForbiddenException"]);
    scene.portal_event(Case::PortalSessionFailure, "Federate", None, Some(error_code));
}

pub(crate) fn saml_login(scene: &mut Scene<'_>) {
    let login = Login { through_saml: true, ..Login::success("No") };
    if scene.random.percent(30) {
        let user_identity = identity::saml_user(scene.random, &scene.person);
        scene.console_login(Case::SamlUser, user_identity, login);
    } else {
        let session = scene.role_session("SupportReadOnly");
        scene.console_login(Case::SamlRole, session, login);
    }
}

fn role_login(scene: &mut Scene<'_>) {
    let role = identity::role(scene.random);
    let session = scene.role_session(role);
    if scene.random.percent(25) {
        scene.console_login(Case::AssumedRoleFailure, session, Login::failure("No", FAILED));
    } else {
        scene.console_login(Case::AssumedRole, session, Login::success("No"));
    }
}

pub(crate) fn federated_login(scene: &mut Scene<'_>) {
    let time = scene.visit.time;
    let user_identity = identity::federated_user(&scene.person, time);
    scene.console_login(Case::FederatedUser, user_identity, Login::success("No"));
}

fn web_identity_login(scene: &mut Scene<'_>) {
    let user_identity = identity::web_identity_user(scene.random);
    scene.console_login(Case::WebIdentity, user_identity, Login::success("No"));
}

/// Into a role and back, with its session renewed.
pub(crate) fn role_switched(scene: &mut Scene<'_>) {
    let home = scene.visit.account;
    if scene.random.percent(30) {
        scene.visit.account = identity::other_account(scene.random, home);
        let visitor = identity::aws_account(&scene.person, home);
        scene.role_event(Case::SwitchRoleOtherAccount, "SwitchRole", visitor, "Success", None);
        scene.visit.account = home;
    }
    let role = identity::role(scene.random);
    let session = scene.role_session(role);
    scene.role_event(Case::SwitchRole, "SwitchRole", session.clone(), "Success", None);
    scene.wait(300..=3400);
    if scene.random.percent(50) {
        scene.role_event(Case::RenewRole, "RenewRole", session.clone(), "Success", None);
        scene.wait(60..=600);
    }
    scene.role_event(Case::ExitRole, "ExitRole", session, "Success", None);
}

pub(crate) fn role_switch_refused(scene: &mut Scene<'_>) {
    let (account, name) = (scene.visit.account, scene.person.name);
    let role = identity::role(scene.random);
    let message = format!(
        "User: arn:aws:iam::{account}:user/{name} is not authorized to perform: \
         sts:AssumeRole on resource: arn:aws:iam::{account}:role/{role}"
    );
    let no_session = "The role has no session that could be continued";
    let (case, event_name, outcome, error) = scene.random.weighted(&[
        (5, (Case::SwitchRoleDenied, "SwitchRole", "Failure", ("AccessDenied", &*message))),
        (1, (Case::SwitchRoleDeniedSuccess, "SwitchRole", "Success", ("AccessDenied", &*message))),
        (2, (Case::RenewRoleDenied, "RenewRole", "Failure", ("AccessDeniedException", &*message))),
        (2, (Case::SwitchRoleFailure, "SwitchRole", "Failure", ("InvalidSession", no_session))),
    ]);
    let (error_code, error_message) = error;
    let error = Some((error_code, error_message.to_owned()));
    let user_identity = identity::iam_user(&scene.person);
    scene.role_event(case, event_name, user_identity, outcome, error);
}

/// A program other than the portal turns a role's credentials into a console session.
pub(crate) fn foreign_token(scene: &mut Scene<'_>) {
    let role = identity::role(scene.random);
    let session = scene.role_session(role);
    scene.visit.agent = "python-requests/2.32.3".to_owned();
    scene.signin_token(Case::SigninTokenForeignAgent, session);
}

pub(crate) fn password_recovered(scene: &mut Scene<'_>) {
    let requested = Case::PasswordRecoveryRequested;
    scene.root_event(requested, "PasswordRecoveryRequested", "Success", None);
    scene.wait(60..=900);
    let completed = Case::PasswordRecoveryCompleted;
    scene.root_event(completed, "PasswordRecoveryCompleted", "Success", None);
}

fn password_recovery_failed(scene: &mut Scene<'_>) {
    let case = Case::PasswordRecoveryFailure;
    let message = Some("The recovery link is no longer valid");
    scene.root_event(case, "PasswordRecoveryCompleted", "Failure", message);
}

pub(crate) fn account_changed(scene: &mut Scene<'_>) {
    if scene.random.percent(20) {
        scene.root_event(Case::AccountChangeFailure, "PasswordUpdated", "Failure", None);
        scene.wait_for_retry();
    }
    let names = ["PasswordUpdated", "EmailUpdated", "AccountNameUpdated"];
    let event_name = scene.random.pick(&names);
    scene.root_event(Case::AccountChange, event_name, "Success", None);
}

pub(crate) fn external_idp_login(scene: &mut Scene<'_>) {
    let event_name = "ExternalIdPDirectoryLogin";
    if scene.random.percent(50) {
        let message = Some("The response of the identity provider could not be read");
        scene.root_event(Case::ExternalIdpFailure, event_name, "Failure", message);
    } else {
        scene.root_event(Case::ExternalIdpSuccess, event_name, "Success", None);
    }
}

const CLI_AGENT: &str = "aws-cli/2.32.1 md/awscrt#0.28.4 ua/2.1 os/linux lang/python#3.13.9 \
                         cfg/retry-mode#standard command/login";

/// `aws login`: the person allows the program, which gets a token.
pub(crate) fn aws_login(scene: &mut Scene<'_>) {
    let client = "arn:aws:signin:::devtools/same-device";
    let user_identity = identity::iam_user(&scene.person);
    scene.oauth_event(
        Case::OauthAuthorization,
        "AuthorizeOAuth2Access",
        user_identity.clone(),
        json!({"client_id": client, "response_type": "code", "scope": "openid"}),
        Some(json!({"success": "true", "x-amzn-vpce-id": ""})),
    );
    scene.wait(1..=5);
    scene.visit.agent = CLI_AGENT.to_owned();
    scene.oauth_event(
        Case::OauthToken,
        "CreateOAuth2Token",
        user_identity,
        json!({"client_id": client}),
        Some(json!({"grant_type": "authorization_code", "success": "true"})),
    );
}

/// A program that acts on its own is allowed to sign in, and renews its token.
fn agent_login(scene: &mut Scene<'_>) {
    let registration = scene.random.uuid();
    let region = scene.visit.region;
    let client = format!("arn:aws:signin:{region}::external-client/dcr/{registration}");
    let resource = "https://mcp.example.com/mcp";
    let role = identity::sso_role(scene.random);
    let session = scene.role_session(role);
    scene.oauth_event(
        Case::OauthAuthorization,
        "AuthorizeOAuth2Access",
        session.clone(),
        json!({"resource": resource, "client_id": client, "code_challenge_method": "S256"}),
        Some(json!({"success": "true"})),
    );
    scene.wait(1..=30);
    scene.visit.agent = "ExampleAgent/1.4.0".to_owned();
    let parameters = json!({"resource": resource, "client_id": client});
    if scene.random.percent(30) {
        let data = json!({"grant_type": "authorization_code", "success": "False"});
        let (case, name) = (Case::OauthFailure, "CreateOAuth2Token");
        scene.oauth_event(case, name, session, parameters, Some(data));
        return;
    }
    let data = json!({"grant_type": "authorization_code", "success": "true"});
    let name = "CreateOAuth2Token";
    scene.oauth_event(Case::OauthToken, name, session.clone(), parameters.clone(), Some(data));
    scene.wait(600..=3600);
    // The kind of grant is in one place or the other.
    let (parameters, data) = if scene.random.percent(50) {
        (parameters, json!({"grant_type": "refresh_token", "success": "true"}))
    } else {
        let with_grant = json!({"client_id": client, "grant_type": "refresh_token"});
        (with_grant, json!({"success": "true"}))
    };
    scene.oauth_event(Case::OauthRefresh, name, session, parameters, Some(data));
}

fn oauth_no_result(scene: &mut Scene<'_>) {
    let name = scene.random.pick(&["AuthorizeOAuth2Access", "CreateOAuth2Token"]);
    let user_identity = identity::iam_user(&scene.person);
    let data = scene.random.pick(&[None, Some("unavailable")]);
    let data = data.map(|success| json!({"success": success}));
    let parameters = json!({"client_id": "arn:aws:signin:::devtools/cross-device"});
    scene.oauth_event(Case::OauthNoResult, name, user_identity, parameters, data);
}

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// `aws sso login`, the credentials of a role, and a new token later.
fn portal_token(scene: &mut Scene<'_>) {
    let token = json!({
        "accessToken": HIDDEN,
        "expiresIn": 28_800,
        "refreshToken": HIDDEN,
        "tokenType": "Bearer",
    });
    scene.visit.agent = CLI_AGENT.replace("command/login", "command/sso.login");
    let device = json!({"clientId": scene.random.token(22), "grantType": DEVICE_GRANT});
    scene.portal_call(Case::PortalToken, "CreateToken", None, device, token.clone());
    scene.wait(1..=20);
    let role = json!({"roleName": "ReadOnlyAccess", "accountId": scene.visit.account});
    scene.portal_call(Case::RoleCredentials, "GetRoleCredentials", None, role.clone(), Value::Null);
    scene.wait(600..=3600);
    if scene.random.percent(50) {
        let refresh = json!({"grantType": "refresh_token"});
        scene.portal_call(Case::PortalRefresh, "CreateToken", None, refresh, token);
    } else {
        let error_code = Some("UnauthorizedException");
        let (case, name) = (Case::RoleCredentialsFailure, "GetRoleCredentials");
        scene.portal_call(case, name, error_code, role, Value::Null);
    }
}

fn portal_token_refused(scene: &mut Scene<'_>) {
    scene.visit.agent = CLI_AGENT.replace("command/login", "command/sso.login");
    let device = json!({"clientId": scene.random.token(22), "grantType": DEVICE_GRANT});
    let error_code = scene.random.pick(&["ExpiredTokenException", "AccessDeniedException"]);
    let (case, name) = (Case::PortalTokenFailure, "CreateToken");
    scene.portal_call(case, name, Some(error_code), device, Value::Null);
}

/// While the person signs in, the program calls every few seconds. None of these is a sign-in.
pub(crate) fn portal_polled(scene: &mut Scene<'_>) {
    scene.visit.agent = CLI_AGENT.replace("command/login", "command/sso.login");
    let device = json!({"clientId": scene.random.token(22), "grantType": DEVICE_GRANT});
    let codes = [None, Some("AuthorizationPendingException"), Some("SlowDownException")];
    for error_code in codes {
        let (case, name) = (Case::Lookalike, "CreateToken");
        scene.portal_call(case, name, error_code, device.clone(), Value::Null);
        scene.wait(5..=6);
    }
}

const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// A wrong password as it is written since 2025: only the challenge has the name.
fn portal_failed(scene: &mut Scene<'_>) {
    let name = scene.person.email();
    let workflow = scene.start_refused_workflow(name);
    scene.challenge(Case::IdcFailureChallenge, &workflow, "PASSWORD");
    for _ in 0..scene.random.between(1..=2) {
        scene.wait(6..=15);
        scene.verification(Case::IdcFailureVerification, &workflow, "PASSWORD", "Failure");
    }
}

fn portal_unknown_user(scene: &mut Scene<'_>) {
    let workflow = scene.start_refused_workflow(HIDDEN.to_owned());
    scene.challenge(Case::IdcUnknownUserChallenge, &workflow, "PASSWORD");
    scene.wait(6..=15);
    let case = Case::IdcUnknownUserVerification;
    if scene.random.percent(50) {
        scene.named_verification(case, &workflow, "PASSWORD", "Failure");
    } else {
        scene.verification(case, &workflow, "PASSWORD", "Failure");
    }
}

/// The first sign-in, at which the user registers a device.
fn device_enrolled(scene: &mut Scene<'_>) {
    let workflow = scene.start_workflow();
    scene.challenge(Case::IdcChallengePassword, &workflow, "PASSWORD");
    scene.wait(6..=15);
    scene.verification(Case::IdcVerificationSuccess, &workflow, "PASSWORD", "Success");
    scene.wait(30..=90);
    scene.enrolled_authentication(Case::IdcAuthenticationEnrolled, &workflow);
}

/// WorkSpaces writes the records of Identity Center for users of a directory.
fn workspaces_login(scene: &mut Scene<'_>) {
    let workflow = scene.start_directory_workflow();
    scene.challenge(Case::DirectoryChallenge, &workflow, "PASSWORD");
    scene.wait(3..=12);
    if scene.random.percent(40) {
        let case = Case::DirectoryVerificationFailure;
        scene.verification(case, &workflow, "PASSWORD", "Failure");
        scene.wait_for_retry();
    }
    scene.verification(Case::DirectoryVerification, &workflow, "PASSWORD", "Success");
    scene.authentication(Case::DirectoryAuthentication, &workflow, "PASSWORD");
}

/// With smart cards it does so since 2021.
fn smartcard_login(scene: &mut Scene<'_>) {
    let workflow = scene.start_directory_workflow();
    scene.challenge(Case::DirectoryChallenge, &workflow, "SMARTCARD");
    scene.wait(3..=12);
    scene.verification(Case::DirectoryVerification, &workflow, "SMARTCARD", "Success");
    scene.authentication(Case::DirectoryAuthentication, &workflow, "SMARTCARD");
}

/// A policy stops somebody, with the right password or before it.
fn policy_stopped(scene: &mut Scene<'_>) {
    let message = scene.random.pick(&[
        "Authorization denied because of a resource-based policy",
        "Authorization denied because of a resource control policy",
    ]);
    let login = Login { error_code: Some("AccessDenied"), ..Login::failure("No", message) };
    if scene.random.percent(30) {
        let user_identity = identity::root(scene.visit.account);
        scene.console_login(Case::PolicyDeniedRoot, user_identity, login);
    } else {
        scene.sign_in(Case::PolicyDenied, login);
    }
}

/// MFAUsed says No, but the session has MFA.
fn session_with_mfa(scene: &mut Scene<'_>) {
    let mut session = if scene.random.percent(50) {
        let role = identity::role(scene.random);
        scene.role_session(role)
    } else {
        identity::iam_user(&scene.person)
    };
    let created = scene.visit.time.to_string();
    session["sessionContext"]["attributes"] =
        json!({"creationDate": created, "mfaAuthenticated": "true"});
    scene.console_login(Case::SessionMfa, session, Login::success("No"));
}

fn unknown_event(scene: &mut Scene<'_>) {
    scene.unknown_event();
}
