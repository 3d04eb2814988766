//! Searches a text for a word without reading what is before it.

use core::ops::Range;
use core::slice;

use crate::bytes::starts_with;
use crate::chunk::{CHUNK_BYTES, MASK_BITS, find_pairs, has_pairs};

/// What is searched in one step. Some hosts count steps.
const BLOCK_BYTES: usize = 64;

/// The offset of the first occurrence of `word` at or after `from`. `rare` is the index of a byte of it
/// that is rare in other places, neither the first nor the last.
///
/// Two bytes are compared at once. One of the two pairs that the rare byte is in, with the byte before
/// it and the byte after it, is at an even index, wherever the word is.
#[inline(always)]
pub(crate) fn find(text: &[u8], from: usize, word: &[u8], rare: usize) -> Option<usize> {
    let (blocks, rest) = text.get(from..)?.as_chunks::<BLOCK_BYTES>();
    let pairs = [[word[rare - 1], word[rare]], [word[rare], word[rare + 1]]];
    let mut offset = from;
    let mut left = blocks;
    while let Some((block, after)) = left.get(without_pairs(left, pairs)..)?.split_first() {
        offset += (left.len() - after.len() - 1) * BLOCK_BYTES;
        let start = find_in_block(text, (from, offset), block, word, rare);
        if start.is_some() {
            return start;
        }
        offset += BLOCK_BYTES;
        left = after;
    }
    let end = text.len() - rest.len();
    // What is before the last bytes has no word, so they may be searched with some of it.
    match text.get(from..).and_then(<[u8]>::last_chunk::<BLOCK_BYTES>) {
        Some(block) if without_pairs(slice::from_ref(block), pairs) == 1 => None,
        _ => find_around(text, (from, end..text.len()), word, rare),
    }
}

/// How many blocks there are before the first that has a pair.
///
/// A function of its own, so that all of the loop stays in registers.
#[inline(never)]
fn without_pairs(blocks: &[[u8; BLOCK_BYTES]], pairs: [[u8; 2]; 2]) -> usize {
    let mut count = 0;
    for block in blocks {
        let (chunks, _) = block.as_chunks::<CHUNK_BYTES>();
        if chunks.first_chunk().is_some_and(|chunks| has_pairs(chunks, pairs)) {
            break;
        }
        count += 1;
    }
    count
}

/// The first occurrence of `word` at or after `from` whose rare byte is in the block at `offset`, which
/// has a pair.
#[inline(never)]
fn find_in_block(
    text: &[u8],
    (from, offset): (usize, usize),
    block: &[u8; BLOCK_BYTES],
    word: &[u8],
    rare: usize,
) -> Option<usize> {
    let pairs = [[word[rare - 1], word[rare]], [word[rare], word[rare + 1]]];
    let first = offset + first_pair(block, pairs);
    let rest = first..offset + BLOCK_BYTES;
    let start = (first + usize::from(text[first] != word[rare])).checked_sub(rare);
    if let Some(start) = start.filter(|start| *start >= from)
        && starts_with(&text[start..], word)
    {
        return Some(start);
    }
    find_around(text, (from, rest), word, rare)
}

/// The same for the bytes of a range, which are compared one by one.
#[inline(never)]
fn find_around(
    text: &[u8],
    (from, mut range): (usize, Range<usize>),
    word: &[u8],
    rare: usize,
) -> Option<usize> {
    range.find_map(|offset| {
        let start = offset.checked_sub(rare).filter(|start| *start >= from)?;
        let is_word = || text.get(start..start + word.len()) == Some(word);
        (text[offset] == word[rare] && is_word()).then_some(start)
    })
}

/// The index of the first pair in a block that has one.
#[inline(always)]
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
