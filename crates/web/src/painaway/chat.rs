//! `/api/chat/conversations/`: with whom, and what was said. What is said now goes over a socket (`frames.rs`).
use super::user::{UserOut, WrittenUser};
use crate::{
    django::DjangoTime,
    http::{AuthedRequest, HandlerResult, Input, Refusal, Reply, Resource, Stated},
    route,
};
use actix_web::http::StatusCode;
use domain::{
    identity::{AccountId, Username},
    messaging::{Message, MessagingError, MessagingService, PeerRef},
    shared::Page,
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 3] {
    let unknown = || [MessagingError::PeerUnknown];
    [
        Resource::new(
            "Conversations",
            [
                route!(authenticated list_conversations),
                route!(authenticated find_conversation).refuses([
                    PEER_ID_MISSING,
                    PEER_NAME_MISSING,
                    PEER_UNKNOWN_IN_BODY,
                ]),
            ],
        ),
        Resource::new(
            "Delete Conversation",
            [route!(authenticated delete_conversation).refuses(unknown()).refuses([PEER_UNKNOWN_IN_BODY])],
        ),
        Resource::new("Conversation", [route!(streams read_conversation).refuses(unknown())]),
    ]
}

const fn stated(text: &'static str) -> Stated {
    Stated { status: StatusCode::BAD_REQUEST, text }
}
const PEER_ID_MISSING: Stated = stated("peer_id is required");
const PEER_NAME_MISSING: Stated = stated("peer_username is required");
/// Version 1 named people, and answered so.
const PEER_UNKNOWN_IN_BODY: Stated = stated("Peer does not exist");

/// One of the two; the id counts when both are there.
#[derive(ToSchema)]
#[schema(as = PeerChoice, example = json!({ "peer_id": 1 }))]
#[expect(dead_code, reason = "which of the two counts is read by `chosen`")]
struct PeerChoice {
    peer_id: Option<i64>,
    peer_username: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageOut<'a> {
    /// The message's number in the conversation, from 1.
    #[schema(example = 1)]
    id: i64,
    /// Address, birthday, sex and telephone of the other one are blank unless the two are linked.
    #[schema(value_type = UserOut)]
    sender: &'a WrittenUser,
    #[schema(value_type = UserOut)]
    receiver: &'a WrittenUser,
    #[schema(example = "How is the shoulder?")]
    content: &'a str,
    timestamp: DjangoTime,
}

impl<'a> MessageOut<'a> {
    fn of(message: Message<&'a str>, me: AccountId, [mine, theirs]: &'a [WrittenUser; 2]) -> Self {
        let is_mine = message.sender == me;
        let (sender, receiver) = if is_mine { (mine, theirs) } else { (theirs, mine) };
        Self {
            id: message.seq.get(),
            sender,
            receiver,
            content: message.text,
            timestamp: DjangoTime(message.at),
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

/// List one's conversations
///
/// Everybody with whom the caller has a conversation that holds a message; the one begun first comes first.
#[utoipa::path(
    get, path = "/api/chat/conversations/", tag = "Chat", operation_id = "listConversations",
    responses((status = 200, description = "The people", body = ConversationsOut))
)]
fn list_conversations(request: &AuthedRequest, messaging: &MessagingService) -> HandlerResult {
    let mut all = ConversationsOut::default();
    let mut page = Page::first();
    loop {
        let peers = messaging.peers(&request.caller, page)?;
        let last = peers.last().map(|(key, _)| *key);
        let full = i64::try_from(peers.len()).is_ok_and(|n| n == page.limit());
        for (_, person) in peers {
            all.unique_peers.push(person.username.clone());
            all.peers.push(PeerOut { id: person.id.get(), username: person.username });
        }
        match last.filter(|_| full) {
            Some(last) => page = Page::after(last),
            None => return Reply::ok(&all),
        }
    }
}

/// Find a conversation
///
/// Where the conversation with somebody is, whether it holds a message yet or not.
#[utoipa::path(
    post, path = "/api/chat/conversations/", tag = "Chat", operation_id = "findConversation",
    request_body = PeerChoice,
    responses((status = 200, description = "Its path, in the form asked with", body = ChatAddressOut))
)]
fn find_conversation(request: &AuthedRequest, messaging: &MessagingService) -> HandlerResult {
    let who = chosen(request.input()?)?;
    let peer = messaging.peer(&request.caller, &who).map_err(unknown_in_body)?;
    if !peer.active {
        return Err(PEER_UNKNOWN_IN_BODY.into());
    }
    let form = match who {
        PeerRef::Named(_) => peer.person.username,
        PeerRef::Id(_) | PeerRef::Nobody => peer.person.id.to_string(),
    };
    let chat_url = format!("/api/chat/conversations/{form}/");
    Reply::ok(&ChatAddressOut { message: "Redirect to chat", chat_url })
}

/// Read a conversation
///
/// What the caller and somebody else have said to each other, newest first.
#[utoipa::path(
    get, path = "/api/chat/conversations/{peer}/", tag = "Chat", operation_id = "readConversation",
    params(("peer" = String, Path, description = "An id if it is all digits, otherwise a username", example = "1")),
    responses((status = 200, description = "The messages", body = Vec<MessageOut>))
)]
fn read_conversation(request: AuthedRequest, messaging: Arc<MessagingService>) -> HandlerResult {
    let peer = messaging.peer(&request.caller, &PeerRef::parse(request.path("peer")))?.redacted();
    let (me, them) = (request.caller.id(), peer.id);
    let people = [request.caller.person.clone(), peer].map(WrittenUser::from);
    Reply::list(move |page, rows| {
        let mut show = |message: Message<&str>| rows.push(message.seq, &MessageOut::of(message, me, &people));
        Ok(messaging.history(&request.caller, them, page, &mut show)?)
    })
}

/// Delete a conversation
///
/// What the caller and somebody else have said to each other is gone, for both.
#[utoipa::path(
    delete, path = "/api/chat/conversations/delete/{peer}/", tag = "Chat", operation_id = "deleteConversation",
    params(("peer" = String, Path, description = "An id if it is all digits, otherwise a username", example = "1")),
    responses((status = 204, description = "Deleted, or there was nothing"))
)]
fn delete_conversation(request: &AuthedRequest, messaging: &MessagingService) -> HandlerResult {
    let who = PeerRef::parse(request.path("peer"));
    let by_name = matches!(who, PeerRef::Named(_));
    let deleted = messaging.delete(&request.caller, &who);
    deleted.map_err(|e| if by_name { unknown_in_body(e) } else { e.into() })?;
    Ok(Reply::no_content())
}

/// The id when there is one, otherwise the name. A 0 and a blank are no id.
fn chosen(input: &Input) -> Result<PeerRef, Refusal> {
    let fields = input.object()?;
    let given = |value: &&Value| !(value.is_null() || **value == "" || **value == 0 || **value == "0");
    if fields.get("peer_id").as_ref().is_some_and(given) {
        return Ok(input.id("peer_id").map_or(PeerRef::Nobody, |id| PeerRef::Id(AccountId::new(id))));
    }
    if !input.has("peer_username") {
        return Err(PEER_ID_MISSING.into());
    }
    let name = input.text("peer_username").filter(|name| !name.trim().is_empty()).ok_or(PEER_NAME_MISSING)?;
    Ok(Username::known_as(&name).map_or(PeerRef::Nobody, PeerRef::Named))
}

fn unknown_in_body(e: MessagingError) -> Refusal {
    match e {
        MessagingError::PeerUnknown => PEER_UNKNOWN_IN_BODY.into(),
        other => other.into(),
    }
}
