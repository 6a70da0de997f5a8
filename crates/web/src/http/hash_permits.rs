//! When a request takes a permit to hash: after its tries were counted, and only if it holds a password.
use super::{
    AppState, Refusal,
    hash_limiter::HashPermit,
    request::Incoming,
    route_settings::{Hashing, RouteSettings},
    run_blocking,
};
use actix_web::web::Data;

impl Incoming {
    pub(super) async fn hash_permit_for_anybody(
        &self,
        settings: RouteSettings,
    ) -> Result<Option<HashPermit>, Refusal> {
        let Some(hashing) = settings.hashing else { return Ok(None) };
        let input = self.request.input();
        self.limit(
            hashing.action,
            &input.as_ref().map(|input| (hashing.account)(input)).unwrap_or_default(),
        )?;
        // A body that did not come, or cannot be read, holds no password: its handler refuses it without hashing.
        if input.is_err() {
            return Ok(None);
        }
        Ok(Some(self.state.hash_limiter.enter(self.deadline).await?))
    }

    /// The credential is looked at before there is any work for it.
    pub(super) async fn hash_permit_for_caller(
        &self,
        settings: RouteSettings,
    ) -> Result<Option<HashPermit>, Refusal> {
        let applies = |hashing: &Hashing| self.request.input().is_ok_and(hashing.applies);
        let Some(hashing) = settings.hashing.filter(applies) else { return Ok(None) };
        let credential = self.required_credential()?;
        let (state, family): (Data<AppState>, _) = (self.state.clone(), self.family);
        let authenticated = run_blocking(&self.threads, self.deadline, move || {
            family.authentication.authenticate(&state.identity, &credential)
        });
        self.limit(hashing.action, &authenticated.await?.caller.person.username)?;
        Ok(Some(self.state.hash_limiter.enter(self.deadline).await?))
    }
}
