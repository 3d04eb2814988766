//! Invented people, accounts, addresses and roles, and their userIdentity.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::era::Era;
use crate::random::Random;

/// The account of the trail.
const MAIN_ACCOUNT: &str = "111122223333";
const ACCOUNTS: [&str; 3] = [MAIN_ACCOUNT, "444455556666", "777788889999"];

/// The SAML provider.
pub(crate) const SAML_PROVIDER: &str = "ExampleIdP";
pub(crate) const IDENTITY_STORE: &str = "d-9067example";

const SSO_ROLES: [&str; 3] = [
    "AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6071",
    "AWSReservedSSO_ReadOnlyAccess_1f2e3d4c5b6a7988",
    "AWSReservedSSO_Billing_99aabbccddeeff00",
];
const ROLES: [&str; 5] =
    ["OrderServiceTask", "NightlyBackup", "DeployPipeline", "SupportReadOnly", "DataLakeLoader"];

/// A person with an IAM user in one account.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) account: &'static str,
    pub(crate) address: &'static str,
    platform: &'static str,
}

const WINDOWS: &str = "Windows NT 10.0; Win64; x64";
const MACINTOSH: &str = "Macintosh; Intel Mac OS X 10_15_7";
const LINUX: &str = "X11; Linux x86_64";

pub(crate) const AKEMI: Person = person("akemi", MAIN_ACCOUNT, "192.0.2.10", MACINTOSH);
pub(crate) const BRUNO: Person = person("bruno", MAIN_ACCOUNT, "192.0.2.11", WINDOWS);
pub(crate) const CHIDI: Person = person("chidi", MAIN_ACCOUNT, "198.51.100.23", LINUX);
pub(crate) const DALIA: Person = person("dalia", MAIN_ACCOUNT, "2001:db8:20::d417", MACINTOSH);
pub(crate) const EMEKA: Person = person("emeka", MAIN_ACCOUNT, "192.0.2.14", WINDOWS);
pub(crate) const PEOPLE: [Person; 8] = [
    AKEMI,
    BRUNO,
    CHIDI,
    DALIA,
    EMEKA,
    person("fumiko.sato", ACCOUNTS[1], "198.51.100.77", WINDOWS),
    person("goran_k", ACCOUNTS[1], "2001:db8:31:7::9", LINUX),
    person("hana+ops@example.com", ACCOUNTS[2], "203.0.113.140", MACINTOSH),
];

const fn person(
    name: &'static str,
    account: &'static str,
    address: &'static str,
    platform: &'static str,
) -> Person {
    Person { name, account, address, platform }
}

impl Person {
    /// The person's userAgent.
    pub(crate) fn browser(&self, era: Era) -> String {
        let version = era.browser_version();
        if self.platform == LINUX {
            return format!(
                "Mozilla/5.0 ({LINUX}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            );
        }
        let platform = self.platform;
        format!(
            "Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/{version}.0.0.0 Safari/537.36"
        )
    }

    /// The principalId, which does not depend on how the name is typed.
    pub(crate) fn principal_id(&self) -> String {
        unique_id("AIDA", self.name)
    }

    /// The userId in the identity store.
    fn identity_center_id(&self) -> String {
        let letters: String =
            self.name.bytes().cycle().take(6).map(|letter| format!("{letter:02x}")).collect();
        format!("90679e4a-70d1-4f00-a000-{letters}")
    }

    pub(crate) fn email(&self) -> String {
        let local_part = self.name.split(['+', '@']).next().unwrap_or(self.name);
        format!("{local_part}@example.com")
    }
}

pub(crate) fn other_account(random: &mut Random, account: &str) -> &'static str {
    let others: Vec<_> = ACCOUNTS.into_iter().filter(|other| *other != account).collect();
    random.pick(&others)
}

pub(crate) fn region(random: &mut Random) -> &'static str {
    random.weighted(&[(6, "us-east-1"), (2, "ap-northeast-1"), (2, "eu-west-1")])
}

/// An instance that runs programs under a role.
pub(crate) struct Machine {
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) role: &'static str,
}

impl Machine {
    pub(crate) fn any(random: &mut Random) -> Self {
        let number = random.below(12);
        Self {
            number,
            id: format!("i-{:017x}", 0x5eed_0000 + number),
            address: format!("10.20.4.{}", 10 + number),
            role: ROLES[number as usize % ROLES.len()],
        }
    }
}

pub(crate) fn role(random: &mut Random) -> &'static str {
    random.pick(&ROLES)
}

pub(crate) fn sso_role(random: &mut Random) -> &'static str {
    random.pick(&SSO_ROLES)
}

/// The access key of `holder`: 20 characters, the same for the same holder.
pub(crate) fn access_key(prefix: &str, holder: &str) -> String {
    unique_id(prefix, holder)[..20].to_owned()
}

/// A unique id of IAM: 21 characters, the same for the same name.
pub(crate) fn unique_id(prefix: &str, name: &str) -> String {
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let short = match letters.len() {
        length @ 11.. => format!("{}{}", &letters[..5], &letters[length - 5..]),
        _ => letters,
    };
    format!("{prefix}{:2<17}", format!("{short}EXAMPLE"))
}

