//! The output formats of sign-ins, and where they are written to.

pub(crate) mod annotated;
pub(crate) mod columns;
mod csv;
mod destination;
mod encoder;
mod fit;
mod ndjson;
mod signin;
pub(crate) mod table;
mod used_files;
mod verdict;
mod writer;

pub(crate) use self::destination::{Destination, OutputPosition, write_unchanged};
pub(crate) use self::encoder::{Block, Encoder, Format};
pub(crate) use self::signin::Signin;
pub(crate) use self::used_files::UsedFiles;
pub(crate) use self::verdict::Verdict;
pub(crate) use self::writer::{Writer, Written};
