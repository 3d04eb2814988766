//! Which attempts and findings are shown.
//!
//! All records are paired and counted before, so that an attempt or a finding is the same whether or
//! not others are shown.

use std::collections::HashSet;

use clap::Args;
use sekisho_attempts::{Time, parse_time};

use super::emitted::{Attempt, Emitted, Finding};
use crate::failure::Failure;
use crate::zone::{Ambiguous, ZoneOption};

/// Which attempts and findings to show
#[derive(Args, Clone, Debug)]
pub(crate) struct ShowOptions {
    /// Attempts whose last record is not before TIME, and findings that opened then or later: a date,
    /// 2025-09-16T02:10 or RFC 3339
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Attempts and findings before TIME
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    pub(crate) zone: ZoneOption,
    /// Attempts of this identity, the id to count by; may be repeated
    #[arg(long, value_name = "ID")]
    identity: Vec<String>,
    /// Attempts from this address; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    source_ip: Vec<String>,
    /// Attempts to sign in to this account; may be repeated
    #[arg(long, value_name = "ID")]
    account: Vec<String>,
}

/// Decides what is shown.
#[derive(Default)]
pub(crate) struct Shown {
    since: Option<Time>,
    until: Option<Time>,
    identity: Vec<String>,
    source_ip: Vec<String>,
    account: Vec<String>,
    /// The ids of findings that opened and were not shown.
    hidden: HashSet<String>,
}

impl ShowOptions {
    /// Reads the times.
    ///
    /// # Errors
    /// [`Failure::Usage`], if one is invalid.
    pub(crate) fn shown(&self) -> Result<Shown, Failure> {
        Ok(Shown {
            since: self.time("--since", &self.since, Ambiguous::Earlier)?,
            until: self.time("--until", &self.until, Ambiguous::Later)?,
            identity: self.identity.clone(),
            source_ip: self.source_ip.clone(),
            account: self.account.clone(),
            hidden: HashSet::new(),
        })
    }

    fn time(
        &self,
        option: &str,
        text: &Option<String>,
        ambiguous: Ambiguous,
    ) -> Result<Option<Time>, Failure> {
        let Some(text) = text else { return Ok(None) };
        let time = self.zone.zone.parse_time(text, ambiguous);
        time.map(Some).ok_or_else(|| Failure::Usage {
            message: format!("expected a time for `{option}`, found `{text}`"),
            advice: "write a date, 2025-09-16T02:10 or 2025-09-16T02:10:00Z",
        })
    }
}

impl Shown {
    /// Whether it is shown. A finding that closes is shown if it was as it opened.
    pub(crate) fn includes(&mut self, emitted: &Emitted) -> bool {
        match emitted {
            Emitted::Attempt(attempt) => self.is_in_time(emitted) && self.includes_attempt(attempt),
            Emitted::Finding(finding) => {
                if let (true, Some(id)) = (finding.is_closed(), &finding.id) {
                    // It may have opened in an earlier run.
                    return !self.hidden.remove(id)
                        && self.may_have_opened_in_time(finding)
                        && self.includes_finding(finding);
                }
                let is_shown = self.is_in_time(emitted) && self.includes_finding(finding);
                if let (false, Some(id)) = (is_shown, &finding.id) {
                    self.hidden.insert(id.clone());
                }
                is_shown
            }
            Emitted::Other => true,
        }
    }

    fn is_in_time(&self, emitted: &Emitted) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        emitted.time().is_some_and(|time| {
            self.since.is_none_or(|since| time >= since)
                && self.until.is_none_or(|until| time < until)
        })
    }

    /// Whether one of the times from the first record of a finding to the last is shown.
    fn may_have_opened_in_time(&self, finding: &Finding) -> bool {
        let time = |text: &Option<String>| parse_time(text.as_deref()?.as_bytes());
        self.since.is_none_or(|since| time(&finding.last_time) >= Some(since))
            && self
                .until
                .is_none_or(|until| time(&finding.first_time).is_some_and(|first| first < until))
    }

    fn includes_attempt(&self, attempt: &Attempt) -> bool {
        let Attempt { identity, source_ip, account, .. } = attempt;
        [(&self.identity, identity), (&self.source_ip, source_ip), (&self.account, account)]
            .iter()
            .all(|(wanted, found)| {
                wanted.is_empty() || found.as_ref().is_some_and(|found| wanted.contains(found))
            })
    }

    /// A finding is shown unless its key has another value.
    fn includes_finding(&self, finding: &Finding) -> bool {
        [("identity", &self.identity), ("source_ip", &self.source_ip), ("account", &self.account)]
            .iter()
            .all(|(field, wanted)| {
                let found = finding.key.get(*field).and_then(|value| value.as_str());
                wanted.is_empty()
                    || found.is_none_or(|found| wanted.iter().any(|wanted| wanted == found))
            })
    }
}
