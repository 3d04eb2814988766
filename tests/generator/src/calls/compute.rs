//! Instances, functions, containers and stacks.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::text::{NAMES, format_time, note};
use crate::identity::{self, Machine};
use crate::random::Random;
use crate::record::{Draft, Visit};

pub(super) fn run_instances(random: &mut Random, visit: &Visit) -> Draft {
    let image = format!("ami-{}", random.hex(17));
    let tags = json!([
        {"key": "Name", "value": random.pick(&NAMES)},
        {"key": "Note", "value": note(random)},
    ]);
    let count = random.between(1..=2);
    let instances: Vec<Value> =
        (0..count).map(|index| instance(random, visit, index, &image, &tags)).collect();
    Draft {
        event_source: "ec2.amazonaws.com",
        event_name: "RunInstances",
        request_parameters: json!({
            "instancesSet": {
                "items": [{"imageId": image, "minCount": 1, "maxCount": count}],
            },
            "userData": "<sensitiveDataRemoved>",
            "instanceType": "t4g.small",
            "blockDeviceMapping": {
                "items": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 30, "encrypted": true}}],
            },
            "monitoring": {"enabled": false},
            "disableApiTermination": false,
            "clientToken": random.uuid(),
            "ebsOptimized": true,
            "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": tags}]},
        }),
        response_elements: json!({
            "requestId": random.uuid(),
            "reservationId": format!("r-{}", random.hex(17)),
            "ownerId": visit.account,
            "groupSet": {},
            "instancesSet": {"items": instances},
        }),
        ..Draft::default()
    }
}

fn instance(random: &mut Random, visit: &Visit, index: u32, image: &str, tags: &Value) -> Value {
    let address = format!("10.20.{}.{}", random.below(256), random.between(4..=250));
    json!({
        "instanceId": format!("i-{}", random.hex(17)),
        "imageId": image,
        "currentInstanceBootMode": "uefi",
        "instanceState": {"code": 0, "name": "pending"},
        "privateDnsName": format!("ip-{}.ec2.internal", address.replace('.', "-")),
        "amiLaunchIndex": index,
        "productCodes": {},
        "instanceType": "t4g.small",
        "launchTime": visit.time.as_millisecond(),
        "placement": {"availabilityZone": format!("{}a", visit.region), "tenancy": "default"},
        "monitoring": {"state": "disabled"},
        "subnetId": format!("subnet-{}", random.hex(17)),
        "vpcId": format!("vpc-{}", random.hex(17)),
        "privateIpAddress": address,
        "stateReason": {"code": "pending", "message": "pending"},
        "architecture": "arm64",
        "rootDeviceType": "ebs",
        "tagSet": {"items": tags},
        "hypervisor": "xen",
        "cpuOptions": {"coreCount": 2, "threadsPerCore": 1},
        "metadataOptions": {"state": "pending", "httpTokens": "required"},
    })
}

pub(super) fn authorize_ingress(random: &mut Random, _visit: &Visit) -> Draft {
    let permissions: Vec<Value> = (0..random.between(1..=8))
        .map(|_| {
            let port = random.pick(&[-1, 22, 443, 5432, 8443]);
            let range = format!("10.{}.{}.0/24", random.below(256), random.below(256));
            json!({
                "ipProtocol": "tcp",
                "fromPort": port,
                "toPort": port,
                "groups": {},
                "ipRanges": {"items": [{"cidrIp": range, "description": note(random)}]},
                "ipv6Ranges": {},
                "prefixListIds": {},
            })
        })
        .collect();
    Draft {
        event_source: "ec2.amazonaws.com",
        event_name: "AuthorizeSecurityGroupIngress",
        request_parameters: json!({
            "groupId": format!("sg-{}", random.hex(17)),
            "ipPermissions": {"items": permissions},
        }),
        response_elements: json!({"requestId": random.uuid(), "_return": true}),
        ..Draft::default()
    }
}

