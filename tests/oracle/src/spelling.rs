//! Records whose fields are spelled or arranged otherwise, by the table of `plugin/ABI.md`.

use crate::json::{self, Json};
use crate::time;

/// The path of a field, its name in Microsoft Sentinel, and its paths in OCSF. Names are lower case
/// without underscores.
const FIELDS: [(&str, &str, &[&str]); 24] = [
    ("eventSource", "", &["api.service.name"]),
    ("eventName", "", &["api.operation"]),
    ("eventVersion", "", &[]),
    ("eventTime", "timegenerated", &["timedt", "time"]),
    ("awsRegion", "", &["cloud.region"]),
    ("recipientAccountId", "", &["cloud.account.uid"]),
    ("userIdentity.type", "", &["actor.user.type"]),
    ("userIdentity.principalId", "", &["actor.user.uidalt"]),
    ("userIdentity.arn", "", &["actor.user.uid"]),
    ("userIdentity.accountId", "", &["actor.user.account.uid"]),
    ("userIdentity.userName", "", &["actor.user.name"]),
    (
        "userIdentity.sessionContext.sessionIssuer.arn",
        "sessionissuerarn",
        &["actor.session.issuer"],
    ),
    ("userIdentity.sessionContext.sessionIssuer.userName", "sessionissuerusername", &[]),
    (MFA_AUTHENTICATED, "sessionmfaauthenticated", &["actor.session.ismfa"]),
    ("userIdentity.onBehalfOf.userId", "", &[]),
    ("userIdentity.onBehalfOf.identityStoreArn", "", &[]),
    ("sourceIPAddress", "", &["srcendpoint.ip", "srcendpoint.domain"]),
    ("userAgent", "", &["httprequest.useragent"]),
    ("errorCode", "", &["api.response.error"]),
    ("errorMessage", "", &["api.response.message"]),
    ("eventID", "awseventid", &["metadata.uid"]),
    ("eventType", "eventtypename", &["metadata.eventcode"]),
    ("", "", &["status"]),
    ("", "", &["ismfa"]),
];

const MFA_AUTHENTICATED: &str = "userIdentity.sessionContext.attributes.mfaAuthenticated";

/// Objects, which may be written as text, and their paths in OCSF.
const OBJECTS: [(&str, &str); 4] = [
    ("requestParameters", "api.request.data"),
    ("responseElements", "api.response.data"),
    ("additionalEventData", ""),
    ("serviceEventDetails", ""),
];

/// The record that an object is in another spelling, in CloudTrail's own.
pub(crate) fn record(object: &Json) -> Option<Json> {
    let is_ocsf = is_ocsf(object);
    let values = Values { is_ocsf, values: paths(object, "", is_ocsf, 8) };
    let is_own = |(path, value): &(String, Json)| path == "eventName" && text("", value).is_some();
    if !is_ocsf && values.values.iter().any(is_own) {
        return None;
    }
    record_of(&values)
}

/// The names and values of a row that may be a record: one is a source.
pub(crate) fn cells(elements: &[Json]) -> Option<Vec<(String, Json)>> {
    let cells: Option<Vec<_>> = elements.iter().map(cell).collect();
    let is_sign = |(name, _): &(String, Json)| normal(name) == "eventsource" || name == "class_uid";
    cells.filter(|cells| cells.iter().any(is_sign))
}

/// The record that a row is.
pub(crate) fn row_record(row: &[(String, Json)]) -> Option<Json> {
    let row = Json::Object(row.to_vec());
    record_of(&Values { is_ocsf: false, values: paths(&row, "", false, 8) })
}

/// The name and the value that an element of a row is.
fn cell(element: &Json) -> Option<(String, Json)> {
    let Json::Object(members) = element else { return None };
    let value = members.iter().rfind(|(key, _)| key == "value").map(|(_, value)| value);
    let (name, value) = match (element.get("field").as_str(), value, &members[..]) {
        (Some(field), Some(value), _) => (field.to_owned(), value),
        (_, _, [(name, value)]) => (name.clone(), value),
        _ => return None,
    };
    (!matches!(value, Json::Object(_) | Json::Array(_))).then(|| (name, value.clone()))
}

