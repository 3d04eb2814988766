//! One event against all rules.

use sekisho_scan::{Malformed, Reader, Text, ValueKind};

use crate::RuleSet;
use crate::Scratch;
use crate::compile::Branch;
use crate::consistency::Elements;
use crate::hash::has_dot_or_backslash;
use crate::index::Sure;
use crate::paths::ROOT;
use crate::scratch::Frame;

/// A match that is fed an event in parts, in any order: bytes, and texts that are in no bytes.
///
/// ```
/// use sekisho_rules::{Matching, Pattern, RuleSet, Scratch};
/// use sekisho_scan::Reader;
///
/// let rules = RuleSet::compile(&[Pattern::parse(
///     br#"{"source":["aws.signin"],"detail":{"eventName":["ConsoleLogin"]}}"#,
/// )?]);
/// let mut scratch = Scratch::new();
/// let mut matching = Matching::new(&rules, &mut scratch);
/// matching.feed_text("source", "aws.signin");
/// matching.feed_object("detail", &mut Reader::new(br#"{"eventName":"ConsoleLogin"}"#))?;
/// assert_eq!(matching.finish(), [0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Matching<'r, 's> {
    rules: &'r RuleSet,
    scratch: &'s mut Scratch,
}

impl<'r, 's> Matching<'r, 's> {
    /// Begins an event.
    pub fn new(rules: &'r RuleSet, scratch: &'s mut Scratch) -> Self {
        scratch.begin(rules);
        Matching { rules, scratch }
    }

    /// Reads the object that is next in `reader` as the one at `path`: keys with dots between
    /// them, or nothing for the event itself. A value that is no object is passed over.
    ///
    /// # Errors
    /// The value is not well-formed.
    pub fn feed_object(&mut self, path: &str, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        match self.find(path) {
            Some(path) if reader.peek()? == ValueKind::Object => self.walk(path, reader),
            _ => reader.value().map(drop),
        }
    }

    /// Takes a string that stands at `path`: keys with dots between them.
    pub fn feed_text(&mut self, path: &str, text: &str) {
        if let Some(path) = self.find(path)
            && self.rules.index.place(path).asked
        {
            let start = self.scratch.texts.len();
            self.scratch.texts.push(b'"');
            self.scratch.texts.extend_from_slice(text.as_bytes());
            self.scratch.texts.push(b'"');
            self.see(path, start, Elements::OUTSIDE);
        }
    }

