//! The factors of a sign-in as OCSF counts them.

/// A factor of OCSF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Factor {
    /// `factor_type_id`; 99 if OCSF has no number for it.
    pub(crate) id: i64,
    /// `factor_type`; `None` if it is the text of the record.
    pub(crate) name: Option<&'static str>,
    pub(crate) is_totp: bool,
}

/// The factors in `factor`, each with its text.
pub(crate) fn factors(factor: &str) -> impl Iterator<Item = (Factor, &str)> {
    factor.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| (of(text), text))
}

fn of(text: &str) -> Factor {
    let (id, name, is_totp) = match text {
        "PASSWORD" => (11, "Password", false),
        "TOTP" | "RESYNC_TOTP" | "Virtual MFA" | "virtual" => (7, "OTP", true),
        "WEBAUTHN" => (10, "WebAuthn", false),
        "EMAIL_OTP" => (8, "Email", false),
        "SMS MFA" => (1, "SMS", false),
        "SMARTCARD" => (6, "Hardware Token", false),
        "U2F MFA" | "key" => (9, "U2F", false),
        _ => return Factor { id: 99, name: None, is_totp: false },
    };
    Factor { id, name: Some(name), is_totp }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_several() {
        let found: Vec<_> = factors("PASSWORD, TOTP,,EXTERNAL_IDP").collect();
        let ids: Vec<_> = found.iter().map(|(factor, text)| (factor.id, *text)).collect();
        assert_eq!(ids, [(11, "PASSWORD"), (7, "TOTP"), (99, "EXTERNAL_IDP")]);
        assert!(found[1].0.is_totp && found[2].0.name.is_none());
    }
}
