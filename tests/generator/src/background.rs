//! Ordinary API calls: their callers, addresses and errors.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::calls::Call;
use crate::case::Case;
use crate::era::Era;
use crate::identity::{self, Machine, Person};
use crate::lookalikes;
use crate::random::Random;
use crate::record::{Draft, Record, Visit};

const LOOKALIKE_PERCENT: u32 = 1;
const ERROR_PERCENT: u32 = 6;

const OLD_AGENT: &str = "aws-cli/1.15.30 Python/3.6.5 Linux/4.14.42 botocore/1.10.30";
const AGENTS: [&str; 4] = [
    "aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7 \
     md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe",
    "Boto3/1.40.49 md/Botocore#1.40.49 ua/2.1 os/linux#6.1.141 md/arch#aarch64 \
     lang/python#3.13.7 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 cfg/retry-mode#legacy",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) \
     terraform-provider-aws/6.15.0 (+https://registry.terraform.io/providers/hashicorp/aws) \
     aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.7 md/GOOS#linux md/GOARCH#amd64",
    "aws-sdk-java/2.35.0 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10.240 \
     lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. \
     exec-env/AWS_ECS_FARGATE cfg/retry-mode#standard",
];

/// A `call` at `time` in an account of one of `people`, or a lookalike.
pub(crate) fn api_call(
    random: &mut Random,
    era: Era,
    time: Timestamp,
    people: &[Person],
    call: Call,
) -> Record {
    let person = random.pick(people);
    let mut visit = Visit {
        era,
        time,
        account: person.account,
        region: identity::region(random),
        address: String::new(),
        agent: String::new(),
    };
    let (user_identity, from_console) = caller(random, &mut visit, &person);
    let (case, mut draft) = if random.percent(LOOKALIKE_PERCENT) {
        (Case::Lookalike, lookalikes::lookalike(random, &mut visit))
    } else {
        (Case::ApiCall, call(random, &visit))
    };
    draft.user_identity.get_or_insert(user_identity);
    draft.from_console = from_console;
    if random.percent(ERROR_PERCENT) {
        fail(random, &visit, &mut draft);
    }
    record_call(random, case, &visit, draft)
}

/// Adds the fields that every call has.
pub(crate) fn record_call(random: &mut Random, case: Case, visit: &Visit, draft: Draft) -> Record {
    let service = draft.event_source.trim_end_matches(".amazonaws.com");
    let tls_host = format!("{service}.{}.amazonaws.com", visit.region);
    let draft =
        Draft { event_type: "AwsApiCall", has_request_id: true, tls_host: Some(tls_host), ..draft };
    Record::new(random, case, visit, draft)
}

/// Picks a caller and sets address and user agent accordingly. Returns the identity, and whether the
/// call comes from the console.
fn caller(random: &mut Random, visit: &mut Visit, person: &Person) -> (Value, bool) {
    let account = visit.account;
    // Sessions begin on the full hour.
    let began = visit.time - SignedDuration::from_secs(visit.time.as_second() % 3600);
    match random.below(10) {
        0..=1 => {
            visit.address = person.address.to_owned();
            visit.agent = person.browser(visit.era);
            (iam_session(person, began), true)
        }
        2 => {
            visit.address = person.address.to_owned();
            visit.agent = agent(visit.era, 0).to_owned();
            let role = identity::sso_role(random);
            (identity::assumed_role(account, role, &person.email(), began), false)
        }
        3 => {
            let service = random.pick(&["autoscaling", "dynamodb", "ecs", "secretsmanager"]);
            let host = format!("{service}.amazonaws.com");
            visit.address.clone_from(&host);
            visit.agent.clone_from(&host);
            let role = identity::role(random);
            let mut session = identity::assumed_role(account, role, service, began);
            session["invokedBy"] = json!(host);
            (session, false)
        }
        _ => {
            let machine = Machine::any(random);
            visit.address = machine.address;
            visit.agent = agent(visit.era, machine.number).to_owned();
            (identity::assumed_role(account, machine.role, &machine.id, began), false)
        }
    }
}

fn agent(era: Era, number: u32) -> &'static str {
    if era < Era::Y2022 { OLD_AGENT } else { AGENTS[number as usize % AGENTS.len()] }
}

/// The session of an IAM user who signed in to the console.
fn iam_session(person: &Person, began: Timestamp) -> Value {
    let mut session = identity::iam_user(person);
    session["accessKeyId"] = json!(identity::access_key("ASIA", person.name));
    session["sessionContext"] = json!({
        "attributes": {"creationDate": began.to_string(), "mfaAuthenticated": "true"},
    });
    session
}

/// Makes the call fail; a failed call has no response.
fn fail(random: &mut Random, visit: &Visit, draft: &mut Draft) {
    let Visit { account, .. } = visit;
    let role = identity::role(random);
    let (service, event_name) = (draft.event_source, draft.event_name);
    let denied = format!(
        "User: arn:aws:sts::{account}:assumed-role/{role}/nightly is not authorized to perform: \
         {}:{event_name} because no identity-based policy allows the action",
        service.split('.').next().unwrap_or(service)
    );
    let (code, message) = random.pick(&[
        ("AccessDenied", denied.as_str()),
        ("ThrottlingException", "Rate exceeded"),
        ("ValidationError", "1 validation error: value 'Größe \"XL\"' at 'name' failed"),
    ]);
    draft.error_code = Some(code);
    draft.error_message = Some(message.to_owned());
    draft.response_elements = Value::Null;
}
