//! A connection on which TLS has not begun.
use lettre::transport::smtp::client::AsyncTokioStream;
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// How a TLS connection begins, and no command of SMTP.
const HANDSHAKE: u8 = 0x16;

/// Read byte by byte until TLS begins. The client reads ahead, and keeps what it has read when TLS begins: answers that somebody
/// between us and the server sent along with that to STARTTLS would later count as the server's, "accepted" among them.
#[derive(Debug)]
pub(super) struct PlainStream {
    tcp: TcpStream,
    byte_by_byte: bool,
}

impl PlainStream {
    pub(super) fn new(tcp: TcpStream, tls_will_begin: bool) -> Self {
        Self { tcp, byte_by_byte: tls_will_begin }
    }
}

impl AsyncTokioStream for PlainStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

impl AsyncRead for PlainStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.byte_by_byte || buf.remaining() == 0 {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PlainStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes.first() == Some(&HANDSHAKE) {
            self.byte_by_byte = false;
        }
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        future::poll_fn,
        io::{Read, Write},
        net::{Ipv4Addr, TcpListener, TcpStream as Peer},
    };

    async fn connected(tls_will_begin: bool) -> (PlainStream, Peer) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (PlainStream::new(tcp, tls_will_begin), listener.accept().unwrap().0)
    }

    /// How many bytes one read takes of the five that wait.
    async fn taken(stream: &mut PlainStream, peer: &mut Peer) -> usize {
        peer.write_all(b"abcde").unwrap();
        // The system may need a moment to pass all of them on.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let mut bytes = [0; 64];
        let mut buf = ReadBuf::new(&mut bytes);
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buf)).await.unwrap();
        buf.filled().len()
    }

    async fn write(stream: &mut PlainStream, peer: &mut Peer, bytes: &[u8]) {
        poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, bytes)).await.unwrap();
        peer.read_exact(&mut vec![0; bytes.len()]).unwrap();
    }

    #[test]
    fn nothing_is_read_ahead_before_tls_begins() {
        testing::block_on(async {
            let (mut stream, mut peer) = connected(true).await;
            assert_eq!(taken(&mut stream, &mut peer).await, 1);
            write(&mut stream, &mut peer, b"STARTTLS\r\n").await;
            assert_eq!(taken(&mut stream, &mut peer).await, 1);
            write(&mut stream, &mut peer, &[HANDSHAKE, 3, 1]).await;
            assert_eq!(taken(&mut stream, &mut peer).await, 13);
            let (mut open, mut peer) = connected(false).await;
            assert_eq!(taken(&mut open, &mut peer).await, 5);
        });
    }
}
