//! Matches one event against all rules.

use core::mem;

use sekisho_scan::{Malformed, Reader, Value, ValueKind};

use crate::condition::NeededFacts;
use crate::consistency::Elements;
use crate::index::Certainty;
use crate::rule_set::{Branch, RuleSet};
use crate::scratch::{Frame, Scratch, TextPlace};

impl RuleSet {
    /// Whether any pattern tests the value at `path`, which has dots between its keys.
    #[must_use]
    pub fn needs(&self, path: &str) -> bool {
        self.find_path(path).is_some_and(|path| self.triggers.path(path).is_used)
    }

    /// Whether any pattern tests `path` or anything below it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.find_path(path).is_some()
    }

    /// The numbers of the patterns that match `event`, in ascending order. Anything but an object
    /// matches no pattern.
    ///
    /// # Errors
    /// Returns an error if the event is not well-formed JSON to its last byte.
    pub fn matches<'s>(
        &self,
        event: &[u8],
        scratch: &'s mut Scratch,
    ) -> Result<&'s [u32], Malformed> {
        let mut reader = Reader::new(event);
        let mut matching = Matching::new(self, scratch);
        matching.feed_object("", &mut reader)?;
        reader.finish()?;
        Ok(matching.finish())
    }
}

/// Matches an event that is fed in parts: objects in JSON, and strings that are not in any JSON.
///
/// Use it to match an event that you have not assembled. The parts can come in any order, and more
/// than one value can be fed to a path; a predicate is true if any of them meets it. For an event
/// that is one JSON text, use [`RuleSet::matches`].
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
    /// The text whose values need not be copied.
    source: &'s [u8],
}

impl<'r, 's> Matching<'r, 's> {
    /// Starts an event.
    pub fn new(rules: &'r RuleSet, scratch: &'s mut Scratch) -> Self {
        Matching::within(rules, scratch, &[])
    }

    /// The same for an event whose values are in `source`. Those that
    /// [`feed_value`](Matching::feed_value) feeds are not copied then.
    pub fn within(rules: &'r RuleSet, scratch: &'s mut Scratch, source: &'s [u8]) -> Self {
        scratch.begin(rules);
        Matching { rules, scratch, source }
    }

    /// Reads the next value of `reader` as the object at `path`, which has dots between its keys and
    /// is empty for the event itself. A value that is not an object is skipped.
    ///
    /// The reader is at the end of the value afterwards.
    ///
    /// # Errors
    /// Returns an error if the value is not well-formed.
    pub fn feed_object(&mut self, path: &str, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        match self.rules.find_path(path) {
            Some(path) if reader.peek()? == ValueKind::Object => self.walk(path, reader),
            _ => reader.value().map(drop),
        }
    }

