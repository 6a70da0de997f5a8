//! The routes of the PTSD support app, with every id that they take.
use super::{
    engine::{Row, row},
    world::World,
};
use serde_json::Value;

pub fn rows() -> Vec<Row<World>> {
    vec![
        // Her support room is hers and the staff's, but this tells only where it is.
        row("GET /api/v1/chat/user/support/{user_id}/", &[], |w| (w.sarah().id.to_string(), Value::Null)),
    ]
}
