//! A tree of asked-for paths, and the walk along it.

use crate::{Kind, Malformed, Reader, Text, Value};

/// A tree of asked-for paths is at most this deep.
pub const MAX_PATH: usize = 8;

/// A place in a tree of asked-for paths: a key, and what is asked for below it.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The key in the object above.
    pub key: &'static str,
    /// The number by which the visitor knows this place.
    pub slot: u8,
    /// What is asked for inside, if the value is an object.
    pub below: &'static Paths,
}

impl Path {
    /// A path that ends here.
    #[must_use]
    pub const fn leaf(key: &'static str, slot: u8) -> Self {
        const NOTHING: &Paths = &Paths::new(&[]);
        Path { key, slot, below: NOTHING }
    }

    /// A path that goes on inside an object.
    #[must_use]
    pub const fn branch(key: &'static str, slot: u8, below: &'static Paths) -> Self {
        Path { key, slot, below }
    }
}

/// The paths that are asked for in one object, with a table that finds one by its key. It is made
/// when the program is compiled.
#[derive(Debug)]
pub struct Paths {
    list: &'static [Path],
    /// Tells the keys of the list apart.
    seed: u32,
    /// For each hash the index of its path; past the list's end where there is none.
    table: [u8; TABLE],
}

/// Large enough that a seed which tells a few dozen keys apart is found at once.
const TABLE: usize = 128;

impl Paths {
    /// The paths, whose keys must differ.
    ///
    /// # Panics
    /// When the keys cannot be told apart by length, first, middle and last byte; in a constant
    /// that is an error of the compiler's.
    #[must_use]
    pub const fn new(list: &'static [Path]) -> Self {
        let mut seed = 1;
        while seed < 100_000 {
            if let Some(table) = table(list, seed) {
                return Paths { list, seed, table };
            }
            seed += 2;
        }
        panic!("keys that cannot be told apart")
    }

    /// The paths, in the order in which they were given.
    pub fn iter(&self) -> core::slice::Iter<'static, Path> {
        self.list.iter()
    }

    #[inline]
    fn find(&self, key: Text<'_>) -> Option<&'static Path> {
        if key.is_escaped() {
            return self.list.iter().find(|path| key == *path.key);
        }
        let index = self.table[hash(key.raw(), self.seed)];
        self.list.get(usize::from(index)).filter(|path| key.raw() == path.key.as_bytes())
    }
}

impl IntoIterator for &Paths {
    type Item = &'static Path;
    type IntoIter = core::slice::Iter<'static, Path>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The table of `list` by this seed; `None` if two keys fall on the same place.
const fn table(list: &[Path], seed: u32) -> Option<[u8; TABLE]> {
    let mut table = [u8::MAX; TABLE];
    let mut index = 0;
    while index < list.len() {
        let place = hash(list[index].key.as_bytes(), seed);
        if table[place] != u8::MAX {
            return None;
        }
        table[place] = index as u8;
        index += 1;
    }
    Some(table)
}

/// A place in a table, from a few bytes: enough to tell the keys of one object apart.
#[inline]
const fn hash(key: &[u8], seed: u32) -> usize {
    let length = key.len();
    if length == 0 {
        return 0;
    }
    let bytes = [length as u8, key[0], key[length / 2], key[length - 1]];
    let product = u32::from_le_bytes(bytes).wrapping_mul(seed.wrapping_mul(0x9e37_79b1));
    (product >> (u32::BITS - TABLE.trailing_zeros())) as usize
}

/// Whether a walk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// On to the next asked-for value.
    Continue,
    /// Enough was seen.
    Stop,
}

/// Is told what a [`walk`] finds, in the order of the bytes. A key that occurs twice is told
/// twice.
pub trait Visitor<'a> {
    /// The value at a place, unless it is an object that is gone into.
    fn value(&mut self, path: &Path, value: Value<'a>) -> Flow;

    /// An object at a place with paths below it begins: its members come next.
    fn enter(&mut self, path: &Path);

    /// The object gone into last has ended; this is all of it.
    fn leave(&mut self, path: &Path, object: Value<'a>);
}

/// Reads an object along `paths`, from just after its opening brace to just after its closing
/// one, or to just after the value at which the visitor said [`Flow::Stop`].
///
/// # Errors
/// What was read is not well-formed. The visitor may have been told values before.
///
/// # Panics
/// When `paths` is deeper than [`MAX_PATH`].
pub fn walk<'a>(
    reader: &mut Reader<'a>,
    paths: &'static Paths,
    visitor: &mut dyn Visitor<'a>,
) -> Result<Flow, Malformed> {
    // The paths asked for in each object gone into, which place that is, and where it begins.
    let mut levels = [(paths, None); MAX_PATH];
    let mut level = 0;
    loop {
        let (here, entered) = levels[level];
        let Some(key) = reader.key()? else {
            let Some((path, at)) = entered else { return Ok(Flow::Continue) };
            visitor.leave(path, Value::object(reader.since(at), at));
            level -= 1;
            continue;
        };
        let Some(path) = here.find(key) else {
            reader.value()?;
            continue;
        };
        if !path.below.list.is_empty() && reader.kind()? == Kind::Object {
            let at = reader.at();
            reader.open()?;
            visitor.enter(path);
            level += 1;
            levels[level] = (path.below, Some((path, at)));
        } else if visitor.value(path, reader.value()?) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
}
