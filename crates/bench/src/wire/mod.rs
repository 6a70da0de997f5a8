//! Requests over keep-alive connections, as cheaply as a well-kept crate allows: the bench shares its cores with the server.
mod base;
mod connection;
mod load;
mod slice;
pub(crate) use base::Base;
pub(crate) use connection::{HttpAnswer, HttpConnection};
pub(crate) use load::{Client, Load, Window, measure, told, visit};
pub(crate) use slice::Slice;

use http_body_util::Full;
use hyper::{Request, body::Bytes};

pub(crate) type Ask = Request<Full<Bytes>>;

/// One client: what it asks, one request after another. It waits for each answer before it asks again.
pub(crate) trait Visitor: Send {
    fn ask(&mut self) -> Ask;
    /// Whether the next answer's body is to be kept for [`hear`](Self::hear): most only need to be read to their end.
    fn listens(&self) -> bool {
        false
    }
    fn hear(&mut self, _body: &[u8]) {}
    /// The time is over: what was begun is brought to its end, nothing new begins.
    fn leave(&mut self) {}
    fn is_at_rest(&self) -> bool {
        true
    }
}
