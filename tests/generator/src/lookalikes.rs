//! Records that contain the words of a sign-in record but are none.

use serde_json::json;

use crate::random::Random;
use crate::record::{Draft, Visit};

type Lookalike = fn(&mut Random, &mut Visit) -> Draft;

const LOOKALIKES: &[(u32, Lookalike)] = &[
    (4, call_by_the_console),
    (1, policy_with_signin),
    (1, lookup_of_signins),
    (1, rule_about_signins),
    (1, similar_source),
    (1, login_of_another_source),
    (1, other_portal_event),
];

pub(crate) fn lookalike(random: &mut Random, visit: &mut Visit) -> Draft {
    random.weighted(LOOKALIKES)(random, visit)
}

/// In older trails, the console's own calls have signin.amazonaws.com as user agent, `invokedBy` and,
/// in some of them, address.
fn call_by_the_console(random: &mut Random, visit: &mut Visit) -> Draft {
    let signin = "signin.amazonaws.com";
    if random.percent(50) {
        visit.address = signin.to_owned();
    }
    visit.agent = signin.to_owned();
    Draft {
        event_source: "iam.amazonaws.com",
        event_name: "GetUserPolicy",
        user_identity: Some(json!({
            "type": "IAMUser",
            "principalId": "AIDAAKEMIEXAMPLE22222",
            "arn": format!("arn:aws:iam::{}:user/akemi", visit.account),
            "accountId": visit.account,
            "userName": "akemi",
            "sessionContext": {
                "attributes": {
                    "creationDate": visit.time.to_string(),
                    "mfaAuthenticated": "false",
                },
            },
            "invokedBy": signin,
        })),
        request_parameters: json!({"userName": "akemi", "policyName": "Selfservice"}),
        read_only: true,
        ..Draft::default()
    }
}

fn policy_with_signin(_random: &mut Random, _visit: &mut Visit) -> Draft {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "signin.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    })
    .to_string();
    Draft {
        event_source: "iam.amazonaws.com",
        event_name: "UpdateAssumeRolePolicy",
        request_parameters: json!({"roleName": "SupportReadOnly", "policyDocument": policy}),
        ..Draft::default()
    }
}

fn lookup_of_signins(random: &mut Random, _visit: &mut Visit) -> Draft {
    let (key, value) =
        random.pick(&[("EventSource", "signin.amazonaws.com"), ("EventName", "ConsoleLogin")]);
    Draft {
        event_source: "cloudtrail.amazonaws.com",
        event_name: "LookupEvents",
        request_parameters: json!({
            "lookupAttributes": [{"attributeKey": key, "attributeValue": value}],
            "maxResults": 50,
        }),
        read_only: true,
        ..Draft::default()
    }
}

fn rule_about_signins(_random: &mut Random, visit: &mut Visit) -> Draft {
    let pattern = json!({
        "source": ["aws.signin"],
        "detail": {
            "eventSource": ["signin.amazonaws.com"],
            "eventName": ["ConsoleLogin"],
            "responseElements": {"ConsoleLogin": ["Failure"]},
        },
    })
    .to_string();
    let arn = format!("arn:aws:events:{}:{}:rule/failed-logins", visit.region, visit.account);
    Draft {
        event_source: "events.amazonaws.com",
        event_name: "PutRule",
        request_parameters: json!({"name": "failed-logins", "eventPattern": pattern}),
        response_elements: json!({"ruleArn": arn}),
        ..Draft::default()
    }
}

fn similar_source(random: &mut Random, _visit: &mut Visit) -> Draft {
    Draft {
        event_source: random.pick(&[
            "signin.amazonaws.com.example",
            "my-signin.amazonaws.com",
            "SIGNIN.amazonaws.com",
        ]),
        event_name: "ConsoleLogin",
        response_elements: json!({"ConsoleLogin": "Failure"}),
        additional_event_data: Some(json!({"MobileVersion": "No", "MFAUsed": "No"})),
        ..Draft::default()
    }
}

fn login_of_another_source(random: &mut Random, _visit: &mut Visit) -> Draft {
    let event_name = random.pick(&["ConsoleLogin", "CheckMfa", "SwitchRole"]);
    Draft {
        event_source: "quicksight.amazonaws.com",
        event_name,
        response_elements: json!({event_name: "Failure"}),
        ..Draft::default()
    }
}

fn other_portal_event(_random: &mut Random, visit: &mut Visit) -> Draft {
    Draft {
        event_source: "sso.amazonaws.com",
        event_name: "CreateAccountAssignment",
        request_parameters: json!({
            "instanceArn": "arn:aws:sso:::instance/ssoins-0a1b2c3d4e5f6071",
            "permissionSetArn": "arn:aws:sso:::permissionSet/ssoins-0a1b2c3d4e5f6071/ps-0123456789abcdef",
            "targetType": "AWS_ACCOUNT",
            "targetId": visit.account,
            "principalType": "USER",
        }),
        ..Draft::default()
    }
}
