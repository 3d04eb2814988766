//! The list of factors in `CredentialType`.

use sekisho_scan::Text;

/// The factors in a list that the tables look for, and how many there are.
#[derive(Clone, Copy, Default)]
pub(super) struct Factors {
    pub(super) count: usize,
    pub(super) has_password: bool,
    pub(super) has_external_idp: bool,
    pub(super) has_smartcard: bool,
    pub(super) has_webauthn: bool,
}

impl Factors {
    /// Reads a comma-separated list. Blank parts and spaces around a factor don't count.
    pub(super) fn read(list: Option<Text<'_>>) -> Self {
        match list {
            None => Factors::default(),
            Some(list) if list.is_escaped() => Factors::read_escaped(list),
            Some(list) => {
                let mut factors = Factors::default();
                for factor in list.raw().split(|byte| *byte == b',') {
                    factors.add(trimmed(factor));
                }
                factors
            }
        }
    }

    #[cold]
    fn read_escaped(list: Text<'_>) -> Self {
        let mut factors = Factors::default();
        let mut factor = Factor::default();
        for character in list.chars() {
            if character == ',' {
                factors.add(factor.name());
                factor = Factor::default();
            } else {
                factor.push(character);
            }
        }
        factors.add(factor.name());
        factors
    }

    fn add(&mut self, factor: &[u8]) {
        self.count += usize::from(!factor.is_empty());
        match factor {
            b"PASSWORD" => self.has_password = true,
            b"EXTERNAL_IDP" => self.has_external_idp = true,
            b"SMARTCARD" => self.has_smartcard = true,
            b"WEBAUTHN" => self.has_webauthn = true,
            _ => {}
        }
    }
}

fn trimmed(mut factor: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = factor {
        factor = rest;
    }
    factor
}

/// One factor of a list with escapes, without the spaces around it.
#[derive(Default)]
struct Factor {
    /// Its start; a longer one is none that the tables look for.
    bytes: [u8; 12],
    length: usize,
    /// Spaces that belong to it only if something follows.
    spaces: usize,
}

impl Factor {
    /// The factor, or of a longer one some other that the tables don't look for.
    fn name(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(b"?")
    }

    fn push(&mut self, character: char) {
        if character == ' ' {
            self.spaces += usize::from(self.length > 0);
            return;
        }
        // No factor that the tables look for has spaces or other characters than those of ASCII.
        self.length += self.spaces;
        self.spaces = 0;
        if let Some(byte) = self.bytes.get_mut(self.length) {
            *byte = u8::try_from(character).unwrap_or_default();
        }
        self.length += 1;
    }
}
