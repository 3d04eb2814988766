//! A tree of paths.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::iter;

use sekisho_scan::raw;

use crate::hash::hash;
use crate::table::Table;

/// The node of the event itself.
pub(crate) const ROOT: u32 = 0;

/// A set of paths, as a tree of their keys. A path is identified by the number of its node.
///
/// A dot inside a key is the same as a step into an object: event-ruler joins keys with dots.
#[derive(Clone, Debug)]
pub(crate) struct PathTree {
    nodes: Vec<Node>,
    children: Table,
}

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    name: Box<[u8]>,
    /// A [`name_bit`] for each child. It rules out most keys of an event without a lookup.
    child_bits: u64,
}

impl Default for PathTree {
    fn default() -> Self {
        let root = Node { parent: ROOT, name: Box::default(), child_bits: 0 };
        PathTree { nodes: Vec::from([root]), children: Table::default() }
    }
}

impl PathTree {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether `node` has children.
    #[inline]
    pub(crate) fn is_inner(&self, node: u32) -> bool {
        self.nodes[node as usize].child_bits != 0
    }

    /// The parent of `node`. The root is its own parent.
    pub(crate) fn parent(&self, node: u32) -> u32 {
        self.nodes[node as usize].parent
    }

    /// The last key of a path.
    pub(crate) fn name(&self, node: u32) -> &[u8] {
        &self.nodes[node as usize].name
    }

    /// The child of `parent` with this name.
    #[inline]
    pub(crate) fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        if self.nodes[parent as usize].child_bits & name_bit(name) == 0 {
            return None;
        }
        self.children.find(hash(u64::from(parent), name), |node| {
            let node = &self.nodes[node as usize];
            node.parent == parent && raw::is_same(&node.name, name)
        })
    }

    /// The node at a key below `parent`. The key may contain dots.
    pub(crate) fn find(&self, parent: u32, key: &[u8]) -> Option<u32> {
        key.split(|byte| *byte == b'.').try_fold(parent, |node, name| self.child(node, name))
    }

    /// Like [`find`](PathTree::find), and adds missing nodes.
    pub(crate) fn add(&mut self, parent: u32, key: &[u8]) -> u32 {
        key.split(|byte| *byte == b'.').fold(parent, |node, name| self.add_child(node, name))
    }

    pub(crate) fn add_child(&mut self, parent: u32, name: &[u8]) -> u32 {
        if let Some(node) = self.child(parent, name) {
            return node;
        }
        let added = self.nodes.len() as u32;
        let hash = hash(u64::from(parent), name);
        self.nodes[parent as usize].child_bits |= name_bit(name);
        self.nodes.push(Node { parent, name: name.into(), child_bits: 0 });
        self.children.insert(hash, added);
        added
    }

    /// The parent and the name of each node except the root, parents first.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.nodes.iter().skip(1).map(|node| (node.parent, &*node.name))
    }

    /// A key that sorts paths, written with dots, by their UTF-16 code units, like strings in Java.
    pub(crate) fn sort_key(&self, node: u32) -> Vec<u8> {
        let mut key = self.names(node).join(&b'.');
        // UTF-8 sorts by code point. In UTF-16, code points above U+FFFF, which start with 0xf0 or
        // more in UTF-8, are surrogate pairs, and these sort before U+E000.
        key.iter_mut().filter(|byte| matches!(byte, 0xee | 0xef)).for_each(|byte| *byte += 0x10);
        key
    }

    /// The names from the root to `node`.
    fn names(&self, node: u32) -> Vec<&[u8]> {
        let get = |node: u32| (node != ROOT).then(|| &self.nodes[node as usize]);
        let upwards = iter::successors(get(node), |node| get(node.parent));
        let mut names: Vec<&[u8]> = upwards.map(|node| &*node.name).collect();
        names.reverse();
        names
    }
}

/// One of 64 bits, by the length and the first and last byte of a name.
#[inline]
pub(crate) fn name_bit(name: &[u8]) -> u64 {
    let [first, last] = [name.first(), name.last()].map(|byte| byte.map_or(0, |byte| *byte));
    1 << ((name.len() as u8).wrapping_mul(7).wrapping_add(first).wrapping_add(last) & 63)
}

#[cfg(test)]
mod tests {
    use super::{PathTree, ROOT};

    #[test]
    fn paths_sort_by_utf_16_code_units() {
        let ascending = ["a", "a-b", "a.b", "a.b.c", "a/b", "ab", "a\u{d7ff}", "a😀", "a\u{e000}"];
        let mut paths = PathTree::default();
        let keys = ascending.map(|path| {
            let node = paths.add(ROOT, path.as_bytes());
            paths.sort_key(node)
        });
        assert!(keys.is_sorted_by(|low, high| low < high));
        assert!(ascending.is_sorted_by_key(|path| path.encode_utf16().collect::<Vec<_>>()));
    }
}
