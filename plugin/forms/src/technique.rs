//! Techniques of MITRE ATT&CK, which rules name in their tags.

use alloc::vec::Vec;

/// The most techniques that an event names.
pub const MAX_TECHNIQUES: usize = 16;

/// A technique or sub-technique.
///
/// ```
/// use sekisho_forms::Technique;
///
/// let technique = Technique::of_tag("attack.t1078.004").unwrap();
/// assert_eq!((technique.id(), technique.subtechnique()), ("T1078", Some("T1078.004")));
/// assert!(Technique::of_tag("attack.initial-access").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Technique {
    id: [u8; Technique::SUB],
    is_sub: bool,
}

impl Technique {
    /// The lengths of `T1078` and `T1078.004`.
    const MAIN: usize = 5;
    const SUB: usize = 9;

    /// The technique in a tag as Sigma writes it, such as `attack.t1110`, in any case.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let (prefix, name) = tag.as_bytes().split_at_checked(b"attack.".len())?;
        let mut id = [0; Technique::SUB];
        id.get_mut(..name.len())?.copy_from_slice(name);
        id.make_ascii_uppercase();
        let [b'T', main @ .., dot, one, two, three] = &id else { return None };
        let is_sub = name.len() == Technique::SUB;
        let is_end = match is_sub {
            true => *dot == b'.' && [one, two, three].iter().all(|byte| byte.is_ascii_digit()),
            false => name.len() == Technique::MAIN,
        };
        let is_technique = is_end && main.iter().all(u8::is_ascii_digit);
        (is_technique && prefix.eq_ignore_ascii_case(b"attack."))
            .then_some(Technique { id, is_sub })
    }

    /// The id of the technique.
    #[must_use]
    pub fn id(&self) -> &str {
        core::str::from_utf8(&self.id[..Technique::MAIN]).unwrap_or_default()
    }

    /// The id of the sub-technique, if it is one.
    #[must_use]
    pub fn subtechnique(&self) -> Option<&str> {
        core::str::from_utf8(&self.id).ok().filter(|_| self.is_sub)
    }
}

/// Adds the techniques that are not there yet, as long as there are fewer than [`MAX_TECHNIQUES`].
///
/// ```
/// use sekisho_forms::{Technique, add_techniques};
///
/// let of_rule = ["attack.t1078", "attack.t1110.001"].map(|tag| Technique::of_tag(tag).unwrap());
/// let mut techniques = vec![of_rule[1]];
/// add_techniques(&of_rule, &mut techniques);
/// assert_eq!(techniques, [of_rule[1], of_rule[0]]);
/// ```
pub fn add_techniques(more: &[Technique], techniques: &mut Vec<Technique>) {
    for technique in more {
        if techniques.len() < MAX_TECHNIQUES && !techniques.contains(technique) {
            techniques.push(*technique);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_most_are_added() {
        let all: Vec<_> = (1000..1020)
            .map(|number| Technique::of_tag(&format!("attack.t{number}")).unwrap())
            .collect();
        let mut techniques = Vec::new();
        add_techniques(&all, &mut techniques);
        assert_eq!(techniques, all[..MAX_TECHNIQUES]);
    }

    #[test]
    fn tags_that_are_no_techniques() {
        for tag in [
            "",
            "attack.",
            "attack.t107",
            "attack.t10789",
            "attack.x1078",
            "attack.t1078.04",
            "attack.t1078x004",
            "attack.t1078.0041",
            "attack.t107a",
            "attacks.t1078",
            "attack.é1078",
            "cve.2024.1234",
        ] {
            assert_eq!(Technique::of_tag(tag), None, "{tag}");
        }
        assert_eq!(Technique::of_tag("ATTACK.T1110").unwrap().id(), "T1110");
    }
}
