//! From what is named on the command line to single items of JSON.

pub(crate) mod decompress;
pub(crate) mod items;
pub(crate) mod paths;
pub(crate) mod unread;
