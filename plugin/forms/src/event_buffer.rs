//! Where events are written.

use alloc::collections::TryReserveError;

use crate::details::Details;
use crate::facts::{Facts, Standard};
use crate::json::Json;
use crate::number::Digits;
use crate::output::Output;
use crate::template::Templates;
use crate::texts::Texts;

/// A buffer for one event. Reuse it for many: it keeps what the events of a kind have in common, for at
/// most 192 kinds, about 2 KiB each.
///
/// ```
/// use sekisho_forms::{Attribute, Details, EventBuffer, write_identity};
///
/// let mut details = Details::default();
/// details.set(Attribute::User, b"mika");
/// let mut buffer = EventBuffer::default();
/// write_identity(details, &mut buffer);
/// assert!(buffer.json()?.starts_with(br#"{"identity":null,"user":"mika","role":null"#));
/// # Ok::<(), std::collections::TryReserveError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct EventBuffer {
    pub(crate) event: Event,
    /// Parts of an event that are written before the rest of it.
    pub(crate) digits: Digits,
    pub(crate) factors: Output,
    pub(crate) techniques: Output,
    /// Texts with escapes.
    pub(crate) escaped: Output,
}

/// An event, and the templates of others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    output: Output,
    templates: Templates,
}

impl EventBuffer {
    /// The event that was written last.
    ///
    /// # Errors
    /// There was no memory for it.
    pub fn json(&self) -> Result<&[u8], TryReserveError> {
        for part in [&self.factors, &self.techniques, &self.escaped] {
            part.written()?;
        }
        self.event.output.written()
    }

    /// Begins an event with these attributes and without a template. Returns the attributes with escapes,
    /// and where to write it.
    pub(crate) fn start<'a>(&'a mut self, mut texts: Texts<'a>) -> (Texts<'a>, &'a mut Output) {
        self.clear();
        texts.escape(&mut self.escaped);
        (texts, &mut self.event.output)
    }

    pub(crate) fn clear(&mut self) {
        let EventBuffer { event, factors, techniques, escaped, .. } = self;
        for output in [&mut event.output, factors, techniques, escaped] {
            output.clear();
        }
    }
}

impl Event {
    /// Writes the event of a record: with the template of one that had the same facts, or by `write`.
    #[inline(always)]
    pub(crate) fn write(
        &mut self,
        standard: Standard,
        details: &Details<'_>,
        write: fn(&Facts, &mut Json<'_>),
    ) {
        let Event { output, templates } = self;
        let facts = Facts::of(standard, details);
        let key = facts.key();
        match templates.get(key) {
            Some(template) => template.fill(&details.texts, output),
            None => {
                write(&facts, &mut Json::new(output, &details.texts));
                if let Ok(event) = output.written() {
                    templates.add(key, event, &output.gaps);
                }
            }
        }
    }
}
