//! What a line of the URL table says besides its handler.
use super::{Input, LimitedAction};
use std::time::Duration;

#[derive(Clone, Copy, Default)]
pub(super) struct RouteSettings {
    pub hashing: Option<Hashing>,
    pub patience: Option<Duration>,
    pub never_shed: bool,
    pub idempotent: bool,
    pub unsafe_get: bool,
    pub ignores_credential: bool,
}

/// A password is hashed: tries are limited, and few hash at a time.
#[derive(Clone, Copy)]
pub(super) struct Hashing {
    pub action: LimitedAction,
    pub applies: fn(&Input) -> bool,
    /// Whom a request without a caller is about, in the spelling that the store knows: one account has one count of tries.
    pub account: fn(&Input) -> String,
}
