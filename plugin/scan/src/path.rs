//! A tree of asked-for paths, and the walk along it.

use core::iter::Filter;
use core::ops::ControlFlow;
use core::slice;

use crate::bytes::is_same;
use crate::{Malformed, Reader, Text, Value, ValueKind};

/// A tree of asked-for paths is at most this deep.
pub const MAX_PATH_DEPTH: usize = 8;

/// A place in a tree of asked-for paths: a key, and what is asked for below it.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The key in the object above.
    pub key: &'static str,
    /// The number by which the visitor knows this place.
    pub slot: u8,
    /// What is asked for inside, if the value is an object.
    pub children: &'static Paths,
    /// Whether a visitor is told of it.
    asked: bool,
    /// The key as it mostly stands in the object above.
    member: Member,
}

impl Path {
    /// A path that ends here.
    ///
    /// # Panics
    /// When the key is longer than 28 bytes or needs escapes; in a constant that is an error of the
    /// compiler's.
    #[must_use]
    pub const fn leaf(key: &'static str, slot: u8) -> Self {
        const NOTHING: &Paths = &Paths::new(&[]);
        Path::branch(key, slot, NOTHING)
    }

    /// A key that often occurs here and is not asked for. A walk goes faster where it knows in
    /// advance which key is next.
    ///
    /// # Panics
    /// As of [`leaf`](Path::leaf).
    #[must_use]
    pub const fn skipped(key: &'static str) -> Self {
        Path { asked: false, ..Path::leaf(key, u8::MAX) }
    }

    /// A path that goes on inside an object.
    ///
    /// # Panics
    /// As of [`leaf`](Path::leaf).
    #[must_use]
    pub const fn branch(key: &'static str, slot: u8, children: &'static Paths) -> Self {
        Path { key, slot, children, asked: true, member: Member::new(key) }
    }

    #[inline(always)]
    fn is_at(&self, key: &[u8]) -> bool {
        is_same(self.key.as_bytes(), key)
    }
}

/// A key between the comma before it and its colon: if these bytes are next, the key is, and it is
/// well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    bytes: [u8; Member::MAX],
    length: usize,
}

impl Member {
    const MAX: usize = 32;

    const fn new(key: &str) -> Self {
        let (key, mut bytes) = (key.as_bytes(), [0; Member::MAX]);
        assert!(key.len() + 4 <= bytes.len(), "a key that is too long");
        bytes[0] = b',';
        bytes[1] = b'"';
        let mut offset = 0;
        while offset < key.len() {
            assert!(!matches!(key[offset], b'"' | b'\\' | 0..=0x1f), "a key that needs escapes");
            bytes[2 + offset] = key[offset];
            offset += 1;
        }
        bytes[2 + offset] = b'"';
        bytes[3 + offset] = b':';
        Member { bytes, length: offset + 4 }
    }

    /// The bytes; without the comma for the first key of an object.
    #[inline(always)]
    pub(crate) fn get(&self, is_first: bool) -> Option<&[u8]> {
        self.bytes.get(usize::from(is_first)..self.length)
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

    /// All paths, [skipped](Path::skipped) ones too, in the order in which they were given: to
    /// build a larger list from.
    #[must_use]
    pub const fn as_slice(&self) -> &'static [Path] {
        self.list
    }

    /// The selected paths, in the order in which they were given.
    pub fn iter(&self) -> SelectedPaths {
        self.list.iter().filter(|path| path.asked)
    }

    /// The index of the path with this key, if it is asked for.
    #[inline(always)]
    fn find(&self, key: Text<'_>) -> Option<usize> {
        if key.is_escaped() {
            return self.list.iter().position(|path| path.asked && key == *path.key);
        }
        let index = usize::from(self.table[hash(key.raw(), self.seed)]);
        self.list.get(index)?.is_at(key.raw()).then_some(index)
    }
}

/// The paths of a list that are asked for.
pub type SelectedPaths = Filter<slice::Iter<'static, Path>, fn(&&'static Path) -> bool>;

