//! The factors of a sign-in as OCSF writes them.

/// The factor that AWS writes like this, as an element of `auth_factors`; `None` if OCSF has no number for
/// it.
pub(crate) fn factor(text: &[u8]) -> Option<&'static str> {
    Some(match text {
        b"PASSWORD" => r#"{"factor_type_id":11,"factor_type":"Password"}"#,
        b"TOTP" | b"RESYNC_TOTP" | b"Virtual MFA" | b"virtual" => {
            r#"{"factor_type_id":7,"factor_type":"OTP","is_totp":true}"#
        }
        b"WEBAUTHN" => r#"{"factor_type_id":10,"factor_type":"WebAuthn"}"#,
        b"EMAIL_OTP" => r#"{"factor_type_id":8,"factor_type":"Email"}"#,
        b"SMS MFA" => r#"{"factor_type_id":1,"factor_type":"SMS"}"#,
        b"SMARTCARD" => r#"{"factor_type_id":6,"factor_type":"Hardware Token"}"#,
        b"U2F MFA" | b"key" => r#"{"factor_type_id":9,"factor_type":"U2F"}"#,
        _ => return None,
    })
}

/// The factors in a text.
pub(crate) fn factors(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b',').map(trim).filter(|text| !text.is_empty())
}

fn trim(text: &[u8]) -> &[u8] {
    core::str::from_utf8(text).map_or(text, |text| text.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_several() {
        let text = "PASSWORD, TOTP,,\u{a0}key\u{a0},x,EXTERNAL_IDP".as_bytes();
        let found: Vec<_> = factors(text).collect();
        assert_eq!(found, [&b"PASSWORD"[..], b"TOTP", b"key", b"x", b"EXTERNAL_IDP"]);
        assert_eq!(factors(b" , ").count(), 0);
    }
}
