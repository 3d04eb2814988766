//! How many attempts each address and each identity made in each hour, as lines for a terminal.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use anstyle::Style;
use indicatif::HumanCount;
use sekisho_attempts::{Time, parse_time};

use super::emitted::Attempt;
use crate::color::Palette;
use crate::frequent::Frequent;
use crate::name::bounded;
use crate::sanitize::printable;
use crate::summary::{TOP, principal_label};
use crate::zone::Zone;

/// Milliseconds.
const HOUR: Time = 3_600_000;

/// The maximum number of counts to keep: 20 MB. With more, they are of longer than an hour.
const MAX_COUNTS: usize = 1 << 19;

/// The columns of a terminal that a line leaves to the rest of its row, and how many it has.
const OTHER_COLUMNS: usize = 48;
const MIN_COLUMNS: usize = 24;
const MAX_COLUMNS: usize = 168;

/// What is shown for a long time without any attempt: that long, and that many columns.
const GAP: char = '┊';
const MIN_GAP_HOURS: i64 = 24;
const MIN_GAP_COLUMNS: i64 = 4;

/// Counts, from one to the highest of a line.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Counts attempts by address, identity and hour, in bounded memory.
#[derive(Debug)]
pub(crate) struct Activity {
    addresses: Counts,
    identities: Counts,
    /// How many hours a count is of.
    hours: i64,
}

/// What is counted: attempts, and those of them that failed or were denied.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    attempts: u64,
    failures: u64,
}

/// The counts of each name.
#[derive(Debug, Default)]
struct Counts {
    total: Frequent,
    by_time: HashMap<String, BTreeMap<i64, Count>>,
    /// The number of counts in all of them.
    len: usize,
}

/// The columns of the lines.
#[derive(Debug)]
struct Scale {
    /// How many hours a count is of.
    count_hours: i64,
    /// How many hours a column is of.
    hours: i64,
    /// By how many hours the zone is ahead of UTC: a column of a day begins at its midnight.
    ahead: i64,
    /// Each column, or a long time without any attempt.
    columns: Vec<Option<i64>>,
}

impl Default for Activity {
    fn default() -> Self {
        let (addresses, identities) = Default::default();
        Self { addresses, identities, hours: 1 }
    }
}

impl Activity {
    /// Counts an attempt at the time of its last record.
    pub(crate) fn add(&mut self, attempt: &Attempt) {
        let Attempt { last_time, source_ip, user, .. } = attempt;
        let time = last_time.as_deref().and_then(|time| parse_time(time.as_bytes()));
        let Some(hour) = time.map(|time| time.div_euclid(HOUR)) else { return };
        let failures = u64::from(attempt.is_failure());
        let (count, index) = (Count { attempts: 1, failures }, hour.div_euclid(self.hours));
        if let Some(source_ip) = source_ip {
            self.addresses.add(source_ip, index, count);
        }
        let identity = principal_label(&attempt.principal, attempt.person(), user.as_deref());
        self.identities.add(&identity, index, count);
        while self.addresses.len + self.identities.len > MAX_COUNTS {
            self.hours *= 2;
            self.addresses.halve();
            self.identities.halve();
        }
    }

