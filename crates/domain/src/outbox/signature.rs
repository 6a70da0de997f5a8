//! Requests between the operator's programs and us, signed as the Standard Webhooks specification says.
use chrono::TimeDelta;

/// Whoever overheard a request cannot send it again later than this.
pub const SIGNATURE_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The values of its headers, and its body, as they came.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signature: &'a str,
    pub body: &'a [u8],
}
