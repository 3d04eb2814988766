//! Who it was, line by line: the id to count by, and the name to show.

use serde_json::Value;

use crate::verdict::Verdict;

const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The id to count by.
pub(crate) fn identity(record: &Value, verdict: &Verdict) -> Option<String> {
    let is_external = verdict.kind == "external_idp_login";
    if verdict.principal == "root" && !is_external {
        return Some(format!("root:{}", account(record)?));
    }
    let principal_id = of_person(record, "/userIdentity/principalId");
    let on_behalf_of = of_person(record, "/userIdentity/onBehalfOf/userId");
    let name = name(record).and_then(lower_case);
    let is_directory_user = is_external
        || verdict.kind.starts_with("idc_")
        || ["identity_center_user", "directory_user"].contains(&verdict.principal);
    if is_directory_user {
        name.or(on_behalf_of).or(principal_id)
    } else {
        principal_id.or(on_behalf_of).or(name)
    }
}

/// The name to show.
pub(crate) fn user<'a>(record: &'a Value, verdict: &Verdict) -> Option<&'a str> {
    let type_is_role = text(record, "/userIdentity/type") == Some("AssumedRole");
    let is_role =
        type_is_role || ["sso_role", "saml_role", "assumed_role"].contains(&verdict.principal);
    let session = || {
        let of_id = text(record, "/userIdentity/principalId").and_then(last_part);
        of_id.or(text(record, "/userIdentity/arn").and_then(last_part))
    };
    name(record).or_else(|| if is_role { session() } else { None })
}

pub(crate) fn account(record: &Value) -> Option<&str> {
    text(record, "/recipientAccountId").or(text(record, "/userIdentity/accountId"))
}

/// A user name as the id to count by.
pub(crate) fn lower_case(name: &str) -> Option<String> {
    is_person(name).then(|| name.to_lowercase())
}

/// The name of the user, never hidden.
pub(crate) fn name(record: &Value) -> Option<&str> {
    let of_identity = text(record, "/userIdentity/userName");
    let names = [of_identity, text(record, "/additionalEventData/UserName")];
    names.into_iter().flatten().find(|name| !name.is_empty() && *name != HIDDEN)
}

fn of_person(record: &Value, pointer: &str) -> Option<String> {
    text(record, pointer).filter(|text| is_person(text)).map(str::to_owned)
}

fn is_person(text: &str) -> bool {
    let is_account = text.chars().all(|one| one.is_ascii_digit()) && text.len() == 12;
    !text.is_empty() && !is_account && text != HIDDEN
}

fn last_part(id: &str) -> Option<&str> {
    let separator = id.rfind([':', '/'])?;
    Some(&id[separator + 1..]).filter(|name| !name.is_empty())
}

fn text<'a>(record: &'a Value, pointer: &str) -> Option<&'a str> {
    record.pointer(pointer)?.as_str()
}
