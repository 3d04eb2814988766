//! Roles, users and keys.

use jiff::SignedDuration;
use serde_json::json;

use super::text::{NAMES, format_time, note};
use crate::identity;
use crate::random::Random;
use crate::record::{Draft, Visit};

pub(crate) fn assume_role(random: &mut Random, visit: &Visit) -> Draft {
    let account = visit.account;
    let role = identity::role(random);
    let session = format!("{}-{}", random.pick(&NAMES), random.below(1_000_000));
    let role_arn = format!("arn:aws:iam::{account}:role/{role}");
    let expiration = format_time(visit.time + SignedDuration::from_hours(1));
    Draft {
        event_source: "sts.amazonaws.com",
        event_name: "AssumeRole",
        request_parameters: json!({
            "roleArn": role_arn,
            "roleSessionName": session,
            "durationSeconds": 3600,
        }),
        response_elements: json!({
            "credentials": {
                "accessKeyId": identity::access_key("ASIA", &session),
                "sessionToken": format!("IQoJ{}=", random.token(500)),
                "expiration": expiration,
            },
            "assumedRoleUser": {
                "assumedRoleId": format!("{}:{session}", identity::unique_id("AROA", role)),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            },
        }),
        read_only: true,
        resources: Some(json!([{"accountId": account, "type": "AWS::IAM::Role", "ARN": role_arn}])),
        ..Draft::default()
    }
}

pub(crate) fn decrypt(random: &mut Random, visit: &Visit) -> Draft {
    let Visit { account, region, .. } = visit;
    let name = random.pick(&NAMES);
    let key = format!("arn:aws:kms:{region}:{account}:key/{}", random.uuid());
    Draft {
        event_source: "kms.amazonaws.com",
        event_name: random.pick(&["Decrypt", "GenerateDataKey"]),
        request_parameters: json!({
            "encryptionContext": {
                "aws:dynamodb:tableName": name,
                "aws:dynamodb:subscriberId": account,
            },
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "keyId": key,
        }),
        additional_event_data: Some(json!({"keyMaterialId": random.hex(16).repeat(4)})),
        read_only: true,
        resources: Some(json!([{"accountId": account, "type": "AWS::KMS::Key", "ARN": key}])),
        ..Draft::default()
    }
}

pub(crate) fn create_role(random: &mut Random, visit: &Visit) -> Draft {
    let name = format!("{}-{}", random.pick(&NAMES), random.hex(6));
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    })
    .to_string();
    Draft {
        event_source: "iam.amazonaws.com",
        event_name: "CreateRole",
        request_parameters: json!({
            "roleName": name,
            "description": note(random),
            "assumeRolePolicyDocument": policy,
            "maxSessionDuration": 3600,
        }),
        response_elements: json!({
            "role": {
                "path": "/",
                "roleName": name,
                "roleId": identity::unique_id("AROA", &name),
                "arn": format!("arn:aws:iam::{}:role/{name}", visit.account),
                "createDate": format_time(visit.time),
            },
        }),
        ..Draft::default()
    }
}

pub(crate) fn create_user(random: &mut Random, visit: &Visit) -> Draft {
    let name = format!("{}-sync", random.pick(&NAMES));
    Draft {
        event_source: "iam.amazonaws.com",
        event_name: "CreateUser",
        request_parameters: json!({"userName": name}),
        response_elements: json!({
            "user": {
                "path": "/",
                "userName": name,
                "userId": identity::unique_id("AIDA", &name),
                "arn": format!("arn:aws:iam::{}:user/{name}", visit.account),
                "createDate": format_time(visit.time),
            },
        }),
        ..Draft::default()
    }
}

pub(crate) fn create_access_key(random: &mut Random, visit: &Visit) -> Draft {
    let name = format!("{}-sync", random.pick(&NAMES));
    Draft {
        event_source: "iam.amazonaws.com",
        event_name: "CreateAccessKey",
        request_parameters: json!({"userName": name}),
        response_elements: json!({
            "accessKey": {
                "userName": name,
                "accessKeyId": identity::access_key("AKIA", &name),
                "status": "Active",
                "createDate": format_time(visit.time),
            },
        }),
        ..Draft::default()
    }
}
