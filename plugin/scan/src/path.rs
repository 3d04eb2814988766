//! A tree of paths, and the walk along it.

use core::iter::Filter;
use core::ops::ControlFlow;
use core::slice;

use crate::bytes::bytes_equal;
use crate::encoded_key::EncodedKey;
use crate::error::Malformed;
use crate::reader::Reader;
use crate::text::Text;
use crate::value::{Value, ValueKind};

/// A tree of paths is at most this many objects deep, the outermost one not counted.
pub const MAX_PATH_DEPTH: usize = 8;

/// A key in a tree of paths, with the paths below it.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The key in the enclosing object.
    pub key: &'static str,
    /// A number of your choice that identifies this path to a [`Visitor`].
    pub slot: u8,
    /// The paths inside the value, if the value is an object.
    pub children: &'static Paths,
    /// Whether a visitor sees it.
    is_selected: bool,
    /// The key as compact JSON writes it.
    encoded_key: EncodedKey,
}

impl Path {
    /// A path that ends here: its value is reported as a whole.
    ///
    /// # Panics
    /// Panics if the key is longer than 28 bytes or contains characters that JSON escapes. In a
    /// constant this is a compile error.
    #[must_use]
    pub const fn leaf(key: &'static str, slot: u8) -> Self {
        const NOTHING: &Paths = &Paths::new(&[]);
        Path::branch(key, slot, NOTHING)
    }

    /// A key that often occurs here and is skipped.
    ///
    /// A walk predicts the next key from the order of the list and runs faster if the prediction is
    /// right, so list the keys that you don't need, too.
    ///
    /// # Panics
    /// See [`leaf`](Path::leaf).
    #[must_use]
    pub const fn skipped(key: &'static str) -> Self {
        Path { is_selected: false, ..Path::leaf(key, u8::MAX) }
    }

    /// A path that continues inside an object.
    ///
    /// # Panics
    /// See [`leaf`](Path::leaf).
    #[must_use]
    pub const fn branch(key: &'static str, slot: u8, children: &'static Paths) -> Self {
        Path { key, slot, children, is_selected: true, encoded_key: EncodedKey::new(key) }
    }

    #[inline(never)]
    fn has_key(&self, key: &[u8]) -> bool {
        bytes_equal(self.key.as_bytes(), key)
    }
}

/// The paths of one object, with a perfect hash table over their keys that is built at compile
/// time.
#[derive(Debug)]
pub struct Paths {
    list: &'static [Path],
    /// A seed for which no two keys have the same hash.
    seed: u32,
    /// The index of a path by the hash of its key; past the end of the list if there is none.
    table: [u8; TABLE_SIZE],
}

/// Large enough that a seed for a few dozen keys is found quickly.
const TABLE_SIZE: usize = 128;

impl Paths {
    /// Builds the table for paths with distinct keys.
    ///
    /// # Panics
    /// Panics if no seed separates the keys by their length, their first and last byte and one near
    /// the middle.
    /// In a constant this is a compile error.
    #[must_use]
    pub const fn new(list: &'static [Path]) -> Self {
        let mut seed = 1;
        while seed < 100_000 {
            if let Some(table) = table(list, seed) {
                return Paths { list, seed, table };
            }
            seed += 2;
        }
        panic!("no seed separates the keys")
    }

    /// All paths, including the [skipped](Path::skipped) ones, in the order in which they were
    /// given. Use it to build a longer list.
    #[must_use]
    pub const fn as_slice(&self) -> &'static [Path] {
        self.list
    }

    /// The selected paths, in the order in which they were given.
    pub fn iter(&self) -> SelectedPaths {
        self.list.iter().filter(|path| path.is_selected)
    }

    /// The index of the selected path with this key.
    #[inline(always)]
    fn find(&self, key: Text<'_>) -> Option<usize> {
        if key.is_escaped() {
            return self.list.iter().position(|path| path.is_selected && key == *path.key);
        }
        let index = usize::from(self.table[hash(key.raw(), self.seed)]);
        self.list.get(index)?.has_key(key.raw()).then_some(index)
    }
}