    /// Writes a line for each of the most frequent addresses and identities, on a terminal of `width`
    /// columns; nothing if there are fewer than two columns.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        zone: &Zone,
        width: usize,
    ) -> io::Result<()> {
        let Some(scale) = self.scale(zone, width) else { return Ok(()) };
        for (name, counts) in [("source IP", &self.addresses), ("identity", &self.identities)] {
            let (top, too_low) = counts.total.top(TOP);
            if top.is_empty() {
                continue;
            }
            let title = palette.title();
            let at_least = if too_low { " (at least)" } else { "" };
            writeln!(to, "{title}Attempts by {name}{at_least}{title:#}")?;
            for (item, times) in top {
                let line = scale.line(counts.by_time.get(item), palette);
                let times = HumanCount(times).to_string();
                writeln!(to, "{times:>12}  {line}  {}", printable(item))?;
            }
        }
        let faint = palette.faint();
        writeln!(to, "{faint}{}{faint:#}", scale.describe(zone))
    }

    /// The shortest columns with which all time fits; none if there are fewer than two.
    fn scale(&self, zone: &Zone, width: usize) -> Option<Scale> {
        let counts = [&self.addresses, &self.identities];
        let by_time = counts.into_iter().flat_map(|counts| counts.by_time.values());
        let indices: BTreeSet<i64> = by_time.flat_map(BTreeMap::keys).copied().collect();
        let ahead = zone.hours_ahead(indices.last()? * self.hours * HOUR);
        let most = width.saturating_sub(OTHER_COLUMNS).clamp(MIN_COLUMNS, MAX_COLUMNS);
        let days = std::iter::successors(Some(24), |hours| Some(hours * 2));
        let hours = [1, 2, 3, 4, 6, 8, 12].into_iter().chain(days);
        let mut scales = hours.filter(|hours| hours % self.hours == 0).filter_map(|hours| {
            let scale = Scale { count_hours: self.hours, hours, ahead, columns: Vec::new() };
            scale.over(&indices, most)
        });
        scales.next().filter(|scale| scale.columns.len() > 1)
    }
}

impl Counts {
    fn add(&mut self, name: &str, index: i64, more: Count) {
        self.total.add(name, 1);
        if self.by_time.len() > self.total.len() {
            self.by_time.retain(|name, _| self.total.contains(name));
            self.len = self.by_time.values().map(BTreeMap::len).sum();
        }
        let name = bounded(name);
        if !self.total.contains(&name) {
            return;
        }
        let by_time = match self.by_time.get_mut(&*name) {
            Some(by_time) => by_time,
            None => self.by_time.entry(name.into_owned()).or_default(),
        };
        self.len -= by_time.len();
        by_time.entry(index).or_default().add(more);
        self.len += by_time.len();
    }

    /// Makes one count of two.
    fn halve(&mut self) {
        for by_time in self.by_time.values_mut() {
            let mut halved: BTreeMap<i64, Count> = BTreeMap::new();
            for (index, count) in std::mem::take(by_time) {
                halved.entry(index.div_euclid(2)).or_default().add(count);
            }
            *by_time = halved;
        }
        self.len = self.by_time.values().map(BTreeMap::len).sum();
    }
}

impl Count {
    fn add(&mut self, more: Count) {
        self.attempts += more.attempts;
        self.failures += more.failures;
    }

    /// Most attempts decide.
    fn style(self, palette: Palette) -> Style {
        match self {
            Count { attempts: 0, .. } => palette.faint(),
            Count { attempts, failures } if 2 * failures > attempts => palette.outcome("failure"),
            Count { .. } => palette.outcome("success"),
        }
    }
}

impl Scale {
    /// The column of a count.
    fn column(&self, index: i64) -> i64 {
        (index * self.count_hours + self.ahead).div_euclid(self.hours)
    }

    /// Has a column for each count, and for a short time without any; none if these are more than
    /// `most`.
    fn over(mut self, indices: &BTreeSet<i64>, most: usize) -> Option<Self> {
        for index in indices {
            let column = self.column(*index);
            let last = self.columns.last().copied().flatten().unwrap_or(column - 1);
            let empty = column - last - 1;
            match empty >= MIN_GAP_COLUMNS && empty * self.hours >= MIN_GAP_HOURS {
                true => self.columns.extend([None, Some(column)]),
                false => self.columns.extend((last + 1..=column).map(Some)),
            }
            if self.columns.len() > most {
                return None;
            }
        }
        Some(self)
    }

