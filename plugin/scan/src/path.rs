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
    pub below: &'static [Path],
}

impl Path {
    /// A path that ends here.
    #[must_use]
    pub const fn leaf(key: &'static str, slot: u8) -> Self {
        Path { key, slot, below: &[] }
    }

    /// A path that goes on inside an object.
    #[must_use]
    pub const fn branch(key: &'static str, slot: u8, below: &'static [Path]) -> Self {
        Path { key, slot, below }
    }
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
pub fn walk<'a, V: Visitor<'a>>(
    reader: &mut Reader<'a>,
    paths: &'static [Path],
    visitor: &mut V,
) -> Result<Flow, Malformed> {
    let mut levels = [Level { paths, next: 0, entered: None }; MAX_PATH];
    let mut depth = 0;
    loop {
        let level = &mut levels[depth];
        let Some(key) = reader.next_key()? else {
            let Some((path, at)) = level.entered else { return Ok(Flow::Continue) };
            visitor.leave(path, Value { kind: Kind::Object, raw: reader.since(at), at });
            depth -= 1;
            continue;
        };
        let Some(path) = level.find(key) else {
            reader.value()?;
            continue;
        };
        if !path.below.is_empty() && reader.peek()? == Kind::Object {
            let at = reader.at();
            reader.enter()?;
            visitor.enter(path);
            depth += 1;
            levels[depth] = Level { paths: path.below, next: 0, entered: Some((path, at)) };
        } else if visitor.value(path, reader.value()?) == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
}

/// An object that a walk is in.
#[derive(Clone, Copy)]
struct Level {
    /// What is asked for in it.
    paths: &'static [Path],
    /// The one after the path found last: keys mostly come in the order in which they are asked
    /// for.
    next: usize,
    /// Which place it is and where it begins; none for the outermost.
    entered: Option<(&'static Path, usize)>,
}

impl Level {
    #[inline]
    fn find(&mut self, key: Text<'_>) -> Option<&'static Path> {
        let mut index = self.next;
        for _ in self.paths {
            if index == self.paths.len() {
                index = 0;
            }
            let path = &self.paths[index];
            index += 1;
            if key == *path.key {
                self.next = index;
                return Some(path);
            }
        }
        None
    }
}
