//! Paths, as a tree of the names between their dots.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::iter;

use hashbrown::HashTable;

use crate::hash::hash;

/// The place of the event itself.
pub(crate) const ROOT: u32 = 0;

/// A set of paths. Each is known by the number of its node.
///
/// A dot inside a key and the step into an object are the same: event-ruler joins keys with dots.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    nodes: Vec<Node>,
    children: HashTable<u32>,
}

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    name: Box<[u8]>,
    /// A bit for each name below, by its hash: most keys of an event are turned down here. None
    /// where no path goes on.
    below: u64,
}

impl Paths {
    pub(crate) fn new() -> Self {
        let root = Node { parent: ROOT, name: Box::default(), below: 0 };
        Paths { nodes: Vec::from([root]), children: HashTable::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether a path goes on below `node`.
    #[inline]
    pub(crate) fn is_inner(&self, node: u32) -> bool {
        self.nodes[node as usize].below != 0
    }

    /// The node of `name` below `parent`.
    #[inline]
    pub(crate) fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let hash = hash(u64::from(parent), name);
        if self.nodes[parent as usize].below & bit(hash) == 0 {
            return None;
        }
        let is_it = |node: &u32| {
            let node = &self.nodes[*node as usize];
            node.parent == parent && *node.name == *name
        };
        self.children.find(hash, is_it).copied()
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
        let hash_of_added = hash(u64::from(parent), name);
        self.nodes[parent as usize].below |= bit(hash_of_added);
        self.nodes.push(Node { parent, name: name.into(), below: 0 });
        let rehash = |node: &u32| {
            let node = &self.nodes[*node as usize];
            hash(u64::from(node.parent), &node.name)
        };
        self.children.insert_unique(hash_of_added, added, rehash);
        added
    }

    /// The parent and the name of each node but the root, parents first.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.nodes.iter().skip(1).map(|node| (node.parent, &*node.name))
    }

    /// The order of two paths written with dots, by UTF-16 code units: Java's order of strings.
    pub(crate) fn compare(&self, left: u32, right: u32) -> Ordering {
        let [left, right] = [left, right].map(|node| self.names(node));
        units(&left).cmp(units(&right))
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

/// One of 64 bits, by bits of a hash that the hash table does not look at first.
fn bit(hash: u64) -> u64 {
    1 << (hash >> 40 & 63)
}

/// The UTF-16 code units of `names` with dots between them.
fn units(names: &[&[u8]]) -> impl Iterator<Item = u16> {
    names.iter().enumerate().flat_map(|(index, name)| {
        let dot = (index > 0).then_some(u16::from(b'.'));
        let units = name.utf8_chunks().flat_map(|chunk| chunk.valid().encode_utf16());
        dot.into_iter().chain(units)
    })
}
