//! `/api/auth/`: registering, signing in and out, one's own profile.
use super::user::{SexWords, UserOut};
use crate::{
    body,
    django::account_named,
    http::{AuthedRequest, Fields, HandlerResult, LimitedAction, Refusal, Reply, Request, Resource, Stated},
    keys, route,
};
use actix_web::http::StatusCode;
use domain::{
    identity::{
        BirthDate, Caller, Email, FatherName, GivenName, IdentityError, IdentityService, NewPassword,
        Password, Phone, ProfilePatch, Registration, Roles, Sex, SignedIn, Ticket, Username,
    },
    shared::Patch,
};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 5] {
    let wrong = [IdentityError::InvalidCredentials];
    [
        Resource::new(
            "Register",
            [route!(public register)
                .hashes(LimitedAction::Registration, account_named)
                .refuses([IdentityError::RegistrationClosed])],
        ),
        Resource::new(
            "Login",
            [route!(public login).hashes(LimitedAction::Login, account_named).refuses(wrong)],
        ),
        Resource::new("Logout", [route!(authenticated logout).never_shed()]),
        Resource::new("Socket Ticket", [route!(authenticated give_ticket)]),
        Resource::new(
            "Profile",
            [
                route!(batched profile),
                route!(authenticated edit_profile)
                    .hashes_when(LimitedAction::Login, |input| input.has("password"))
                    .refuses([FIXED_FIELD]),
            ],
        ),
    ]
}

const FIXED_FIELD: Stated = Stated { status: StatusCode::BAD_REQUEST, text: "Non editable field present" };

body! {
    /// What registering takes. Groups and staff rights that are sent along are ignored.
    RegistrationIn as "Registration" => Registration, for identity: IdentityService, {
        /// Letters of any alphabet, digits and `@ . + - _`. Unique. `admin` and names of digits only are reserved.
        username: Username = required text,
        /// Unique, whatever its case.
        email: Email = required text(Email),
        /// 8 characters or more, unless the operator asks for more or fewer; they may also refuse one that is easy to guess.
        password: NewPassword = required secret(|raw: &str| identity.new_password(raw)),
        first_name: GivenName = defaulted text,
        last_name: GivenName = defaulted text,
        father_name: FatherName = defaulted text,
        sex: Sex = nullable choice(SexWords),
        /// `YYYY-MM-DD`, from 1900-01-01 to today.
        date_of_birth: BirthDate = nullable date(|day| BirthDate::parse(day, identity.clock.today())),
        phone_number: Phone = defaulted text,
    }
    example {
        "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984",
        "first_name": "Sarah", "last_name": "Connor", "sex": "F", "date_of_birth": "1965-02-28"
    }
    /// What of a profile may be changed: the fields that are sent.
    ProfileIn as "ProfileChange" => ProfilePatch
    example { "first_name": "Sarah J." }
}

keys! {
    LoginIn as "Login" {
        username: Username = required text(|raw: &str| Username::known_as(raw).ok()),
        password: Password = required text(|raw: &str| Password::parse(raw).ok()),
    }
    example { "username": "sarah", "password": "no-fate-1984" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInOut {
    /// The same at every login until logout.
    #[schema(example = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", min_length = 40, max_length = 40)]
    token: String,
    user: UserOut<'static>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketOut {
    #[schema(example = "5f2b9d0c6a1e4c7f8d3b2a1908f7e6d5", min_length = 32, max_length = 32)]
    ticket: String,
    /// Seconds.
    #[schema(example = 30)]
    expires_in: i64,
}

impl From<SignedIn> for SignedInOut {
    fn from(signed: SignedIn) -> Self {
        Self { token: signed.token.expose().to_owned(), user: signed.person.into() }
    }
}

/// Register
///
/// Makes an account in the group Patient, and signs it in. Groups and staff rights that are sent along are ignored.
/// Every refused field is told at once.
#[utoipa::path(
    post, path = "/api/auth/register/", tag = "Accounts", operation_id = "register",
    request_body = RegistrationIn,
    responses((status = 201, description = "The token and the user", body = SignedInOut))
)]
fn register(request: &Request, identity: &IdentityService) -> HandlerResult {
    let open = identity.open_registration()?;
    let mut fields = Fields::of(request.input()?)?;
    let parts = RegistrationIn::parts(&mut fields, identity);
    let (username, email) = (parts.username.as_ref(), parts.email.as_ref());
    identity.note_taken(username, email, None, &mut fields.field_errors)?;
    let registration = fields.finish(parts.whole(), RegistrationIn::ORDER)?;
    Reply::created(&SignedInOut::from(open.register(registration, Roles::PATIENT)?))
}

