//! The wire: a layer for requests (`http`), one for sockets (`live`), what sockets are for (`channels`), and one
//! folder for each family of clients. No family names another; where a socket's path belongs to two of them, `sockets`
//! decides.
pub mod address;
pub mod channels;
pub mod connections;
mod django;
mod each_second;
pub mod front;
pub mod health;
pub mod hooks;
pub mod http;
pub mod live;
pub mod metrics;
pub mod pages;
pub mod painaway;
pub mod ptsd;
pub mod schema;
pub mod sockets;
