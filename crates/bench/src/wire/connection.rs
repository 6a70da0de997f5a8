//! One keep-alive connection. It is opened again when the other side has closed it.
use super::{Ask, Base};
use crate::Done;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, StatusCode,
    body::{Body, Bytes},
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};

/// The server answers within 2.4 s or with 503: who is silent for longer will not answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct HttpConnection {
    base: Base,
    sender: SendRequest<Full<Bytes>>,
}

#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub length: u64,
    /// Empty unless it was to be kept.
    pub body: Vec<u8>,
}

impl HttpConnection {
    pub(crate) async fn open(base: &Base) -> Done<Self> {
        Ok(Self { base: base.clone(), sender: connect(base).await? })
    }

    pub(crate) async fn ask(&mut self, ask: Ask, keep: bool) -> Done<HttpAnswer> {
        timeout(PATIENCE, self.ask_patiently(ask, keep)).await.map_err(|_late| "no answer within 10 s")?
    }

    /// As long as it takes.
    pub(crate) async fn ask_patiently(&mut self, ask: Ask, keep: bool) -> Done<HttpAnswer> {
        if self.sender.ready().await.is_err() {
            self.sender = connect(&self.base).await?;
        }
        let (head, mut body) = self.sender.send_request(ask).await?.into_parts();
        let (mut length, mut kept) = (0, Vec::new());
        while !body.is_end_stream() {
            let Some(frame) = body.frame().await else { break };
            if let Ok(bytes) = frame?.into_data() {
                length += u64::try_from(bytes.len())?;
                if keep || !head.status.is_success() {
                    kept.extend_from_slice(&bytes);
                }
            }
        }
        Ok(HttpAnswer { status: head.status, headers: head.headers, length, body: kept })
    }
}

async fn connect(base: &Base) -> Done<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(base.address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // It ends with the sender; what breaks it fails the request that waits for the answer.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}
