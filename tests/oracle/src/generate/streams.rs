//! Random streams of records: few keys, many ties, times close to every limit.

use std::iter;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::attempts::AttemptSettings;
use crate::time;

/// An endless iterator over streams of 5 to 60 records, the same for the same seed. Records are in
/// order of arrival.
///
/// Every record has a time, none is late under the default settings, and the order of events is
/// unambiguous: at most one record per second has no eventID, and only exact duplicates share one.
pub fn streams(seed: u64) -> impl Iterator<Item = Vec<Value>> {
    let mut generator = Generator { random: Rng::with_seed(seed) };
    iter::repeat_with(move || generator.stream())
}

/// 2025-03-29T11:00:00Z.
const START: i64 = 1_743_246_000;

/// Seconds from a record to a later one: within an attempt, then close to the window, to the
/// lateness, and to the hour for which a failure counts.
const WITHIN_ATTEMPT: &[i64] = &[0, 0, 0, 0, 1, 1, 2, 13, 21, 34, 45, 68];
const AROUND_WINDOW: &[i64] = &[0, 0, 1, 13, 68, 179, 180, 181];
const AROUND_LATENESS: &[i64] = &[0, 1, 45, 180, 299, 300, 301, 599, 600, 601];
const AROUND_HOUR: &[i64] = &[0, 0, 1, 21, 180, 181, 3599, 3600, 3601];

#[derive(Clone, Copy)]
enum Role {
    User,
    UnknownUser,
    Session,
    Workflow,
}

/// A person who signs in, with the fields that all of their records share.
struct Person {
    role: Role,
    shared: Value,
}

struct Generator {
    random: Rng,
}

impl Generator {
    fn stream(&mut self) -> Vec<Value> {
        let people: Vec<Person> = (0..self.random.usize(1..=5)).map(|_| self.person()).collect();
        let gaps = self.choose(&[WITHIN_ATTEMPT, AROUND_WINDOW, AROUND_LATENESS, AROUND_HOUR]);
        let has_fractions = self.one_in(8);
        let mut seconds: Vec<i64> = Vec::new();
        let mut dated: Vec<(i64, Value)> = Vec::new();
        for _ in 0..self.random.usize(5..=60) {
            let recent = &seconds[seconds.len().saturating_sub(6)..];
            let second =
                if recent.is_empty() { START } else { self.choose(recent) + self.choose(gaps) };
            seconds.push(second);
            let fraction_ms = if has_fractions { self.choose(&[0, 0, 1, 250, 999]) } else { 0 };
            let time_ms = second * 1000 + fraction_ms;
            let person = &people[self.random.usize(0..people.len())];
            let mut record = self.record(person);
            record["eventTime"] = time::format(time_ms).into();
            if !self.one_in(12) || has_record_without_id(&dated, time_ms) {
                record["eventID"] = self.event_id().into();
            }
            dated.push((time_ms, record));
        }
        self.duplicate_some(&mut dated);
        self.in_order_of_arrival(dated)
    }

    fn duplicate_some(&mut self, dated: &mut Vec<(i64, Value)>) {
        for index in 0..dated.len() {
            if dated.len() < 60 && self.one_in(12) && dated[index].1.get("eventID").is_some() {
                dated.push(dated[index].clone());
            }
        }
    }

    /// Shuffles the records so that none becomes late: a record can arrive before an older one only
    /// if it is at most the lateness newer.
    fn in_order_of_arrival(&mut self, mut waiting: Vec<(i64, Value)>) -> Vec<Value> {
        let lateness_ms = i64::from(AttemptSettings::default().lateness_seconds) * 1000;
        waiting.sort_by_key(|(time_ms, _)| *time_ms);
        let mut arrived = Vec::new();
        let strategy = self.random.usize(0..5);
        while let Some(&(first_ms, _)) = waiting.first() {
            let allowed = waiting.partition_point(|(ms, _)| *ms <= first_ms + lateness_ms);
            let index = match strategy {
                0 => 0,
                // The newest that is allowed, which makes others as late as is allowed.
                1 => allowed - 1,
                // The oldest waits until no other record is allowed.
                2 => self.random.usize(allowed.min(2) - 1..allowed),
                3 => self.choose(&[0, allowed - 1]),
                _ => self.random.usize(0..allowed),
            };
            arrived.push(waiting.remove(index).1);
        }
        arrived
    }

