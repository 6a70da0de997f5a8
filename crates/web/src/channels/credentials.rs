//! How the clients of the chat say who they are when they open a socket.
use crate::{
    http::{Query, Refusal, authorization},
    live::{Credential, SocketAuthenticator},
};
use actix_web::{HttpRequest, http::header::SEC_WEBSOCKET_PROTOCOL};

/// The protocol that a client offers beside its token, so that the answer need not repeat the token.
const PROTOCOL: &str = "carebase";

/// By an opaque token, or by a ticket that is good for one socket.
pub(crate) struct TokenOrTicket {
    /// The word before the token in `Authorization`.
    pub scheme: &'static str,
}

impl SocketAuthenticator for TokenOrTicket {
    fn credential(&self, request: &HttpRequest, query: &Query) -> Result<Option<Credential>, Refusal> {
        Ok(find(self.scheme, request, query)?.map(Found::credential))
    }

    fn subprotocol(&self, request: &HttpRequest) -> Option<String> {
        let credential = |name: &&str| name.starts_with("token.") || name.starts_with("ticket.");
        let ours = offered(request).find(|name| *name == PROTOCOL);
        ours.or_else(|| offered(request).find(credential)).map(str::to_owned)
    }
}

#[derive(Debug, PartialEq)]
enum Found {
    Token(String),
    Ticket(String),
}

impl Found {
    fn credential(self) -> Credential {
        Box::new(move |identity| {
            Ok(match self {
                Self::Token(token) => identity.authenticate(&token)?,
                Self::Ticket(ticket) => identity.authenticate_by_ticket(&ticket)?,
            })
        })
    }
}

/// In this order: the header, the protocols, a ticket and at last the token in the address, which is what the clients of
/// today do.
fn find(scheme: &str, request: &HttpRequest, query: &Query) -> Result<Option<Found>, Refusal> {
    if let Some(token) = authorization(request, scheme)? {
        return Ok(Some(Found::Token(token)));
    }
    let in_protocol = offered(request).find_map(|name| {
        let token = name.strip_prefix("token.").map(|token| Found::Token(token.to_owned()));
        token.or_else(|| name.strip_prefix("ticket.").map(|ticket| Found::Ticket(ticket.to_owned())))
    });
    let in_query = |key| query.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    let ticket = || in_query("ticket").map(Found::Ticket);
    Ok(in_protocol.or_else(ticket).or_else(|| in_query("token").map(Found::Token)))
}

fn offered(request: &HttpRequest) -> impl Iterator<Item = &str> {
    let values = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn request(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        headers.iter().fold(TestRequest::default(), |r, header| r.insert_header(*header)).to_http_request()
    }

    #[test]
    fn the_token_is_found_in_four_places_and_the_safest_counts() {
        let found = |headers: &[(&'static str, &'static str)], query: &str| match find(
            "Token",
            &request(headers),
            &Query::parse(query),
        )
        .unwrap()
        {
            Some(Found::Token(token)) => format!("token {token}"),
            Some(Found::Ticket(ticket)) => format!("ticket {ticket}"),
            None => "none".to_owned(),
        };
        let (header, protocols) = ("authorization", "sec-websocket-protocol");
        assert_eq!(found(&[], "token=q&after_id=3"), "token q");
        assert_eq!(found(&[], "after_id=3&ticket=k&token=q"), "ticket k");
        assert_eq!(found(&[(protocols, "carebase, token.p")], "token=q"), "token p");
        assert_eq!(found(&[(protocols, "ticket.p")], "token=q"), "ticket p");
        assert_eq!(found(&[(header, "Token h"), (protocols, "token.p")], "token=q"), "token h");
        assert_eq!(found(&[(header, "Bearer h")], ""), "none");
        assert_eq!(found(&[], "token="), "none");
        assert!(find("Token", &request(&[(header, "Token a b")]), &Query::parse("token=q")).is_err());
    }

    #[test]
    fn the_answer_repeats_no_token_when_the_client_offers_another_protocol() {
        let named = |offer| {
            TokenOrTicket { scheme: "Token" }.subprotocol(&request(&[("sec-websocket-protocol", offer)]))
        };
        assert_eq!(named("token.t, carebase").as_deref(), Some("carebase"));
        assert_eq!(named("token.t").as_deref(), Some("token.t"));
        assert_eq!(named("graphql-ws"), None);
    }
}
