//! What the request layer refuses before, around and instead of a use case: the form of a request, its credential, a server
//! under load. The text is what clients of every family hear unless their family says it in another shape.
use crate::metrics::DEFECTS;
use actix_web::http::{Method, StatusCode};
use domain::shared::BadIdempotencyKey;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("Authentication credentials were not provided.")]
    NotAuthenticated,
    /// One that cannot be read, that nobody has, or whose account was deactivated.
    #[error("{0}")]
    BadCredential(&'static str),
    #[error("You do not have permission to perform this action.")]
    WrongRole,
    #[error("Could not satisfy the request Accept header.")]
    NotAcceptable,
    #[error("Method \"{method}\" not allowed.")]
    MethodNotAllowed { method: Method, allow: String },
    #[error("Not found.")]
    UnknownPath,
    /// A browser fetches ahead what its user has not asked for.
    #[error("This address cannot be fetched ahead.")]
    Prefetched,
    #[error("Invalid Host header.")]
    BadHost,
    #[error("The request headers are larger than {0} bytes.")]
    HeadersTooLarge(usize),
    #[error("{0}")]
    BrokenBody(String),
    #[error("{0}")]
    BodyNotParsed(String),
    /// Holds the type's name, as the old servers' language has it: clients show it.
    #[error("Invalid data. Expected a dictionary, but got {0}.")]
    BodyNotAnObject(&'static str),
    #[error("The request body took too long.")]
    BodyTooSlow,
    #[error("The request body is larger than {0} bytes.")]
    BodyTooLarge(usize),
    #[error("Unsupported media type \"{0}\" in request.")]
    UnsupportedMediaType(String),
    #[error("Unsupported content encoding \"{0}\" in request.")]
    UnsupportedEncoding(String),
    #[error(transparent)]
    BadIdempotencyKey(BadIdempotencyKey),
    #[error("This Idempotency-Key stands for another request.")]
    IdempotencyKeyReused,
    #[error("Pages of this origin may not open sockets.")]
    ForeignOrigin,
    #[error("This path is a websocket.")]
    UpgradeRequired,
    #[error("{0}")]
    BadHandshake(String),
    /// Whom or what this caller may not follow.
    #[error("{0}")]
    SocketRefused(&'static str),
    #[error("Too many open sockets: at most {0} for one account.")]
    TooManySockets(u32),
    #[error("Request was throttled. Expected available in {seconds} seconds.")]
    TooManyRequests { seconds: u64 },
    #[error("The service is temporarily unavailable. Try again later.")]
    Unavailable,
    /// A defect of ours. The cause is in the log, never in the answer.
    #[error("Internal server error.")]
    Internal,
}

impl Rejection {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthenticated | Self::BadCredential(_) => StatusCode::UNAUTHORIZED,
            Self::WrongRole | Self::Prefetched | Self::ForeignOrigin | Self::SocketRefused(_) => {
                StatusCode::FORBIDDEN
            }
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::BadHost
            | Self::BrokenBody(_)
            | Self::BodyNotParsed(_)
            | Self::BodyNotAnObject(_)
            | Self::BadIdempotencyKey(_)
            | Self::BadHandshake(_) => StatusCode::BAD_REQUEST,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::HeadersTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) | Self::UnsupportedEncoding(_) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::TooManySockets(_) | Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { seconds } => Some(*seconds),
            Self::Unavailable => Some(1),
            _ => None,
        }
    }

    /// Logs and counts a defect.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a defect");
        metrics::counter!(DEFECTS).increment(1);
        Self::Internal
    }
}
