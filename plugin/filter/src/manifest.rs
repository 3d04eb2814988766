//! The description of the module, which hosts can read without running it.
#![allow(unsafe_code, reason = "naming a section counts as unsafe; nothing unsafe is done")]

/// The manifest: a JSON object.
#[cfg(not(feature = "forms"))]
pub(crate) const MANIFEST: &[u8] = include_bytes!("../manifest.json");

/// The manifest of the build with the forms: one more capability.
#[cfg(feature = "forms")]
pub(crate) const MANIFEST: &[u8] = include_bytes!("../manifest_forms.json");

/// The manifest again, as the custom section `sekisho.manifest`. Custom sections are not in memory, and
/// with `used` it would be there, too.
#[expect(dead_code, reason = "hosts read it")]
#[unsafe(link_section = "sekisho.manifest")]
static SECTION: [u8; MANIFEST.len()] = {
    let mut section = [0; MANIFEST.len()];
    section.copy_from_slice(MANIFEST);
    section
};
