//! What the suite asks of a host.

/// A call of the filter ABI on one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    Configure,
    Process,
    Annotate,
    /// With the number of a framing.
    ProcessBatch(u32),
    /// With the host's clock.
    Observe(i64),
    /// With the host's clock; it has no input.
    Tick(i64),
    Flush,
    Save,
    Restore,
    Reset,
}

/// What a call gave: the number it returned, and the output where that is positive.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) n: i32,
    pub(crate) output: Vec<u8>,
}

impl Answer {
    pub(crate) fn output(output: Vec<u8>) -> Self {
        Answer { n: i32::try_from(output.len()).expect("below 2 GiB"), output }
    }

    pub(crate) fn number(n: i32) -> Self {
        Answer { n, output: Vec::new() }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.n, String::from_utf8_lossy(&self.output))
    }
}

/// Something that runs the filter.
pub(crate) trait Host {
    fn call(&mut self, export: Export, input: &[u8]) -> Answer;
}

impl<H: Host + ?Sized> Host for Box<H> {
    fn call(&mut self, export: Export, input: &[u8]) -> Answer {
        (**self).call(export, input)
    }
}