    fn person(&mut self) -> Person {
        let role = self.choose(&[
            Role::User,
            Role::User,
            Role::User,
            Role::UnknownUser,
            Role::Session,
            Role::Workflow,
            Role::Workflow,
        ]);
        let account = self.choose(&["111122223333", "111122223333", "444455556666"]);
        let mut shared = json!({
            "eventVersion": "1.08",
            "userIdentity": self.identity(role, account),
            "eventSource": "signin.amazonaws.com",
            "awsRegion": "us-east-1",
            "sourceIPAddress": self.choose(&["192.0.2.10", "2001:db8:20::d417"]),
            "userAgent": self.choose(&["Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 Chrome/138.0"]),
            "requestParameters": null,
            "recipientAccountId": account,
        });
        if matches!(role, Role::Workflow) {
            shared["additionalEventData"] = json!({"UserName": "sora"});
            if !self.one_in(5) {
                let workflow = self.random.usize(1..4);
                shared["additionalEventData"]["AuthWorkflowID"] =
                    format!("00112233-4455-6677-8899-00000000000{workflow}").into();
            }
        }
        if self.one_in(5) {
            self.remove_a_field(&mut shared);
        }
        Person { role, shared }
    }

    fn identity(&mut self, role: Role, account: &str) -> Value {
        let user = |name: &str, id: &str| {
            json!({
                "type": "IAMUser",
                "principalId": id,
                "accountId": account,
                "userName": name,
            })
        };
        let session = |issuer: &str, id: &str| {
            json!({
                "type": "AssumedRole",
                "principalId": format!("{id}:mika"),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{issuer}/mika"),
                "accountId": account,
            })
        };
        let identities = match role {
            Role::User => [
                user("mika", "AIDAEXAMPLE0000000001"),
                user("sora", "AIDAEXAMPLE0000000002"),
                json!({"type": "Root", "principalId": account, "accountId": account}),
            ],
            Role::UnknownUser => {
                let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
                let unknown = json!({"type": "IAMUser", "accountId": account, "userName": hidden});
                [unknown.clone(), unknown.clone(), unknown]
            }
            Role::Session => [
                session("AWSReservedSSO_ReadOnly_0123456789abcdef", "AROAEXAMPLE0000000001"),
                session("Operators", "AROAEXAMPLE0000000002"),
                session("Operators", "AROAEXAMPLE0000000003"),
            ],
            Role::Workflow => [
                json!({"type": "IdentityCenterUser", "accountId": account, "credentialId": "c-1"}),
                json!({"type": "Unknown", "principalId": account, "userName": "sora"}),
                json!({"type": "Unknown", "accountId": account}),
            ],
        };
        self.choose(&[0, 1, 2].map(|index| &identities[index])).clone()
    }

    fn record(&mut self, person: &Person) -> Value {
        let mut record = person.shared.clone();
        if self.one_in(15) {
            self.unrelated(&mut record);
            return record;
        }
        match person.role {
            Role::User => match self.random.usize(0..12) {
                0..5 => self.check(&mut record),
                5..11 => self.login(&mut record),
                _ => self.external_login(&mut record),
            },
            Role::UnknownUser if self.random.bool() => {
                set_result(&mut record, "CheckMfa", "Failure")
            }
            Role::UnknownUser => {
                set_result(&mut record, "ConsoleLogin", "Failure");
                record["errorMessage"] = "No username found in supplied account".into();
            }
            Role::Session => {
                self.login(&mut record);
                if self.random.bool() {
                    record["additionalEventData"]["SamlProviderArn"] =
                        "arn:aws:iam::111122223333:saml-provider/ExampleIdP".into();
                }
            }
            Role::Workflow => self.identity_center(&mut record),
        }
        if self.one_in(20) {
            record["errorCode"] = "AccessDenied".into();
        }
        if self.one_in(15) {
            self.remove_a_field(&mut record);
        }
        if self.one_in(10) {
            record["awsRegion"] = "ap-northeast-1".into();
        }
        record
    }

    /// A failed check is always that of an unknown user.
    fn check(&mut self, record: &mut Value) {
        let result = self.choose(&["Success", "Success", "Success", "Success", "Failure", ""]);
        set_result(record, "CheckMfa", result);
        record["additionalEventData"] = json!({"MfaType": "Virtual MFA"});
    }

