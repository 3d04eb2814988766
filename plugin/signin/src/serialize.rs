//! `serde::Serialize` for verdicts, with the keys and values of their JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Verdict", 6)?;
        object.serialize_field("kind", &self.kind)?;
        object.serialize_field("outcome", &self.outcome)?;
        object.serialize_field("reason", &self.reason)?;
        object.serialize_field("principal", &self.principal)?;
        object.serialize_field("mfa", &self.mfa)?;
        object.serialize_field("user_exists", &self.user_exists)?;
        object.end()
    }
}

/// A value is its name.
macro_rules! names {
    ($($set:ident)*) => {$(
        impl Serialize for $set {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )*};
}

names! { Kind Outcome Reason Principal Mfa UserExists }
