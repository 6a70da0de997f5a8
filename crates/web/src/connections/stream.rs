//! The stream of one connection, which tells what the client takes of it.
use super::{Connection, ConnectionPermit};
use actix_web::rt::net::TcpStream;
use std::{
    io,
    os::fd::AsFd,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub struct ClientStream {
    tcp: TcpStream,
    connection: Arc<Connection>,
    _permit: ConnectionPermit,
}

impl ClientStream {
    /// Without a second handle, when the system has none to give, nobody can cut it; the system's own limits hold.
    pub fn new(tcp: TcpStream, permit: ConnectionPermit) -> Self {
        let handle = tcp.as_fd().try_clone_to_owned().ok().map(std::net::TcpStream::from);
        let connection = Arc::new(Connection::new(handle, permit.only_health, permit.of_proxy));
        Self { tcp, connection, _permit: permit }
    }

    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            self.connection.written.fetch_add(*bytes as u64, Relaxed);
        }
        self.connection.blocked.store(written.is_pending(), Relaxed);
        written
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.note(written)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
