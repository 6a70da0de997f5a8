//! Why a request is refused, as a value: what the request layer refuses, what each module refuses, and what a handler
//! refuses in its family's own words. A family renders all of it (`Family::render`), by an exhaustive match over what it
//! serves.
use super::{NestedErrors, Rejection};
use crate::{each_second::EachSecond, metrics::STORE_UNAVAILABLE};
use actix_web::http::StatusCode;
use domain::{
    assistant::{AssistantError, ModelFailure},
    care::CareError,
    crisis::CrisisError,
    diary::DiaryError,
    identity::{IdentityError, WrongRole},
    messaging::MessagingError,
    notifications::NotificationError,
    shared::{FieldErrors, StoreError},
};
use std::{error::Error, fmt};

#[derive(Debug, Clone)]
pub enum Refusal {
    Request(Rejection),
    Fields(NestedErrors),
    /// What only one family refuses.
    Stated(Stated),
    Identity(IdentityError),
    Notifications(NotificationError),
    Care(CareError),
    Messaging(MessagingError),
    Diary(DiaryError),
    Crisis(CrisisError),
    Assistant(AssistantError),
}

/// A refusal that no rule of the domain knows: a constant of the handler's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    pub status: StatusCode,
    pub text: &'static str,
}

impl Refusal {
    pub const NOT_AUTHENTICATED: Self = Self::Request(Rejection::NotAuthenticated);
    pub const UNAVAILABLE: Self = Self::Request(Rejection::Unavailable);

    /// A defect: logged and counted here.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        Rejection::internal(cause).into()
    }

    pub(crate) fn is_unavailable(&self) -> bool {
        matches!(self, Self::Request(Rejection::Unavailable))
    }

    /// For a family that has no status of its own for it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Request(rejection) => rejection.status(),
            Self::Fields(_) => StatusCode::BAD_REQUEST,
            Self::Stated(stated) => stated.status,
            Self::Identity(e) => match e {
                IdentityError::InvalidCredentials
                | IdentityError::TokenUnknown
                | IdentityError::AccountInactive => StatusCode::UNAUTHORIZED,
                IdentityError::AccountUnknown => StatusCode::NOT_FOUND,
                IdentityError::Fields(_) => StatusCode::BAD_REQUEST,
                IdentityError::RegistrationClosed | IdentityError::WrongRole(_) => StatusCode::FORBIDDEN,
                IdentityError::Hashing(_) => StatusCode::INTERNAL_SERVER_ERROR,
                IdentityError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Notifications(e) => match e {
                NotificationError::Unknown => StatusCode::NOT_FOUND,
                NotificationError::Foreign => StatusCode::FORBIDDEN,
                NotificationError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Care(e) => match e {
                CareError::DoctorUnknown
                | CareError::RequestUnknown
                | CareError::LinkUnknown
                | CareError::EntryUnknown(_) => StatusCode::NOT_FOUND,
                CareError::NotADoctor
                | CareError::Oneself
                | CareError::AnswerUnknown
                | CareError::EntryExists(_) => StatusCode::BAD_REQUEST,
                CareError::AlreadyRequested | CareError::Outdated => StatusCode::CONFLICT,
                CareError::LinkNotAccepted | CareError::EntryForeign(_) => StatusCode::FORBIDDEN,
                CareError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Messaging(e) => match e {
                MessagingError::PeerUnknown => StatusCode::NOT_FOUND,
                MessagingError::Oneself | MessagingError::WrongRole(_) => StatusCode::FORBIDDEN,
                MessagingError::ClientIdTaken => StatusCode::CONFLICT,
                MessagingError::Text(_) | MessagingError::ClientId(_) => StatusCode::BAD_REQUEST,
                MessagingError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Diary(e) => match e {
                DiaryError::NotYourPatient => StatusCode::FORBIDDEN,
                DiaryError::RecordUnknown | DiaryError::NoteUnknown => StatusCode::NOT_FOUND,
                DiaryError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Crisis(e) => match e {
                CrisisError::ScenarioUnknown
                | CrisisError::TherapistUnknown
                | CrisisError::TooManyContacts(_) => StatusCode::BAD_REQUEST,
                CrisisError::ProfileUnknown
                | CrisisError::UserUnknown
                | CrisisError::NoTherapist
                | CrisisError::TrackUnknown
                | CrisisError::ContactUnknown
                | CrisisError::NoScenario
                | CrisisError::AlarmUnknown => StatusCode::NOT_FOUND,
                CrisisError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Assistant(e) => match e {
                AssistantError::ConsentRequired(_) => StatusCode::FORBIDDEN,
                AssistantError::Text(_) => StatusCode::BAD_REQUEST,
                AssistantError::TooMuch { .. } => StatusCode::TOO_MANY_REQUESTS,
                AssistantError::Model(ModelFailure::BadAnswer) => StatusCode::BAD_GATEWAY,
                AssistantError::Model(ModelFailure::Late) => StatusCode::GATEWAY_TIMEOUT,
                AssistantError::Model(ModelFailure::NotConfigured | ModelFailure::Away)
                | AssistantError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }
}

/// For a family that has no text of its own for it.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(rejection) => rejection.fmt(f),
            Self::Fields(_) => f.write_str("Invalid input."),
            Self::Stated(stated) => f.write_str(stated.text),
            Self::Identity(e) => e.fmt(f),
            Self::Notifications(e) => e.fmt(f),
            Self::Care(e) => e.fmt(f),
            Self::Messaging(e) => e.fmt(f),
            Self::Diary(e) => e.fmt(f),
            Self::Crisis(e) => e.fmt(f),
            Self::Assistant(e) => e.fmt(f),
        }
    }
}

impl Error for Refusal {}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Request(rejection)
    }
}

