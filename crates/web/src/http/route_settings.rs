//! What a line of the URL table says besides its handler.
use super::{Input, LimitedAction, Query};
use actix_web::HttpRequest;
use std::time::Duration;

#[derive(Clone, Copy, Default)]
pub(super) struct RouteSettings {
    pub limit: Option<Limit>,
    pub patience: Option<Duration>,
    pub never_shed: bool,
    /// The same for some bodies.
    pub never_shed_when: Option<fn(&HttpRequest, &Input) -> bool>,
    /// To clients that ask for them.
    pub sends_events: bool,
    pub idempotent: bool,
    pub unsafe_get: bool,
    /// Of a `GET`, by its query.
    pub audited_when: Option<fn(&Query) -> bool>,
    pub ignores_credential: bool,
}

impl RouteSettings {
    pub(super) fn is_audited(&self, query: &Query) -> bool {
        self.audited_when.is_some_and(|is_audited| is_audited(query))
    }
}

/// Tries are limited.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub action: LimitedAction,
    /// A password is hashed, too: few are at a time.
    pub hashes: bool,
    pub applies: fn(&Input) -> bool,
    /// Whom a request without a caller is about, in the spelling that the store knows: one account has one count of tries.
    pub account: fn(&Input) -> String,
}
