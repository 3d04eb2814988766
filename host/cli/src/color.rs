//! Colors in the output.

use std::env;
use std::ffi::OsString;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

/// When to use colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The styles of one output; all plain if it has no colors.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Palette {
    colored: bool,
}

impl Palette {
    /// The styles for an output that is a terminal or not.
    pub(crate) fn new(when: When, is_terminal: bool) -> Self {
        let colored = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && environment_allows_color(|name| env::var_os(name)),
        };
        Self { colored }
    }

    fn style(self, style: Style) -> Style {
        match self.colored {
            true => style,
            false => Style::new(),
        }
    }

    /// Titles and headings.
    pub(crate) fn title(self) -> Style {
        self.style(Style::new().bold())
    }

    /// Secondary text.
    pub(crate) fn faint(self) -> Style {
        self.style(Style::new().dimmed())
    }

    /// Success.
    pub(crate) fn good(self) -> Style {
        self.style(AnsiColor::Green.on_default())
    }

    /// Warnings.
    pub(crate) fn notable(self) -> Style {
        self.style(AnsiColor::Yellow.on_default())
    }

    /// Errors.
    pub(crate) fn bad(self) -> Style {
        self.style(AnsiColor::Red.on_default().bold())
    }

    /// A finding of a rule with this severity.
    pub(crate) fn severity(self, severity: &str) -> Style {
        match severity {
            "critical" | "high" => self.bad(),
            "medium" => self.notable(),
            _ => self.title(),
        }
    }

    /// The outcome of a sign-in.
    pub(crate) fn outcome(self, outcome: &str) -> Style {
        match outcome {
            "success" => self.good(),
            "failure" | "denied" => self.bad(),
            "challenged" => self.notable(),
            _ => self.faint(),
        }
    }
}

/// Whether the environment allows colors on a terminal; see <https://no-color.org>.
fn environment_allows_color(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("NO_COLOR").is_none_or(|value| value.is_empty())
        && variable("TERM").is_none_or(|value| value != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_and_dumb_terminals_disable_colors() {
        let allows = |set: &[(&str, &str)]| {
            environment_allows_color(|name| {
                let (_, value) = set.iter().find(|(known, _)| *known == name)?;
                Some(value.into())
            })
        };
        assert!(allows(&[]));
        assert!(allows(&[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!allows(&[("NO_COLOR", "1")]));
        assert!(!allows(&[("TERM", "dumb")]));
    }

    #[test]
    fn the_option_overrides_the_environment() {
        let colored = |when, is_terminal| Palette::new(when, is_terminal).colored;
        assert!(colored(When::Always, false));
        assert!(!colored(When::Never, true));
        assert!(!colored(When::Auto, false));
    }
}
