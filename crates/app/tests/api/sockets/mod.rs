//! Websockets, asked by a client that is not ours, and where that one is too polite, by bytes.
mod canaries;
mod chat;
mod crowd;
mod doors;
mod ends;
mod frames;
mod limits;
mod log;
mod nodes;
mod notifications;
mod passes;
mod raw;
mod returns;
mod slow;
mod support;

use domain::messaging::{ChatAccess, Message as Stored, PeerRef, Text};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use testing::*;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, handshake::client::Response, http::HeaderName,
        protocol::CloseFrame,
    },
};

/// Nothing that must come takes so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// The close code of a session that has ended.
pub const UNAUTHORIZED: Option<u16> = Some(4401);

type Headers<'a> = &'a [(&'static str, &'a str)];

pub struct Socket(WebSocketStream<TcpStream>);

/// Asks for a socket at this server; the refusal is its status.
pub async fn knock(base: &str, path: &str, headers: Headers<'_>) -> Result<(Socket, Response), u16> {
    let address = base.trim_start_matches("http://");
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    let connection = TcpStream::connect(address).await.unwrap();
    match timeout(PATIENCE, client_async(request, connection)).await.unwrap() {
        Ok((stream, response)) => Ok((Socket(stream), response)),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(e) => panic!("{path}: {e}"),
    }
}

/// As the clients of today do: with the token in the address.
pub async fn at(base: &str, who: &Person, path: &str) -> Socket {
    let joint = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{joint}token={}", who.token);
    knock(base, &path, &[]).await.unwrap_or_else(|status| panic!("{path}: {status}")).0
}

pub async fn open(app: &App, who: &Person, path: &str) -> Socket {
    at(&app.base, who, path).await
}

/// In the conversation with somebody, named by id.
pub async fn beside(app: &App, who: &Person, peer: &Person) -> Socket {
    open(app, who, &format!("/ws/chat/{}/", peer.id)).await
}

pub async fn inbox(app: &App, who: &Person) -> Socket {
    open(app, who, "/ws/chat/admin/").await
}

/// A request for a socket, as a line of a table.
pub fn knocks(name: impl Into<String>, path: impl Into<String>) -> Case {
    case(name)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .get(path)
}

impl Socket {
    pub async fn send(&mut self, message: Message) {
        timeout(PATIENCE, self.0.send(message)).await.expect("the server reads").unwrap();
    }
    pub async fn text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }
    pub async fn say(&mut self, text: &str) {
        self.text(&json!({ "message": text }).to_string()).await;
    }
    /// Under a name, so that it comes back in a support room too.
    pub async fn say_as(&mut self, name: &str, text: &str) {
        self.text(&json!({ "message": text, "client_id": name }).to_string()).await;
    }

    /// The next message of any sort; `None` when the connection is over.
    pub async fn next(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.0.next()).await.expect("a frame, or the end, comes in time");
        next.transpose().unwrap_or_default()
    }
    /// The next frame that the server sends on its own behalf, as it was written.
    pub async fn line(&mut self) -> String {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => return text.to_string(),
                Some(Message::Ping(_)) => {}
                other => panic!("a text frame was to come, not {other:?}"),
            }
        }
    }
    pub async fn hears(&mut self) -> Value {
        serde_json::from_str(&self.line().await).unwrap()
    }
    /// The texts of the next so many messages.
    pub async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = vec![];
        for _ in 0..count {
            let frame = self.hears().await;
            texts.push(frame["message"].as_str().unwrap_or_else(|| panic!("{frame}")).to_owned());
        }
        texts
    }
    /// Whatever comes, up to this message.
    pub async fn reads_until(&mut self, text: &str) {
        while self.hears().await["message"] != text {}
    }
    /// What still comes, and the code of the close frame, when the connection has come to its end.
    pub async fn end(&mut self) -> (Vec<Value>, Option<u16>) {
        let (mut frames, mut code) = (vec![], None);
        while let Some(message) = self.next().await {
            match message {
                Message::Text(text) => frames.push(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => code = frame.map(|CloseFrame { code, .. }| code.into()),
                _ => {}
            }
        }
        (frames, code)
    }
    /// Alive, with nothing to tell: the answers to what is asked now are the next things that come. A message that is
    /// refused is answered only after all that was being read.
    pub async fn is_silent(&mut self, why: &str) {
        self.answers_pings(why).await;
        self.text(r#"{"message":"x","user_id":1,"client_id":7}"#).await;
        let frame = self.hears().await;
        assert!(frame["error"].is_string(), "{why}: heard {frame}");
        self.answers_pings(why).await;
    }
    /// The same where nothing can be sent, as on the notifications' socket.
    pub async fn answers_pings(&mut self, why: &str) {
        for n in 0..3_u8 {
            self.send(Message::Ping(vec![b'?', n].into())).await;
            match self.next().await {
                Some(Message::Pong(payload)) => assert_eq!(&payload[..], [b'?', n], "{why}"),
                other => panic!("{why}: heard {other:?}"),
            }
        }
    }
}

pub fn keys(frame: &Value) -> Vec<&str> {
    frame.as_object().unwrap_or_else(|| panic!("{frame}")).keys().map(String::as_str).collect()
}

pub fn ids(frames: &[Value]) -> Vec<i64> {
    frames.iter().map(|frame| frame["id"].as_i64().unwrap_or_else(|| panic!("{frame}"))).collect()
}

/// A new account whose name stands in no address.
pub async fn named(app: &App, username: &str) -> Person {
    app.register(json!({ "username": username, "email": "odd@example.com", "password": PASSWORD })).await
}

/// Said without a socket; to oneself is to the staff.
pub fn said(app: &App, from: &Person, to: &Person, text: &str) -> Stored {
    let caller = app.application.identity.authenticate(&from.token).unwrap().caller;
    let access = if from.id == to.id {
        ChatAccess::to_own_support_room(&caller)
    } else {
        app.application.messaging.open_chat(&caller, &PeerRef::parse(&to.id.to_string())).unwrap().0
    };
    app.application.messaging.say(access, None, Text::parse(text).unwrap(), None).unwrap().message
}

/// Everything said with somebody, oldest first, as the list tells it.
pub async fn stored(app: &App, who: &Person, peer: &Person) -> Vec<String> {
    let path = format!("/api/chat/conversations/{}/", peer.id);
    let list = app.ask(case("stored").by(who).get(path)).await.body;
    let texts = list.as_array().unwrap().iter().rev();
    texts.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}
