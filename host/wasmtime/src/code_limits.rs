//! Limits on what is compiled.
//!
//! The time to compile a function can grow with the square of what is in it: twenty thousand empty
//! loops, which are sixty kilobytes, take half a minute. Each limit is some times what the largest
//! function of the built-in module has. `tests/hostile/bombs.rs` has modules beyond each of them, and
//! the most expensive ones within.

use wasmparser::{BinaryReaderError, ElementItems, FunctionBody, Operator, Parser, Payload};

use crate::error::LoadError;

const TYPES: Limit = Limit { name: "types", most: 512 };
const PARAMETERS: Limit = Limit { name: "parameters of a function", most: 32 };
const FUNCTIONS: Limit = Limit { name: "functions", most: 8192 };
const GLOBALS: Limit = Limit { name: "globals", most: 1024 };
const EXPORTS: Limit = Limit { name: "exports", most: 1024 };
const ELEMENTS: Limit = Limit { name: "elements of tables", most: 2048 };
const FUNCTION_BYTES: Limit = Limit { name: "bytes of a function", most: 64 << 10 };
const LOCALS: Limit = Limit { name: "parameters and locals of a function", most: 1000 };
const NESTING: Limit = Limit { name: "nested blocks", most: 512 };
const LOOP_NESTING: Limit = Limit { name: "nested loops", most: 32 };
const LOOPS: Limit = Limit { name: "loops of a function", most: 256 };
const BRANCHES: Limit = Limit { name: "branches of a function", most: 4096 };
const INDIRECT_CALLS: Limit = Limit { name: "indirect calls of a function", most: 1024 };
/// On each branch, each local can have another value.
const VALUES: Limit = Limit { name: "locals times branches of a function", most: 250_000 };
/// Where a loop starts again, its values move.
const LOOP_VALUES: Limit =
    Limit { name: "locals times branches to loops of a function", most: 10_000 };
/// All functions together: the built-in module has 1,380. The most expensive modules below this take
/// 1.6 seconds, the built-in one 0.6.
const COST: Limit = Limit { name: "estimated milliseconds of compiling", most: 2000 };

/// What compiling costs at most, in nanoseconds on a machine of 2025, within the limits above.
mod cost {
    pub(super) const TYPE: u64 = 600_000;
    pub(super) const FUNCTION: u64 = 60_000;
    /// Another function, which calls it, is compiled for each.
    pub(super) const ELEMENT_OR_EXPORT: u64 = 400_000;
    pub(super) const BYTE: u64 = 1_100;
    pub(super) const LOOP: u64 = 30_000;
    pub(super) const BRANCH: u64 = 35_000;
    pub(super) const INDIRECT_CALL: u64 = 110_000;
    pub(super) const VALUE: u64 = 250;
    pub(super) const LOOP_VALUE: u64 = 13_000;
}

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// A limit, and what it limits.
struct Limit {
    name: &'static str,
    most: u64,
}

impl Limit {
    fn check(&self, found: impl TryInto<u64>, offset: usize) -> Result<(), LoadError> {
        let Self { name, most } = *self;
        match found.try_into().unwrap_or(u64::MAX) {
            found if found > most => {
                Err(LoadError::Limit { name, found, most, offset: offset as u64 })
            }
            _ => Ok(()),
        }
    }
}

/// Why a module is not accepted.
enum Refusal {
    Limit(LoadError),
    Unreadable,
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        Self::Limit(error)
    }
}

impl From<BinaryReaderError> for Refusal {
    fn from(_: BinaryReaderError) -> Self {
        Self::Unreadable
    }
}

/// Checks a module, which need not be valid: what cannot be read is left to the validator.
///
/// # Errors
/// [`LoadError::Limit`].
pub(crate) fn check(wasm: &[u8]) -> Result<(), LoadError> {
    match Code::default().check(wasm) {
        Err(Refusal::Limit(error)) => Err(error),
        Ok(()) | Err(Refusal::Unreadable) => Ok(()),
    }
}

/// What was found so far.
#[derive(Default)]
struct Code {
    /// The number of parameters of each type.
    parameters: Vec<usize>,
    /// The type of each function.
    types: Vec<u32>,
    elements: u64,
    bodies: usize,
    cost: u64,
}

