//! Runs the program, one module for each subcommand. They are one test program, because each takes
//! seconds to link.

mod attempts;
mod bake;
mod classify;
mod explain;
mod files;
mod filter;
mod follow;
mod help;
mod http;
mod hostile;
mod inspect;
mod kills;
mod modules;
mod receiver;
mod output;
mod record;
mod rules;
mod server;
mod service;
mod silence;
mod sockets;
mod support;
mod without_record;
