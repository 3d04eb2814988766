//! Runs the program, one module for each subcommand. They are one test program, because each takes
//! seconds to link.

mod attempts;
mod bake;
mod classify;
mod explain;
mod files;
mod filter;
mod follow;
mod forms;
mod help;
mod hostile;
mod http;
mod import;
mod inspect;
mod kills;
mod modules;
mod output;
mod parity;
mod receiver;
mod record;
mod report;
mod rules;
mod server;
mod service;
mod silence;
mod soak;
mod sockets;
mod stream;
mod support;
mod systemd;
mod tls;
mod vector;
mod without_record;
mod zones;
