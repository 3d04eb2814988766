//! The progress bar.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressBarIter, ProgressDrawTarget, ProgressStyle};

use crate::input::paths::Source;

/// Smaller inputs are read too fast for a bar to be useful.
const MIN_INPUT_BYTES: u64 = 64 << 20;

/// A bar on standard error, if that is a terminal. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for reading `sources`.
    pub(crate) fn new(sources: &[Source], quiet: bool) -> Self {
        let length: Option<u64> = sources.iter().map(Source::length).sum();
        let is_long = length.is_none_or(|length| length >= MIN_INPUT_BYTES);
        if quiet || !is_long || !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(style(length.is_some()));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// Counts the bytes that are read from `input`.
    pub(crate) fn count<R: Read>(&self, input: R) -> ProgressBarIter<R> {
        self.bar.wrap_read(input)
    }

    /// Hides the bar while `write` runs.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(length_known: bool) -> ProgressStyle {
    let template = match length_known {
        true => "{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
        false => "{spinner} {bytes}  {bytes_per_sec}",
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━ ")
}
