//! The event of a finding.

use super::activity::{Activity, Class};
use super::parts::{EVIDENCE, OWN_METADATA, attacks, cloud, endpoint, observables, profiles};
use crate::attribute::Attribute;
use crate::details::FindingDetails;
use crate::endpoint::EndpointKind;
use crate::event_buffer::EventBuffer;
use crate::json::Json;
use crate::severity::severity;

/// Writes the event of a finding.
#[cold]
#[inline(never)]
pub fn write_ocsf_finding(finding: &FindingDetails<'_>, buffer: &mut EventBuffer) {
    let (texts, output) = buffer.start(finding.texts());
    let json = &mut Json::new(output, &texts);
    json.raw(Class::DetectionFinding.start());
    let (activity, status) = match finding.is_closed {
        false => (Activity::Create, r#""status_id":1,"status":"New","#),
        true => (Activity::Close, r#""status_id":4,"status":"Resolved","#),
    };
    activity.write(json);
    let (id, name) = severity(finding.severity);
    json.number(r#""severity_id":"#, id);
    json.name(r#""severity":""#, name);
    json.number(r#""time":"#, finding.last_time.milliseconds);
    json.number(r#""start_time":"#, finding.first_time.milliseconds);
    json.number(r#""end_time":"#, finding.last_time.milliseconds);
    json.raw(status);
    json.number(r#""count":"#, i64::from(finding.count));
    let metadata = json.open(OWN_METADATA);
    profiles(false, json);
    json.close(metadata);
    cloud(json);
    finding_info(finding, json);
    let source = EndpointKind::of_source(&texts);
    evidence(source, json);
    observables(&EVIDENCE, source, json);
    let unmapped = json.open(r#""unmapped":{"#);
    json.member(r#""finding":"#, finding.line);
    json.close(unmapped);
    json.finish();
}

fn finding_info(finding: &FindingDetails<'_>, json: &mut Json<'_>) {
    let info = json.open(r#""finding_info":{"#);
    json.name(r#""uid":""#, finding.id);
    json.member(r#""title":"#, finding.rule);
    let analytic = json.open(r#""analytic":{"#);
    json.member(r#""uid":"#, finding.rule);
    json.raw(r#""type_id":1,"type":"Rule","#);
    json.close(analytic);
    attacks(finding.techniques, json);
    json.number(r#""first_seen_time":"#, finding.first_time.milliseconds);
    json.number(r#""last_seen_time":"#, finding.last_time.milliseconds);
    let events = json.open(r#""related_events":["#);
    for event in finding.events {
        let start = json.open("{");
        json.member(r#""uid":"#, event);
        json.close(start);
    }
    json.close_array(events);
    json.close(info);
}

/// Who and from where, if its matches have that in common.
fn evidence(source: Option<EndpointKind>, json: &mut Json<'_>) {
    let evidences = json.open(r#""evidences":["#);
    let evidence = json.open("{");
    let user = json.open(r#""user":{"#);
    json.text(r#""uid":""#, Attribute::Identity);
    json.text(r#""name":""#, Attribute::User);
    json.close(user);
    endpoint(source, json);
    json.close(evidence);
    json.close_array(evidences);
}