    /// `1 h a column, 2025-09-15 09:00 to 2025-09-16 12:00`.
    fn describe(&self, zone: &Zone) -> String {
        let hours = match self.hours {
            hours if hours % 24 == 0 => format!("{} d", hours / 24),
            hours => format!("{hours} h"),
        };
        let time = |column: i64| zone.format_minute((column * self.hours - self.ahead) * HOUR);
        let columns = || self.columns.iter().flatten().copied();
        let [first, last] = [columns().min(), columns().max()].map(Option::unwrap_or_default);
        let (first, last) = (time(first), time(last + 1));
        let zone = zone.name().map(|zone| format!(" {zone}")).unwrap_or_default();
        let gap = match self.columns.contains(&None) {
            true => format!("; {GAP} 1 d or more"),
            false => String::new(),
        };
        format!("{hours} a column, {first} to {last}{zone}{gap}")
    }

    /// A character for each column: its attempts, beside the most in a column of the line.
    fn line(&self, by_time: Option<&BTreeMap<i64, Count>>, palette: Palette) -> String {
        let mut counts: HashMap<i64, Count> = HashMap::new();
        for (index, count) in by_time.into_iter().flatten() {
            counts.entry(self.column(*index)).or_default().add(*count);
        }
        let most = counts.values().map(|count| count.attempts).max().unwrap_or_default();
        let mut line = String::new();
        let mut style = Style::new();
        for column in &self.columns {
            let count = column.and_then(|column| counts.get(&column)).copied().unwrap_or_default();
            let next = count.style(palette);
            if next != style {
                line += &format!("{style:#}{next}");
                style = next;
            }
            line.push(if column.is_none() { GAP } else { level(count.attempts, most) });
        }
        line + &format!("{style:#}")
    }
}

