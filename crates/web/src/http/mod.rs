//! The request layer, which every family is built on: the URL table, who is asking, what they sent, threads that may block,
//! refusals.
mod authentication;
mod batch;
mod blocking;
mod body;
mod body_schema;
pub mod declare;
mod family;
mod field_errors;
mod fields;
mod hash_limiter;
mod lag;
mod limits;
mod middleware;
mod query;
mod queue;
mod refusal;
mod rejection;
mod reply;
mod request;
mod resource;
mod route;
mod slots;
mod state;
mod values;

pub use authentication::{Authentication, OpaqueToken, authorization};
pub use blocking::{Priority, THREADS_OF_WORKER, ThreadPools, Threads};
pub(crate) use blocking::{deadline_from_now, run_blocking};
pub use body::Input;
pub(crate) use body::{MAX as BODY_MAX, wants_a_socket};
pub use family::Family;
pub use field_errors::{FieldKey, FieldProblem, NestedErrors};
pub use fields::Fields;
pub use hash_limiter::HashLimiter;
pub use limits::{BadRate, LimitedAction, Limits, Rate};
pub use middleware::{Hosts, Shield, cors, observe, shield, unknown_path};
pub use query::Query;
pub use refusal::{Refusal, Stated};
pub use rejection::Rejection;
pub use reply::{HandlerResult, Reply};
pub use request::{AuthedRequest, Request, WaitingRequest};

pub use resource::{Resource, UrlTable, register_socket};
pub use route::{Access, Route};
pub use slots::SocketSlots;
pub use state::AppState;
pub use values::{boolean, choice, date, integer, reference, text};
