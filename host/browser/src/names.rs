//! The names of values that JavaScript gets as strings.

use wasm_bindgen::prelude::wasm_bindgen;

/// Declares types in TypeScript for sets of names that the engine has.
macro_rules! names {
    ($(
        $constant:ident: $set:ident = $about:literal $engine:ident($($argument:tt)*)
        [$($name:literal)*];
    )*) => {
        $(
            #[wasm_bindgen(typescript_custom_section)]
            const $constant: &'static str = concat!(
                "\n/** ", $about, " */\n",
                "export type ", stringify!($set), " =", $(" | \"", $name, "\"",)* ";\n"
            );
        )*

        #[cfg(test)]
        mod tests {
            use sekisho::{AttemptFlags, Kind, Mfa, Outcome, Principal, Reason, UserExists};

            fn names<T: Copy>(values: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
                values.iter().map(|value| name(*value)).collect()
            }

            fn flags() -> Vec<&'static str> {
                let mut flags = AttemptFlags::default();
                flags.abandoned_at_mfa = true;
                flags.inconsistent = true;
                flags.late = true;
                flags.evicted = true;
                flags.names().collect()
            }

            #[test]
            fn the_names_are_those_of_the_engine() {
                $(assert_eq!($engine($($argument)*), [$($name),*]);)*
            }
        }
    };
}

names! {
    KIND: Kind = "The kind of sign-in event." names(Kind::ALL, Kind::name) [
        "console_login" "mfa_check" "role_switch" "role_exit" "role_renew" "signin_token"
        "password_recovery" "account_change" "external_idp_login" "idc_challenge" "idc_verification"
        "idc_authentication" "portal_session" "other_signin" "not_signin" "oauth_authorization"
        "oauth_token" "oauth_refresh" "portal_token" "portal_refresh" "role_credentials"
    ];
    OUTCOME: Outcome = "How it ended." names(Outcome::ALL, Outcome::name) [
        "success" "failure" "denied" "challenged" "unknown"
    ];
    REASON: Reason = "Why it failed." names(Reason::ALL, Reason::name) [
        "unknown_user" "bad_password" "bad_password_or_mfa" "bad_factor" "external_idp_error"
        "access_denied" "other" "resource_policy" "resource_control_policy"
    ];
    PRINCIPAL: Principal = "Who signed in." names(Principal::ALL, Principal::name) [
        "root" "iam_user" "sso_role" "saml_role" "assumed_role" "federated_user"
        "identity_center_user" "web_identity" "aws_account" "unknown_user" "unknown"
        "directory_user"
    ];
    MFA: Mfa = "Whether a second factor was used." names(Mfa::ALL, Mfa::name) [
        "used" "not_used" "pending" "external" "unknown"
    ];
    USER_EXISTS: UserExists = "Whether the user exists." names(UserExists::ALL, UserExists::name) [
        "yes" "no" "unknown"
    ];
    FLAG: Flag = "A remark on an attempt." flags() [
        "abandoned_at_mfa" "inconsistent" "late" "evicted"
    ];
}
