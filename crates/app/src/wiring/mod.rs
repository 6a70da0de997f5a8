//! How the services are made of their ports: one file for each module of the domain.
mod assistant;
mod base;
mod bus;
mod care;
mod crisis;
mod diary;
mod dispatchers;
mod identity;
mod letters;
mod messaging;
mod requests;

pub(crate) use assistant::assistant;
pub(crate) use base::Base;
pub(crate) use bus::bus;
pub(crate) use care::care;
pub(crate) use crisis::{Crisis, mail_bounces};
pub(crate) use diary::{diary, notes};
pub(crate) use dispatchers::Dispatchers;
pub(crate) use identity::identity;
pub(crate) use letters::{mail_settings, password_resets};
pub(crate) use messaging::{live, messaging, notifications};
pub(crate) use requests::{app_state, socket_slots};
pub use requests::{connections, threads_of_worker, workers};
