//! The program of `sekisho vrl`, run by Vector's VRL, agrees with the engine.

#[cfg(feature = "vrl-0-31")]
extern crate vrl_0_31 as vrl;
#[cfg(feature = "vrl-0-32")]
extern crate vrl_0_32 as vrl;
#[cfg(feature = "vrl-0-33")]
extern crate vrl_0_33 as vrl;
#[cfg(feature = "vrl-0-34")]
extern crate vrl_0_34 as vrl;
#[cfg(feature = "vrl-0-38")]
extern crate vrl_0_38 as vrl;

mod patterns;
mod places;
mod program;
mod records;
mod rows;
