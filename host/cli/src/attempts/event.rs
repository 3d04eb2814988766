//! Attempts and findings as events of ECS or OCSF.

use std::collections::HashMap;

use sekisho::{Mfa, Outcome, Principal, Reason, UserExists};
use sekisho_attempts::parse_time;
use sekisho_forms::{
    AttemptDetails, EventBuffer, FindingDetails, MatchedIds, Moment, Technique, add_techniques,
    write_ecs_attempt, write_ecs_finding, write_ocsf_attempt, write_ocsf_finding,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::emitted::{Attempt, Emitted, Finding};
use crate::options::Form;
use crate::rules::Rules;

/// Parts of a line as they are written there.
#[derive(Deserialize)]
struct Written<'l> {
    #[serde(borrow)]
    events: Vec<&'l RawValue>,
    #[serde(borrow, default)]
    flags: Vec<&'l RawValue>,
    #[serde(borrow)]
    rules: Option<Vec<&'l RawValue>>,
    #[serde(borrow, default)]
    silenced: Vec<&'l RawValue>,
    #[serde(borrow)]
    rule: Option<&'l RawValue>,
    #[serde(borrow)]
    severity: Option<&'l RawValue>,
}

/// Writes events in a form.
#[derive(Debug)]
pub(super) struct Events {
    form: Form,
    /// The techniques that rules name, by the id of the rule.
    techniques: HashMap<String, Vec<Technique>>,
}

impl Events {
    /// Events name the techniques in the tags of these rules.
    pub(super) fn new(form: Form, rules: Option<&Rules>) -> Self {
        let rules = rules.into_iter().flat_map(|rules| &rules.rules);
        let techniques = rules.map(|rule| {
            let mut techniques = Vec::new();
            for technique in rule.tags.iter().filter_map(|tag| Technique::of_tag(tag)) {
                add_techniques(&[technique], &mut techniques);
            }
            (rule.id.clone(), techniques)
        });
        Events { form, techniques: techniques.collect() }
    }

    /// The same with other rules.
    pub(super) fn with_rules(&self, rules: Option<&Rules>) -> Self {
        Events::new(self.form, rules)
    }

    /// The event for a line that the module emitted. A line of a type that this program does not know
    /// stays as it is.
    pub(super) fn event(&self, emitted: &Emitted, line: &[u8]) -> serde_json::Result<Vec<u8>> {
        let written: Written<'_> = serde_json::from_slice(line)?;
        let mut event = EventBuffer::default();
        match emitted {
            Emitted::Attempt(attempt) => {
                let mut techniques = Vec::new();
                for of_rule in attempt.rules.iter().filter_map(|id| self.techniques.get(id)) {
                    add_techniques(of_rule, &mut techniques);
                }
                write_attempt(self.form, attempt, (&written, &techniques), line, &mut event);
            }
            Emitted::Finding(finding) => {
                let techniques = self.techniques.get(&finding.rule).map_or(&[][..], Vec::as_slice);
                write_finding(self.form, finding, (&written, techniques), line, &mut event);
            }
            Emitted::Other => return Ok(line.to_vec()),
        }
        Ok(event.json().expect("memory for an event").to_vec())
    }
}