impl Code {
    fn check(&mut self, wasm: &[u8]) -> Result<(), Refusal> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(types) => {
                    let offset = types.range().start;
                    TYPES.check(types.count(), offset)?;
                    self.add(cost::TYPE, types.count(), offset)?;
                    for function in types.into_iter_err_on_gc_types() {
                        let parameters = function?.params().len();
                        PARAMETERS.check(parameters as u64, offset)?;
                        self.parameters.push(parameters);
                    }
                }
                Payload::FunctionSection(types) => {
                    let offset = types.range().start;
                    FUNCTIONS.check(types.count(), offset)?;
                    self.add(cost::FUNCTION, types.count(), offset)?;
                    self.types = types.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::GlobalSection(globals) => {
                    GLOBALS.check(globals.count(), globals.range().start)?;
                }
                Payload::ExportSection(exports) => {
                    let offset = exports.range().start;
                    EXPORTS.check(exports.count(), offset)?;
                    self.add(cost::ELEMENT_OR_EXPORT, exports.count(), offset)?;
                }
                Payload::ElementSection(segments) => {
                    for segment in segments {
                        let segment = segment?;
                        let elements = match &segment.items {
                            ElementItems::Functions(items) => items.count(),
                            ElementItems::Expressions(_, items) => items.count(),
                        };
                        self.elements += u64::from(elements);
                        ELEMENTS.check(self.elements, segment.range.start)?;
                        self.add(cost::ELEMENT_OR_EXPORT, elements, segment.range.start)?;
                    }
                }
                Payload::CodeSectionEntry(body) => self.check_body(&body)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds the cost of `count` things.
    fn add(&mut self, each: u64, count: impl TryInto<u64>, offset: usize) -> Result<(), LoadError> {
        let count = count.try_into().unwrap_or(u64::MAX);
        self.cost = self.cost.saturating_add(each.saturating_mul(count));
        COST.check(self.cost / NANOSECONDS_PER_MILLISECOND, offset)
    }

    fn check_body(&mut self, body: &FunctionBody<'_>) -> Result<(), Refusal> {
        let (offset, bytes) = (body.range().start, body.range().len() as u64);
        FUNCTION_BYTES.check(bytes, offset)?;
        let ty = self.types.get(self.bodies).and_then(|ty| self.parameters.get(*ty as usize));
        self.bodies += 1;
        let mut locals = ty.copied().unwrap_or_default() as u64;
        for declared in body.get_locals_reader()? {
            locals += u64::from(declared?.0);
        }
        LOCALS.check(locals, offset)?;
        let flow = Flow::of(body)?;
        // One value may stay on the stack.
        let (values, loop_values) =
            (flow.branches * (locals + 1), flow.branches_to_loops * (locals + 1));
        VALUES.check(values, offset)?;
        LOOP_VALUES.check(loop_values, offset)?;
        for (each, count) in [
            (cost::BYTE, bytes),
            (cost::LOOP, flow.loops),
            (cost::BRANCH, flow.branches),
            (cost::INDIRECT_CALL, flow.indirect_calls),
            (cost::VALUE, values),
            (cost::LOOP_VALUE, loop_values),
        ] {
            self.add(each, count, offset)?;
        }
        Ok(())
    }
}

/// What decides how a function runs on.
#[derive(Default)]
struct Flow {
    loops: u64,
    /// Blocks included.
    branches: u64,
    branches_to_loops: u64,
    /// Also what the host does for the function.
    indirect_calls: u64,
    /// The open blocks, and whether each is a loop.
    open: Vec<bool>,
    open_loops: u64,
}

impl Flow {
    fn of(body: &FunctionBody<'_>) -> Result<Self, Refusal> {
        let mut flow = Self { open: vec![false], ..Self::default() };
        for operator in body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, offset) = operator?;
            flow.add(&operator, offset)?;
        }
        Ok(flow)
    }

    fn add(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Refusal> {
        match operator {
            Operator::Block { .. } | Operator::If { .. } => self.open(false, offset)?,
            Operator::Loop { .. } => self.open(true, offset)?,
            Operator::End => {
                self.open_loops -= u64::from(self.open.pop() == Some(true));
            }
            Operator::Else => self.branches += 1,
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                self.branch(*relative_depth);
            }
            Operator::BrTable { targets } => {
                for target in targets.targets() {
                    self.branch(target?);
                }
                self.branch(targets.default());
            }
            Operator::CallIndirect { .. }
            | Operator::MemoryGrow { .. }
            | Operator::MemoryInit { .. }
            | Operator::DataDrop { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. } => self.indirect_calls += 1,
            _ => return Ok(()),
        }
        BRANCHES.check(self.branches, offset)?;
        INDIRECT_CALLS.check(self.indirect_calls, offset)?;
        Ok(())
    }

    fn open(&mut self, is_loop: bool, offset: usize) -> Result<(), LoadError> {
        self.branches += 1;
        self.open.push(is_loop);
        self.loops += u64::from(is_loop);
        self.open_loops += u64::from(is_loop);
        NESTING.check(self.open.len() as u64, offset)?;
        LOOP_NESTING.check(self.open_loops, offset)?;
        LOOPS.check(self.loops, offset)
    }

    fn branch(&mut self, relative_depth: u32) {
        self.branches += 1;
        let target = self.open.iter().rev().nth(relative_depth as usize);
        self.branches_to_loops += u64::from(target == Some(&true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_modules_are_far_below_the_limits() {
        for wasm in [sekisho_module::PORTABLE, sekisho_module::SIMD] {
            let mut code = Code::default();
            assert!(code.check(wasm).is_ok());
            let estimated = code.cost / NANOSECONDS_PER_MILLISECOND;
            assert!(estimated < COST.most * 3 / 4, "{estimated} ms");
        }
    }
}
