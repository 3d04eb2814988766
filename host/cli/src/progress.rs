//! The progress bar.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressBarIter, ProgressDrawTarget, ProgressStyle};

use crate::input::paths::Source;

/// Less than this is read before a bar could be looked at.
const WORTH_A_BAR_BYTES: u64 = 64 << 20;

/// How far reading has come, shown on standard error if that is a terminal. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins to show how much of these was read.
    pub(crate) fn new(sources: &[Source], quiet: bool) -> Self {
        let length: Option<u64> = sources.iter().map(Source::length).sum();
        let worth_it = length.is_none_or(|length| length >= WORTH_A_BAR_BYTES);
        if quiet || !worth_it || !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(style(length.is_some()));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// Counts what is read of `input`.
    pub(crate) fn count<R: Read>(&self, input: R) -> ProgressBarIter<R> {
        self.bar.wrap_read(input)
    }

    /// Takes the bar away while something is written to the terminal.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Takes the bar away for good.
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
