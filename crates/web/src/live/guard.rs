//! Looks at the head of every frame before it is taken in: the codec below looks at a frame's length only when all of it has
//! arrived, and would keep gigabytes for a client that announces them.
use crate::http::{Refusal, Rejection};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, future};
use std::pin::Pin;

/// Bytes. More than a message may have, so that one which is a little too large is read to its end before it is refused:
/// the connection would be reset otherwise, and its client might not see why.
const FRAME_MAX: u64 = 64 * 1024;

/// The request's stream of frames, which breaks off before a frame that is too large.
pub(super) async fn guarded(request: &HttpRequest, payload: web::Payload) -> Result<web::Payload, Refusal> {
    let broken = |e: actix_web::Error| Refusal::from(Rejection::BrokenBody(e.to_string()));
    let frames = payload.into_inner();
    let payload: Pin<Box<dyn Stream<Item = _>>> = Box::pin(watched(frames));
    let mut guarded = Payload::Stream { payload };
    web::Payload::from_request(request, &mut guarded).await.map_err(broken)
}

fn watched(
    frames: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let pieces = frames.scan(Heads::default(), |heads, piece| {
        let piece =
            piece.and_then(|bytes| if heads.pass(&bytes) { Ok(bytes) } else { Err(PayloadError::Overflow) });
        future::ready(Some(piece))
    });
    // Nothing is taken in after that.
    pieces.scan(false, |over, piece| {
        let ended = std::mem::replace(over, piece.is_err());
        future::ready((!ended).then_some(piece))
    })
}

/// Where in a frame the stream is.
#[derive(Default)]
struct Heads {
    /// The head so far: two bytes, the extended length, the mask.
    head: Vec<u8>,
    /// Bytes of the payload that are still to come.
    rest: u64,
}

impl Heads {
    /// Whether no frame that begins in these bytes is too large.
    fn pass(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.rest > 0 {
                let some = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
                self.rest -= some as u64;
                bytes = bytes.get(some..).unwrap_or_default();
                continue;
            }
            let Some((first, others)) = bytes.split_first() else { return true };
            self.head.push(*first);
            bytes = others;
            if let Some(length) = length(&self.head) {
                if length > FRAME_MAX {
                    return false;
                }
                self.rest = length;
                self.head.clear();
            }
        }
        true
    }
}

/// The length of the payload, once the head is complete (RFC 6455, 5.2).
fn length(head: &[u8]) -> Option<u64> {
    let second = *head.get(1)?;
    let extended = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    if head.len() < 2 + extended + mask {
        return None;
    }
    Some(match head.get(2..2 + extended) {
        Some(digits) if extended > 0 => digits.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        _ => u64::from(second & 0x7f),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: usize) -> Vec<u8> {
        let mut bytes = vec![0x81];
        match length {
            0..=125 => bytes.push(0x80 | u8::try_from(length).unwrap()),
            126..=0xffff => {
                bytes.push(0x80 | 126);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.resize(bytes.len() + length, b'x');
        bytes
    }

    #[test]
    fn frames_up_to_the_limit_pass_however_they_are_cut() {
        let frames: Vec<u8> =
            [0, 1, 125, 126, 127, 65_535, 65_536, 0, 7].into_iter().flat_map(frame).collect();
        for size in [1, 2, 3, 7, 1000, frames.len()] {
            let mut heads = Heads::default();
            assert!(frames.chunks(size).all(|piece| heads.pass(piece)), "{size}");
            assert!(heads.head.is_empty() && heads.rest == 0);
        }
    }

    #[test]
    fn a_frame_is_refused_by_what_it_announces() {
        for announced in [FRAME_MAX + 1, 1 << 32, u64::MAX] {
            let mut bytes = vec![0x81, 0x80 | 127];
            bytes.extend(announced.to_be_bytes());
            let mut heads = Heads::default();
            assert!(heads.pass(&frame(5)) && heads.pass(&bytes));
            assert!(!heads.pass(&[1, 2, 3, 4]), "{announced}");
        }
    }
}
