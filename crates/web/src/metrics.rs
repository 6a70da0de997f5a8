//! What the wire counts, by its names and help texts.
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

pub(crate) const REQUESTS: &str = "http_requests_total";
pub(crate) const REQUEST_SECONDS: &str = "http_request_duration_seconds";
pub(crate) const STORE_UNAVAILABLE: &str = "store_unavailable_total";
pub(crate) const REQUESTS_SHED: &str = "requests_shed_total";
pub(crate) const DEFECTS: &str = "defects_total";
pub(crate) const CONNECTIONS_OPEN: &str = "connections_open";
pub(crate) const CONNECTIONS_REFUSED: &str = "connections_refused_total";
pub(crate) const CONNECTIONS_CUT: &str = "connections_cut_total";
pub(crate) const SOCKETS_OPEN: &str = "sockets_open";
pub(crate) const SOCKETS_CLOSED: &str = "sockets_closed_total";

/// Of a closed socket: its label `why`.
pub(crate) const CLOSE_REASONS: [&str; 6] =
    ["client", "not_reading", "leaving", "unauthorized", "limit", "bad_frame"];

/// Before the server starts: what has not counted yet is there as 0, so that an alert on it can be told from a wrong name.
/// Requests have no such row, because their labels come with them.
pub fn register() {
    describe_counter!(REQUESTS, "Requests by method, route pattern and status");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "From the head of a request to its answer");
    describe_counter!(STORE_UNAVAILABLE, "Requests refused with 503 because the database did not answer");
    describe_counter!(
        REQUESTS_SHED,
        "Requests refused with 503 because too many waited, by what they waited for"
    );
    describe_counter!(DEFECTS, "Requests refused with 500: should stay 0");
    describe_gauge!(CONNECTIONS_OPEN, "Open connections");
    describe_counter!(
        CONNECTIONS_REFUSED,
        "Connections that were closed at once, by the limit: address, server"
    );
    describe_counter!(CONNECTIONS_CUT, "Connections that held a place for nothing, by the reason");
    describe_gauge!(SOCKETS_OPEN, "Open websockets");
    describe_counter!(SOCKETS_CLOSED, "Closed websockets, by the reason");
    counter!(STORE_UNAVAILABLE).increment(0);
    for queue in ["threads", "lookups", "sign_in"] {
        counter!(REQUESTS_SHED, "queue" => queue).increment(0);
    }
    counter!(DEFECTS).increment(0);
    gauge!(CONNECTIONS_OPEN).set(0);
    for why in ["address", "server"] {
        counter!(CONNECTIONS_REFUSED, "why" => why).increment(0);
    }
    for why in ["idle", "unread_body", "not_reading", "crowded"] {
        counter!(CONNECTIONS_CUT, "why" => why).increment(0);
    }
    gauge!(SOCKETS_OPEN).set(0);
    for why in CLOSE_REASONS {
        counter!(SOCKETS_CLOSED, "why" => why).increment(0);
    }
}
