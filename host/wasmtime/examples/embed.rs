//! Loads the filter module and classifies three records.
//!
//! `cargo run --example embed` uses the module of this workspace, `… embed FILE` any other.

use std::error::Error;

use sekisho_host::{Annotated, Module};

const FAILED_LOGIN: &[u8] = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"IAMUser","userName":"anaya"},"sourceIPAddress":"192.0.2.10","errorMessage":"Failed authentication","additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
const UPLOAD: &[u8] = br#"{"eventSource":"s3.amazonaws.com","eventName":"PutObject"}"#;
const CUT_SHORT: &[u8] = br#"{"eventSource":"signin.amazonaws.com","eventName":"Cons"#;

fn main() -> Result<(), Box<dyn Error>> {
    let module = match std::env::args_os().nth(1) {
        Some(path) => Module::new(&std::fs::read(path)?)?,
        None => Module::new(sekisho_module::SIMD)?,
    };
    let mut filter = module.filter()?;

    if let Some(verdict) = filter.process(FAILED_LOGIN)? {
        println!("verdict:   {}", String::from_utf8_lossy(verdict.as_bytes()));
    }
    for record in [FAILED_LOGIN, UPLOAD, CUT_SHORT] {
        let annotated = filter.annotate(record);
        match &annotated {
            Annotated::Added { .. } => print!("added:     "),
            Annotated::Unchanged(_) => print!("unchanged: "),
            Annotated::Failed { error, .. } => print!("failed:    {error}\n           "),
        }
        // In every case this is what the pipeline passes on.
        println!("{}", String::from_utf8_lossy(annotated.bytes()));
    }
    Ok(())
}
