//! The trail with a plot, day by day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::background;
use crate::calls::{self, Call, security};
use crate::era::Era;
use crate::identity::{AKEMI, BRUNO, CHIDI, DALIA, EMEKA, Person};
use crate::random::Random;
use crate::record::Record;
use crate::scene::Scene;
use crate::stories::{self, Story};
use crate::timeline::Timeline;

/// Hour, minute, person and story.
type Entry = (i64, i64, Person, Story);

/// The seven sign-ins of the article on this day, and a probe in the form of that year.
const ARTICLE_DAY: &[Entry] = &[
    (9, 0, AKEMI, stories::unknown_user),
    (9, 5, BRUNO, stories::password_login),
    (9, 10, BRUNO, stories::bad_password),
    (9, 15, AKEMI, stories::mfa_login),
    (9, 20, AKEMI, stories::mfa_refused),
    (9, 25, AKEMI, stories::mfa_refused),
    (9, 30, AKEMI, stories::mfa_refused),
    (21, 40, AKEMI, unknown_users_probed),
];

const QUIET_DAY: &[Entry] = &[
    (7, 42, AKEMI, stories::mfa_login),
    (7, 58, BRUNO, stories::password_login),
    (8, 4, DALIA, stories::portal_login),
    (8, 31, CHIDI, stories::password_mistyped),
    (9, 12, EMEKA, stories::portal_login_by_external_idp),
    (9, 47, AKEMI, stories::role_switched),
    (10, 20, DALIA, stories::sso_console),
    (11, 5, BRUNO, stories::saml_login),
    (11, 50, AKEMI, stories::root_mfa_login),
    (12, 2, AKEMI, stories::account_changed),
    (13, 15, EMEKA, stories::mfa_mistyped),
    (14, 3, CHIDI, stories::mfa_abandoned),
    (14, 40, CHIDI, stories::external_idp_login),
    (15, 10, DALIA, stories::portal_mistyped),
    (15, 45, BRUNO, stories::federated_login),
    (16, 20, EMEKA, stories::aws_login),
];

const ATTACK_DAY: &[Entry] = &[
    (2, 10, AKEMI, unknown_users_probed),
    (2, 31, BRUNO, password_guessed),
    (7, 40, AKEMI, stories::mfa_login),
    (8, 2, DALIA, stories::portal_login),
    (8, 20, CHIDI, stories::password_login),
    (8, 45, CHIDI, stories::role_switch_refused),
    (9, 5, BRUNO, stories::root_guessed),
    (9, 30, AKEMI, stories::password_recovered),
    (9, 55, AKEMI, stories::root_mfa_login),
];

/// The share of read-only calls, besides those among all calls. Reads compress well, which keeps the
/// sample trail in the repository small.
const READ_PERCENT: u32 = 90;

/// The people of the account.
const STAFF: [Person; 5] = [AKEMI, BRUNO, CHIDI, DALIA, EMEKA];
const ATTACKER_ADDRESS: &str = "203.0.113.66";

/// The trail of one account up to the year 9999, in order of arrival. It begins with 2018-06-14, the
/// seven sign-ins of the article and a probe of twelve names that do not exist. Working days from
/// 2025-09-15 on follow, alternately quiet and with an attack.
///
/// In an attack, twelve names are probed, then the password of one user is guessed after 22 failures,
/// all from one address, and a new user with an access key is created. In the morning, root's
/// password is tried and then recovered.
pub fn trail_records(seed: u64) -> impl Iterator<Item = Record> {
    let mut random = Random::new(seed);
    (0..).flat_map(move |day: i64| {
        let monday = jiff::civil::date(2025, 9, 15);
        match day {
            0 => {
                let date = jiff::civil::date(2018, 6, 14);
                records_of_day(&mut random, Era::Y2018, date, ARTICLE_DAY, 6)
            }
            _ => {
                let (week, weekday) = ((day - 1) / 5, (day - 1) % 5);
                let date = monday + SignedDuration::from_hours((week * 7 + weekday) * 24);
                let script = if day % 2 == 1 { QUIET_DAY } else { ATTACK_DAY };
                records_of_day(&mut random, Era::Now, date, script, 90)
            }
        }
    })
}

fn records_of_day(
    random: &mut Random,
    era: Era,
    date: Date,
    script: &[Entry],
    calls: usize,
) -> impl Iterator<Item = Record> + use<> {
    let midnight =
        date.to_zoned(TimeZone::UTC).expect("the date is within jiff's range").timestamp();
    let mut timeline = Timeline::default();
    for (hour, minute, person, story) in script {
        let mut scene = Scene::new(random, era, at(midnight, hour * 60 + minute), *person);
        story(&mut scene);
        for record in scene.into_records() {
            timeline.add(random, record);
        }
    }
    for _ in 0..calls {
        let call: Call = if random.percent(READ_PERCENT) { calls::read } else { calls::call };
        let minute = i64::from(random.between(7 * 60..=18 * 60));
        let time = at(midnight, minute) + SignedDuration::from_secs(random.below(60).into());
        let record = background::api_call(random, era, time, &STAFF, call);
        timeline.add(random, record);
    }
    timeline.drain()
}

fn at(midnight: Timestamp, minute: i64) -> Timestamp {
    midnight + SignedDuration::from_mins(minute)
}

fn enter_attacker(scene: &mut Scene<'_>) {
    scene.visit.address = ATTACKER_ADDRESS.to_owned();
    scene.visit.agent = scene.visit.agent.replace(" Chrome/", " HeadlessChrome/");
}

fn unknown_users_probed(scene: &mut Scene<'_>) {
    enter_attacker(scene);
    for _ in 0..12 {
        stories::unknown_user(scene);
        scene.wait(9..=45);
    }
}

/// The attacker guesses a password and creates a user for later access.
fn password_guessed(scene: &mut Scene<'_>) {
    enter_attacker(scene);
    for _ in 0..22 {
        stories::bad_password(scene);
        scene.wait_for_retry();
    }
    stories::password_login(scene);
    for call in [security::create_user, security::create_access_key] {
        scene.wait(20..=90);
        scene.api_call(call);
    }
    scene.wait(60..=300);
    stories::foreign_token(scene);
}
