//! Read-only calls, which are most of a trail. Their requests are simple enough for a table.

use super::text::NAMES;
use crate::random::Random;
use crate::record::{Draft, Visit};

/// Event source, event name and a template of the request parameters with placeholders in braces.
const READS: &[(&str, &str, &str)] = &[
    ("autoscaling.amazonaws.com", "DescribeAutoScalingGroups", r#"{"maxRecords":100}"#),
    ("cloudformation.amazonaws.com", "DescribeStackEvents", r#"{"stackName":"{name}"}"#),
    ("cloudtrail.amazonaws.com", "GetTrailStatus", r#"{"name":"{name}"}"#),
    ("config.amazonaws.com", "DescribeConfigurationRecorders", "null"),
    ("dynamodb.amazonaws.com", "DescribeTable", r#"{"tableName":"{name}"}"#),
    (
        "ec2.amazonaws.com",
        "DescribeInstances",
        r#"{"instancesSet":{"items":[{"instanceId":"i-{id}"}]},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"},{"value":"stopped"}]}},{"name":"tag:Service","valueSet":{"items":[{"value":"{name}"}]}}]}}"#,
    ),
    (
        "ec2.amazonaws.com",
        "DescribeRouteTables",
        r#"{"routeTableIdSet":{"items":[{"routeTableId":"rtb-{id}"}]},"filterSet":{}}"#,
    ),
    (
        "ec2.amazonaws.com",
        "DescribeVolumes",
        r#"{"volumeSet":{"items":[{"volumeId":"vol-{id}"}]},"filterSet":{},"maxResults":1000}"#,
    ),
    (
        "ecr.amazonaws.com",
        "BatchGetImage",
        r#"{"repositoryName":"{name}","imageIds":[{"imageTag":"{id}"}],"acceptedMediaTypes":["application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.index.v1+json","application/vnd.docker.distribution.manifest.v2+json"]}"#,
    ),
    (
        "elasticloadbalancing.amazonaws.com",
        "DescribeTargetHealth",
        r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{id}"}"#,
    ),
    ("iam.amazonaws.com", "GetRole", r#"{"roleName":"{name}"}"#),
    ("iam.amazonaws.com", "ListAttachedRolePolicies", r#"{"roleName":"{name}","maxItems":100}"#),
    ("kms.amazonaws.com", "DescribeKey", r#"{"keyId":"arn:aws:kms:{region}:{account}:key/{id}"}"#),
    (
        "lambda.amazonaws.com",
        "GetFunctionConfiguration20150331v2",
        r#"{"functionName":"{name}","qualifier":"$LATEST"}"#,
    ),
    (
        "logs.amazonaws.com",
        "DescribeLogStreams",
        r#"{"logGroupName":"/aws/lambda/{name}","orderBy":"LastEventTime","descending":true,"limit":50}"#,
    ),
    ("monitoring.amazonaws.com", "DescribeAlarms", r#"{"alarmNamePrefix":"{name}-"}"#),
    ("rds.amazonaws.com", "DescribeDBInstances", r#"{"dBInstanceIdentifier":"{name}-{id}"}"#),
    (
        "s3.amazonaws.com",
        "GetBucketPolicyStatus",
        r#"{"bucketName":"{name}-{id}","Host":"{name}-{id}.s3.amazonaws.com","policyStatus":""}"#,
    ),
    (
        "s3.amazonaws.com",
        "GetBucketLocation",
        r#"{"bucketName":"{name}-{id}","Host":"s3.amazonaws.com","location":""}"#,
    ),
    (
        "secretsmanager.amazonaws.com",
        "GetSecretValue",
        r#"{"secretId":"arn:aws:secretsmanager:{region}:{account}:secret:prod/{name}-a1B2c3"}"#,
    ),
    (
        "ssm.amazonaws.com",
        "GetParameters",
        r#"{"names":["/{name}/database/url","/{name}/database/password"],"withDecryption":true}"#,
    ),
    ("ssm.amazonaws.com", "DescribeInstanceInformation", r#"{"maxResults":50}"#),
    ("sts.amazonaws.com", "GetCallerIdentity", "null"),
    (
        "tagging.amazonaws.com",
        "GetResources",
        r#"{"tagFilters":[{"key":"Team","values":["検索","Größe","{name}"]}],"resourcesPerPage":100}"#,
    ),
];

pub(crate) fn read(random: &mut Random, visit: &Visit) -> Draft {
    let (event_source, event_name, template) = random.pick(READS);
    let name = random.pick(&NAMES);
    let id = format!("{:017x}", 0x0c0f_fee0 + random.below(40));
    let parameters = template
        .replace("{account}", visit.account)
        .replace("{region}", visit.region)
        .replace("{id}", &id)
        .replace("{name}", name);
    Draft {
        event_source,
        event_name,
        request_parameters: serde_json::from_str(&parameters).expect("the template is JSON"),
        read_only: true,
        ..Draft::default()
    }
}
