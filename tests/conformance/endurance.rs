//! Long runs of random calls: an instance neither traps nor grows.

use fastrand::Rng;
use sekisho::MAX_LEARNED_BYTES;

use crate::corpora::{generated, rows};
use crate::host::{Export, Host};
use crate::hosts::Wasmi;
use crate::mutations::{flip, soup};

#[test]
fn a_million_mixed_calls_take_no_additional_memory() {
    let mut random = Rng::with_seed(11);
    let inputs: Vec<_> =
        rows().into_iter().map(|row| row.input).chain(generated(12, 100)).collect();
    let mut host = Wasmi::new(sekisho_module::PORTABLE);
    let mut call = |random: &mut Rng| {
        let input = &inputs[random.usize(..inputs.len())];
        let input = match random.u8(..8) {
            0 => soup(random),
            // Large rows are slow in an interpreter and cover nothing new.
            _ if input.len() > 8192 => soup(random),
            1..4 => flip(input, random),
            _ => input.clone(),
        };
        match random.u8(..100) {
            0 => host.call(Export::Configure, &input),
            1..40 => host.call(Export::Annotate, &input),
            40..60 => host.call(Export::ProcessBatch(random.u32(..3)), &input),
            _ => host.call(Export::Process, &input),
        };
        host.pages()
    };
    let settled = (0..10_000).map(|_| call(&mut random)).max().expect("pages");
    let later = (10_000..1_000_000).map(|_| call(&mut random)).max().expect("pages");
    // What is learned later is bounded; if each call kept a byte, it would be fifteen pages.
    let learned = MAX_LEARNED_BYTES.div_ceil(1 << 16) as u64;
    assert!((settled..=settled + learned).contains(&later), "{settled} pages, then {later}");
}
