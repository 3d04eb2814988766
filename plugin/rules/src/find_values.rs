//! Which values of an event patterns test.

use alloc::vec::Vec;

use sekisho_scan::{Reader, Text, Value, ValueKind};

use crate::hash::has_dot_or_backslash;
use crate::path_tree::ROOT;
use crate::rule_set::RuleSet;

impl RuleSet {
    /// Calls `found` with each value of the object at `path` that patterns test, and with a number for
    /// where it is. For another object with values at the same places,
    /// [`feed_value`](crate::Matching::feed_value) with these numbers is the same as
    /// [`feed_object`](crate::Matching::feed_object).
    ///
    /// `None` if `found` returns it, a value is in an array, or the object is not well-formed.
    #[inline(never)]
    pub fn find_values<'o>(
        &self,
        path: &str,
        object: &'o [u8],
        found: &mut dyn FnMut(u32, &Value<'o>) -> Option<()>,
    ) -> Option<()> {
        let Some(mut path) = self.find_path(path) else { return Some(()) };
        let (mut outer, mut decoded) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(object);
        reader.enter().ok()?;
        loop {
            let Some(key) = reader.next_key().ok()? else {
                let Some(above) = outer.pop() else { return Some(()) };
                path = above;
                continue;
            };
            let Some(child) = self.child_path(path, key, &mut decoded) else {
                reader.skip().ok()?;
                continue;
            };
            match reader.peek().ok()? {
                ValueKind::Array => return None,
                ValueKind::Object if self.paths.is_inner(child) => {
                    reader.enter().ok()?;
                    outer.push(path);
                    path = child;
                }
                kind => {
                    let value = reader.value().ok()?;
                    if kind != ValueKind::Object && self.triggers.path(child).is_used {
                        found(child, &value)?;
                    }
                }
            }
        }
    }

    /// Whether a value at such a path can be the first sign that a pattern matches. All others need not
    /// be fed until [`Matching::may_match`](crate::Matching::may_match).
    #[must_use]
    pub fn is_decisive(&self, path: u32) -> bool {
        self.triggers.path(path).finds_any()
    }

    pub(crate) fn find_path(&self, path: &str) -> Option<u32> {
        if path.is_empty() { Some(ROOT) } else { self.paths.find(ROOT, path.as_bytes()) }
    }

    /// The path of a key in the object at `path`. `decoded` is a buffer.
    #[inline]
    pub(crate) fn child_path(
        &self,
        path: u32,
        key: Text<'_>,
        decoded: &mut Vec<u8>,
    ) -> Option<u32> {
        let child = |node, name: &[u8]| {
            self.paths.child(node, name).filter(|node| Some(*node) != self.injected)
        };
        let raw = key.raw();
        if !has_dot_or_backslash(raw) {
            return child(path, raw);
        }
        decoded.clear();
        key.unescape(&mut |part| decoded.extend_from_slice(part));
        decoded.split(|byte| *byte == b'.').try_fold(path, child)
    }
}