/// The character for a number of attempts.
fn level(attempts: u64, most: u64) -> char {
    match attempts {
        0 => '·',
        attempts => LEVELS[((attempts * 8).div_ceil(most) - 1) as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::When;

    fn attempt(time: &str, source_ip: &str, outcome: &str) -> Attempt {
        serde_json::from_value(serde_json::json!({
            "outcome": outcome, "reason": null, "principal": "iam_user", "mfa": "not_used",
            "user_exists": "yes", "account": "111122223333", "principal_id": "AIDAbruno",
            "user": "bruno", "source_ip": source_ip, "first_time": time, "last_time": time,
            "events": ["e"], "failures_before": 0, "flags": [],
        }))
        .unwrap()
    }

    fn lines(activity: &Activity, color: When, zone: &Zone, width: usize) -> Vec<String> {
        let mut text = Vec::new();
        activity.write(&mut text, Palette::new(color, false), zone, width).unwrap();
        String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
    }

    fn plain(activity: &Activity, width: usize) -> Vec<String> {
        lines(activity, When::Never, &Zone::default(), width)
    }

    fn two_days() -> Activity {
        let mut activity = Activity::default();
        for (day, hour, source_ip, outcome, times) in [
            (16, 2, "203.0.113.66", "failure", 16),
            (16, 2, "203.0.113.66", "success", 1),
            (16, 5, "203.0.113.66", "denied", 1),
            (15, 9, "192.0.2.10", "success", 2),
            (15, 11, "192.0.2.10", "success", 1),
        ] {
            for minute in 0..times {
                let time = format!("2025-09-{day:02}T{hour:02}:{minute:02}:09Z");
                activity.add(&attempt(&time, source_ip, outcome));
            }
        }
        activity
    }

    #[test]
    fn each_address_and_identity_has_a_line() {
        let expected = [
            "Attempts by source IP",
            "          18  ·················█··▁  203.0.113.66",
            "           3  █·▄··················  192.0.2.10",
            "Attempts by identity",
            "          21  ▁·▁··············█··▁  AIDAbruno (bruno)",
            "1 h a column, 2025-09-15 09:00 to 2025-09-16 06:00",
        ];
        assert_eq!(plain(&two_days(), 200), expected);
    }

    /// A record of years ago does not make hours of years.
    #[test]
    fn a_long_time_without_attempts_is_one_column() {
        let mut activity = two_days();
        activity.add(&attempt("2018-06-14T09:00:00Z", "192.0.2.10", "failure"));
        let lines = plain(&activity, 80);
        assert_eq!(lines[1], "          18  ·┊·················█··▁  203.0.113.66");
        assert_eq!(lines[2], "           4  ▄┊█·▄··················  192.0.2.10");
        let scale = "1 h a column, 2018-06-14 09:00 to 2025-09-16 06:00; ┊ 1 d or more";
        assert_eq!(lines[5], scale);
    }

    #[test]
    fn most_attempts_of_a_column_decide_its_color() {
        let lines = lines(&two_days(), When::Always, &Zone::default(), 200);
        let (bad, faint) = ("\u{1b}[1m\u{1b}[31m", "\u{1b}[2m");
        let reset = "\u{1b}[0m";
        let line = format!(
            "{faint}{}{reset}{bad}█{reset}{faint}··{reset}{bad}▁{reset}  203.0.113.66",
            "·".repeat(17)
        );
        assert!(lines[1].ends_with(&line), "{:?}", lines[1]);
        assert!(lines[2].contains("\u{1b}[32m█"), "{:?}", lines[2]);
    }

    /// Columns are of longer if time does not fit, and those of a day begin at midnight in the zone.
    #[test]
    fn lines_fit() {
        let mut activity = Activity::default();
        for day in 1..=30 {
            activity.add(&attempt(&format!("2025-09-{day:02}T20:00:00Z"), "192.0.2.10", "success"));
        }
        let scale = |width| plain(&activity, width).pop().unwrap();
        assert_eq!(scale(300), "6 h a column, 2025-09-01 18:00 to 2025-10-01 00:00");
        assert_eq!(scale(80), "1 d a column, 2025-09-01 00:00 to 2025-10-01 00:00");
        assert_eq!(scale(10), "2 d a column, 2025-09-01 00:00 to 2025-10-01 00:00");
        for width in 0..300 {
            let line = &plain(&activity, width)[1];
            assert!(line.chars().count() <= width.max(OTHER_COLUMNS + MIN_COLUMNS), "{width}");
        }
        let tokyo = Zone::parse("+09:00").unwrap();
        let scale = lines(&activity, When::Never, &tokyo, 80).pop().unwrap();
        assert_eq!(scale, "1 d a column, 2025-09-02 00:00 to 2025-10-02 00:00 +09:00");
    }

    /// Whatever is counted, memory is bounded, and no attempt of a line is lost.
    #[test]
    fn counts_are_bounded() {
        let mut activity = Activity::default();
        let mut attempt = attempt("2025-09-16T02:00:00Z", "192.0.2.10", "failure");
        let attempts = 700_000;
        for n in 0..attempts {
            let mut time = Vec::new();
            sekisho_attempts::write_time(1_700_000_000_000 + n * HOUR, &mut time);
            let address = if n % 2 == 0 { "192.0.2.10".to_owned() } else { format!("a{n}") };
            attempt.last_time = String::from_utf8(time).ok();
            attempt.source_ip = Some(address);
            activity.add(&attempt);
        }
        assert!(activity.addresses.len + activity.identities.len <= MAX_COUNTS);
        assert!(activity.hours > 1);
        let of_identity = &activity.identities.by_time["AIDAbruno (bruno)"];
        assert_eq!(of_identity.values().map(|count| count.attempts).sum::<u64>(), attempts as u64);
        let counted = activity.addresses.by_time.len();
        assert_eq!(counted, activity.addresses.total.len());
        assert!(plain(&activity, 80)[1].contains('█'));
    }

    #[test]
    fn without_two_columns_there_is_nothing() {
        let mut activity = Activity::default();
        assert!(plain(&activity, 80).is_empty());
        activity.add(&attempt("soon", "192.0.2.10", "success"));
        activity.add(&attempt("2025-09-16T02:00:00Z", "192.0.2.10", "success"));
        assert!(plain(&activity, 80).is_empty());
    }
}