    /// The numbers of the patterns that match, ascending.
    #[must_use]
    pub fn finish(mut self) -> &'s [u32] {
        let rules = self.rules;
        let mut woken = 0;
        while let Some(predicate) = self.scratch.awake.get(woken) {
            let wakes = &rules.predicate(*predicate).wakes;
            for wake in wakes {
                if self.holds(wake.doubt) || rules.predicate(wake.doubt).absent {
                    self.decide(wake.branch);
                }
            }
            woken += 1;
        }
        rules.sleepless.iter().for_each(|branch| self.decide(*branch));
        self.scratch.list_matched();
        &self.scratch.ids
    }

    fn find(&self, path: &str) -> Option<u32> {
        if path.is_empty() { Some(ROOT) } else { self.rules.paths.find(ROOT, path.as_bytes()) }
    }

    /// Reads the object that is next, along the paths that are asked for.
    fn walk(&mut self, path: u32, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        reader.enter()?;
        self.scratch.frames.clear();
        let mut frame = Frame { path, element: Elements::OUTSIDE, array: None };
        loop {
            let asked = match frame.array {
                None => match reader.next_key()? {
                    None => None,
                    Some(key) => match self.step(frame.path, key) {
                        None => {
                            reader.value()?;
                            continue;
                        }
                        asked => asked,
                    },
                },
                Some(_) => reader.next_element()?.then_some(frame.path),
            };
            if let Some(path) = asked {
                if let Some(inner) = self.take(path, frame, reader)? {
                    self.scratch.frames.push(frame);
                    frame = inner;
                }
            } else if let Some(outer) = self.scratch.frames.pop() {
                frame = outer;
            } else {
                return Ok(());
            }
        }
    }

    /// The path of a key in the object at `path`.
    #[inline]
    fn step(&mut self, path: u32, key: Text<'_>) -> Option<u32> {
        let RuleSet { paths, injected, .. } = self.rules;
        let child =
            |node, name: &[u8]| paths.child(node, name).filter(|node| Some(*node) != *injected);
        let raw = key.raw();
        if !has_dot_or_backslash(raw) {
            return child(path, raw);
        }
        let decoded = &mut self.scratch.decoded;
        decoded.clear();
        key.unescape(|part| decoded.extend_from_slice(part));
        decoded.split(|byte| *byte == b'.').try_fold(path, child)
    }

    /// Remembers the value that is next, or enters the container that it is.
    #[inline]
    fn take(
        &mut self,
        path: u32,
        around: Frame,
        reader: &mut Reader<'_>,
    ) -> Result<Option<Frame>, Malformed> {
        let rules = self.rules;
        let kind = reader.peek()?;
        let is_array = kind == ValueKind::Array;
        if is_array || kind == ValueKind::Object && rules.paths.is_inner(path) {
            reader.enter()?;
            let elements = &mut self.scratch.elements;
            let element = elements.inside(around.element, around.array);
            let array = is_array.then(|| elements.new_array());
            return Ok(Some(Frame { path, element, array }));
        }
        let value = reader.value()?;
        if kind != ValueKind::Object && rules.index.place(path).asked {
            let texts = &mut self.scratch.texts;
            let start = texts.len();
            match value.text() {
                Some(text) if text.is_escaped() => {
                    texts.push(b'"');
                    text.unescape(|part| texts.extend_from_slice(part));
                    texts.push(b'"');
                }
                _ => texts.extend_from_slice(value.raw),
            }
            self.see(path, start, around.element);
        }
        Ok(None)
    }

    /// Remembers the value whose text begins at `start`, and wakes what it makes true.
    fn see(&mut self, path: u32, start: usize, element: u32) {
        let rules = self.rules;
        self.scratch.remember(path, start, element, rules.index.place(path).asks);
        let mut found = core::mem::take(&mut self.scratch.found);
        let mut folded = core::mem::take(&mut self.scratch.decoded);
        let scratch = &*self.scratch;
        if let Some(seen) = scratch.seen.last() {
            let value = scratch.value(seen);
            rules.index.wake(path, &value, &mut folded, |number, sure| {
                let is_new = scratch.known(number) != Some(true);
                if is_new && (sure == Sure::Yes || rules.predicate(number).is_met_by(&value)) {
                    found.push(number);
                }
            });
        }
        let scratch = &mut *self.scratch;
        for number in found.drain(..) {
            if scratch.known(number) != Some(true) {
                scratch.set_known(number, true);
                scratch.awake.push(number);
            }
        }
        scratch.found = found;
        scratch.decoded = folded;
    }

    /// Whether some value meets a predicate.
    #[inline]
    fn holds(&mut self, number: u32) -> bool {
        if let Some(holds) = self.scratch.known(number) {
            return holds;
        }
        let predicate = self.rules.predicate(number);
        let scratch = &*self.scratch;
        let is_met = |seen| predicate.is_met_by(&scratch.value(seen));
        let holds = scratch.values(predicate.path).any(is_met);
        self.scratch.set_known(number, holds);
        holds
    }

    /// Adds the rule of a branch if the branch matches.
    fn decide(&mut self, branch: u32) {
        let branch = &self.rules.branches[branch as usize];
        if !self.scratch.has_matched(branch.rule) && self.is_match(branch) {
            self.scratch.set_matched(branch.rule);
        }
    }

    fn is_match(&mut self, branch: &Branch) -> bool {
        let rules = self.rules;
        let fields = rules.fields(branch);
        let mut in_arrays = 0;
        let mut undecided = false;
        for number in fields {
            let predicate = rules.predicate(*number);
            let in_array = self.scratch.is_in_array(predicate.path);
            in_arrays += u32::from(in_array);
            if self.holds(*number) {
                continue;
            }
            if !predicate.absent {
                return false;
            }
            // The values may all be outside of the elements that the other fields choose.
            undecided |= in_array;
            if !in_array && self.scratch.is_present(predicate.path) {
                return false;
            }
        }
        if in_arrays < 2 { !undecided } else { self.is_consistent(fields) }
    }

    /// Whether the fields can be met by values of array elements that go together.
    fn is_consistent(&mut self, fields: &[u32]) -> bool {
        let mut search = core::mem::take(&mut self.scratch.search);
        let scratch = &*self.scratch;
        search.clear();
        for number in fields {
            let predicate = self.rules.predicate(*number);
            if scratch.is_in_array(predicate.path) {
                let all = scratch.values(predicate.path).map(|seen| seen.element);
                let meeting = scratch
                    .values(predicate.path)
                    .filter(|seen| predicate.is_met_by(&scratch.value(seen)))
                    .map(|seen| seen.element);
                search.add_field(meeting, predicate.absent.then_some(all));
            }
        }
        let found = search.run(&scratch.elements);
        self.scratch.search = search;
        found
    }
}
