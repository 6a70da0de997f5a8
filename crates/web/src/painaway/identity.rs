//! `/api/auth/`: registering, signing in and out, one's own profile.
use super::bodies::{LoginIn, RegistrationIn};
use super::user::UserOut;
use crate::http::{Answer, Asked, Call, Door, Fields, Input, Problem, Reply, choice, date, text};
use actix_web::web::Data;
use chrono::NaiveDate;
use domain::{
    identity::{
        AccountId, BirthDate, Email, FatherName, GivenName, IdentityError, IdentityService, Password, Phone,
        ProfilePatch, Registration, Sex, SignedIn, Ticket, Username,
    },
    shared::{Invalid, Patch},
};
use serde::Serialize;
use utoipa::ToSchema;

/// The order in which refusals are told.
const FIELDS: [&str; 9] = [
    "username",
    "email",
    "password",
    "first_name",
    "last_name",
    "father_name",
    "sex",
    "date_of_birth",
    "phone_number",
];

#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInOut {
    /// The same at every login until logout.
    #[schema(example = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", min_length = 40, max_length = 40)]
    token: String,
    user: UserOut,
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

/// Makes an account in the group Patient, and signs it in.
#[utoipa::path(
    post, path = "/api/auth/register/", tag = "Accounts", operation_id = "register", security(()),
    request_body = RegistrationIn,
    responses(
        (status = 201, description = "The token and the user", body = SignedInOut),
        (status = 400, description = "Every refused field, with its reasons", body = crate::schema::FieldErrors),
        (status = 429, response = crate::schema::TooMany),
    )
)]
pub(crate) async fn register(call: Call, identity: Data<IdentityService>) -> Answer {
    let case = move |input: Result<Input, Problem>| {
        let registration = registration(&input?, &identity)?;
        Reply::created(&SignedInOut::from(identity.register(registration)?))
    };
    let account = account(&call);
    call.open_hashing(Door::Registration, &account, case).await
}

/// Signs in by name. The token is the same at every login until logout, and the same on all devices.
#[utoipa::path(
    post, path = "/api/auth/login/", tag = "Accounts", operation_id = "login", security(()),
    request_body = LoginIn,
    responses(
        (status = 200, description = "The token and the user", body = SignedInOut),
        (status = 400, description = "Wrong, unknown or missing, all the same", body = crate::schema::FieldErrors,
            example = json!({ "error": "Invalid credentials" })),
        (status = 429, response = crate::schema::TooMany),
    )
)]
pub(crate) async fn login(call: Call, identity: Data<IdentityService>) -> Answer {
    let case = move |input: Result<Input, Problem>| {
        let input = input?;
        let username = input.text("username").and_then(|raw| Username::known_as(&raw).ok());
        let password = input.text("password").and_then(|raw| Password::parse(&raw).ok());
        let (Some(username), Some(password)) = (username, password) else {
            return Err(IdentityError::InvalidCredentials.into());
        };
        Reply::ok(&SignedInOut::from(identity.sign_in(&username, &password)?))
    };
    let account = account(&call);
    call.open_hashing(Door::Login, &account, case).await
}

/// Signs out everywhere: the token ends. The next login makes a new one.
#[utoipa::path(
    post, path = "/api/auth/logout/", tag = "Accounts", operation_id = "logout",
    responses((status = 204, description = "Signed out"))
)]
pub(crate) async fn logout(call: Call, identity: Data<IdentityService>) -> Answer {
    let case = move |asked: Asked| {
        identity.sign_out(&asked.caller)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// The caller's own user object.
#[utoipa::path(
    get, path = "/api/auth/profile/", tag = "Accounts", operation_id = "profile",
    responses(
        (status = 200, description = "The user", body = UserOut))
)]
pub(crate) async fn profile(call: Call) -> Answer {
    Ok(Reply::ok(&UserOut::from(call.caller().await?.person))?.into_response())
}

