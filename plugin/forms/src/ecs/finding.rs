//! The event of a finding.

use super::parts::{HEAD, person, threat};
use crate::details::FindingDetails;
use crate::event_buffer::EventBuffer;
use crate::json::Json;
use crate::number::Digits;

/// Writes the event of a finding.
#[cold]
#[inline(never)]
pub fn write_ecs_finding(finding: &FindingDetails<'_>, buffer: &mut EventBuffer) {
    let (texts, output) = buffer.start(finding.texts());
    let json = &mut Json::new(output, &texts);
    json.raw("{");
    json.quoted(r#""@timestamp":""#, finding.last_time.text);
    let event = json.open(HEAD);
    json.raw(r#""kind":"alert","category":["authentication"],"type":["info"],"#);
    json.raw(match finding.is_closed {
        true => r#""action":"finding_closed","#,
        false => r#""action":"finding_opened","#,
    });
    json.name(r#""id":""#, finding.id);
    json.quoted(r#""start":""#, finding.first_time.text);
    json.quoted(r#""end":""#, finding.last_time.text);
    json.close(event);
    person(&texts, json);
    let rule = json.open(r#""rule":{"#);
    json.member(r#""id":"#, finding.rule);
    json.close(rule);
    threat(finding.techniques, json);
    let labels = json.open(r#""labels":{"#);
    if let Some(severity) = finding.severity.filter(|severity| severity.starts_with('"')) {
        json.member(r#""severity":"#, severity.as_bytes());
    }
    json.quoted(r#""count":""#, Digits::of(finding.count.into()).text());
    json.close(labels);
    json.finish();
}
