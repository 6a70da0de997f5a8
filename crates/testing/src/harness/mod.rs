//! Databases, the running application, requests and their expected answers.
mod address;
mod application;
mod at_once;
mod backend;
mod carebase;
mod case;
mod check;
mod clock;
mod database;
mod documented;
mod fenced;
mod http_client;
mod made_up;
mod mail_server;
mod model_server;
mod on_both;
mod painaway;
mod person;
mod program;
mod received_request;
mod redis_server;
mod rows;
mod said;
mod sql;
mod unique;
mod webhook_receiver;

pub use self::{
    address::free_address,
    application::{App, ENCRYPTION_KEY, SECRET},
    at_once::{at_once, both_at_once},
    backend::Backend,
    carebase::{carebase, is_ready},
    case::{Case, case},
    clock::TestClock,
    database::{TestDb, postgres_url},
    fenced::fenced_block,
    http_client::http_client,
    made_up::{MADE_UP, made_up},
    mail_server::{MailMode, MailServer, ReceivedLetter},
    model_server::{ModelMode, ModelRequest, ModelServer},
    on_both::{Fresh, block_on, run, run_async},
    painaway::{GUEST, PASSWORD, WRONG_ROLE, detail, error},
    person::Person,
    program::Program,
    received_request::ReceivedRequest,
    redis_server::RedisServer,
    said::Said,
    sql::Sql,
    unique::unique,
    webhook_receiver::{ReceiverMode, WebhookReceiver},
};
