//! Sign-ins whose skeleton is known, bare or in an EventBridge event: validated and located in one
//! pass.

use sekisho_signin::{Verdict, classify_located};
use sekisho_skeleton::Located;

use crate::classifier::Classifier;
use crate::learning::FIRST_OF_RULES;

impl Classifier {
    /// The verdict on a sign-in whose skeleton is known. With rules, those that match are found, too.
    #[inline]
    pub(crate) fn known_verdict(&mut self, input: &[u8]) -> Option<Verdict> {
        self.find_known(input).map(|(verdict, _)| verdict)
    }

    /// The same, with the values of the record.
    #[inline]
    pub(crate) fn find_known<'a>(&'a mut self, input: &'a [u8]) -> Option<(Verdict, Located<'a>)> {
        let Classifier { configuration, skeletons, matcher, json, .. } = self;
        let located = skeletons.find(input)?;
        let verdict = classify_located(&located)?;
        if let Some(rules) = &configuration.rules {
            let values = located.tagged(FIRST_OF_RULES);
            rules.find_among(values, json.format(&verdict), matcher).ok()?;
        }
        Some((verdict, located))
    }
}