impl IntoIterator for &Paths {
    type Item = &'static Path;
    type IntoIter = SelectedPaths;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The table of `list` by this seed; `None` if two keys fall on the same place.
const fn table(list: &[Path], seed: u32) -> Option<[u8; TABLE]> {
    let mut table = [u8::MAX; TABLE];
    let mut index = 0;
    while index < list.len() {
        if list[index].asked {
            let place = hash(list[index].key.as_bytes(), seed);
            if table[place] != u8::MAX {
                return None;
            }
            table[place] = index as u8;
        }
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

/// Is told what a [`walk`] finds, in the order of the bytes. A key that occurs twice is told
/// twice.
pub trait Visitor<'a> {
    /// The value at a place, unless it is an object that is gone into.
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()>;

    /// An object at a place with paths below it begins: its members come next.
    fn enter(&mut self, path: &Path);

    /// The object gone into last has ended; this is all of it.
    fn leave(&mut self, path: &Path, object: Value<'a>);
}

/// Reads an object along `paths`, from just after its opening brace to just after its closing
/// one, or to just after the value at which the visitor said [`ControlFlow::Break`].
///
/// # Errors
/// What was read is not well-formed. The visitor may have been told values before.
///
/// # Panics
/// When `paths` is deeper than [`MAX_PATH_DEPTH`].
pub fn walk<'a>(
    reader: &mut Reader<'a>,
    paths: &'static Paths,
    visitor: &mut dyn Visitor<'a>,
) -> Result<ControlFlow<()>, Malformed> {
    let mut level = Level { paths, ahead: paths.list, entered: None };
    // The objects around this one.
    let mut outer = [level; MAX_PATH_DEPTH];
    let mut depth = 0;
    loop {
        let Some(path) = level.next_path(reader)? else {
            let Some((path, offset)) = level.entered else { return Ok(ControlFlow::Continue(())) };
            visitor.leave(path, Value::object(reader.since(offset), offset));
            depth -= 1;
            level = outer[depth];
            continue;
        };
        if !path.asked {
            reader.pass()?;
        } else if path.children.list.is_empty() || reader.kind()? != ValueKind::Object {
            let value = match reader.usual_string() {
                Some(raw) => Value::string(raw, reader.offset() - raw.len()),
                None => reader.value_in_full()?,
            };
            if visitor.value(path, value) == ControlFlow::Break(()) {
                return Ok(ControlFlow::Break(()));
            }
        } else {
            outer[depth] = level;
            depth += 1;
            let entered = Some((path, reader.offset()));
            level = Level { paths: path.children, ahead: path.children.list, entered };
            reader.open()?;
            visitor.enter(path);
        }
    }
}

/// So many keys in a row may be missing before the next is looked for.
const MISSING: usize = 2;

/// An object that a walk is in.
#[derive(Clone, Copy)]
struct Level {
    paths: &'static Paths,
    /// The paths behind the one found last. The key of the first is tried before any is looked for.
    ahead: &'static [Path],
    /// Which place it is and where it begins, unless it is the outermost.
    entered: Option<(&'static Path, usize)>,
}

impl Level {
    /// Passes over the next key that is one of the paths, and over what stands before it; `None` at
    /// the object's end.
    #[inline(always)]
    fn next_path(&mut self, reader: &mut Reader<'_>) -> Result<Option<&'static Path>, Malformed> {
        if let [path, ahead @ ..] = self.ahead
            && reader.pass_this_key(&path.member)
        {
            self.ahead = ahead;
            return Ok(Some(path));
        }
        if reader.pass_brace() {
            return Ok(None);
        }
        // A key or two are missing, most often.
        for missing in 1..=MISSING {
            if let Some((path, ahead)) = self.ahead.get(missing..).and_then(<[Path]>::split_first)
                && reader.pass_this_key(&path.member)
            {
                self.ahead = ahead;
                return Ok(Some(path));
            }
        }
        self.next_unexpected_path(reader)
    }

    /// The same, whichever key is next.
    #[inline(never)]
    fn next_unexpected_path(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<Option<&'static Path>, Malformed> {
        loop {
            let key = match reader.usual_key() {
                Some(key) => Text::new(key, false),
                None => match reader.key()? {
                    Some(key) => key,
                    None => return Ok(None),
                },
            };
            if let Some(index) = self.paths.find(key).or_else(|| self.find_ahead(key.raw())) {
                self.ahead = self.paths.list.get(index + 1..).unwrap_or_default();
                return Ok(self.paths.list.get(index));
            }
            reader.pass()?;
        }
    }

    /// The index of the path with this key, if it is one of the few that are expected.
    #[inline(always)]
    fn find_ahead(&self, key: &[u8]) -> Option<usize> {
        const FEW: usize = 4;
        let ahead = self.ahead.iter().take(FEW).position(|path| path.is_at(key))?;
        Some(self.paths.list.len() - self.ahead.len() + ahead)
    }
}
