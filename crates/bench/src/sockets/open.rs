//! One socket, opened.
use crate::{Done, wire::Base};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async};

pub(super) type Socket = WebSocketStream<TcpStream>;

pub(super) async fn open(base: &Base, path: &str, token: &str) -> Done<Socket> {
    let stream = TcpStream::connect(base.address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = client_async(base.socket(path, token), stream).await?;
    Ok(socket)
}
