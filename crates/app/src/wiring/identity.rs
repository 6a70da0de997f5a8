//! Accounts and sessions.
use super::base::Base;
use domain::identity::IdentityService;
use infra::identity::{
    Argon2Hasher, DieselAccountRepository, DieselSocketSessionRepository, ZxcvbnEstimator,
};
use std::sync::Arc;

pub(crate) fn identity(base: &Base<'_>, hasher: Arc<Argon2Hasher>) -> IdentityService {
    IdentityService {
        accounts: Arc::new(DieselAccountRepository::new(base.store.clone(), base.token_issuer.clone())),
        socket_sessions: Arc::new(DieselSocketSessionRepository(base.store.clone())),
        hasher,
        strength: Arc::new(ZxcvbnEstimator),
        policy: base.config.accounts,
        token_issuer: base.token_issuer.clone(),
        clock: base.clock.clone(),
    }
}
