//! What looking for texts and learning may cost.

/// So many texts in a row may be missed before only some are looked for.
const MAX_CREDIT: u8 = 64;

/// A text that is found makes up for so many that are missed.
const CREDIT_OF_FOUND: u8 = 4;

/// Without credit, one of so many texts is looked for.
const SAMPLE: u8 = 32;

/// So many texts may be learned in a row.
const MAX_LEARNED: u16 = 192;

/// For each so many texts that are looked for, one more may be learned.
const TEXTS_OF_LEARNED: u64 = 64;

/// After so many texts, a full memory may be cleared.
const TEXTS_OF_CLEARED: u64 = 1 << 16;

/// Counts texts. It bounds the cost of texts whose skeletons never come again.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// Texts that [`looks`](Budget::looks) was asked for.
    texts: u64,
    /// Their number when everything was cleared.
    cleared: u64,
    credit: u8,
    not_sampled: u8,
    learnable: u16,
    is_left_out: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            texts: 0,
            cleared: 0,
            credit: MAX_CREDIT,
            not_sampled: 0,
            learnable: MAX_LEARNED,
            // The first text is learned.
            is_left_out: true,
        }
    }
}

impl Budget {
    /// Whether to look for the next text.
    #[inline(always)]
    pub(crate) fn looks(&mut self) -> bool {
        self.texts += 1;
        if self.texts.is_multiple_of(TEXTS_OF_LEARNED) {
            self.learnable = MAX_LEARNED.min(self.learnable + 1);
        }
        self.credit > 0 || self.samples()
    }

    #[cold]
    fn samples(&mut self) -> bool {
        self.not_sampled = (self.not_sampled + 1) % SAMPLE;
        self.not_sampled == 0
    }

    #[inline(always)]
    pub(crate) fn found(&mut self) {
        self.credit = MAX_CREDIT.min(self.credit + CREDIT_OF_FOUND);
    }

    #[inline(always)]
    pub(crate) fn missed(&mut self) {
        self.credit = self.credit.saturating_sub(1);
    }

    /// Whether to learn the next text. Every other one is left out: what comes often comes again, and
    /// what comes once is mostly not worth learning.
    pub(crate) fn learns(&mut self) -> bool {
        self.is_left_out = !self.is_left_out;
        let learns = self.learnable > 0 && !self.is_left_out;
        self.learnable -= u16::from(learns);
        learns
    }

    /// Whether everything may be cleared, which is noted.
    pub(crate) fn clears(&mut self) -> bool {
        let clears = self.texts - self.cleared >= TEXTS_OF_CLEARED;
        if clears {
            *self = Budget { texts: self.texts, cleared: self.texts, ..Budget::default() };
        }
        clears
    }
}
