//! Where every refusal of the domain becomes an HTTP status, exhaustively. The words are a family's matter.
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{ALLOW, HeaderValue, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE},
    },
};
use domain::{
    care::{CareError, EntryKind},
    diary::DiaryError,
    identity::{IdentityError, WrongRole},
    messaging::MessagingError,
    notifications::NotificationError,
    shared::{Invalid, StoreError, Violations},
};
use std::error::Error;

/// Neutral inside: `code` is stable, and a family's lexicon may say it in another status, shape and language.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    pub fields: Vec<(&'static str, Invalid)>,
    /// Seconds.
    pub retry_after: Option<u64>,
    /// The methods that the path does know.
    pub allow: Option<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl ToString) -> Self {
        let message = message.to_string();
        Self { status, code, message, fields: vec![], retry_after: None, allow: None }
    }
    pub(crate) fn unauthenticated(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }
    pub(crate) fn not_authenticated() -> Self {
        Self::unauthenticated("not_authenticated", "Authentication credentials were not provided.")
    }
    pub(crate) fn bad_request(code: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
    pub(crate) fn forbidden(code: &'static str, message: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }
    /// Refused fields of a prescription or a diagnosis: families name the kind when its link is taken.
    pub(crate) fn entry(kind: EntryKind, violations: Violations) -> Self {
        let code = match kind {
            EntryKind::Prescription => "prescription_invalid",
            EntryKind::Diagnosis => "diagnosis_invalid",
        };
        Self { code, ..violations.into() }
    }
    pub(crate) fn unavailable() -> Self {
        let message = "The service is temporarily unavailable. Try again later.";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message) }
    }
    pub(crate) fn too_many(seconds: u64) -> Self {
        let message = format!("Request was throttled. Expected available in {seconds} seconds.");
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message)
        }
    }
    pub(crate) fn method_not_allowed(method: &Method, allow: String) -> Self {
        let message = format!("Method \"{method}\" not allowed.");
        Self {
            allow: Some(allow),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        }
    }
    pub(crate) fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_path", "Not found.")
    }
    /// A defect of ours. The cause is for the log, never for the caller.
    pub(crate) fn broken(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a defect");
        metrics::counter!("defects_total").increment(1);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal server error.")
    }

    /// The headers that belong to a refusal, in whatever words it is said.
    pub(crate) fn dress(&self, response: &mut HttpResponse, scheme: &'static str) {
        let said = response.status();
        let mut set = |name, value: Option<HeaderValue>| {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        };
        if said == StatusCode::UNAUTHORIZED {
            set(WWW_AUTHENTICATE, Some(HeaderValue::from_static(scheme)));
        }
        if said == StatusCode::UPGRADE_REQUIRED {
            set(UPGRADE, Some(HeaderValue::from_static("websocket")));
        }
        set(RETRY_AFTER, self.retry_after.map(HeaderValue::from));
        set(ALLOW, self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()));
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Problem {}

/// For paths that belong to no family.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }
    fn error_response(&self) -> HttpResponse {
        let mut response =
            HttpResponse::build(self.status).json(serde_json::json!({ "detail": self.message }));
        self.dress(&mut response, "Token");
        response
    }
}

impl From<StoreError> for Problem {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Unavailable(cause) => {
                tracing::warn!(cause = %chain(&*cause), "the store is unavailable");
                metrics::counter!("store_unavailable_total").increment(1);
                Self::unavailable()
            }
            StoreError::Failed(cause) => Self::broken(chain(&*cause)),
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

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        Self { fields: violations.0, ..Self::bad_request("invalid", "Invalid input.") }
    }
}

impl From<WrongRole> for Problem {
    fn from(_: WrongRole) -> Self {
        Self::new(StatusCode::FORBIDDEN, "wrong_role", "You do not have permission to perform this action.")
    }
}