/// An iterator over the selected paths of [`Paths`].
pub type SelectedPaths = Filter<slice::Iter<'static, Path>, fn(&&'static Path) -> bool>;

impl IntoIterator for &Paths {
    type Item = &'static Path;
    type IntoIter = SelectedPaths;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The table of `list` for a seed; `None` if two keys have the same hash.
const fn table(list: &[Path], seed: u32) -> Option<[u8; TABLE_SIZE]> {
    let mut table = [u8::MAX; TABLE_SIZE];
    let mut index = 0;
    while index < list.len() {
        if list[index].is_selected {
            let hash = hash(list[index].key.as_bytes(), seed);
            if table[hash] != u8::MAX {
                return None;
            }
            table[hash] = index as u8;
        }
        index += 1;
    }
    Some(table)
}

/// An index into a table, from a few bytes of a key: enough to separate the keys of one object.
#[inline]
const fn hash(key: &[u8], seed: u32) -> usize {
    let length = key.len();
    if length == 0 {
        return 0;
    }
    let middle = length / 2 + length / 8;
    let bytes = [length as u8, key[0], key[middle], key[length - 1]];
    let product = u32::from_le_bytes(bytes).wrapping_mul(seed.wrapping_mul(0x9e37_79b1));
    (product >> (u32::BITS - TABLE_SIZE.trailing_zeros())) as usize
}

/// Receives what a [`walk`] finds, in the order of the input. A duplicate key is reported each time
/// it occurs.
pub trait Visitor<'a> {
    /// A value at a path: any value at a leaf, and a value that is not an object at a branch.
    ///
    /// Return [`ControlFlow::Break`] to end the walk.
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()>;

    /// An object at a branch begins. The calls up to the matching [`leave`](Visitor::leave) are
    /// about its members.
    fn enter(&mut self, path: &Path);

    /// The object entered last has ended. `object` is all of it.
    fn leave(&mut self, path: &Path, object: Value<'a>);
}

/// Reads an object along `paths` and reports what it finds to `visitor`.
///
/// Call it right after [`Reader::enter`] on an object. It stops after the closing brace of that
/// object, or after the value for which the visitor returned [`ControlFlow::Break`].
///
/// # Errors
/// Returns [`Malformed`] if the input is not well-formed up to the place where the walk stops. The
/// visitor may have received values before.
///
/// # Panics
/// Panics if an object is entered that is more than [`MAX_PATH_DEPTH`] deep in `paths`.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
///
/// use sekisho_scan::{Path, Paths, Reader, Value, Visitor, walk};
///
/// const PATHS: &Paths = &Paths::new(&[
///     Path::skipped("version"),
///     Path::leaf("event", 0),
///     Path::branch("user", 1, &Paths::new(&[Path::leaf("name", 2)])),
/// ]);
///
/// #[derive(Default)]
/// struct Found<'a>(Vec<(u8, Value<'a>)>);
///
/// impl<'a> Visitor<'a> for Found<'a> {
///     fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()> {
///         self.0.push((path.slot, value));
///         ControlFlow::Continue(())
///     }
///
///     fn enter(&mut self, _: &Path) {}
///
///     fn leave(&mut self, _: &Path, _: Value<'a>) {}
/// }
///
/// let json = br#"{"version":1,"user":{"id":7,"name":"anaya"},"event":"login"}"#;
/// let mut reader = Reader::new(json);
/// reader.enter()?;
/// let mut found = Found::default();
/// assert!(walk(&mut reader, PATHS, &mut found)?.is_continue());
/// reader.finish()?;
/// let found: Vec<_> = found.0.iter().map(|(slot, value)| (*slot, value.raw)).collect();
/// assert_eq!(found, [(2, &b"\"anaya\""[..]), (0, b"\"login\"")]);
/// # Ok::<(), sekisho_scan::Malformed>(())
/// ```
pub fn walk<'a>(
    reader: &mut Reader<'a>,
    paths: &'static Paths,
    visitor: &mut dyn Visitor<'a>,
) -> Result<ControlFlow<()>, Malformed> {
    let mut frame = Frame { paths, upcoming: paths.list, entered: None };
    // The objects around the current one.
    let mut outer = [frame; MAX_PATH_DEPTH];
    let mut depth = 0;
    loop {
        let Some(path) = frame.next_path(reader)? else {
            let Some((path, offset)) = frame.entered else { return Ok(ControlFlow::Continue(())) };
            visitor.leave(path, Value::object(reader.since(offset), offset));
            depth -= 1;
            frame = outer[depth];
            continue;
        };
        if !path.is_selected {
            reader.skip()?;
        } else if path.children.list.is_empty() || reader.kind()? != ValueKind::Object {
            let value = match reader.fast_string() {
                Some(raw) => Value::string(raw, reader.offset() - raw.len()),
                None => reader.slow_value()?,
            };
            if visitor.value(path, value).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        } else {
            outer[depth] = frame;
            depth += 1;
            let entered = Some((path, reader.offset()));
            frame = Frame { paths: path.children, upcoming: path.children.list, entered };
            reader.open()?;
            visitor.enter(path);
        }
    }
}

