//! Ids that cannot be mistaken for another room's.

/// Declares an id: a positive 64-bit number given by the store.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);
        impl $name {
            pub const fn new(raw: i64) -> Self { Self(raw) }
            pub const fn get(self) -> i64 { self.0 }
        }
        impl From<$name> for i64 {
            fn from(id: $name) -> Self { id.0 }
        }
        impl From<i64> for $name {
            fn from(raw: i64) -> Self { Self(raw) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    };
}
pub(crate) use id;

// Here and not in `identity`, because the audit log stands below identity: changes to accounts are audited too.
id!(/// An account, whatever its groups.
    AccountId);
