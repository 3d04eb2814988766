//! Upper and lower case of characters of the Basic Multilingual Plane, as in the standard library but
//! in smaller tables, which the build script generates.

include!(concat!(env!("OUT_DIR"), "/case.rs"));

/// The mapping of all characters to one case. Each character is one UTF-16 code unit.
struct Cases {
    /// In ascending order.
    runs: &'static [Run],
    /// The characters that map to several, in ascending order.
    several: &'static [(u16, [u16; 3])],
}

/// A run of characters with the same distance to their other case: each, or every second one.
struct Run {
    first: u16,
    last: u16,
    step: u16,
    /// Modulo the size of the plane.
    distance: u16,
}

/// A filler if there are fewer than three characters: a lone surrogate is not a character.
const NONE: u16 = 0xd800;

/// The lower case of a character: that of the standard library, from tables a seventh of the size. A
/// character outside the Basic Multilingual Plane stays as it is.
///
/// ```
/// let lower: String = "ÉMILE".chars().flat_map(sekisho_rules::lower_case).collect();
/// assert_eq!(lower, "émile");
/// ```
pub fn lower_case(character: char) -> impl Iterator<Item = char> {
    let is_known = character <= '\u{ffff}';
    is_known.then(|| lower(character)).into_iter().flatten().chain((!is_known).then_some(character))
}

/// The lower case of a character.
pub(crate) fn lower(character: char) -> impl DoubleEndedIterator<Item = char> {
    LOWER.find(character)
}

/// The upper case of a character.
pub(crate) fn upper(character: char) -> impl DoubleEndedIterator<Item = char> {
    UPPER.find(character)
}

/// Whether a character differs from its lower or its upper case.
pub(crate) fn has_cases(character: char) -> bool {
    let is_mapped = |cases: &Cases| {
        let unit = character as u16;
        let is_several = cases.several.binary_search_by_key(&unit, |(from, _)| *from).is_ok();
        is_several || cases.find_one(unit).is_some()
    };
    character <= '\u{ffff}' && (is_mapped(&LOWER) || is_mapped(&UPPER))
}

impl Cases {
    fn find(&self, character: char) -> impl DoubleEndedIterator<Item = char> + use<> {
        let unit = character as u16;
        let units = match self.several.binary_search_by_key(&unit, |(from, _)| *from) {
            Ok(index) => self.several[index].1,
            Err(_) => [self.find_one(unit).unwrap_or(unit), NONE, NONE],
        };
        units.into_iter().filter_map(|unit| char::from_u32(unit.into()))
    }

    fn find_one(&self, unit: u16) -> Option<u16> {
        let run = self.runs.get(self.runs.partition_point(|run| run.last < unit))?;
        let steps = unit.checked_sub(run.first)?;
        steps.is_multiple_of(run.step).then(|| unit.wrapping_add(run.distance))
    }
}

#[cfg(test)]
mod tests {
    use super::{lower, upper};

    #[test]
    fn cases_agree_with_the_standard_library() {
        for character in '\0'..='\u{ffff}' {
            assert!(lower(character).eq(character.to_lowercase()), "{character}");
            assert!(upper(character).eq(character.to_uppercase()), "{character}");
        }
    }
}
