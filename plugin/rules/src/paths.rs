//! Paths, as a tree of the names between their dots.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::iter;

use crate::hash::hash;
use crate::table::Table;

/// The place of the event itself.
pub(crate) const ROOT: u32 = 0;

/// A set of paths. Each is known by the number of its node.
///
/// A dot inside a key and the step into an object are the same: event-ruler joins keys with dots.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    nodes: Vec<Node>,
    children: Table,
}

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    name: Box<[u8]>,
    /// A [`bit`] for each name below: most keys of an event are turned down here. None where no path
    /// goes on.
    below: u64,
}

impl Default for Paths {
    fn default() -> Self {
        let root = Node { parent: ROOT, name: Box::default(), below: 0 };
        Paths { nodes: Vec::from([root]), children: Table::default() }
    }
}

impl Paths {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether a path goes on below `node`.
    #[inline]
    pub(crate) fn is_inner(&self, node: u32) -> bool {
        self.nodes[node as usize].below != 0
    }

    /// The node above `node`; of the event itself, itself.
    pub(crate) fn parent(&self, node: u32) -> u32 {
        self.nodes[node as usize].parent
    }

    /// The node of `name` below `parent`.
    #[inline]
    pub(crate) fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        if self.nodes[parent as usize].below & bit(name) == 0 {
            return None;
        }
        self.children.find(hash(u64::from(parent), name), |node| {
            let node = &self.nodes[node as usize];
            node.parent == parent && *node.name == *name
        })
    }

    /// The node of a key, dots and all, below `parent`.
    pub(crate) fn find(&self, parent: u32, key: &[u8]) -> Option<u32> {
        key.split(|byte| *byte == b'.').try_fold(parent, |node, name| self.child(node, name))
    }

    /// As [`find`](Paths::find), and what is missing is added.
    pub(crate) fn add(&mut self, parent: u32, key: &[u8]) -> u32 {
        key.split(|byte| *byte == b'.').fold(parent, |node, name| self.add_child(node, name))
    }

    pub(crate) fn add_child(&mut self, parent: u32, name: &[u8]) -> u32 {
        if let Some(node) = self.child(parent, name) {
            return node;
        }
        let added = self.nodes.len() as u32;
        let hash = hash(u64::from(parent), name);
        self.nodes[parent as usize].below |= bit(name);
        self.nodes.push(Node { parent, name: name.into(), below: 0 });
        self.children.insert(hash, added);
        added
    }

    /// The parent and the name of each node but the root, parents first.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.nodes.iter().skip(1).map(|node| (node.parent, &*node.name))
    }

    /// Bytes by which paths written with dots sort in the order of UTF-16 code units: Java's order
    /// of strings.
    pub(crate) fn sort_key(&self, node: u32) -> Vec<u8> {
        let mut key = self.names(node).join(&b'.');
        // UTF-8 sorts as code points do. In UTF-16 what is beyond U+FFFF, and begins with 0xf0 or
        // more in UTF-8, is written in surrogates, which sort before U+E000.
        key.iter_mut().filter(|byte| matches!(byte, 0xee | 0xef)).for_each(|byte| *byte += 0x10);
        key
    }

    /// The names from the top to `node`.
    fn names(&self, node: u32) -> Vec<&[u8]> {
        let above = |node: u32| (node != ROOT).then(|| &self.nodes[node as usize]);
        let upwards = iter::successors(above(node), |node| above(node.parent));
        let mut names: Vec<&[u8]> = upwards.map(|node| &*node.name).collect();
        names.reverse();
        names
    }
}

/// One of 64 bits, by what tells most names apart at a glance.
#[inline]
fn bit(name: &[u8]) -> u64 {
    let [first, last] = [name.first(), name.last()].map(|byte| byte.map_or(0, |byte| *byte));
    1 << ((name.len() as u8).wrapping_mul(7).wrapping_add(first).wrapping_add(last) & 63)
}

#[cfg(test)]
mod tests {
    use super::{Paths, ROOT};

    #[test]
    fn paths_sort_by_utf_16_code_units() {
        let ascending = ["a", "a-b", "a.b", "a.b.c", "a/b", "ab", "a\u{d7ff}", "a😀", "a\u{e000}"];
        let mut paths = Paths::default();
        let keys = ascending.map(|path| {
            let node = paths.add(ROOT, path.as_bytes());
            paths.sort_key(node)
        });
        assert!(keys.is_sorted_by(|low, high| low < high));
        assert!(ascending.is_sorted_by_key(|path| path.encode_utf16().collect::<Vec<_>>()));
    }
}