/// Sign in
///
/// By name and password. The token is the same at every login until logout, and the same on all devices.
#[utoipa::path(
    post, path = "/api/auth/login/", tag = "Accounts", operation_id = "login",
    request_body = LoginIn,
    responses((status = 200, description = "The token and the user", body = SignedInOut))
)]
fn login(request: &Request, identity: &IdentityService) -> HandlerResult {
    let wrong = || IdentityError::InvalidCredentials;
    // What is no object names nobody either.
    let LoginIn { username, password } = LoginIn::read(request.input()?).map_err(|_no_object| wrong())?;
    let signed_in = identity.sign_in(&username.ok_or_else(wrong)?, &password.ok_or_else(wrong)?)?;
    Reply::ok(&SignedInOut::from(signed_in))
}

/// Sign out
///
/// Everywhere: the token ends, and with it every open websocket. The next login makes a new one.
#[utoipa::path(
    post, path = "/api/auth/logout/", tag = "Accounts", operation_id = "logout",
    responses((status = 204, description = "Signed out"))
)]
fn logout(request: &AuthedRequest, identity: &IdentityService) -> HandlerResult {
    identity.sign_out(&request.caller)?;
    Ok(Reply::no_content())
}

/// Read one's own profile
///
/// The caller's user object, as it stands in every other answer.
#[utoipa::path(
    get, path = "/api/auth/profile/", tag = "Accounts", operation_id = "profile",
    responses((status = 200, description = "The user", body = UserOut))
)]
fn profile(callers: &[&Caller], _identity: &IdentityService) -> Result<Vec<Reply>, Refusal> {
    callers.iter().map(|caller| Reply::ok(&UserOut::from(caller.person.clone()))).collect()
}

/// Change one's own profile
///
/// Changes the fields that are sent. A new password signs nobody out.
#[utoipa::path(
    patch, path = "/api/auth/profile/", tag = "Accounts", operation_id = "editProfile",
    request_body = ProfileIn,
    responses((status = 200, description = "The user as it is now", body = UserOut))
)]
fn edit_profile(request: &AuthedRequest, identity: &IdentityService) -> HandlerResult {
    let input = request.input()?;
    if input.has("id") || input.has("groups") {
        return Err(FIXED_FIELD.into());
    }
    let mut fields = Fields::of(input)?;
    let patch = ProfileIn::parts(&mut fields, identity);
    let (username, email) = (Patch::as_set(&patch.username), Patch::as_set(&patch.email));
    identity.note_taken(username, email, Some(request.caller.id()), &mut fields.field_errors)?;
    let patch = fields.finish(Some(patch), ProfileIn::ORDER)?;
    Reply::ok(&UserOut::from(identity.edit_profile(&request.caller, request.session.clone(), patch)?))
}

/// Get a ticket for a websocket
///
/// It opens one websocket, once, within 30 seconds: `?ticket=…`. For pages, which can send no header with a
/// websocket, so that no token stands in an address.
#[utoipa::path(
    post, path = "/api/auth/ws-ticket/", tag = "Accounts", operation_id = "giveTicket",
    responses((status = 200, description = "The ticket", body = TicketOut))
)]
fn give_ticket(request: &AuthedRequest, identity: &IdentityService) -> HandlerResult {
    let ticket = identity.give_ticket(request.session.clone())?;
    Reply::ok(&TicketOut { ticket: ticket.expose().to_owned(), expires_in: Ticket::LIFE.num_seconds() })
}