impl From<IdentityError> for Problem {
    fn from(e: IdentityError) -> Self {
        match e {
            IdentityError::InvalidCredentials => {
                Self::unauthenticated("invalid_credentials", "Invalid credentials")
            }
            IdentityError::TokenUnknown => Self::unauthenticated("token_unknown", "Invalid token."),
            IdentityError::AccountInactive => {
                Self::unauthenticated("account_inactive", "User inactive or deleted.")
            }
            IdentityError::AccountUnknown => Self::new(StatusCode::NOT_FOUND, "account_unknown", e),
            IdentityError::Invalid(violations) => violations.into(),
            IdentityError::WrongRole(e) => e.into(),
            IdentityError::Hashing(cause) => Self::broken(chain(&*cause)),
            IdentityError::Store(e) => e.into(),
        }
    }
}

impl From<NotificationError> for Problem {
    fn from(e: NotificationError) -> Self {
        match e {
            NotificationError::Unknown => Self::new(StatusCode::NOT_FOUND, "notification_unknown", e),
            NotificationError::Foreign => Self::new(StatusCode::FORBIDDEN, "notification_foreign", e),
            NotificationError::Store(e) => e.into(),
        }
    }
}

impl From<CareError> for Problem {
    fn from(e: CareError) -> Self {
        let by_kind = |kind, prescription, diagnosis| match kind {
            EntryKind::Prescription => prescription,
            EntryKind::Diagnosis => diagnosis,
        };
        let (status, code) = match e {
            CareError::DoctorUnknown => (StatusCode::NOT_FOUND, "doctor_unknown"),
            CareError::NotADoctor => (StatusCode::BAD_REQUEST, "not_a_doctor"),
            CareError::Oneself => (StatusCode::BAD_REQUEST, "oneself"),
            CareError::AlreadyRequested => (StatusCode::CONFLICT, "already_requested"),
            CareError::RequestUnknown => (StatusCode::NOT_FOUND, "request_unknown"),
            CareError::AnswerUnknown => (StatusCode::BAD_REQUEST, "answer_unknown"),
            CareError::LinkUnknown => (StatusCode::NOT_FOUND, "link_unknown"),
            CareError::LinkNotAccepted => (StatusCode::FORBIDDEN, "link_not_accepted"),
            CareError::EntryUnknown(kind) => {
                (StatusCode::NOT_FOUND, by_kind(kind, "prescription_unknown", "diagnosis_unknown"))
            }
            CareError::EntryForeign(kind) => {
                (StatusCode::FORBIDDEN, by_kind(kind, "prescription_foreign", "diagnosis_foreign"))
            }
            CareError::EntryExists(kind) => {
                return Self::entry(kind, Violations::one("link", Invalid::Taken));
            }
            CareError::Outdated => (StatusCode::CONFLICT, "outdated"),
            CareError::Store(e) => return e.into(),
        };
        Self::new(status, code, e)
    }
}

impl From<MessagingError> for Problem {
    fn from(e: MessagingError) -> Self {
        let (status, code) = match e {
            MessagingError::PeerUnknown => (StatusCode::NOT_FOUND, "peer_unknown"),
            MessagingError::Oneself => (StatusCode::FORBIDDEN, "talk_with_oneself"),
            MessagingError::ClientIdTaken => (StatusCode::CONFLICT, "client_id_taken"),
            MessagingError::Text(_) | MessagingError::ClientId(_) => (StatusCode::BAD_REQUEST, "bad_message"),
            MessagingError::WrongRole(e) => return e.into(),
            MessagingError::Store(e) => return e.into(),
        };
        Self::new(status, code, e)
    }
}

impl From<DiaryError> for Problem {
    fn from(e: DiaryError) -> Self {
        match e {
            DiaryError::NotYourPatient => Self::new(StatusCode::FORBIDDEN, "not_your_patient", e),
            DiaryError::RecordUnknown => Self::new(StatusCode::NOT_FOUND, "record_unknown", e),
            DiaryError::NoteUnknown => Self::new(StatusCode::NOT_FOUND, "note_unknown", e),
            DiaryError::Store(e) => e.into(),
        }
    }
}
