//! One socket, opened.
use crate::{Done, wire::Base};
use std::time::Duration;
use tokio::{net::TcpStream, time::sleep};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Error};

pub(super) type Socket = WebSocketStream<TcpStream>;

/// What the server's `Retry-After` says.
const RETRY_AFTER: Duration = Duration::from_secs(1);
const TRIES: usize = 5;

/// A crowd that comes at once may hear 503, and comes back as the apps do.
pub(super) async fn open(base: &Base, path: &str, token: &str) -> Done<Socket> {
    let mut tries = 1;
    loop {
        let stream = TcpStream::connect(base.address).await?;
        stream.set_nodelay(true)?;
        match client_async(base.socket(path, token), stream).await {
            Ok((socket, _)) => return Ok(socket),
            Err(Error::Http(answer)) if answer.status() == 503 && tries < TRIES => {
                sleep(RETRY_AFTER).await;
                tries += 1;
            }
            Err(why) => return Err(why.into()),
        }
    }
}
