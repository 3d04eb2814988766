//! Runs the program, one module for each subcommand. They are one test program, because each takes
//! seconds to link.

mod attempts;
mod bake;
mod classify;
mod explain;
mod files;
mod filter;
mod help;
mod inspect;
mod modules;
mod record;
mod rules;
mod server;
mod silence;
mod sockets;
mod support;
mod without_record;
