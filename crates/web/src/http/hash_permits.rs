//! When a request takes a permit to hash: after its tries were counted, and only if it holds a password.
use super::{
    AppState, Refusal,
    hash_limiter::HashPermit,
    request::Incoming,
    route_settings::{Limit, RouteSettings},
    run_blocking,
};
use actix_web::web::Data;

impl Incoming {
    pub(super) async fn hash_permit_for_anybody(
        &self,
        settings: RouteSettings,
    ) -> Result<Option<HashPermit>, Refusal> {
        let Some(limit) = settings.limit else { return Ok(None) };
        let input = self.request.input();
        self.limit(limit.action, &input.as_ref().map(|input| (limit.account)(input)).unwrap_or_default())?;
        // A body that did not come, or cannot be read, holds no password: its handler refuses it without hashing.
        if !limit.hashes || input.is_err() {
            return Ok(None);
        }
        Ok(Some(self.state.hash_limiter.enter(self.deadline).await?))
    }

    /// The credential is looked at before there is any work for it.
    pub(super) async fn hash_permit_for_caller(
        &self,
        settings: RouteSettings,
    ) -> Result<Option<HashPermit>, Refusal> {
        let applies = |limit: &Limit| self.request.input().is_ok_and(limit.applies);
        let Some(limit) = settings.limit.filter(applies) else { return Ok(None) };
        let credential = self.required_credential()?;
        let (state, family): (Data<AppState>, _) = (self.state.clone(), self.family);
        let authenticated = run_blocking(&self.threads, self.deadline, move || {
            family.authentication.authenticate(&state.identity, &credential)
        });
        self.limit(limit.action, &authenticated.await?.caller.person.username)?;
        Ok(Some(self.state.hash_limiter.enter(self.deadline).await?))
    }
}