fn record_of(values: &Values) -> Option<Json> {
    let source = values.field("eventSource")?;
    if !source.ends_with(".amazonaws.com") {
        return None;
    }
    let name = values.field("eventName")?;
    let others = FIELDS.iter().map(|(path, ..)| *path);
    let mut others = others.filter(|path| {
        path.starts_with("userIdentity.")
            || ["eventVersion", "eventTime", "awsRegion", "recipientAccountId"].contains(path)
    });
    if !others.any(|path| values.field(path).is_some()) {
        return None;
    }
    let mut record = Json::Object(Vec::new());
    for (path, ..) in &FIELDS[..FIELDS.len() - 2] {
        if let Some(value) = values.field(path) {
            set(&mut record, path, Json::String(value));
        }
    }
    for (object, _) in OBJECTS {
        let mut members = Vec::new();
        let derived = match object {
            "responseElements" if name == "ConsoleLogin" => ("ConsoleLogin", "status"),
            "additionalEventData" => ("MFAUsed", "ismfa"),
            _ => ("", ""),
        };
        let derived_value = values.first(&[derived.1.to_owned()], true);
        let has_derived = values.is_ocsf && derived_value.is_some();
        if let Some(value) = derived_value.filter(|_| has_derived) {
            members.push((derived.0.to_owned(), Json::String(value)));
        }
        let found = values.members(object);
        if has_derived || found.is_some() {
            members.extend(found.unwrap_or_default());
            set(&mut record, object, Json::Object(members));
        }
    }
    Some(record)
}

/// Whether a key is one with which tables keep the record that a row was made of.
pub(crate) fn is_original(key: &str) -> bool {
    ["eventjson", "eventJson", "cloud_trail_event", "raw_data", "@message"].contains(&key)
}

/// OCSF's classes Authentication and API Activity.
fn is_ocsf(object: &Json) -> bool {
    let class = object.get("class_uid");
    matches!(class, Json::Number(class) | Json::String(class) if ["3002", "6003"].contains(&class.as_str()))
}

fn normal(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// Whether a path is a name, from which it may leave out dots.
fn is_called(path: &str, name: &str) -> bool {
    match (path.as_bytes(), name.as_bytes()) {
        ([], []) => true,
        ([here, ..], [expected, ..]) if here == expected => is_called(&path[1..], &name[1..]),
        ([_, ..], [b'.', ..]) => is_called(path, &name[1..]),
        _ => false,
    }
}

/// The rest of a path after a name and a dot.
fn after_name<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    let dots = path.match_indices('.').map(|(dot, _)| dot);
    dots.filter(|dot| is_called(&normal(&path[..*dot]), name)).map(|dot| &path[dot + 1..]).next()
}

/// The names of a field: of columns, or in OCSF.
fn names((path, column, ocsf): &(&str, &str, &[&str]), are_columns: bool) -> Vec<String> {
    let names = if are_columns { vec![*path, *column] } else { ocsf.to_vec() };
    names.into_iter().filter(|name| !name.is_empty()).map(normal).collect()
}

fn object_names(are_columns: bool) -> impl Iterator<Item = String> + Clone {
    let names = OBJECTS.map(|(path, ocsf)| normal(if are_columns { path } else { ocsf }));
    names.into_iter().filter(|name| !name.is_empty())
}

/// All values by their path. Of the same path twice, the last one counts with all below it.
fn paths(object: &Json, above: &str, is_ocsf: bool, levels: usize) -> Vec<(String, Json)> {
    let mut found: Vec<(String, Json)> = Vec::new();
    let Json::Object(members) = object else { return found };
    for (key, value) in members {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        found.retain(|(other, _)| *other != path && !other.starts_with(&format!("{path}.")));
        found.push((path.clone(), value.clone()));
        let name = normal(&path);
        let is_object = match name.strip_prefix("unmapped.") {
            Some(rest) if is_ocsf => object_names(true).any(|object| is_called(rest, &object)),
            _ => object_names(!is_ocsf).any(|object| is_called(&name, &object)),
        };
        if levels > 1
            && !is_object
            && let Some(object) = as_object(value)
        {
            found.extend(paths(&object, &path, is_ocsf, levels - 1));
        }
    }
    found
}

/// An object, or the one in a string: JSON text, or the text of a row.
fn as_object(value: &Json) -> Option<Json> {
    let text = match value {
        Json::Object(_) => return Some(value.clone()),
        Json::String(text) if text.starts_with('{') => text,
        _ => return None,
    };
    match json::read(text.as_bytes()) {
        (tree, Ok(())) => Some(tree),
        _ => row(text, 8).filter(|(_, rest)| rest.is_empty()).map(|(row, _)| row),
    }
}

