//! A client that writes the bytes of its frames itself.
use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};

pub const TEXT: u8 = 0x81;
pub const BINARY: u8 = 0x82;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;
/// Not the last frame of its message.
pub const BEGUN: u8 = 0x01;
pub const GOES_ON: u8 = 0x00;
pub const LAST: u8 = 0x80;

pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn open(app: &App, who: &Person, path: &str, page: Option<u32>) -> Self {
        let address = app.base.trim_start_matches("http://");
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = page {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Token {}\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            who.token
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![];
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
        Self(stream)
    }

    pub async fn bytes(&mut self, bytes: &[u8]) {
        // The server may have ended it already.
        let _ = timeout(PATIENCE, self.0.write_all(bytes)).await.expect("the server reads");
    }

    /// The next frame: its first byte, and what it holds. `None` when the connection is over.
    pub async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let reading = async {
            let first = self.0.read_u8().await?;
            let length = match self.0.read_u8().await? {
                126 => u64::from(self.0.read_u16().await?),
                127 => self.0.read_u64().await?,
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut payload).await?;
            Ok::<_, std::io::Error>((first, payload))
        };
        timeout(PATIENCE, reading).await.expect("a frame, or the end, comes in time").ok()
    }

    /// The code of the close frame, when the connection has come to its end.
    pub async fn end(&mut self) -> Option<u16> {
        let mut code = None;
        while let Some((first, payload)) = self.frame().await {
            if first == CLOSE {
                assert_eq!(code, None, "one close frame");
                code = Some(payload.get(..2).map_or(1005, |two| u16::from_be_bytes([two[0], two[1]])));
            }
        }
        code
    }
}

/// A frame as a client must send it: masked.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [7, 11, 13, 17];
    let mut bytes = head(first, 0x80, payload.len());
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

pub fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    [head(first, 0, payload.len()), payload.to_vec()].concat()
}

fn head(first: u8, masked: u8, length: usize) -> Vec<u8> {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => vec![first, masked | short],
        (_, Ok(medium)) => [vec![first, masked | 126], medium.to_be_bytes().to_vec()].concat(),
        _ => [vec![first, masked | 127], (length as u64).to_be_bytes().to_vec()].concat(),
    }
}
