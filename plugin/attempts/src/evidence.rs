//! What the records of one sign-in to Identity Center or WorkSpaces say of its user.

use alloc::boxed::Box;

use sekisho_identity::{Identity, IdentityField, name_identity};
use sekisho_signin::{Kind, Mfa, Principal, Reason, UserExists, Verdict};

use crate::conclusion::Conclusion;
use crate::state::impl_snapshot;

/// What the records of an attempt say of its user. What one record proves holds for all of them:
/// the name is often only in the first record, and WorkSpaces only in the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The class of the user; `unknown` if no record says more than the one that decides.
    principal: Principal,
    /// A record says that the user exists.
    exists: bool,
    /// A record says that there is no such user, and has no name.
    is_unknown: bool,
    /// Two records have different names.
    is_contradictory: bool,
}

impl Default for Evidence {
    fn default() -> Self {
        Evidence {
            principal: Principal::Unknown,
            exists: false,
            is_unknown: false,
            is_contradictory: false,
        }
    }
}

impl Evidence {
    /// What a record says.
    pub(crate) fn of(verdict: &Verdict, identity: &Identity) -> Self {
        let has_name = identity.get(IdentityField::User).is_some();
        Evidence {
            principal: match verdict.principal {
                Principal::UnknownUser => Principal::Unknown,
                principal => principal,
            },
            exists: verdict.user_exists == UserExists::Yes,
            is_unknown: verdict.user_exists == UserExists::No && !has_name,
            is_contradictory: false,
        }
    }

    /// Adds a later record. Returns the identity of both.
    pub(crate) fn add(
        &mut self,
        verdict: &Verdict,
        earlier: Identity,
        later: Identity,
    ) -> Identity {
        let record = Evidence::of(verdict, &later);
        let names = (earlier.get(IdentityField::User), later.get(IdentityField::User));
        self.is_contradictory |= match names {
            (Some(one), Some(other)) => name_identity(one) != name_identity(other),
            (Some(_), None) => record.is_unknown,
            (None, Some(_)) => self.is_unknown,
            (None, None) => false,
        };
        self.exists |= record.exists;
        self.is_unknown |= record.is_unknown;
        // One of several records shows that it is WorkSpaces; the others may look like Identity
        // Center's.
        if self.principal != Principal::DirectoryUser && record.principal != Principal::Unknown {
            self.principal = record.principal;
        }
        let by_name = names.1.or(names.0).and_then(name_identity).map(Box::from);
        if self.is_contradictory {
            let is_proof = verdict.kind == Kind::IdcAuthentication;
            let proof = if is_proof { later.clone() } else { Identity::default() };
            let [user, identity] = [IdentityField::User, IdentityField::Identity];
            return earlier.updated(later).with_user(proof.get(user), proof.get(identity));
        }
        let both = earlier.updated(later);
        match by_name {
            // The name identifies the user also in records that have only another id.
            Some(name) if both.get(IdentityField::Identity) != Some(&name) => {
                both.with_user(both.get(IdentityField::User), Some(&name))
            }
            _ => both,
        }
    }

    /// The conclusion of the record that decides, completed by what the other records say.
    pub(crate) fn complete(&self, mut conclusion: Conclusion, has_name: bool) -> Conclusion {
        if self.principal != Principal::Unknown && conclusion.principal != Principal::UnknownUser {
            conclusion.principal = self.principal;
        }
        // Then nobody knows which name the others are about.
        if self.is_contradictory || self.exists && self.is_unknown {
            return conclusion;
        }
        let is_refused = conclusion.reason == Some(Reason::BadFactor);
        if self.is_unknown && is_refused {
            conclusion.reason = Some(Reason::UnknownUser);
            conclusion.principal = Principal::UnknownUser;
            conclusion.mfa = Mfa::Unknown;
        }
        if conclusion.user_exists == UserExists::Unknown {
            conclusion.user_exists = match () {
                () if self.is_unknown => UserExists::No,
                () if self.exists || is_refused && has_name => UserExists::Yes,
                () => UserExists::Unknown,
            };
        }
        conclusion
    }
}

impl_snapshot! { struct Evidence { principal, exists, is_unknown, is_contradictory } }
