//! The explanation of a verdict says the same as the verdict, and names the fields that decided.

use sekisho::Classifier;

use crate::corpora::rows;

#[test]
fn every_row_is_explained_by_its_verdict() {
    let mut classifier = Classifier::new();
    for row in rows() {
        let explained = classifier.explain(&row.input).ok().flatten().map(|explanation| {
            let values = explanation.values.iter().map(|value| {
                assert!(!value.line.is_empty(), "{}: {}", row.name, value.key);
                value.value
            });
            values.collect::<Vec<_>>()
        });
        let expected = row.expected.ok().flatten().map(|verdict| {
            let [kind, outcome] = [verdict.kind, verdict.outcome].map(Some);
            let [principal, mfa, user_exists] =
                [verdict.principal, verdict.mfa, verdict.user_exists].map(Some);
            vec![kind, outcome, verdict.reason, principal, mfa, user_exists]
        });
        assert_eq!(explained, expected, "{}", row.name);
    }
}

/// A row, a key of its verdict, and the fields that decided the value.
const DECIDED: &[(&str, &str, &[&str])] = &[
    ("kind-oauth-authorization", "kind", &["eventSource", "eventName"]),
    (
        "kind-oauth-refresh",
        "kind",
        &[
            "eventSource",
            "eventName",
            "additionalEventData.grant_type",
            "requestParameters.grant_type",
        ],
    ),
    ("kind-portal-refresh", "kind", &["eventSource", "eventName", "requestParameters.grantType"]),
    ("kind-role-credentials", "kind", &["eventSource", "eventName"]),
    ("kind-oauth-authorization", "outcome", &["additionalEventData.success"]),
    ("outcome-oauth-neither", "outcome", &["additionalEventData.success"]),
    ("kind-portal-token", "outcome", &["errorCode", "responseElements.accessToken"]),
    ("outcome-portal-token-code", "outcome", &["errorCode"]),
    ("kind-role-credentials", "outcome", &["errorCode", "errorMessage"]),
    ("reason-resource-policy", "reason", &["errorCode", "errorMessage"]),
    ("reason-resource-control-policy", "reason", &["errorCode", "errorMessage"]),
    (
        "reason-hidden-user",
        "reason",
        &[
            "eventName",
            "serviceEventDetails.CredentialVerification",
            "additionalEventData.UserName",
        ],
    ),
    ("principal-external-root", "principal", &["userIdentity.type", "eventName"]),
    (
        "principal-on-behalf-of",
        "principal",
        &["userIdentity.type", "userIdentity.onBehalfOf.identityStoreArn"],
    ),
    (
        "principal-directory-page",
        "principal",
        &["userIdentity.type", "additionalEventData.LoginTo"],
    ),
    (
        "principal-directory-smartcard",
        "principal",
        &["userIdentity.type", "additionalEventData.CredentialType"],
    ),
    (
        "principal-directory-account-id",
        "principal",
        &["userIdentity.type", "userIdentity.principalId", "eventTime"],
    ),
    (
        "principal-account-id-no-time",
        "principal",
        &["userIdentity.type", "userIdentity.principalId", "eventTime"],
    ),
    ("principal-no-id", "principal", &["userIdentity.type", "userIdentity.principalId"]),
    ("mfa-denied-yes", "mfa", &["errorCode"]),
    ("mfa-session-user", "mfa", &["userIdentity.sessionContext.attributes.mfaAuthenticated"]),
    ("mfa-enrolled", "mfa", &["additionalEventData.DeviceEnrollmentRequired"]),
    ("user-exists-hidden-challenge", "user_exists", &["eventName", "additionalEventData.UserName"]),
    ("principal-external-root", "user_exists", &["eventName"]),
    ("user-exists-person", "user_exists", &["userIdentity.onBehalfOf.userId"]),
    (
        "user-exists-factor-named",
        "user_exists",
        &["userIdentity.userName", "additionalEventData.UserName"],
    ),
    (
        "user-exists-factor-nobody",
        "user_exists",
        &["userIdentity.userName", "additionalEventData.UserName"],
    ),
];

#[test]
fn the_lines_of_2026_name_their_fields() {
    let mut classifier = Classifier::new();
    let rows = rows();
    for (name, key, paths) in DECIDED {
        let name = format!("table-2026-{name}");
        let row = rows.iter().find(|row| row.name == name).expect(&name);
        let explanation = classifier.explain(&row.input).expect(&name).expect(&name);
        let value = explanation.values.iter().find(|value| value.key == *key).expect(key);
        let found: Vec<_> = value.fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(found, *paths, "{name}: {key}: {}", value.line);
    }
}
