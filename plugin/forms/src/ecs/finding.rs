//! The event of a finding.

use super::parts::{HEAD, person, threat};
use crate::details::FindingDetails;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, key};

/// Appends the event of a finding.
#[inline(never)]
pub fn write_ecs_finding(finding: &FindingDetails<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, false);
    json.raw("{");
    json.quoted(key!(r#""@timestamp":""#), finding.last_time.text);
    let event = json.open(HEAD);
    json.raw(r#""kind":"alert","category":["authentication"],"type":["info"],"#);
    json.one_of_several(match finding.is_closed {
        true => r#""action":"finding_closed","#,
        false => r#""action":"finding_opened","#,
    });
    json.name(key!(r#""id":""#), finding.id);
    json.quoted(key!(r#""start":""#), finding.first_time.text);
    json.quoted(key!(r#""end":""#), finding.last_time.text);
    json.close(event);
    person(finding.identity, finding.user, finding.account, finding.source, &mut json);
    let rule = json.open(r#""rule":{"#);
    json.member(r#""id":"#, finding.rule);
    json.close(rule);
    threat(finding.techniques, &mut json);
    let labels = json.open(r#""labels":{"#);
    if let Some(severity) = finding.severity.filter(|severity| severity.starts_with('"')) {
        json.member(r#""severity":"#, severity.as_bytes());
    }
    json.number_text(r#""count":""#, finding.count.into());
    json.close(labels);
    json.finish();
}
