//! Whose data the path names.
use crate::http::{AuthedRequest, Refusal, Stated};
use actix_web::http::StatusCode;
use domain::{
    crisis::{CrisisService, ProfileAccess},
    shared::AccountId,
};

/// What a call says to those who name somebody whose data is not theirs to name, whether they exist or not.
pub(super) const fn foreign(text: &'static str) -> Stated {
    Stated { status: StatusCode::FORBIDDEN, text }
}

/// One's own id, or anybody's for the staff.
pub(super) fn access(request: &AuthedRequest, foreign: Stated) -> Result<ProfileAccess, Refusal> {
    ProfileAccess::of(&request.caller, named(request)?).ok_or(foreign.into())
}

/// One's own id, for the staff too.
pub(super) fn own(request: &AuthedRequest, foreign: Stated) -> Result<(), Refusal> {
    if named(request)? == request.caller.id() { Ok(()) } else { Err(foreign.into()) }
}

/// Ids count from 1: what is too large to be one is nobody's too.
fn named(request: &AuthedRequest) -> Result<AccountId, Refusal> {
    Ok(AccountId::new(request.path_id("user_id")?.unwrap_or(0)))
}

/// Asks the holder of an address that was named just now. The answer does not wait for what becomes of it.
pub(super) fn ask(request: &AuthedRequest, crisis: &CrisisService) {
    crisis.consents.ask_for(request.caller.id(), request.origin().as_ref());
}
