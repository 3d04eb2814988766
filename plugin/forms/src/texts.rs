//! The texts of attributes.

use sekisho_scan::raw;

use crate::attribute::Attribute;
use crate::output::Output;

/// The text of each attribute, which is empty if the attribute is absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'a> {
    texts: [&'a [u8]; Attribute::COUNT],
    present: u32,
}

/// No attributes. It is copied as a whole, which takes less than to fill.
pub(crate) static NO_TEXTS: Texts<'static> = Texts { texts: [b""; Attribute::COUNT], present: 0 };

impl Default for Texts<'_> {
    fn default() -> Self {
        NO_TEXTS
    }
}

impl<'a> Texts<'a> {
    /// These alone.
    pub(crate) fn of(attributes: &[(Attribute, Option<&'a [u8]>)]) -> Self {
        let mut texts = Texts::default();
        for (attribute, text) in attributes {
            texts.set(*attribute, text.unwrap_or_default());
        }
        texts
    }

    /// Escapes those that are decoded and need it, in a buffer. Without memory for them it has an error.
    #[cold]
    #[inline(never)]
    pub(crate) fn escape(&mut self, buffer: &'a mut Output) {
        let decoded = &mut self.texts[..Attribute::DECODED];
        let mut ends = [0; Attribute::DECODED];
        for (end, text) in ends.iter_mut().zip(&*decoded) {
            if raw::plain_end(text, 0) < text.len() {
                buffer.put_escaped(text);
            }
            *end = buffer.length();
        }
        let escaped = buffer.written().unwrap_or_default();
        let mut start = 0;
        for (text, end) in decoded.iter_mut().zip(ends) {
            if let Some(escaped) = escaped.get(start..end)
                && !escaped.is_empty()
            {
                *text = escaped;
            }
            start = end;
        }
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, attribute: Attribute, text: &'a [u8]) {
        let bit = attribute as u32;
        self.present = self.present & !(1 << bit) | u32::from(!text.is_empty()) << bit;
        self.texts[attribute as usize] = text;
    }

    #[inline(always)]
    pub(crate) fn get(&self, attribute: Attribute) -> &'a [u8] {
        self.texts[attribute as usize]
    }

    /// A bit for each attribute, the lowest one for the first: whether it is present.
    pub(crate) fn present(&self) -> u32 {
        self.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_texts_are_escaped() {
        let mut texts = Texts::of(&[
            (Attribute::Identity, Some(b"plain")),
            (Attribute::User, Some(b"a\"b")),
            (Attribute::Source, Some(b"\n")),
            (Attribute::EventName, Some(br#"a\"b"#)),
        ]);
        let mut buffer = Output::default();
        texts.escape(&mut buffer);
        for (attribute, expected) in [
            (Attribute::Identity, "plain"),
            (Attribute::User, r#"a\"b"#),
            (Attribute::Role, ""),
            (Attribute::Source, r"\u000a"),
            (Attribute::EventName, r#"a\"b"#),
        ] {
            assert_eq!(texts.get(attribute), expected.as_bytes(), "{attribute:?}");
        }
    }
}
