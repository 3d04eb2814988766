//! Colours, where they are wanted.

use std::env;
use std::ffi::OsString;

use anstyle::{AnsiColor, Style};

use crate::args::When;

/// Styles for one output; all plain where colours are not wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Palette {
    colored: bool,
}

impl Palette {
    /// For an output that is a terminal or is not.
    pub(crate) fn new(when: When, is_terminal: bool) -> Self {
        let colored = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && terminal_wants_color(|name| env::var_os(name)),
        };
        Self { colored }
    }

    fn style(self, style: Style) -> Style {
        match self.colored {
            true => style,
            false => Style::new(),
        }
    }

    /// For what stands above or before other text.
    pub(crate) fn title(self) -> Style {
        self.style(Style::new().bold())
    }

    /// For what matters less.
    pub(crate) fn faint(self) -> Style {
        self.style(Style::new().dimmed())
    }

    /// For what went well.
    pub(crate) fn good(self) -> Style {
        self.style(AnsiColor::Green.on_default())
    }

    /// For what deserves a look.
    pub(crate) fn notable(self) -> Style {
        self.style(AnsiColor::Yellow.on_default())
    }

    /// For what went wrong.
    pub(crate) fn bad(self) -> Style {
        self.style(AnsiColor::Red.on_default().bold())
    }

    /// For what a rule of this severity has found.
    pub(crate) fn severity(self, severity: &str) -> Style {
        match severity {
            "critical" | "high" => self.bad(),
            "medium" => self.notable(),
            _ => self.title(),
        }
    }

    /// For an outcome in a verdict.
    pub(crate) fn outcome(self, outcome: &str) -> Style {
        match outcome {
            "success" => self.good(),
            "failure" | "denied" => self.bad(),
            "challenged" => self.notable(),
            _ => self.faint(),
        }
    }
}

/// Whether the environment leaves a terminal its colours; see <https://no-color.org>.
fn terminal_wants_color(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("NO_COLOR").is_none_or(|value| value.is_empty())
        && variable("TERM").is_none_or(|value| value != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_asked() {
        let wants = |set: &[(&str, &str)]| {
            terminal_wants_color(|name| {
                let (_, value) = set.iter().find(|(known, _)| *known == name)?;
                Some(value.into())
            })
        };
        assert!(wants(&[]));
        assert!(wants(&[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!wants(&[("NO_COLOR", "1")]));
        assert!(!wants(&[("TERM", "dumb")]));
    }

    #[test]
    fn the_command_line_comes_first() {
        let colored = |when, is_terminal| Palette::new(when, is_terminal).colored;
        assert!(colored(When::Always, false));
        assert!(!colored(When::Never, true));
        assert!(!colored(When::Auto, false));
    }
}
