//! How a family's callers say who they are. Each way is a small type: an opaque token today, a JWT or a panel's session
//! cookie as they come.
use super::{Refusal, Rejection};
use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use domain::identity::{IdentityService, Session};
use utoipa::openapi::security::SecurityScheme;

pub trait Authentication: Sync {
    /// What `WWW-Authenticate` says with a 401.
    fn challenge(&self) -> &'static str;
    /// What the request holds of a credential; `None` when it holds none of this kind.
    ///
    /// # Errors
    /// One that cannot be read.
    fn credential(&self, request: &HttpRequest) -> Result<Option<String>, Refusal>;
    /// Whose credential it is. Runs on a thread that may block.
    ///
    /// # Errors
    /// A credential that is nobody's, or of an account that was deactivated.
    fn authenticate(&self, identity: &IdentityService, credential: &str) -> Result<Session, Refusal>;
    /// The same for several who ask at once, in their order.
    ///
    /// # Errors
    /// When the store fails: then for all of them.
    fn authenticate_many(
        &self,
        identity: &IdentityService,
        credentials: &[&str],
    ) -> Result<Vec<Result<Session, Refusal>>, Refusal> {
        Ok(credentials.iter().map(|credential| self.authenticate(identity, credential)).collect())
    }
    /// Its name and its description in the API document.
    fn security_scheme(&self) -> (&'static str, SecurityScheme);
}

/// `Authorization: <scheme> <token>`, the scheme in any case; the token is one that [`IdentityService`] gave.
pub struct OpaqueToken {
    pub scheme: &'static str,
    pub security_scheme: fn() -> (&'static str, SecurityScheme),
}

impl Authentication for OpaqueToken {
    fn challenge(&self) -> &'static str {
        self.scheme
    }
    fn credential(&self, request: &HttpRequest) -> Result<Option<String>, Refusal> {
        authorization(request, self.scheme)
    }
    fn authenticate(&self, identity: &IdentityService, token: &str) -> Result<Session, Refusal> {
        Ok(identity.authenticate(token)?)
    }
    fn authenticate_many(
        &self,
        identity: &IdentityService,
        tokens: &[&str],
    ) -> Result<Vec<Result<Session, Refusal>>, Refusal> {
        let sessions = identity.authenticate_many(tokens)?;
        Ok(sessions.into_iter().map(|session| session.map_err(Refusal::from)).collect())
    }
    fn security_scheme(&self) -> (&'static str, SecurityScheme) {
        (self.security_scheme)()
    }
}

/// The credential after this scheme. Another scheme is no credential at all.
///
/// # Errors
/// None, or more than one word after the scheme; a word that is not ASCII.
pub fn authorization(request: &HttpRequest, scheme: &str) -> Result<Option<String>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let raw = header.as_bytes();
    let mut words = raw.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    if !words.next().is_some_and(|word| word.eq_ignore_ascii_case(scheme.as_bytes())) {
        return Ok(None);
    }
    let refused = |text| Err(Rejection::BadCredential(text).into());
    match (words.next(), words.next()) {
        (None, _) => refused("Invalid token header. No credentials provided."),
        (Some(_), Some(_)) => refused("Invalid token header. Token string should not contain spaces."),
        (Some(token), None) => match std::str::from_utf8(token) {
            Ok(token) if token.is_ascii() => Ok(Some(token.to_owned())),
            _ => refused("Invalid token header. Token string should not contain invalid characters."),
        },
    }
}
