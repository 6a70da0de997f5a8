//! `/api/v1/user/registration/` and `login/`: this app's way to an account, which is the same in every family.
use crate::{
    body,
    django::account_named,
    http::{Fields, HandlerResult, LimitedAction, Reply, Request, Resource, Stated},
    keys, route,
};
use actix_web::http::StatusCode;
use domain::identity::{
    Email, FatherName, GivenName, IdentityError, IdentityService, NewPassword, Password, Phone, Registration,
    Roles, Username,
};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    let register = route!(public register)
        .hashes(LimitedAction::Registration, account_named)
        .ignores_credential()
        .refuses([IdentityError::RegistrationClosed]);
    let login = route!(public login)
        .hashes(LimitedAction::Login, account_named)
        .ignores_credential()
        .refuses([FIELDS_MISSING])
        .refuses([IdentityError::InvalidCredentials]);
    [Resource::new("User Registration", [register]), Resource::new("User Login", [login])]
}

const FIELDS_MISSING: Stated =
    Stated { status: StatusCode::BAD_REQUEST, text: "Username and password are required." };

/// What this app asks for.
pub(crate) struct SignUp {
    username: Username,
    email: Email,
    password: NewPassword,
}

body! {
    /// What registering takes.
    SignUpIn as "PtsdRegistration" => SignUp, for identity: IdentityService, {
        /// Letters of any alphabet, digits and `@ . + - _`. Unique. `admin` and names of digits only are reserved.
        username: Username = required text,
        /// Unique, whatever its case.
        email: Email = required text(Email),
        /// 8 characters or more, unless the operator asks for more or fewer; they may also refuse one that is easy to guess.
        password: NewPassword = required secret(|raw: &str| identity.new_password(raw)),
    }
    example { "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984" }
}

keys! {
    SignInIn as "PtsdLogin" {
        username: String = required text(|raw: &str| Some(raw.to_owned())),
        password: String = required text(|raw: &str| Some(raw.to_owned())),
    }
    example { "username": "sarah", "password": "no-fate-1984" }
}

#[derive(Serialize, ToSchema)]
#[schema(as = PtsdMessage)]
pub(super) struct MessageOut {
    #[schema(example = "User Created")]
    pub message: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PtsdToken)]
pub(crate) struct TokenOut<'a> {
    /// The same at every login until logout.
    #[schema(example = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", min_length = 40, max_length = 40)]
    token: &'a str,
}

/// Register at the PTSD support app
///
/// Makes an account, which every family of clients knows. It gives no token: sign in for one.
#[utoipa::path(
    post, path = "/api/v1/user/registration/", tag = "PTSD profile", operation_id = "registerPtsd",
    request_body = SignUpIn,
    responses((status = 201, description = "Made", body = MessageOut))
)]
fn register(request: &Request, identity: &IdentityService) -> HandlerResult {
    let open = identity.open_registration()?;
    let mut fields = Fields::of(request.input()?)?;
    let parts = SignUpIn::parts(&mut fields, identity);
    let (username, email) = (parts.username.as_ref(), parts.email.as_ref());
    identity.note_taken(username, email, None, &mut fields.field_errors)?;
    let SignUp { username, email, password } = fields.finish(parts.whole(), SignUpIn::ORDER)?;
    let registration = Registration {
        username,
        email,
        password,
        first_name: GivenName::default(),
        last_name: GivenName::default(),
        father_name: FatherName::default(),
        sex: None,
        date_of_birth: None,
        phone_number: Phone::default(),
    };
    open.register(registration, Roles::PATIENT)?;
    Reply::created(&MessageOut { message: "User Created" })
}

/// Sign in at the PTSD support app
///
/// By name and password. The token is the one of every family.
#[utoipa::path(
    post, path = "/api/v1/user/login/", tag = "PTSD profile", operation_id = "loginPtsd",
    request_body = SignInIn,
    responses((status = 200, description = "The token", body = TokenOut))
)]
fn login(request: &Request, identity: &IdentityService) -> HandlerResult {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty()).ok_or(FIELDS_MISSING);
    let SignInIn { username, password } = SignInIn::read(request.input()?)?;
    let (username, password) = (given(username)?, given(password)?);
    // What cannot be anybody's name or password is wrong like any other.
    let wrong = |_| IdentityError::InvalidCredentials;
    let username = Username::known_as(&username).map_err(wrong)?;
    let password = Password::parse(&password).map_err(wrong)?;
    let signed_in = identity.sign_in(&username, &password)?;
    Reply::ok(&TokenOut { token: signed_in.token.expose() })
}
