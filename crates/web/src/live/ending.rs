//! The ways in which a socket ends, and the codes that tell why.
use actix_web::error::PayloadError;
use actix_ws::{CloseCode, CloseReason, ProtocolError};
use std::io::ErrorKind;

/// Close codes of RFC 6455 and, from 4000, of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    Protocol = 1002,
    Binary = 1003,
    NotUtf8 = 1007,
    Policy = 1008,
    TooLarge = 1009,
    Leaving = 1012,
    Unauthorized = 4401,
}

impl Close {
    pub(super) fn reason(self) -> CloseReason {
        let words = match self {
            Self::Protocol => "protocol error",
            Self::Binary => "text frames only",
            Self::NotUtf8 => "not UTF-8",
            Self::Policy => "over the limit",
            Self::TooLarge => "a message has at most 16384 bytes",
            Self::Leaving => "the server restarts",
            Self::Unauthorized => "the session has ended",
        };
        CloseReason { code: CloseCode::from(self as u16), description: Some(words.to_owned()) }
    }
}

/// How a socket ends.
pub(super) enum End {
    /// After the frames that wait.
    Say(Close),
    /// At once, without them.
    SayOnly(Close),
    /// The client said goodbye.
    Answer(Option<CloseReason>),
    /// The connection is gone.
    Gone,
    /// The client does not read: it is cut off.
    Cut,
}

impl End {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Answer(_) | Self::Gone => "client",
            Self::Cut => "not_reading",
            Self::Say(close) | Self::SayOnly(close) => match close {
                Close::Leaving => "leaving",
                Close::Unauthorized => "unauthorized",
                Close::Policy => "limit",
                Close::Protocol | Close::Binary | Close::NotUtf8 | Close::TooLarge => "bad_frame",
            },
        }
    }
}

/// What the libraries below have no names for, they tell as I/O.
pub(super) fn protocol(error: &ProtocolError) -> End {
    let ProtocolError::Io(e) = error else {
        let too_large = matches!(error, ProtocolError::Overflow);
        return End::Say(if too_large { Close::TooLarge } else { Close::Protocol });
    };
    match e.get_ref().and_then(|cause| cause.downcast_ref::<PayloadError>()) {
        Some(PayloadError::Overflow) => End::Say(Close::TooLarge),
        Some(_broken) => End::Gone,
        None if e.kind() != ErrorKind::InvalidData => End::Say(Close::TooLarge),
        None if e.to_string().contains("reserved bits") => End::Say(Close::Protocol),
        None => End::Say(Close::NotUtf8),
    }
}
