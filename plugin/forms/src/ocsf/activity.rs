//! Classes of events, and what an event of a class does.

use sekisho_scan::Text;
use sekisho_signin::Kind;

use crate::details::Details;
use crate::event_buffer::Piece;
use crate::flow::Flow;
use crate::json::{Json, key};

/// A class of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    BaseEvent,
    DetectionFinding,
    AccountChange,
    Authentication,
    ApiActivity,
}

impl Class {
    /// What an event of this class begins with.
    pub(crate) const fn start(self) -> &'static Piece<128> {
        match self {
            Class::BaseEvent => {
                const {
                    &Piece::new(
                        r#"{"category_uid":0,"category_name":"Uncategorized","class_uid":0,"class_name":"Base Event","#,
                    )
                }
            }
            Class::DetectionFinding => {
                const {
                    &Piece::new(
                        r#"{"category_uid":2,"category_name":"Findings","class_uid":2004,"class_name":"Detection Finding","#,
                    )
                }
            }
            Class::AccountChange => {
                const {
                    &Piece::new(
                        r#"{"category_uid":3,"category_name":"Identity & Access Management","class_uid":3001,"class_name":"Account Change","#,
                    )
                }
            }
            Class::Authentication => {
                const {
                    &Piece::new(
                        r#"{"category_uid":3,"category_name":"Identity & Access Management","class_uid":3002,"class_name":"Authentication","#,
                    )
                }
            }
            Class::ApiActivity => {
                const {
                    &Piece::new(
                        r#"{"category_uid":6,"category_name":"Application Activity","class_uid":6003,"class_name":"API Activity","#,
                    )
                }
            }
        }
    }
}

/// What an event of a class does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    Unknown,
    Create,
    Close,
    PasswordChange,
    PasswordReset,
    Logon,
    Logoff,
    Preauth,
    AccountSwitch,
    /// Another one of this class: its name is that of the event.
    Other(Class),
}

impl Activity {
    /// What a record says was done.
    pub(crate) fn of(details: &Details<'_>) -> Self {
        match Flow::of(&details.verdict, details.event_name) {
            Flow::Start => Activity::Logon,
            Flow::End => Activity::Logoff,
            Flow::Step => Activity::Preauth,
            Flow::Enter | Flow::Leave => Activity::AccountSwitch,
            Flow::Info => Activity::Other(Class::Authentication),
            Flow::Request => Activity::Other(Class::AccountChange),
            Flow::Change if details.verdict.kind == Kind::PasswordRecovery => {
                Activity::PasswordReset
            }
            Flow::Change if details.event_name.is_some_and(|name| name == "PasswordUpdated") => {
                Activity::PasswordChange
            }
            Flow::Change => Activity::Other(Class::AccountChange),
            Flow::Other if details.has_record() => Activity::Other(Class::ApiActivity),
            Flow::Other => Activity::Unknown,
        }
    }

    pub(crate) const fn class(self) -> Class {
        match self {
            Activity::Unknown => Class::BaseEvent,
            Activity::Create | Activity::Close => Class::DetectionFinding,
            Activity::PasswordChange | Activity::PasswordReset => Class::AccountChange,
            Activity::Logon | Activity::Logoff | Activity::Preauth | Activity::AccountSwitch => {
                Class::Authentication
            }
            Activity::Other(class) => class,
        }
    }

    const fn json(self) -> &'static Piece<80> {
        match self {
            Activity::Unknown => {
                const { &Piece::new(r#""activity_id":0,"activity_name":"Unknown","type_uid":0,"#) }
            }
            Activity::Create => {
                const { &Piece::new(r#""activity_id":1,"activity_name":"Create","type_uid":200401,"#) }
            }
            Activity::Close => {
                const { &Piece::new(r#""activity_id":3,"activity_name":"Close","type_uid":200403,"#) }
            }
            Activity::PasswordChange => {
                const {
                    &Piece::new(
                        r#""activity_id":3,"activity_name":"Password Change","type_uid":300103,"#,
                    )
                }
            }
            Activity::PasswordReset => {
                const {
                    &Piece::new(
                        r#""activity_id":4,"activity_name":"Password Reset","type_uid":300104,"#,
                    )
                }
            }
            Activity::Logon => {
                const { &Piece::new(r#""activity_id":1,"activity_name":"Logon","type_uid":300201,"#) }
            }
            Activity::Logoff => {
                const { &Piece::new(r#""activity_id":2,"activity_name":"Logoff","type_uid":300202,"#) }
            }
            Activity::Preauth => {
                const { &Piece::new(r#""activity_id":6,"activity_name":"Preauth","type_uid":300206,"#) }
            }
            Activity::AccountSwitch => {
                const {
                    &Piece::new(
                        r#""activity_id":7,"activity_name":"Account Switch","type_uid":300207,"#,
                    )
                }
            }
            Activity::Other(_) => const { &Piece::new(r#""activity_id":99,"#) },
        }
    }

    /// Appends the activity. `event_name` is the name of an activity that has none.
    pub(crate) fn write(self, event_name: Option<Text<'_>>, json: &mut Json<'_>) {
        json.piece(self.json());
        if let Activity::Other(class) = self {
            write_other(class, event_name, json);
        }
    }
}

#[inline(never)]
fn write_other(class: Class, event_name: Option<Text<'_>>, json: &mut Json<'_>) {
    match event_name {
        Some(_) => json.text(key!(r#""activity_name":""#), event_name),
        None => json.raw(r#""activity_name":"Other","#),
    }
    json.piece(match class {
        Class::AccountChange => const { &Piece::<24>::new(r#""type_uid":300199,"#) },
        Class::ApiActivity => const { &Piece::<24>::new(r#""type_uid":600399,"#) },
        _ => const { &Piece::<24>::new(r#""type_uid":300299,"#) },
    });
}
