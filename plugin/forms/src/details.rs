//! What the forms are made of.

use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::attribute::Attribute;
use crate::json::Json;
use crate::output::Output;
use crate::technique::Technique;
use crate::texts::{NO_TEXTS, Texts};

/// A time, as a number and as text.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub milliseconds: i64,
    /// The same as an RFC 3339 text, which needs no escapes in JSON.
    pub text: &'a [u8],
}

/// Rules that match.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchedIds<'a> {
    /// The ids as JSON strings with commas between them.
    pub ids: &'a [u8],
    /// How many there are.
    pub count: usize,
    /// Those for which the event is silenced, written like `ids`.
    pub silenced: &'a [u8],
    /// The techniques that those that match name, each once.
    pub techniques: &'a [Technique],
}

impl<'a> MatchedIds<'a> {
    fn set(&self, texts: &mut Texts<'a>) {
        texts.set(Attribute::Rules, self.ids);
        texts.set(Attribute::Silenced, self.silenced);
    }
}

/// The verdict on a record, and what else the forms say of it.
///
/// ```
/// use sekisho_forms::{Attribute, Details, EventBuffer, write_ecs};
/// use sekisho_signin::{Kind, Mfa, Outcome, Principal, UserExists, Verdict};
///
/// let mut details = Details::default();
/// details.verdict = Verdict {
///     kind: Kind::ConsoleLogin,
///     outcome: Outcome::Failure,
///     reason: None,
///     principal: Principal::Root,
///     mfa: Mfa::NotUsed,
///     user_exists: UserExists::Yes,
/// };
/// details.set(Attribute::Source, b"192.0.2.10");
/// let mut buffer = EventBuffer::default();
/// write_ecs(details, &mut buffer);
/// let event = str::from_utf8(buffer.json()?)?;
/// assert!(event.contains(r#""outcome":"failure""#));
/// assert!(event.contains(r#""source":{"address":"192.0.2.10","ip":"192.0.2.10"}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Details<'a> {
    /// The verdict on the record.
    pub verdict: Verdict,
    /// Whether none of the texts that are decoded needs escapes in JSON, and that of
    /// [`Attribute::EventName`] has none. If it is false, they are looked through.
    pub is_plain: bool,
    /// [`Attribute::Time`] in milliseconds since 1970-01-01T00:00:00Z.
    pub time: Option<i64>,
    /// Whether the event enters [`Attribute::Role`].
    pub enters_role: bool,
    pub(crate) rules: Option<MatchedIds<'a>>,
    pub(crate) texts: Texts<'a>,
}

impl<'a> Details<'a> {
    /// Sets the text of an attribute, which is absent if that is empty, and before it is set.
    ///
    /// The texts from [`Attribute::Identity`] to [`Attribute::Factor`] are decoded; all others are written
    /// as they are in the record, with their escapes.
    #[inline(always)]
    pub fn set(&mut self, attribute: Attribute, text: &'a [u8]) {
        self.texts.set(attribute, text);
    }

    /// Sets the rules that match, if there are any in the configuration.
    pub fn set_rules(&mut self, rules: MatchedIds<'a>) {
        rules.set(&mut self.texts);
        self.rules = Some(rules);
    }

    /// Escapes the texts that are decoded and need it.
    #[inline(always)]
    pub(crate) fn escape(&mut self, buffer: &'a mut Output) {
        if !self.is_plain {
            self.texts.escape(buffer);
        }
    }

    /// Sets the techniques as `write` writes them to `output`.
    #[inline(always)]
    pub(crate) fn set_techniques(
        &mut self,
        write: fn(&[Technique], &mut Json<'_>),
        output: &'a mut Output,
    ) {
        if let Some(rules) = self.rules
            && !rules.techniques.is_empty()
        {
            write(rules.techniques, &mut Json::new(output, &NO_TEXTS));
            self.set(Attribute::Techniques, output.list());
        }
    }
}

impl Default for Details<'_> {
    fn default() -> Self {
        Details {
            verdict: Verdict {
                kind: Kind::NotSignin,
                outcome: Outcome::Unknown,
                reason: None,
                principal: Principal::Unknown,
                mfa: Mfa::Unknown,
                user_exists: UserExists::Unknown,
            },
            is_plain: false,
            time: None,
            enters_role: false,
            rules: None,
            texts: Texts::default(),
        }
    }
}

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct AttemptDetails<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// Who tried to sign in.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// The id to count by.
    pub identity: Option<&'a [u8]>,
    /// The name to show.
    pub user: Option<&'a [u8]>,
    /// The account that received its records.
    pub account: Option<&'a [u8]>,
    /// The source of its records.
    pub source: Option<&'a [u8]>,
    /// The times of its first and last record.
    pub times: Option<(Moment<'a>, Moment<'a>)>,
    /// The eventIDs as JSON strings with commas between them.
    pub events: &'a [u8],
    /// How many there are.
    pub event_count: usize,
    /// The last of them.
    pub last_event: &'a [u8],
    /// Its flags as JSON strings with commas between them.
    pub flags: &'a [u8],
    /// The rules that match; `None` if there are none in the configuration.
    pub rules: Option<MatchedIds<'a>>,
    /// Its line, a JSON object.
    pub line: &'a [u8],
}

impl<'a> AttemptDetails<'a> {
    pub(crate) fn texts(&self) -> Texts<'a> {
        let mut texts = Texts::of(&[
            (Attribute::Identity, self.identity),
            (Attribute::User, self.user),
            (Attribute::Account, self.account),
            (Attribute::Source, self.source),
        ]);
        if let Some(rules) = self.rules {
            rules.set(&mut texts);
        }
        texts
    }
}

/// A finding of a correlation rule.
#[derive(Clone, Copy, Debug)]
pub struct FindingDetails<'a> {
    /// Its id, 32 hexadecimal digits.
    pub id: &'a str,
    /// Whether this is the line that closes it.
    pub is_closed: bool,
    /// The id of the rule, a JSON string.
    pub rule: &'a [u8],
    /// The severity of the rule, a JSON value.
    pub severity: Option<&'a str>,
    /// The techniques that the rule names.
    pub techniques: &'a [Technique],
    /// The id to count by that its matches have in common.
    pub identity: Option<&'a [u8]>,
    /// The user that its matches have in common.
    pub user: Option<&'a [u8]>,
    /// The account that its matches have in common.
    pub account: Option<&'a [u8]>,
    /// The source that its matches have in common.
    pub source: Option<&'a [u8]>,
    /// The time of the first match.
    pub first_time: Moment<'a>,
    /// The time of the last match.
    pub last_time: Moment<'a>,
    /// How many matches, or different values, met the condition.
    pub count: u32,
    /// The eventIDs as JSON strings.
    pub events: &'a [&'a [u8]],
    /// Its line, a JSON object.
    pub line: &'a [u8],
}

impl<'a> FindingDetails<'a> {
    pub(crate) fn texts(&self) -> Texts<'a> {
        Texts::of(&[
            (Attribute::Identity, self.identity),
            (Attribute::User, self.user),
            (Attribute::Account, self.account),
            (Attribute::Source, self.source),
        ])
    }
}