/// The row with which a text begins, and the rest: `{type=Root, arn=null, of={a=b}}`.
fn row(text: &str, levels: usize) -> Option<(Json, &str)> {
    let mut rest = text.strip_prefix('{').filter(|_| levels > 0)?;
    let mut members = Vec::new();
    while !rest.starts_with('}') {
        let (key, value) = rest.split_once('=')?;
        let (value, after) = if value.starts_with('{') {
            row(value, levels - 1)?
        } else {
            let brace = value.find('}')?;
            let end = value.find(", ").unwrap_or(brace).min(brace);
            let is_null = &value[..end] == "null";
            let text = Json::String(value[..end].to_owned());
            (if is_null { Json::Null } else { text }, &value[end..])
        };
        members.push((key.to_owned(), value));
        rest = match after.strip_prefix(", ") {
            Some(rest) => rest,
            None if after.starts_with('}') => after,
            None => return None,
        };
    }
    Some((Json::Object(members), &rest[1..]))
}

struct Values {
    is_ocsf: bool,
    values: Vec<(String, Json)>,
}

impl Values {
    /// The text of a field.
    fn field(&self, path: &str) -> Option<String> {
        let field = FIELDS.iter().find(|field| field.0 == path)?;
        let in_ocsf = self.is_ocsf.then(|| self.first(&names(field, false), true)).flatten();
        let columns = || self.first(&names(field, true), false);
        in_ocsf.or_else(columns)
    }

    /// The value of the first of these names that has one; of the same name twice, the last.
    fn first(&self, names: &[String], is_ocsf: bool) -> Option<String> {
        let value_at = |name: &String| {
            let is_here = |path: &str| {
                let (here, is_of_ocsf) = self.name_of(path);
                is_of_ocsf == is_ocsf && is_called(&here, name)
            };
            let values = self.values.iter().rev().filter(|(path, _)| is_here(path));
            values.filter_map(|(_, value)| text(name, value)).next()
        };
        names.iter().find_map(value_at)
    }

    /// The name at a path, and whether it is one of OCSF.
    fn name_of(&self, path: &str) -> (String, bool) {
        let name = normal(path);
        match name.strip_prefix("unmapped.") {
            Some(rest) if self.is_ocsf => (rest.to_owned(), false),
            _ => (name, self.is_ocsf),
        }
    }

    /// A path without `unmapped`.
    fn own_path<'p>(&self, path: &'p str) -> &'p str {
        match path.split_once('.') {
            Some((first, rest)) if self.is_ocsf && normal(first) == "unmapped" => rest,
            _ => path,
        }
    }

    /// The members of one of the objects.
    fn members(&self, object: &str) -> Option<Vec<(String, Json)>> {
        let ocsf = OBJECTS.iter().find(|(path, _)| *path == object).map(|(_, ocsf)| *ocsf);
        let mut found = None::<Vec<_>>;
        for (path, value) in &self.values {
            let (name, is_ocsf) = self.name_of(path);
            let expected = normal(if is_ocsf { ocsf.unwrap_or_default() } else { object });
            if expected.is_empty() {
                continue;
            }
            if is_called(&name, &expected) {
                if let Some(Json::Object(members)) = as_object(value) {
                    found.get_or_insert_default().extend(members);
                }
            } else if let Some(key) = after_name(self.own_path(path), &expected) {
                found.get_or_insert_default().push((key.to_owned(), value.clone()));
            }
        }
        found
    }
}

/// A value as CloudTrail writes it.
fn text(name: &str, value: &Json) -> Option<String> {
    let is_time = ["time", "timedt", "timegenerated", "eventtime"].contains(&name);
    match value {
        Json::String(text) if is_time && text.as_bytes().get(10) == Some(&b' ') => {
            let (date, time) = text.split_at_checked(10)?;
            Some(format!("{date}T{}Z", time[1..].trim_end_matches(" UTC")))
        }
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Bool(value) if name == "ismfa" => Some(if *value { "Yes" } else { "No" }.to_owned()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(digits) if is_time && digits.len() < 15 => {
            let milliseconds = digits.bytes().all(|byte| byte.is_ascii_digit());
            milliseconds.then(|| time::format(digits.parse().expect("14 digits")))
        }
        _ => None,
    }
}

/// Sets the value at a path of objects.
fn set(object: &mut Json, path: &str, value: Json) {
    let Json::Object(members) = object else { return };
    let Some((key, below)) = path.split_once('.') else {
        members.push((path.to_owned(), value));
        return;
    };
    if members.iter().all(|(other, _)| other != key) {
        members.push((key.to_owned(), Json::Object(Vec::new())));
    }
    let inner = members.iter_mut().find(|(other, _)| other == key).map(|(_, inner)| inner);
    if let Some(inner) = inner {
        set(inner, below, value);
    }
}