pub(super) fn create_function(random: &mut Random, visit: &Visit) -> Draft {
    let Visit { account, region, .. } = visit;
    let name = format!("{}-{}", random.pick(&NAMES), random.hex(4));
    let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
    let role = format!("arn:aws:iam::{account}:role/{}", identity::role(random));
    let description = note(random);
    Draft {
        event_source: "lambda.amazonaws.com",
        event_name: "CreateFunction20150331",
        request_parameters: json!({
            "functionName": name,
            "runtime": "python3.13",
            "role": role,
            "handler": "app.handler",
            "code": {"s3Bucket": format!("build-{account}"), "s3Key": random.hex(10).repeat(4)},
            "description": description,
            "timeout": 29,
            "memorySize": 512,
            "environment": {},
        }),
        response_elements: json!({
            "functionName": name,
            "functionArn": arn,
            "runtime": "python3.13",
            "role": role,
            "handler": "app.handler",
            "codeSize": random.between(10_000..=9_000_000),
            "description": description,
            "lastModified": visit.time.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string(),
            "codeSha256": format!("{}=", random.token(43)),
            "version": "$LATEST",
            "tracingConfig": {"mode": "PassThrough"},
            "revisionId": random.uuid(),
            "state": "Pending",
            "architectures": ["arm64"],
            "ephemeralStorage": {"size": 512},
        }),
        ..Draft::default()
    }
}

pub(super) fn create_stack(random: &mut Random, visit: &Visit) -> Draft {
    let name = format!("{}-{}", random.pick(&NAMES), random.hex(6));
    let parameters: Vec<Value> = (0..random.between(5..=28))
        .map(|number| {
            json!({
                "parameterKey": format!("Parameter{number}"),
                "parameterValue": format!("{}-{}.internal.example", random.pick(&NAMES), random.below(50)),
                "usePreviousValue": random.percent(30),
            })
        })
        .collect();
    let Visit { account, region, .. } = visit;
    let stack = format!("arn:aws:cloudformation:{region}:{account}:stack/{name}/{}", random.uuid());
    Draft {
        event_source: "cloudformation.amazonaws.com",
        event_name: random.pick(&["CreateStack", "UpdateStack"]),
        request_parameters: json!({
            "stackName": name,
            "templateURL": format!("https://s3.amazonaws.com/templates-{account}/{name}.yaml"),
            "parameters": parameters,
            "capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            "tags": [{"key": "Note", "value": note(random)}],
        }),
        response_elements: json!({"stackId": stack}),
        ..Draft::default()
    }
}

pub(super) fn register_task_definition(random: &mut Random, visit: &Visit) -> Draft {
    let Visit { account, region, .. } = visit;
    let name = random.pick(&NAMES);
    let environment: Vec<Value> = (0..random.between(2..=14))
        .map(|number| json!({"name": format!("SETTING_{number}"), "value": random.pick(&NAMES)}))
        .collect();
    let definition = json!({
        "family": name,
        "containerDefinitions": [{
            "name": name,
            "image": format!("{account}.dkr.ecr.{region}.amazonaws.com/{name}:{}", random.hex(12)),
            "cpu": 256,
            "memory": 512,
            "essential": true,
            "environment": environment,
            "healthCheck": {"command": ["CMD-SHELL", "curl -sf http://localhost:8080/ || exit 1"]},
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": region}},
        }],
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
    });
    let mut registered = definition.clone();
    registered["revision"] = json!(random.between(1..=900));
    registered["registeredAt"] = json!(format_time(visit.time));
    Draft {
        event_source: "ecs.amazonaws.com",
        event_name: "RegisterTaskDefinition",
        request_parameters: definition,
        response_elements: json!({"taskDefinition": registered}),
        ..Draft::default()
    }
}

pub(super) fn send_command(random: &mut Random, visit: &Visit) -> Draft {
    let instances: Vec<String> =
        (0..random.between(1..=12)).map(|_| Machine::any(random).id).collect();
    let comment = note(random);
    let expires = visit.time + SignedDuration::from_hours(2);
    Draft {
        event_source: "ssm.amazonaws.com",
        event_name: "SendCommand",
        request_parameters: json!({
            "documentName": "AWS-RunShellScript",
            "instanceIds": instances,
            "parameters": {"commands": ["set -eu\nprintf '%s\\n' \"$HOSTNAME\"", comment]},
            "comment": comment,
            "timeoutSeconds": 600,
        }),
        response_elements: json!({
            "command": {
                "commandId": random.uuid(),
                "documentName": "AWS-RunShellScript",
                "documentVersion": "$DEFAULT",
                "expiresAfter": format_time(expires),
                "instanceIds": instances,
                "status": "Pending",
                "targetCount": instances.len(),
                "maxConcurrency": "50",
                "maxErrors": "0",
                "errorCount": 0,
                "targets": [],
            },
        }),
        ..Draft::default()
    }
}
