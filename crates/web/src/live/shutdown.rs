//! The ways in which a socket ends, and the codes that tell why.
use actix_web::error::PayloadError;
use actix_ws::{CloseReason, ProtocolError};
use std::io::ErrorKind;

/// Close codes of RFC 6455 and, from 4000, of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CloseCode {
    Protocol = 1002,
    Binary = 1003,
    NotUtf8 = 1007,
    Policy = 1008,
    TooLarge = 1009,
    Draining = 1012,
    Unauthorized = 4401,
}

impl CloseCode {
    #[cfg(test)]
    const ALL: [Self; 7] = [
        Self::Protocol,
        Self::Binary,
        Self::NotUtf8,
        Self::Policy,
        Self::TooLarge,
        Self::Draining,
        Self::Unauthorized,
    ];

    pub(super) fn reason(self) -> CloseReason {
        let words = match self {
            Self::Protocol => "protocol error",
            Self::Binary => "text frames only",
            Self::NotUtf8 => "not UTF-8",
            Self::Policy => "over the limit",
            Self::TooLarge => "a message has at most 16384 bytes",
            Self::Draining => "the server restarts",
            Self::Unauthorized => "the session has ended",
        };
        CloseReason { code: actix_ws::CloseCode::from(self as u16), description: Some(words.to_owned()) }
    }
}

/// How a socket ends.
pub(super) enum Shutdown {
    /// After the frames that wait.
    AfterFrames(CloseCode),
    /// Without them.
    AtOnce(CloseCode),
    /// The client sent a close frame.
    ByClient(Option<CloseReason>),
    /// The connection is gone.
    Gone,
    /// The client does not read: it is cut off.
    Cut,
}

impl Shutdown {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::ByClient(_) | Self::Gone => "client",
            Self::Cut => "not_reading",
            Self::AfterFrames(code) | Self::AtOnce(code) => match code {
                CloseCode::Draining => "leaving",
                CloseCode::Unauthorized => "unauthorized",
                CloseCode::Policy => "limit",
                CloseCode::Protocol | CloseCode::Binary | CloseCode::NotUtf8 | CloseCode::TooLarge => {
                    "bad_frame"
                }
            },
        }
    }
}

/// What the libraries below have no names for, they tell as I/O.
pub(super) fn of_protocol_error(error: &ProtocolError) -> Shutdown {
    let ProtocolError::Io(e) = error else {
        let too_large = matches!(error, ProtocolError::Overflow);
        return Shutdown::AfterFrames(if too_large { CloseCode::TooLarge } else { CloseCode::Protocol });
    };
    match e.get_ref().and_then(|cause| cause.downcast_ref::<PayloadError>()) {
        Some(PayloadError::Overflow) => Shutdown::AfterFrames(CloseCode::TooLarge),
        Some(_broken) => Shutdown::Gone,
        None if e.kind() != ErrorKind::InvalidData => Shutdown::AfterFrames(CloseCode::TooLarge),
        None if e.to_string().contains("reserved bits") => Shutdown::AfterFrames(CloseCode::Protocol),
        None => Shutdown::AfterFrames(CloseCode::NotUtf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::CLOSE_REASONS;

    #[test]
    fn every_shutdown_is_counted_under_a_reason_that_was_registered() {
        let by_code = CloseCode::ALL.into_iter().map(Shutdown::AtOnce);
        let ended = [Shutdown::Gone, Shutdown::Cut, Shutdown::ByClient(None)];
        let mut seen: Vec<_> = by_code.chain(ended).map(|shutdown| shutdown.name()).collect();
        seen.sort_unstable();
        seen.dedup();
        let mut registered = CLOSE_REASONS;
        registered.sort_unstable();
        assert_eq!(seen, registered);
    }
}
