//! Classes of events, and what an event of a class does.

use crate::attribute::Attribute;
use crate::flow::Flow;
use crate::json::Json;

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
    pub(crate) const fn start(self) -> &'static str {
        match self {
            Class::BaseEvent => {
                r#"{"category_uid":0,"category_name":"Uncategorized","class_uid":0,"class_name":"Base Event","#
            }
            Class::DetectionFinding => {
                r#"{"category_uid":2,"category_name":"Findings","class_uid":2004,"class_name":"Detection Finding","#
            }
            Class::AccountChange => {
                r#"{"category_uid":3,"category_name":"Identity & Access Management","class_uid":3001,"class_name":"Account Change","#
            }
            Class::Authentication => {
                r#"{"category_uid":3,"category_name":"Identity & Access Management","class_uid":3002,"class_name":"Authentication","#
            }
            Class::ApiActivity => {
                r#"{"category_uid":6,"category_name":"Application Activity","class_uid":6003,"class_name":"API Activity","#
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
    pub(crate) fn of(flow: Flow) -> Self {
        match flow {
            Flow::Start => Activity::Logon,
            Flow::End => Activity::Logoff,
            Flow::Step => Activity::Preauth,
            Flow::Enter | Flow::Leave => Activity::AccountSwitch,
            Flow::Info => Activity::Other(Class::Authentication),
            Flow::PasswordChange => Activity::PasswordChange,
            Flow::PasswordReset => Activity::PasswordReset,
            Flow::Request | Flow::Change => Activity::Other(Class::AccountChange),
            Flow::Other => Activity::Other(Class::ApiActivity),
            Flow::NoRecord => Activity::Unknown,
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

    const fn json(self) -> &'static str {
        match self {
            Activity::Unknown => r#""activity_id":0,"activity_name":"Unknown","type_uid":0,"#,
            Activity::Create => r#""activity_id":1,"activity_name":"Create","type_uid":200401,"#,
            Activity::Close => r#""activity_id":3,"activity_name":"Close","type_uid":200403,"#,
            Activity::PasswordChange => {
                r#""activity_id":3,"activity_name":"Password Change","type_uid":300103,"#
            }
            Activity::PasswordReset => {
                r#""activity_id":4,"activity_name":"Password Reset","type_uid":300104,"#
            }
            Activity::Logon => r#""activity_id":1,"activity_name":"Logon","type_uid":300201,"#,
            Activity::Logoff => r#""activity_id":2,"activity_name":"Logoff","type_uid":300202,"#,
            Activity::Preauth => r#""activity_id":6,"activity_name":"Preauth","type_uid":300206,"#,
            Activity::AccountSwitch => {
                r#""activity_id":7,"activity_name":"Account Switch","type_uid":300207,"#
            }
            Activity::Other(_) => r#""activity_id":99,"#,
        }
    }

    /// Appends the activity. One that has no name is named after the event.
    pub(crate) fn write(self, json: &mut Json<'_>) {
        json.raw(self.json());
        if let Activity::Other(class) = self {
            match json.has(Attribute::EventName) {
                true => json.text(r#""activity_name":""#, Attribute::EventName),
                false => json.raw(r#""activity_name":"Other","#),
            }
            json.raw(match class {
                Class::AccountChange => r#""type_uid":300199,"#,
                Class::ApiActivity => r#""type_uid":600399,"#,
                _ => r#""type_uid":300299,"#,
            });
        }
    }
}
