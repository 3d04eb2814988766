//! Sign-ins whose skeleton is known, bare or in an envelope: validated and located in one pass.

use alloc::vec::Vec;

use sekisho_signin::{JsonBuffer, KnownVerdicts, Verdict};
use sekisho_skeleton::{Located, Skeletons};

use crate::classifier::Classifier;
use crate::configuration::Configuration;
use crate::learning::FIRST_OF_RULES;
use crate::rule_id::MatchedRules;
use crate::rules::Matcher;

impl Classifier {
    /// The verdict on a sign-in whose skeleton is known, with the record in its form. With rules, those
    /// that match are found, too.
    #[inline]
    pub(crate) fn known_verdict(&mut self, input: &[u8]) -> Option<Verdict> {
        let Classifier { configuration, skeletons, matcher, json, formed, buffers, .. } = self;
        let form = configuration.form;
        let known = (input, &mut buffers.known);
        find(configuration, skeletons, matcher, json, known, |verdict, located, matched| {
            if form.is_verdict() {
                return Some(verdict);
            }
            formed.write_located(form, located, verdict, matched).ok().map(|()| verdict)
        })?
    }

    /// The verdict on a sign-in whose skeleton is known, and what `then` makes of it and of the values of
    /// the record.
    #[inline(always)]
    pub(crate) fn find_known<T>(
        &mut self,
        input: &[u8],
        then: impl FnOnce(Verdict, &Located<'_>) -> T,
    ) -> Option<T> {
        let Classifier { configuration, skeletons, matcher, json, buffers, .. } = self;
        let known = (input, &mut buffers.known);
        find(configuration, skeletons, matcher, json, known, |verdict, located, _| {
            then(verdict, located)
        })
    }
}

// The values are passed on by reference: they are many words to copy.
#[inline(always)]
fn find<T>(
    configuration: &Configuration,
    skeletons: &mut Skeletons<KnownVerdicts>,
    matcher: &mut Matcher,
    json: &mut JsonBuffer,
    (input, decoded): (&[u8], &mut Vec<u8>),
    then: impl FnOnce(Verdict, &Located<'_>, Option<MatchedRules<'_>>) -> T,
) -> Option<T> {
    let (located, known) = skeletons.find(input, decoded)?;
    let verdict = known.classify(&located)?;
    let rules = configuration.rules.as_ref();
    if let Some(rules) = rules {
        // These rules see what is around the text.
        if located.is_in_string() && rules.match_inputs() {
            return None;
        }
        let values = located.tagged(FIRST_OF_RULES);
        let verdict = rules.test_verdict().then(|| json.format(&verdict));
        rules.find_among(located.text(), values, verdict, matcher).ok()?;
    }
    let matched = rules.map(|rules| rules.matched(matcher.matched(), matcher.silenced()));
    Some(then(verdict, &located, matched))
}