/// Changes the fields that are sent. A new password signs nobody out.
#[utoipa::path(
    patch, path = "/api/auth/profile/", tag = "Accounts", operation_id = "editProfile",
    request_body(
        content = RegistrationIn, description = "Any of the fields of registering",
        example = json!({ "first_name": "Sarah J." })),
    responses(
        (status = 200, description = "The user as it is now", body = UserOut),
        (status = 400, description = "Refused fields; or `{\"error\": …}` when `id` or `groups` is sent at all",
            body = crate::schema::FieldErrors))
)]
pub(crate) async fn edit_profile(call: Call, identity: Data<IdentityService>) -> Answer {
    let case = move |asked: Asked| {
        let patch = profile_patch(asked.input()?, &identity, asked.caller.id())?;
        Reply::ok(&UserOut::from(identity.edit_profile(&asked.caller, patch)?))
    };
    if call.input().is_some_and(|input| input.has("password")) {
        call.signed_hashing(case).await
    } else {
        call.signed(case).await
    }
}

/// A ticket that opens one websocket, once, within 30 seconds: `?ticket=…`. For pages, which can send no header with a
/// websocket, so that no token stands in an address.
#[utoipa::path(
    post, path = "/api/auth/ws-ticket/", tag = "Accounts", operation_id = "giveTicket",
    responses((status = 200, description = "The ticket", body = TicketOut))
)]
pub(crate) async fn give_ticket(call: Call, identity: Data<IdentityService>) -> Answer {
    let case = move |asked: Asked| {
        let ticket = identity.give_ticket(asked.session)?;
        Reply::ok(&TicketOut { ticket: ticket.expose().to_owned(), expires_in: Ticket::LIFE.num_seconds() })
    };
    call.signed(case).await
}

/// Whom the call is about, in the spelling that the store knows: one account has one count of tries.
fn account(call: &Call) -> String {
    let raw = call.input().and_then(|input| input.text("username")).unwrap_or_default();
    Username::known_as(&raw).map_or(raw, |name| name.as_str().to_owned())
}

fn registration(input: &Input, identity: &IdentityService) -> Result<Registration, Problem> {
    let mut fields = Fields::of(input)?;
    let username = fields.required("username", text(Username::parse));
    let email = fields.required("email", text(Email::parse));
    let password = fields.required("password", text(Password::parse));
    let first_name = fields.defaulted("first_name", text(GivenName::parse));
    let last_name = fields.defaulted("last_name", text(GivenName::parse));
    let father_name = fields.defaulted("father_name", text(FatherName::parse));
    let sex = fields.nullable("sex", choice(Sex::parse));
    let date_of_birth = fields.nullable("date_of_birth", date(birth_date(identity)));
    let phone_number = fields.defaulted("phone_number", text(Phone::parse));
    identity.note_taken(username.as_ref(), email.as_ref(), None, &mut fields.violations)?;
    let whole = || {
        Some(Registration {
            username: username?,
            email: email?,
            password: password?,
            first_name: first_name?,
            last_name: last_name?,
            father_name: father_name?,
            sex: sex?,
            date_of_birth: date_of_birth?,
            phone_number: phone_number?,
        })
    };
    match whole() {
        Some(registration) if fields.violations.is_empty() => Ok(registration),
        _ => Err(fields.refused(&FIELDS)),
    }
}

fn profile_patch(
    input: &Input,
    identity: &IdentityService,
    caller: AccountId,
) -> Result<ProfilePatch, Problem> {
    if input.has("id") || input.has("groups") {
        return Err(Problem::bad_request("fixed_field", "A field that cannot be edited was sent."));
    }
    let mut fields = Fields::of(input)?;
    let patch = ProfilePatch {
        username: fields.patch("username", text(Username::parse)),
        email: fields.patch("email", text(Email::parse)),
        password: fields.patch("password", text(Password::parse)),
        first_name: fields.patch("first_name", text(GivenName::parse)),
        last_name: fields.patch("last_name", text(GivenName::parse)),
        father_name: fields.patch("father_name", text(FatherName::parse)),
        sex: fields.patch_nullable("sex", choice(Sex::parse)),
        date_of_birth: fields.patch_nullable("date_of_birth", date(birth_date(identity))),
        phone_number: fields.patch("phone_number", text(Phone::parse)),
    };
    let (username, email) = (Patch::as_set(&patch.username), Patch::as_set(&patch.email));
    identity.note_taken(username, email, Some(caller), &mut fields.violations)?;
    if fields.violations.is_empty() { Ok(patch) } else { Err(fields.refused(&FIELDS)) }
}

fn birth_date(identity: &IdentityService) -> impl Fn(NaiveDate) -> Result<BirthDate, Invalid> {
    let today = identity.clock.today();
    move |day| BirthDate::parse(day, today)
}
