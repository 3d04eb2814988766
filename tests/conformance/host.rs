//! The interface that the suite has to a host.

/// A call of the filter ABI on one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    Configure,
    Process,
    Annotate,
    /// The number of the framing.
    ProcessBatch(u32),
    /// The host's clock, in milliseconds.
    Observe(i64),
    /// The host's clock, in milliseconds; there is no input.
    Tick(i64),
    Flush,
    Save,
    Restore,
    Reset,
}

/// The number that a call returned, and the output if that is positive.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CallResult {
    pub(crate) n: i32,
    pub(crate) output: Vec<u8>,
}

impl CallResult {
    pub(crate) fn output(output: Vec<u8>) -> Self {
        CallResult { n: i32::try_from(output.len()).expect("below 2 GiB"), output }
    }

    pub(crate) fn status(n: i32) -> Self {
        CallResult { n, output: Vec::new() }
    }
}

impl std::fmt::Debug for CallResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.n, String::from_utf8_lossy(&self.output))
    }
}

/// An environment that runs the filter.
pub(crate) trait Host {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult;
}

impl<H: Host + ?Sized> Host for Box<H> {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        (**self).call(export, input)
    }
}
