//! The factors of a sign-in as OCSF writes them.

/// The factors in `factor`, each as an element of `auth_factors`. One that OCSF has no number for is
/// its text.
pub(crate) fn factors(factor: &[u8]) -> impl Iterator<Item = Result<&'static str, &[u8]>> {
    let texts = factor.split(|byte| *byte == b',').map(trim).filter(|text| !text.is_empty());
    texts.map(|text| of(text).ok_or(text))
}

/// Most texts have nothing to trim.
fn trim(text: &[u8]) -> &[u8] {
    match text {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => core::str::from_utf8(text).map_or(text, |text| text.trim().as_bytes()),
    }
}

/// The element of a text that AWS writes.
fn of(text: &[u8]) -> Option<&'static str> {
    Some(match text {
        b"PASSWORD" => r#"{"factor_type_id":11,"factor_type":"Password"},"#,
        b"TOTP" | b"RESYNC_TOTP" | b"Virtual MFA" | b"virtual" => {
            r#"{"factor_type_id":7,"factor_type":"OTP","is_totp":true},"#
        }
        b"WEBAUTHN" => r#"{"factor_type_id":10,"factor_type":"WebAuthn"},"#,
        b"EMAIL_OTP" => r#"{"factor_type_id":8,"factor_type":"Email"},"#,
        b"SMS MFA" => r#"{"factor_type_id":1,"factor_type":"SMS"},"#,
        b"SMARTCARD" => r#"{"factor_type_id":6,"factor_type":"Hardware Token"},"#,
        b"U2F MFA" | b"key" => r#"{"factor_type_id":9,"factor_type":"U2F"},"#,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_several() {
        let found: Vec<_> =
            factors("PASSWORD, TOTP,,\u{a0}key\u{a0},x,EXTERNAL_IDP".as_bytes()).collect();
        assert_eq!(
            found,
            [
                Ok(r#"{"factor_type_id":11,"factor_type":"Password"},"#),
                Ok(r#"{"factor_type_id":7,"factor_type":"OTP","is_totp":true},"#),
                Ok(r#"{"factor_type_id":9,"factor_type":"U2F"},"#),
                Err(&b"x"[..]),
                Err(b"EXTERNAL_IDP"),
            ]
        );
    }
}
