//! The event of a finding.

use super::activity::{Activity, Class};
use super::parts::{EVIDENCE, OWN_METADATA, attacks, cloud, endpoint, observables, profiles};
use crate::details::FindingDetails;
use crate::endpoint::Endpoint;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, key};
use crate::severity::severity;

/// Appends the event of a finding.
#[inline(never)]
pub fn write_ocsf_finding(finding: &FindingDetails<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, false);
    let json = &mut json;
    json.piece(Class::DetectionFinding.start());
    let source = finding.source.map(Endpoint::new);
    let (activity, status) = match finding.is_closed {
        false => (Activity::Create, r#""status_id":1,"status":"New","#),
        true => (Activity::Close, r#""status_id":4,"status":"Resolved","#),
    };
    activity.write(None, json);
    let (id, name) = severity(finding.severity);
    json.number(r#""severity_id":"#, id);
    json.name(key!(r#""severity":""#), name);
    json.number(r#""time":"#, finding.last_time.milliseconds);
    json.number(r#""start_time":"#, finding.first_time.milliseconds);
    json.number(r#""end_time":"#, finding.last_time.milliseconds);
    json.one_of_several(status);
    json.number(r#""count":"#, i64::from(finding.count));
    let metadata = json.open(OWN_METADATA);
    profiles(&[], json);
    json.close(metadata);
    cloud(finding.account, None, json);
    finding_info(finding, json);
    evidence(finding, source, json);
    observables(&EVIDENCE, finding.user, finding.identity, source, json);
    let unmapped = json.open(r#""unmapped":{"#);
    json.member(r#""finding":"#, finding.line);
    json.close(unmapped);
    json.finish();
}

fn finding_info(finding: &FindingDetails<'_>, json: &mut Json<'_>) {
    let info = json.open(r#""finding_info":{"#);
    json.name(key!(r#""uid":""#), finding.id);
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
fn evidence(finding: &FindingDetails<'_>, source: Option<Endpoint<'_>>, json: &mut Json<'_>) {
    let evidences = json.open(r#""evidences":["#);
    let evidence = json.open("{");
    let user = json.open(r#""user":{"#);
    json.string(key!(r#""uid":""#), finding.identity);
    json.string(key!(r#""name":""#), finding.user);
    json.close(user);
    endpoint(source, json);
    json.close(evidence);
    json.close_array(evidences);
}