fn write_attempt(
    form: Form,
    attempt: &Attempt,
    (written, techniques): (&Written<'_>, &[Technique]),
    line: &[u8],
    event: &mut EventBuffer,
) {
    let (events, flags) = (joined(&written.events), joined(&written.flags));
    let (ids, silenced) =
        (joined(written.rules.as_deref().unwrap_or_default()), joined(&written.silenced));
    let rules = written.rules.as_ref().map(|rules| MatchedIds {
        ids: ids.as_bytes(),
        count: rules.len(),
        silenced: silenced.as_bytes(),
        techniques,
    });
    let named = |name: &str| Reason::ALL.iter().copied().find(|value| value.name() == name);
    let details = AttemptDetails {
        outcome: value(Outcome::ALL, Outcome::name, &attempt.outcome, Outcome::Unknown),
        reason: attempt.reason.as_deref().map(|name| named(name).unwrap_or(Reason::Other)),
        principal: value(Principal::ALL, Principal::name, &attempt.principal, Principal::Unknown),
        mfa: value(Mfa::ALL, Mfa::name, &attempt.mfa, Mfa::Unknown),
        user_exists: value(
            UserExists::ALL,
            UserExists::name,
            &attempt.user_exists,
            UserExists::Unknown,
        ),
        identity: attempt.identity.as_deref().map(str::as_bytes),
        user: attempt.user.as_deref().map(str::as_bytes),
        account: attempt.account.as_deref().map(str::as_bytes),
        source: attempt.source_ip.as_deref().map(str::as_bytes),
        times: moment(&attempt.first_time).zip(moment(&attempt.last_time)),
        events: events.as_bytes(),
        event_count: written.events.len(),
        last_event: written.events.last().map_or(b"", |id| id.get().as_bytes()),
        flags: flags.as_bytes(),
        rules,
        line,
    };
    match form {
        Form::Ecs => write_ecs_attempt(&details, event),
        Form::Ocsf => write_ocsf_attempt(&details, event),
    }
}

fn write_finding(
    form: Form,
    finding: &Finding,
    (written, techniques): (&Written<'_>, &[Technique]),
    line: &[u8],
    event: &mut EventBuffer,
) {
    // A finding has both times.
    let times = moment(&finding.first_time).zip(moment(&finding.last_time));
    let (Some((first_time, last_time)), Some(rule)) = (times, written.rule) else { return };
    let key = |name| finding.key.get(name).and_then(|value| value.as_str()).map(str::as_bytes);
    let events: Vec<_> = written.events.iter().map(|id| id.get().as_bytes()).collect();
    let details = FindingDetails {
        id: finding.id.as_deref().unwrap_or_default(),
        is_closed: finding.is_closed(),
        rule: rule.get().as_bytes(),
        severity: written.severity.map(RawValue::get),
        techniques,
        identity: key("identity").or(key("principal_id")),
        user: key("user"),
        account: key("account"),
        source: key("source_ip"),
        first_time,
        last_time,
        count: u32::try_from(finding.count).unwrap_or(u32::MAX),
        events: &events,
        line,
    };
    match form {
        Form::Ecs => write_ecs_finding(&details, event),
        Form::Ocsf => write_ocsf_finding(&details, event),
    }
}

/// The value with this name. A newer module may have others.
fn value<V: Copy>(all: &[V], name_of: fn(V) -> &'static str, name: &str, other: V) -> V {
    all.iter().copied().find(|value| name_of(*value) == name).unwrap_or(other)
}

fn moment(text: &Option<String>) -> Option<Moment<'_>> {
    let text = text.as_deref()?.as_bytes();
    Some(Moment { milliseconds: parse_time(text)?, text })
}

/// JSON values with commas between them.
fn joined(values: &[&RawValue]) -> String {
    values.iter().map(|value| value.get()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sekisho::{AttemptStream, Configuration};
    use sekisho_oracle::form_streams;
    use serde_json::Value;

    use super::*;

    /// The lines that a stream has emitted after a flush.
    fn lines(configuration: &Value, records: &[String]) -> Vec<u8> {
        let json = serde_json::to_vec(configuration).unwrap();
        let mut stream = AttemptStream::with_configuration(Configuration::parse(&json).unwrap());
        let mut lines = Vec::new();
        for record in records {
            stream.observe(record.as_bytes(), None).unwrap().write_lines(&mut lines).unwrap();
        }
        stream.flush().write_lines(&mut lines).unwrap();
        lines
    }

    #[test]
    fn events_are_those_of_the_module() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/forms/streams");
        let mut count = 0;
        for row in form_streams(&folder) {
            let mut configuration: Value = serde_json::from_str(&row.configuration).unwrap();
            let form = match configuration["form"].as_str() {
                Some("ecs") => Form::Ecs,
                Some("ocsf") => Form::Ocsf,
                _ => continue,
            };
            // The program asks for findings that have ids.
            configuration["findings"] = "lifecycle".into();
            // In a rule file a severity is a text.
            for rule in configuration
                .get_mut("rules")
                .into_iter()
                .flat_map(|rules| rules.as_array_mut())
                .flatten()
            {
                if rule.get("severity").is_some_and(Value::is_object) {
                    rule["severity"] = "low".into();
                }
            }
            let mut techniques = HashMap::new();
            for rule in configuration["rules"].as_array().into_iter().flatten() {
                let tags = rule["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let id = rule["id"].as_str().unwrap().to_owned();
                techniques.insert(id, tags.filter_map(Technique::of_tag).collect());
            }
            let events = Events { form, techniques };
            let expected = lines(&configuration, &row.records);
            configuration["form"] = "verdict".into();
            let mut found = Vec::new();
            for line in lines(&configuration, &row.records).split(|byte| *byte == b'\n') {
                let Ok(emitted) = serde_json::from_slice(line) else { continue };
                found.extend(events.event(&emitted, line).unwrap());
                found.push(b'\n');
                count += 1;
            }
            assert_eq!(
                String::from_utf8_lossy(&found),
                String::from_utf8_lossy(&expected),
                "{}",
                row.name
            );
        }
        assert!(count >= 30, "{count} events");
    }
}