pub(crate) fn iam_user(person: &Person) -> Value {
    let Person { name, account, .. } = person;
    json!({
        "type": "IAMUser",
        "principalId": person.principal_id(),
        "arn": format!("arn:aws:iam::{account}:user/{name}"),
        "accountId": account,
        "userName": name,
    })
}

/// An IAM user before the sign-in succeeds: without arn, and with the name as typed.
pub(crate) fn unauthenticated_iam_user(person: &Person, typed_name: &str) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": person.principal_id(),
        "accountId": person.account,
        "accessKeyId": "",
        "userName": typed_name,
    })
}

/// A name that no IAM user of the account has. AWS hides it because it may be a mistyped password.
pub(crate) fn unknown_user(account: &str) -> Value {
    json!({
        "type": "IAMUser",
        "accountId": account,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    })
}

/// The root user; its principalId is the account id.
pub(crate) fn root(account: &str) -> Value {
    json!({
        "type": "Root",
        "principalId": account,
        "arn": format!("arn:aws:iam::{account}:root"),
        "accountId": account,
        "accessKeyId": "",
    })
}

/// The root user before the sign-in succeeds: without arn.
pub(crate) fn unauthenticated_root(account: &str) -> Value {
    json!({"type": "Root", "principalId": account, "accountId": account, "accessKeyId": ""})
}

/// A session of a role, made at `created`.
pub(crate) fn assumed_role(account: &str, role: &str, session: &str, created: Timestamp) -> Value {
    let role_id = unique_id("AROA", role);
    let path = if role.starts_with("AWSReservedSSO_") {
        "aws-reserved/sso.amazonaws.com/eu-west-1/"
    } else {
        ""
    };
    json!({
        "type": "AssumedRole",
        "principalId": format!("{role_id}:{session}"),
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
        "accountId": account,
        "accessKeyId": access_key("ASIA", session),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": format!("arn:aws:iam::{account}:role/{path}{role}"),
                "accountId": account,
                "userName": role,
            },
            "webIdFederationData": {},
            "attributes": {"creationDate": created.to_string(), "mfaAuthenticated": "false"},
        },
    })
}

/// A session from a call of GetFederationToken by `person`.
pub(crate) fn federated_user(person: &Person, created: Timestamp) -> Value {
    let Person { name, account, .. } = person;
    json!({
        "type": "FederatedUser",
        "principalId": format!("{account}:{name}"),
        "arn": format!("arn:aws:sts::{account}:federated-user/{name}"),
        "accountId": account,
        "accessKeyId": access_key("ASIA", name),
        "sessionContext": {
            "sessionIssuer": iam_user(person),
            "webIdFederationData": {},
            "attributes": {"creationDate": created.to_string(), "mfaAuthenticated": "false"},
        },
    })
}

pub(crate) fn saml_user(random: &mut Random, person: &Person) -> Value {
    let qualifier = random.token(27);
    json!({
        "type": "SAMLUser",
        "principalId": format!("{qualifier}=:{}", person.email()),
        "userName": person.email(),
        "identityProvider": format!("{qualifier}="),
    })
}

pub(crate) fn web_identity_user(random: &mut Random) -> Value {
    let subject = random.hex(16);
    json!({
        "type": "WebIdentityUser",
        "principalId": format!("login.example.com:console-app:{subject}"),
        "userName": subject,
        "identityProvider": "login.example.com",
    })
}

/// A user of another account.
pub(crate) fn aws_account(person: &Person, account: &str) -> Value {
    json!({"type": "AWSAccount", "principalId": person.principal_id(), "accountId": account})
}

/// A user of Identity Center: until 2025-07-14 of type `Unknown` with a name, then
/// `IdentityCenterUser` without.
pub(crate) fn identity_center_user(random: &mut Random, era: Era, person: &Person) -> Value {
    let Person { name, account, .. } = person;
    if era < Era::Now {
        return json!({
            "type": "Unknown",
            "principalId": account,
            "arn": "",
            "accountId": account,
            "accessKeyId": "",
            "userName": name,
        });
    }
    let store = format!("arn:aws:identitystore::{account}:identitystore/{IDENTITY_STORE}");
    json!({
        "type": "IdentityCenterUser",
        "accountId": account,
        "onBehalfOf": {"userId": person.identity_center_id(), "identityStoreArn": store},
        "credentialId": random.token(40),
    })
}

/// A user of Identity Center whose sign-in fails, since 2025: without a name and an id.
pub(crate) fn refused_identity_center_user(person: &Person) -> Value {
    json!({"type": "Unknown", "arn": "", "accountId": person.account, "accessKeyId": ""})
}

/// A user of a directory who signs in to WorkSpaces; the principalId is the account id.
pub(crate) fn directory_user(person: &Person) -> Value {
    let Person { name, account, .. } = person;
    json!({
        "type": "Unknown",
        "principalId": account,
        "arn": "",
        "accountId": account,
        "accessKeyId": "",
        "userName": name,
    })
}