impl From<Stated> for Refusal {
    fn from(stated: Stated) -> Self {
        Self::Stated(stated)
    }
}

impl From<NestedErrors> for Refusal {
    fn from(errors: NestedErrors) -> Self {
        Self::Fields(errors)
    }
}

impl From<FieldErrors> for Refusal {
    fn from(field_errors: FieldErrors) -> Self {
        Self::Fields(field_errors.into())
    }
}

impl From<WrongRole> for Refusal {
    fn from(_: WrongRole) -> Self {
        Rejection::WrongRole.into()
    }
}

/// A database that is away or full refuses every request: the counter has them all, the log a line a second.
static EACH_SECOND: EachSecond = EachSecond::new();

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Unavailable(cause) => {
                if EACH_SECOND.is_due() {
                    tracing::warn!(cause = %chain(&*cause), "the store is unavailable");
                }
                metrics::counter!(STORE_UNAVAILABLE).increment(1);
                Self::UNAVAILABLE
            }
            StoreError::Failed(cause) => Self::internal(chain(&*cause)),
            StoreError::KeyReused => Rejection::IdempotencyKeyReused.into(),
        }
    }
}

/// The cause with its causes, for the log.
fn chain(cause: &dyn Error) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

impl From<IdentityError> for Refusal {
    fn from(e: IdentityError) -> Self {
        match e {
            IdentityError::Store(e) => e.into(),
            IdentityError::WrongRole(e) => e.into(),
            IdentityError::Fields(field_errors) => field_errors.into(),
            IdentityError::Hashing(cause) => Self::internal(chain(&*cause)),
            // Of every route with a credential, whatever module answers it.
            IdentityError::TokenUnknown => Rejection::BadCredential("Invalid token.").into(),
            IdentityError::AccountInactive => Rejection::BadCredential("User inactive or deleted.").into(),
            other => Self::Identity(other),
        }
    }
}

impl From<NotificationError> for Refusal {
    fn from(e: NotificationError) -> Self {
        match e {
            NotificationError::Store(e) => e.into(),
            other => Self::Notifications(other),
        }
    }
}

impl From<CareError> for Refusal {
    fn from(e: CareError) -> Self {
        match e {
            CareError::Store(e) => e.into(),
            other => Self::Care(other),
        }
    }
}

impl From<MessagingError> for Refusal {
    fn from(e: MessagingError) -> Self {
        match e {
            MessagingError::Store(e) => e.into(),
            MessagingError::WrongRole(e) => e.into(),
            other => Self::Messaging(other),
        }
    }
}

impl From<DiaryError> for Refusal {
    fn from(e: DiaryError) -> Self {
        match e {
            DiaryError::Store(e) => e.into(),
            other => Self::Diary(other),
        }
    }
}

impl From<CrisisError> for Refusal {
    fn from(e: CrisisError) -> Self {
        match e {
            CrisisError::Store(e) => e.into(),
            other => Self::Crisis(other),
        }
    }
}

impl From<AssistantError> for Refusal {
    fn from(e: AssistantError) -> Self {
        match e {
            AssistantError::Store(e) => e.into(),
            AssistantError::TooMuch { seconds } => Rejection::TooManyRequests { seconds }.into(),
            other => Self::Assistant(other),
        }
    }
}
