//! What a template leaves out of an event.

use crate::attribute::Attribute;

/// Where the text of an attribute is in an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) attribute: Attribute,
}
