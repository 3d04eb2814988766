//! Sign-ins whose skeleton is known, bare or in an envelope: validated and located in one pass.

use alloc::vec::Vec;

use sekisho_signin::{JsonBuffer, KnownVerdicts, Verdict};
use sekisho_skeleton::{Located, Skeletons};

use crate::classifier::Classifier;
use crate::configuration::Configuration;
use crate::learning::FIRST_OF_RULES;
use crate::rules::Matcher;

impl Classifier {
    /// The verdict on a sign-in whose skeleton is known. With rules, those that match are found, too.
    #[inline]
    pub(crate) fn known_verdict(&mut self, input: &[u8]) -> Option<Verdict> {
        if !self.configuration.form.is_verdict() {
            return self.formed_verdict(input);
        }
        self.find_known(input).map(|(verdict, _)| verdict)
    }

    /// The same, with the record in its form.
    #[inline(never)]
    fn formed_verdict(&mut self, input: &[u8]) -> Option<Verdict> {
        let Classifier { configuration, skeletons, matcher, json, formed, buffers, .. } = self;
        let known = &mut buffers.known;
        let (verdict, located) = find(configuration, skeletons, matcher, json, (input, known))?;
        let rules = configuration.rules.as_ref();
        let matched = rules.map(|rules| rules.matched(matcher.matched(), matcher.silenced()));
        formed.write_located(configuration.form, &located, verdict, matched).ok()?;
        Some(verdict)
    }

    /// The same, with the values of the record.
    #[inline]
    pub(crate) fn find_known<'a>(&'a mut self, input: &'a [u8]) -> Option<(Verdict, Located<'a>)> {
        let Classifier { configuration, skeletons, matcher, json, buffers, .. } = self;
        find(configuration, skeletons, matcher, json, (input, &mut buffers.known))
    }
}

#[inline(always)]
fn find<'a>(
    configuration: &Configuration,
    skeletons: &'a mut Skeletons<KnownVerdicts>,
    matcher: &mut Matcher,
    json: &mut JsonBuffer,
    (input, decoded): (&'a [u8], &'a mut Vec<u8>),
) -> Option<(Verdict, Located<'a>)> {
    let (located, known) = skeletons.find(input, decoded)?;
    let verdict = known.classify(&located)?;
    if let Some(rules) = &configuration.rules {
        // These rules see what is around the text.
        if located.is_in_string() && rules.match_inputs() {
            return None;
        }
        let values = located.tagged(FIRST_OF_RULES);
        let verdict = rules.test_verdict().then(|| json.format(&verdict));
        rules.find_among(located.text(), values, verdict, matcher).ok()?;
    }
    Some((verdict, located))
}
