//! The description of the module, which hosts can read without running it.
#![allow(unsafe_code, reason = "naming a section counts as unsafe; nothing unsafe is done")]

/// The manifest: a JSON object.
pub(crate) const MANIFEST: &[u8] = include_bytes!("../manifest.json");

/// The manifest again, as the custom section `sekisho.manifest`. Custom sections are not in memory.
#[used]
#[unsafe(link_section = "sekisho.manifest")]
static SECTION: [u8; MANIFEST.len()] = *include_bytes!("../manifest.json");