/// Up to this many predicted keys may be missing before the next key is hashed.
const MAX_MISSING_KEYS: usize = 2;

/// An object that the walk is in.
#[derive(Clone, Copy)]
struct Frame {
    paths: &'static Paths,
    /// The paths after the one found last. The first one is the prediction for the next key.
    upcoming: &'static [Path],
    /// The path of the object and its offset, or `None` for the outermost object.
    entered: Option<(&'static Path, usize)>,
}

impl Frame {
    /// Skips to the next key that is in the list, and past it. `None` at the end of the object,
    /// which is skipped, too.
    #[inline(always)]
    fn next_path(&mut self, reader: &mut Reader<'_>) -> Result<Option<&'static Path>, Malformed> {
        if let [path, upcoming @ ..] = self.upcoming
            && reader.skip_encoded_key(&path.encoded_key)
        {
            self.upcoming = upcoming;
            return Ok(Some(path));
        }
        if reader.skip_closing_brace() {
            return Ok(None);
        }
        // Mostly one or two keys are missing.
        for missing in 1..=MAX_MISSING_KEYS {
            if let Some((path, upcoming)) =
                self.upcoming.get(missing..).and_then(<[Path]>::split_first)
                && reader.skip_encoded_key(&path.encoded_key)
            {
                self.upcoming = upcoming;
                return Ok(Some(path));
            }
        }
        self.slow_next_path(reader)
    }

    /// Like [`next_path`](Frame::next_path), without predictions.
    #[inline(never)]
    fn slow_next_path(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<Option<&'static Path>, Malformed> {
        loop {
            let key = match reader.fast_key() {
                Some(key) => Text::new(key, false),
                None => match reader.slow_key()? {
                    Some(key) => key,
                    None => return Ok(None),
                },
            };
            if let Some(index) = self.paths.find(key).or_else(|| self.find_upcoming(key.raw())) {
                self.upcoming = self.paths.list.get(index + 1..).unwrap_or_default();
                return Ok(self.paths.list.get(index));
            }
            reader.skip()?;
        }
    }

    /// The index of the path with this key if it is one of the next few, skipped ones included.
    #[inline(always)]
    fn find_upcoming(&self, key: &[u8]) -> Option<usize> {
        const FEW: usize = 4;
        let distance = self.upcoming.iter().take(FEW).position(|path| path.has_key(key))?;
        Some(self.paths.list.len() - self.upcoming.len() + distance)
    }
}
