//! `/api/chat/conversations/`: with whom, and what was said. What is said now goes over a socket (`frames.rs`).
use super::bodies::PeerChoice;
use super::user::{UserOut, WrittenUser, instant};
use crate::http::{Answer, Asked, Call, Input, Problem, Reply};
use actix_web::web::{Data, Path};
use domain::{
    identity::{AccountId, Username},
    messaging::{Message, MessagingError, MessagingService, Seq, Who},
    shared::{Timestamp, Window},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageOut {
    /// The message's number in the conversation, from 1.
    #[schema(example = 1)]
    id: i64,
    /// Address, birthday, sex and telephone of the other one are blank unless the two are linked.
    #[schema(value_type = UserOut)]
    sender: WrittenUser,
    #[schema(value_type = UserOut)]
    receiver: WrittenUser,
    #[schema(example = "How is the shoulder?")]
    content: String,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    timestamp: Timestamp,
}

impl MessageOut {
    fn seq(&self) -> Seq {
        Seq::new(self.id)
    }
    fn of(message: Message, me: AccountId, [mine, theirs]: &[WrittenUser; 2]) -> Self {
        let is_mine = message.sender == me;
        let (sender, receiver) = if is_mine { (mine, theirs) } else { (theirs, mine) };
        Self {
            id: message.seq.get(),
            sender: sender.clone(),
            receiver: receiver.clone(),
            content: message.text,
            timestamp: message.at,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Peer)]
pub(crate) struct PeerOut {
    #[schema(example = 2)]
    id: i64,
    #[schema(example = "house")]
    username: String,
}

#[derive(Default, Serialize, ToSchema)]
#[schema(as = Conversations)]
pub(crate) struct ConversationsOut {
    peers: Vec<PeerOut>,
    /// Version 1: the names only.
    #[schema(example = json!(["house"]))]
    unique_peers: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChatAddress)]
pub(crate) struct ChatAddressOut {
    #[schema(example = "Redirect to chat")]
    message: &'static str,
    #[schema(example = "/api/chat/conversations/2/")]
    chat_url: String,
}

/// Everybody with whom the caller has a conversation that holds a message; the one begun first comes first.
#[utoipa::path(
    get, path = "/api/chat/conversations/", tag = "Chat", operation_id = "listConversations",
    responses(
        (status = 200, description = "The people", body = ConversationsOut))
)]
pub(crate) async fn list_conversations(call: Call, service: Data<MessagingService>) -> Answer {
    let case = move |asked: Asked| {
        let mut all = ConversationsOut::default();
        let mut window = Window::first();
        loop {
            let page = service.peers(&asked.caller, window)?;
            let last = page.last().map(|(key, _)| *key);
            let full = i64::try_from(page.len()).is_ok_and(|n| n == window.limit());
            for (_, person) in page {
                all.unique_peers.push(person.username.clone());
                all.peers.push(PeerOut { id: person.id.get(), username: person.username });
            }
            match last.filter(|_| full) {
                Some(last) => window = Window::after(last),
                None => return Reply::ok(&all),
            }
        }
    };
    call.signed(case).await
}

/// Where the conversation with somebody is.
#[utoipa::path(
    post, path = "/api/chat/conversations/", tag = "Chat", operation_id = "findConversation",
    request_body = PeerChoice,
    responses(
        (status = 200, description = "Its path, in the form asked with", body = ChatAddressOut),
        (status = 400, description = "Nobody named, or nobody there", body = crate::schema::FieldErrors,
            example = json!({ "error": "Peer does not exist" })))
)]
pub(crate) async fn find_conversation(call: Call, service: Data<MessagingService>) -> Answer {
    let case = move |asked: Asked| {
        let who = chosen(asked.input()?)?;
        let peer = service.peer(&asked.caller, &who).map_err(unknown_in_body)?;
        if !peer.active {
            return Err(unknown_in_body(MessagingError::PeerUnknown));
        }
        let form = match who {
            Who::Named(_) => peer.person.username,
            Who::Id(_) | Who::Nobody => peer.person.id.to_string(),
        };
        let chat_url = format!("/api/chat/conversations/{form}/");
        Reply::ok(&ChatAddressOut { message: "Redirect to chat", chat_url })
    };
    call.signed(case).await
}

/// What the caller and somebody else have said to each other, newest first.
#[utoipa::path(
    get, path = "/api/chat/conversations/{peer}/", tag = "Chat", operation_id = "readConversation",
    params(("peer" = String, Path, description = "An id if it is all digits, otherwise a username", example = "1")),
    responses(
        (status = 200, description = "The messages", body = Vec<MessageOut>),
        (status = 404, description = "Nobody has that id or name", body = crate::schema::DetailBody,
            example = json!({ "detail": "No CustomUser matches the given query." })))
)]
pub(crate) async fn read_conversation(
    call: Call,
    peer: Path<String>,
    service: Data<MessagingService>,
) -> Answer {
    let case = move |asked: Asked| {
        let caller = asked.caller;
        let peer = service.peer(&caller, &Who::parse(&peer))?.shown();
        let (me, them) = (caller.id(), peer.id);
        let people = [WrittenUser::of(caller.person.clone())?, WrittenUser::of(peer)?];
        Reply::list(MessageOut::seq, move |window| {
            let messages = service.history(&caller, them, window)?;
            Ok(messages.into_iter().map(|message| MessageOut::of(message, me, &people)).collect())
        })
    };
    call.signed(case).await
}

/// Deletes what the caller and somebody else have said to each other, for both.
#[utoipa::path(
    delete, path = "/api/chat/conversations/delete/{peer}/", tag = "Chat", operation_id = "deleteConversation",
    params(("peer" = String, Path, description = "An id if it is all digits, otherwise a username", example = "1")),
    responses(
        (status = 204, description = "Deleted, or there was nothing"),
        (status = 400, description = "Nobody has that name", body = crate::schema::ErrorBody,
            example = json!({ "error": "Peer does not exist" })),
        (status = 404, description = "Nobody has that id", body = crate::schema::DetailBody,
            example = json!({ "detail": "No CustomUser matches the given query." })))
)]
pub(crate) async fn delete_conversation(
    call: Call,
    peer: Path<String>,
    service: Data<MessagingService>,
) -> Answer {
    let case = move |asked: Asked| {
        let who = Who::parse(&peer);
        // Version 1 named people, and answered otherwise.
        let by_name = matches!(who, Who::Named(_));
        service
            .delete(&asked.caller, &who)
            .map_err(|e| if by_name { unknown_in_body(e) } else { e.into() })?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// The id when there is one, otherwise the name. A 0 and a blank are no id.
fn chosen(input: &Input) -> Result<Who, Problem> {
    let fields = input.object()?;
    let given = |value: &&Value| !(value.is_null() || **value == "" || **value == 0 || **value == "0");
    if fields.get("peer_id").as_ref().is_some_and(given) {
        return Ok(input.id("peer_id").map_or(Who::Nobody, |id| Who::Id(AccountId::new(id))));
    }
    if !input.has("peer_username") {
        return Err(Problem::bad_request("peer_id_missing", "peer_id is required"));
    }
    let name = input.text("peer_username").filter(|name| !name.trim().is_empty());
    let name =
        name.ok_or_else(|| Problem::bad_request("peer_username_missing", "peer_username is required"))?;
    Ok(Username::known_as(&name).map_or(Who::Nobody, Who::Named))
}

fn unknown_in_body(e: MessagingError) -> Problem {
    match e {
        MessagingError::PeerUnknown => Problem::bad_request("peer_named_unknown", "Peer does not exist"),
        other => other.into(),
    }
}