    fn login(&mut self, record: &mut Value) {
        let results =
            &["Success", "Success", "Success", "Failure", "Failure", "Failure", "Failure"];
        let result = if self.one_in(20) { "" } else { self.choose(results) };
        set_result(record, "ConsoleLogin", result);
        record["additionalEventData"] = match self.random.usize(0..7) {
            0 => json!({"MobileVersion": "No"}),
            1 | 2 => json!({"MobileVersion": "No", "MFAUsed": "No"}),
            _ => json!({"MobileVersion": "No", "MFAUsed": "Yes"}),
        };
        if result == "Failure" {
            record["errorMessage"] = match self.random.usize(0..8) {
                0 => "No username found in supplied account".into(),
                1 => "Internal error".into(),
                2 => Value::Null,
                _ => "Failed authentication".into(),
            };
        }
    }

    fn external_login(&mut self, record: &mut Value) {
        let result = self.choose(&["Success", "Failure"]);
        set_result(record, "ExternalIdPDirectoryLogin", result);
        if self.one_in(4) {
            record["errorMessage"] = "No username found in supplied account".into();
        }
    }

    fn identity_center(&mut self, record: &mut Value) {
        let (event_name, types): (_, &[_]) = match self.random.usize(0..9) {
            0..3 => ("CredentialChallenge", &["PASSWORD", "TOTP", "WEBAUTHN", "EXTERNAL_IDP"]),
            3..7 => ("CredentialVerification", &["PASSWORD", "TOTP"]),
            _ => ("UserAuthentication", &["PASSWORD", "PASSWORD,TOTP", "EXTERNAL_IDP", ""]),
        };
        let result = match event_name {
            "CredentialVerification" => self.choose(&["Success", "Failure", "Failure"]),
            _ => self.choose(&["Success", "Success", "Success", "Success", "Success", "Failure"]),
        };
        let result = if self.one_in(20) { "" } else { result };
        record["eventName"] = event_name.into();
        record["additionalEventData"]["CredentialType"] = self.choose(types).into();
        record["serviceEventDetails"] = json!({event_name: result});
    }

    /// A record that is part of no attempt; most are sign-in records.
    fn unrelated(&mut self, record: &mut Value) {
        let (event_source, event_name) = self.choose(&[
            ("signin.amazonaws.com", "SwitchRole"),
            ("signin.amazonaws.com", "GetSigninToken"),
            ("signin.amazonaws.com", "PasswordRecoveryRequested"),
            ("signin.amazonaws.com", "UserAuthenticationStarted"),
            ("sso.amazonaws.com", "Authenticate"),
            ("s3.amazonaws.com", "ConsoleLogin"),
        ]);
        record["eventSource"] = event_source.into();
        set_result(record, event_name, self.choose(&["Success", "Failure"]));
    }

    /// Removes a field that is part of a key, or sets it to null, which counts as absent.
    fn remove_a_field(&mut self, record: &mut Value) {
        let (parent, field) = self.choose(&[
            ("", "recipientAccountId"),
            ("", "recipientAccountId"),
            ("", "userAgent"),
            ("", "sourceIPAddress"),
            ("/userIdentity", "principalId"),
            ("/userIdentity", "accountId"),
            ("/userIdentity", "userName"),
            ("/userIdentity", "type"),
            ("/additionalEventData", "AuthWorkflowID"),
            ("/additionalEventData", "AuthWorkflowID"),
        ]);
        let is_null = self.one_in(4);
        let Some(parent) = record.pointer_mut(parent).and_then(Value::as_object_mut) else {
            return;
        };
        match parent.get_mut(field) {
            Some(value) if is_null => *value = Value::Null,
            _ => drop(parent.shift_remove(field)),
        }
    }

    /// A UUID, or at times another text, which sorts after all UUIDs.
    fn event_id(&mut self) -> String {
        let digits = format!("{:032x}", self.random.u128(..));
        if self.one_in(10) {
            return digits;
        }
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
        groups.join("-")
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.random.usize(0..n) == 0
    }

    fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.usize(0..from.len())]
    }
}

fn has_record_without_id(dated: &[(i64, Value)], time_ms: i64) -> bool {
    let is_in_second = |other_ms: i64| other_ms.div_euclid(1000) == time_ms.div_euclid(1000);
    dated.iter().any(|(other, record)| is_in_second(*other) && record.get("eventID").is_none())
}

/// Sets name and result; an empty result is neither Success nor Failure.
fn set_result(record: &mut Value, event_name: &str, result: &str) {
    record["eventName"] = event_name.into();
    let mut elements = Map::new();
    elements.insert(event_name.to_owned(), result.into());
    record["responseElements"] = elements.into();
}