    /// The same as [`RuleSet::has`].
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.rules.has(path)
    }

    /// Feeds a string at `path`, which has dots between its keys. `text` is the decoded string.
    pub fn feed_text(&mut self, path: &str, text: &str) {
        if let Some(path) = self.rules.find_path(path)
            && self.rules.triggers.path(path).is_used
        {
            let start = self.scratch.texts.len();
            self.scratch.texts.push(b'"');
            self.scratch.texts.extend_from_slice(text.as_bytes());
            self.scratch.texts.push(b'"');
            self.add_copied(path, start, Elements::OUTSIDE);
        }
    }

    /// Feeds a value that [`RuleSet::find_values`] found at a path.
    pub fn feed_value(&mut self, path: u32, value: &Value<'_>) {
        let end = value.offset + value.raw.len();
        let is_source = |text: &[u8]| core::ptr::eq(text, value.raw);
        let is_escaped = value.text().is_some_and(|text| text.is_escaped());
        if !is_escaped && self.source.get(value.offset..end).is_some_and(is_source) {
            let place = TextPlace { start: value.offset, end, in_source: true };
            self.add_value(path, place, Elements::OUTSIDE);
        } else {
            self.push_value(path, value, Elements::OUTSIDE);
        }
    }

    /// Whether any pattern may match, as far as the [decisive](RuleSet::is_decisive) values that were fed
    /// so far tell.
    #[must_use]
    pub fn may_match(&self) -> bool {
        !self.rules.always_check.is_empty() || !self.scratch.truths.predicates.is_empty()
    }

    /// Ends the event. Returns the numbers of the patterns that match, in ascending order.
    #[must_use]
    pub fn finish(mut self) -> &'s [u32] {
        let rules = self.rules;
        let mut next = 0;
        while let Some(predicate) = self.scratch.truths.predicates.get(next) {
            let triggers = &rules.predicate(*predicate).triggers;
            for trigger in triggers {
                let least_likely = trigger.least_likely;
                if self.has_match(least_likely) || rules.predicate(least_likely).allows_absent {
                    self.check_branch(trigger.branch);
                }
            }
            next += 1;
        }
        rules.always_check.iter().for_each(|branch| self.check_branch(*branch));
        self.scratch.list_matched();
        &self.scratch.ids
    }

    /// Reads the object that comes next, along the paths that patterns test.
    fn walk(&mut self, path: u32, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        reader.enter()?;
        self.scratch.frames.clear();
        let mut frame = Frame { path, element: Elements::OUTSIDE, array: None };
        loop {
            let next = match frame.array {
                None => match reader.next_key()? {
                    None => None,
                    Some(key) => {
                        match self.rules.child_path(frame.path, key, &mut self.scratch.decoded) {
                            None => {
                                reader.value()?;
                                continue;
                            }
                            path => path,
                        }
                    }
                },
                Some(_) => reader.next_element()?.then_some(frame.path),
            };
            if let Some(path) = next {
                if let Some(inner) = self.read_value(path, frame, reader)? {
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

    /// Adds the value that comes next, or enters it if it is a container.
    #[inline]
    fn read_value(
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
        if kind != ValueKind::Object && rules.triggers.path(path).is_used {
            self.push_value(path, &value, around.element);
        }
        Ok(None)
    }

    fn push_value(&mut self, path: u32, value: &Value<'_>, element: u32) {
        let texts = &mut self.scratch.texts;
        let start = texts.len();
        match value.text() {
            Some(text) if text.is_escaped() => {
                texts.push(b'"');
                text.unescape(&mut |part| texts.extend_from_slice(part));
                texts.push(b'"');
            }
            _ => texts.extend_from_slice(value.raw),
        }
        self.add_copied(path, start, element);
    }

    /// Adds the value whose text is the copy that starts at `start`.
    fn add_copied(&mut self, path: u32, start: usize, element: u32) {
        let place = TextPlace { start, end: self.scratch.texts.len(), in_source: false };
        self.add_value(path, place, element);
    }

    /// Adds a value, and the predicates that it makes true.
    #[inline(always)]
    fn add_value(&mut self, path: u32, place: TextPlace, element: u32) {
        let number = self.scratch.add_value(path, place, element);
        let text = place.text(&self.scratch.texts, self.source);
        if text.is_some_and(|text| self.rules.triggers.path(path).may_find(text)) {
            self.look_up(path, number);
        }
    }

    /// Adds the predicates that a value at a path makes true.
    #[inline(never)]
    fn look_up(&mut self, path: u32, number: u32) {
        let (rules, source) = (self.rules, self.source);
        let needed_facts = rules.triggers.path(path).facts_to_look_up();
        if needed_facts != NeededFacts::default() {
            self.scratch.find_facts(path, needed_facts, source);
        }
        let Scratch { values, texts, facts, decoded, truths, .. } = &mut *self.scratch;
        let Some(added) = values.get(number as usize) else { return };
        let value = added.value(texts, source, facts);
        rules.triggers.look_up(path, &value, decoded, &mut |number, certainty| {
            if truths.known(number) != Some(true)
                && (certainty == Certainty::True || rules.predicate(number).is_met_by(&value))
            {
                truths.set_true(number);
            }
        });
    }

    /// Whether some value meets a predicate.
    #[inline]
    fn has_match(&mut self, number: u32) -> bool {
        if let Some(known) = self.scratch.truths.known(number) {
            return known;
        }
        let predicate = self.rules.predicate(number);
        let needed_facts = self.rules.triggers.path(predicate.path).needed_facts;
        if needed_facts != NeededFacts::default() {
            self.scratch.find_facts(predicate.path, needed_facts, self.source);
        }
        let (scratch, source) = (&*self.scratch, self.source);
        let is_met = |value| predicate.is_met_by(&scratch.value(value, source));
        let has_match = scratch.values_at(predicate.path).any(is_met);
        self.scratch.truths.set_known(number, has_match);
        has_match
    }

    /// Adds the rule of a branch if the branch matches.
    fn check_branch(&mut self, branch: u32) {
        let branch = &self.rules.branches[branch as usize];
        if !self.scratch.has_matched(branch.rule) && self.is_match(branch) {
            self.scratch.set_matched(branch.rule);
        }
    }

    fn is_match(&mut self, branch: &Branch) -> bool {
        let rules = self.rules;
        let predicates = rules.predicates_of(branch);
        let mut in_arrays = 0;
        let mut undecided = false;
        for number in predicates {
            let predicate = rules.predicate(*number);
            let in_array = self.scratch.is_in_array(predicate.path);
            in_arrays += u32::from(in_array);
            if self.has_match(*number) {
                continue;
            }
            if !predicate.allows_absent {
                return false;
            }
            // The values may all be outside of the elements that the other predicates choose.
            undecided |= in_array;
            if !in_array && self.scratch.is_present(predicate.path) {
                return false;
            }
        }
        if in_arrays < 2 { !undecided } else { self.is_consistent(predicates) }
    }

    /// Whether values of compatible array elements can meet all predicates.
    fn is_consistent(&mut self, predicates: &[u32]) -> bool {
        let mut search = mem::take(&mut self.scratch.search);
        let (scratch, source) = (&*self.scratch, self.source);
        search.clear();
        for number in predicates {
            let predicate = self.rules.predicate(*number);
            if scratch.is_in_array(predicate.path) {
                let all = scratch.values_at(predicate.path).map(|value| value.element);
                let matching = scratch
                    .values_at(predicate.path)
                    .filter(|value| predicate.is_met_by(&scratch.value(value, source)))
                    .map(|value| value.element);
                search.add_variable(matching, predicate.allows_absent.then_some(all));
            }
        }
        let found = search.run(&scratch.elements);
        self.scratch.search = search;
        found
    }
}
