//! Objects, tables, logs, parameters and alarms.

use serde_json::{Value, json};

use super::text::{NAMES, note};
use crate::identity;
use crate::random::Random;
use crate::record::{Draft, Visit};

pub(super) fn get_object(random: &mut Random, visit: &Visit) -> Draft {
    let bucket = format!("{}-{}", random.pick(&NAMES), visit.account);
    let key = format!("year=2025/день/{} {}.parquet", note(random), random.hex(8));
    let bytes = u64::from(random.below(u32::MAX)) * 4096;
    Draft {
        event_source: "s3.amazonaws.com",
        event_name: random.pick(&["GetObject", "HeadObject"]),
        request_parameters: json!({
            "bucketName": bucket,
            "Host": format!("{bucket}.s3.{}.amazonaws.com", visit.region),
            "key": key,
        }),
        additional_event_data: Some(json!({
            "SignatureVersion": "SigV4",
            "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": 0,
            "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": format!("{}/{}=", random.token(40), random.token(35)),
            "bytesTransferredOut": bytes,
        })),
        read_only: true,
        resources: Some(json!([
            {"type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::{bucket}/{key}")},
            {
                "accountId": visit.account,
                "type": "AWS::S3::Bucket",
                "ARN": format!("arn:aws:s3:::{bucket}"),
            },
        ])),
        is_data_event: true,
        ..Draft::default()
    }
}

pub(super) fn put_bucket_policy(random: &mut Random, visit: &Visit) -> Draft {
    let bucket = format!("{}-{}", random.pick(&NAMES), visit.account);
    let statements: Vec<Value> = (0..random.between(1..=8))
        .map(|number| {
            json!({
                "Sid": format!("Statement{number}"),
                "Effect": if random.percent(80) { "Allow" } else { "Deny" },
                "Principal": {
                    "AWS": format!("arn:aws:iam::{}:role/{}", visit.account, identity::role(random)),
                },
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": format!("arn:aws:s3:::{bucket}/{}/*", random.pick(&NAMES)),
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            })
        })
        .collect();
    Draft {
        event_source: "s3.amazonaws.com",
        event_name: "PutBucketPolicy",
        request_parameters: json!({
            "bucketName": bucket,
            "bucketPolicy": {"Version": "2012-10-17", "Statement": statements},
            "Host": format!("{bucket}.s3.amazonaws.com"),
            "policy": "",
        }),
        additional_event_data: Some(json!({
            "SignatureVersion": "SigV4",
            "bytesTransferredIn": random.below(4096),
            "x-amz-id-2": format!("{}=", random.token(75)),
            "bytesTransferredOut": 0,
        })),
        ..Draft::default()
    }
}

pub(super) fn batch_get_item(random: &mut Random, visit: &Visit) -> Draft {
    let table = random.pick(&NAMES);
    let keys: Vec<Value> = (0..random.between(3..=25))
        .map(|_| json!({"orderId": format!("order-2025-{:010}", random.below(5000)), "line": random.below(100)}))
        .collect();
    let arn = format!("arn:aws:dynamodb:{}:{}:table/{table}", visit.region, visit.account);
    Draft {
        event_source: "dynamodb.amazonaws.com",
        event_name: "BatchGetItem",
        request_parameters: json!({
            "requestItems": {table: {"keys": keys, "consistentRead": false}},
            "returnConsumedCapacity": "TOTAL",
        }),
        response_elements: json!({
            "consumedCapacity": [{"tableName": table, "capacityUnits": keys.len() as f64 / 2.0}],
        }),
        read_only: true,
        resources: Some(json!([
            {"accountId": visit.account, "type": "AWS::DynamoDB::Table", "ARN": arn},
        ])),
        api_version: Some("2012-08-10"),
        is_data_event: true,
        ..Draft::default()
    }
}

pub(super) fn create_log_stream(random: &mut Random, visit: &Visit) -> Draft {
    let day = visit.time.strftime("%Y/%m/%d");
    Draft {
        event_source: "logs.amazonaws.com",
        event_name: "CreateLogStream",
        request_parameters: json!({
            "logGroupName": format!("/aws/lambda/{}", random.pick(&NAMES)),
            "logStreamName": format!("{day}/[$LATEST]{}", random.hex(32)),
        }),
        api_version: Some("20140328"),
        ..Draft::default()
    }
}

pub(super) fn put_parameter(random: &mut Random, _visit: &Visit) -> Draft {
    Draft {
        event_source: "ssm.amazonaws.com",
        event_name: "PutParameter",
        request_parameters: json!({
            "name": format!("/{}/database/password", random.pick(&NAMES)),
            "description": note(random),
            "value": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "type": "SecureString",
            "overwrite": true,
        }),
        response_elements: json!({"tier": "Standard", "version": random.between(2..=40)}),
        ..Draft::default()
    }
}

pub(super) fn put_metric_alarm(random: &mut Random, visit: &Visit) -> Draft {
    let threshold = random.pick(&[80.0, 0.005, 99.95, 1.5e9, -0.0, 1e-7, 6.02e23]);
    Draft {
        event_source: "monitoring.amazonaws.com",
        event_name: "PutMetricAlarm",
        request_parameters: json!({
            "alarmName": format!("{}-latency-p99", random.pick(&NAMES)),
            "alarmDescription": note(random),
            "actionsEnabled": true,
            "alarmActions": [format!("arn:aws:sns:{}:{}:on-call", visit.region, visit.account)],
            "metricName": "TargetResponseTime",
            "namespace": "AWS/ApplicationELB",
            "dimensions": [{"name": "LoadBalancer", "value": format!("app/web/{}", random.hex(16))}],
            "period": 60,
            "evaluationPeriods": 5,
            "threshold": threshold,
            "comparisonOperator": random.pick(&["GreaterThanThreshold", "LessThanThreshold"]),
            "treatMissingData": "notBreaching",
        }),
        ..Draft::default()
    }
}
