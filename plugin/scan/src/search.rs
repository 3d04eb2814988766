//! Searches a text for a word without reading what is before it.

use crate::bytes::starts_with;
use crate::chunk::{CHUNK_BYTES, MASK_BITS, find_pairs};

/// What is searched in one step. Some hosts count steps.
const BLOCK_BYTES: usize = 64;

/// The offset of the first occurrence of `word` at or after `from`. `rare` is the index of a byte of it
/// that is rare in other places, neither the first nor the last.
///
/// Two bytes are compared at once. One of the two pairs that the rare byte is in, with the byte before
/// it and the byte after it, is at an even index, wherever the word is.
#[inline(always)]
pub(crate) fn find(text: &[u8], from: usize, word: &[u8], rare: usize) -> Option<usize> {
    let pairs = [[word[rare - 1], word[rare]], [word[rare], word[rare + 1]]];
    let word_around = |offset: usize| {
        let start = offset.checked_sub(rare).filter(|start| *start >= from)?;
        starts_with(&text[start..], word).then_some(start)
    };
    let mut offset = from;
    while let Some(block) = text.get(offset..).and_then(<[u8]>::first_chunk::<BLOCK_BYTES>) {
        let (chunks, _) = block.as_chunks();
        if chunks.iter().fold(0, |marks, chunk| marks | find_pairs(chunk, pairs)) == 0 {
            offset += BLOCK_BYTES;
            continue;
        }
        offset += first_pair(block, pairs);
        let start = word_around(offset + usize::from(text[offset] != word[rare]));
        if start.is_some() {
            return start;
        }
        offset += 2;
    }
    let is_rare = |index: &usize| text[*index] == word[rare];
    (offset..text.len()).filter(is_rare).find_map(word_around)
}

/// The index of the first pair in a block that has one.
#[inline(never)]
fn first_pair(block: &[u8; BLOCK_BYTES], pairs: [[u8; 2]; 2]) -> usize {
    let (chunks, _) = block.as_chunks::<CHUNK_BYTES>();
    let marks = chunks.iter().map(|chunk| find_pairs(chunk, pairs)).enumerate();
    let (index, marks) = marks.into_iter().find(|(_, marks)| *marks != 0).unwrap_or_default();
    (index * CHUNK_BYTES + (marks.trailing_zeros() / MASK_BITS) as usize) % BLOCK_BYTES / 2 * 2
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::find;
    use crate::swar;

    const WORD: &[u8] = b"\"abSour\"";

    #[test]
    fn find_agrees_with_the_naive_loop() {
        let mut random = Rng::with_seed(8);
        let cases = if cfg!(miri) { 500 } else { 200_000 };
        let mut found = 0;
        for _ in 0..cases {
            let mut text = Vec::new();
            let length = random.usize(..300);
            while text.len() < length {
                let part = [WORD, b"bS", b"So", b"S", b"abSour\"", b"\"abSou", b"bSSo"];
                match random.u8(..30) {
                    0 => text.extend_from_slice(random.choice(part).expect("parts")),
                    _ => text.push(b'a'),
                }
            }
            let from = random.usize(..=length);
            let naive = text[from..].windows(WORD.len()).position(|part| part == WORD);
            let naive = naive.map(|index| from + index);
            assert_eq!(find(&text, from, WORD, 3), naive, "{} {from}", text.escape_ascii());
            found += usize::from(naive.is_some());
        }
        assert!(found > cases / 10, "{found} of {cases} found");
    }

    #[test]
    fn find_pairs_agrees_with_each_pair_of_bytes() {
        let mut random = Rng::with_seed(9);
        for _ in 0..if cfg!(miri) { 1_000 } else { 200_000 } {
            let chunk: [u8; 8] =
                std::array::from_fn(|_| *random.choice(b"bSoSoc\x00\x7f").expect("bytes"));
            let is_pair = |pair: &[u8]| pair == b"bS" || pair == b"So";
            let expected = chunk.chunks(2).position(is_pair);
            let marks = swar::find_pairs(&chunk, [*b"bS", *b"So"]);
            let found =
                (marks != 0).then_some((marks.trailing_zeros() / swar::MASK_BITS / 2) as usize);
            assert_eq!(found, expected, "{}", chunk.escape_ascii());
        }
    }
}
