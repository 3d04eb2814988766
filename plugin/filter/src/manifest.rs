//! What the module says of itself, readable without running it.
#![allow(unsafe_code, reason = "naming a section counts as unsafe; nothing unsafe is done")]

/// The manifest, a JSON object.
pub(crate) const MANIFEST: &[u8] = include_bytes!("../manifest.json");

/// The same as the custom section `sekisho.manifest`: such a section is not in memory.
#[used]
#[unsafe(link_section = "sekisho.manifest")]
static SECTION: [u8; MANIFEST.len()] = *include_bytes!("../manifest.json");
