//! What is true of every route of every family. The requests are made from the API document, so no route can be missed:
//! a new route is tested as soon as it is documented, and the test `the_document_has_every_route_and_no_other` fails before.
mod accepted;
mod access;
mod bodies;
mod methods;
mod nonsense;
mod operation;
mod world;

pub use operation::{Operation, document, example, operations, resolve, url_tables};
use testing::*;
use world::World;

fn is_clear_refusal(said: &Said) -> bool {
    (400..500).contains(&said.status) && said.body.as_object().is_some_and(|reasons| !reasons.is_empty())
}
