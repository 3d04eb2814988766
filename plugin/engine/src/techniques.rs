//! The techniques of MITRE ATT&CK that rules name in their `tags`. Only forms have them.

#[cfg(feature = "forms")]
use alloc::vec::Vec;

#[cfg(feature = "forms")]
use sekisho_forms::{MAX_TECHNIQUES, Technique, add_techniques};
use sekisho_scan::Value;

#[cfg(feature = "forms")]
use crate::{members::Elements, text::string};

/// The techniques of a rule.
#[cfg(feature = "forms")]
#[derive(Clone, Debug)]
pub(crate) struct Techniques(Vec<Technique>);

#[cfg(feature = "forms")]
impl Techniques {
    /// Tags may be anything. What is no list of texts names no technique.
    #[cold]
    pub(crate) fn read(tags: Option<Value<'_>>) -> Self {
        let mut techniques = Vec::new();
        let mut elements = tags.and_then(|tags| Elements::new("tags", "tags", tags).ok());
        while let Some(elements) = &mut elements
            && let Ok(Some(tag)) = elements.next()
            && techniques.len() < MAX_TECHNIQUES
        {
            let technique = tag.text().and_then(|tag| Technique::of_tag(&string(tag)));
            add_techniques(technique.as_slice(), &mut techniques);
        }
        Techniques(techniques)
    }

    pub(crate) fn as_slice(&self) -> &[Technique] {
        &self.0
    }
}

#[cfg(not(feature = "forms"))]
#[derive(Clone, Debug)]
pub(crate) struct Techniques;

#[cfg(not(feature = "forms"))]
impl Techniques {
    pub(crate) fn read(_: Option<Value<'_>>) -> Self {
        Techniques
    }
}
