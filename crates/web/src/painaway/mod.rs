//! The pain diary's clients, version 2 and version 1 (seeds 000 and 001): Django REST framework's shapes and words,
//! `Authorization: Token …`. This file is the URL table; what each call says stands in one file for each room.
mod bodies;
mod care;
mod chat;
mod diary;
mod entries;
pub(crate) mod frames;
mod identity;
mod notes;
mod notices;
mod notifications;
mod user;
mod words;

use crate::http::{Family, Resource, Route, register};
use actix_web::{
    http::Method,
    web::{Data, ServiceConfig},
};
use utoipa::OpenApi;

pub(crate) static FAMILY: Family = Family { scheme: "Token", refuse: words::refuse };

fn resources() -> Vec<Resource> {
    let open = |path, name| Resource::open(&FAMILY, path, name);
    let signed = |path, name| Resource::signed(&FAMILY, path, name);
    let (post, patch, delete) = (Method::POST, Method::PATCH, Method::DELETE);
    vec![
        open("/api/auth/register/", "Register").on(post.clone(), identity::register),
        open("/api/auth/login/", "Login").on(post.clone(), identity::login),
        signed("/api/auth/logout/", "Logout").on(post.clone(), identity::logout),
        signed("/api/auth/ws-ticket/", "Socket Ticket").on(post.clone(), identity::give_ticket),
        signed("/api/auth/profile/", "Profile")
            .get(identity::profile)
            .on(patch.clone(), identity::edit_profile),
        signed("/api/chat/conversations/", "Conversations")
            .get(chat::list_conversations)
            .on(post.clone(), chat::find_conversation),
        signed("/api/chat/conversations/delete/{peer}/", "Delete Conversation")
            .on(delete.clone(), chat::delete_conversation),
        signed("/api/chat/conversations/{peer}/", "Conversation").get(chat::read_conversation),
        signed("/api/diary/bodyparts/", "Body Parts").get(diary::body_parts),
        signed("/api/diary/stats/", "Body Stats")
            .get(diary::list_records)
            .on(post.clone(), diary::make_record)
            .on(patch.clone(), diary::edit_record)
            .on(delete.clone(), diary::delete_record),
        signed("/api/diary/notes/", "Notes")
            .get(notes::list_notes)
            .on(post.clone(), notes::write_note)
            .on(patch.clone(), notes::edit_note)
            .on(delete.clone(), notes::delete_note),
        signed("/api/diary/link_doc/", "Link Doctor")
            .on(post.clone(), care::request_link)
            .on(delete.clone(), care::withdraw_link),
        signed("/api/diary/doc_respond/", "Doctor Respond")
            .on(post.clone(), care::respond)
            .on(delete.clone(), care::release_patient),
        signed("/api/diary/list_links/", "List Links").get(care::list_links),
        signed("/api/diary/prescription/", "Prescription")
            .get(entries::read_prescription)
            .on(post.clone(), entries::write_prescription)
            .on(patch.clone(), entries::edit_prescription)
            .on(delete.clone(), entries::delete_prescription),
        signed("/api/diary/diagnosis/", "Diagnosis")
            .get(entries::read_diagnosis)
            .on(post, entries::write_diagnosis)
            .on(patch.clone(), entries::edit_diagnosis)
            .on(delete.clone(), entries::delete_diagnosis),
        signed("/api/diary/notifications/", "Notifications")
            .get(notifications::list)
            .on(patch, notifications::mark_read)
            .on(delete, notifications::delete),
        signed("/api/diary/notifications/unread-count/", "Unread Count").get(notifications::unread_count),
    ]
}

pub fn routes(cfg: &mut ServiceConfig) {
    cfg.app_data(Data::new(diary::DrawnMap::default()));
    register(resources(), cfg);
}

/// The URL table, for tests that must not miss a line of it.
pub fn table() -> Vec<Route> {
    resources().iter().flat_map(|resource| resource.table().collect::<Vec<_>>()).collect()
}

/// The family's part of the API document.
#[derive(OpenApi)]
#[openapi(
    paths(
        identity::register,
        identity::login,
        identity::logout,
        identity::profile,
        identity::edit_profile,
        identity::give_ticket,
        chat::list_conversations,
        chat::find_conversation,
        chat::read_conversation,
        chat::delete_conversation,
        diary::body_parts,
        diary::list_records,
        diary::make_record,
        diary::edit_record,
        diary::delete_record,
        notes::list_notes,
        notes::write_note,
        notes::edit_note,
        notes::delete_note,
        care::request_link,
        care::withdraw_link,
        care::respond,
        care::release_patient,
        care::list_links,
        entries::read_prescription,
        entries::write_prescription,
        entries::edit_prescription,
        entries::delete_prescription,
        entries::read_diagnosis,
        entries::write_diagnosis,
        entries::edit_diagnosis,
        entries::delete_diagnosis,
        notifications::list,
        notifications::mark_read,
        notifications::delete,
        notifications::unread_count,
    ),
    tags(
        (name = "Accounts", description = "Registering, signing in, one's own profile"),
        (name = "Chat", description = "Conversations of two people. What is said goes over a websocket: \
            `/ws/chat/{id or name}/`, `/ws/notifications/`"),
        (name = "Pain diary", description = "Records of pain on the body map; plain notes"),
        (name = "Care", description = "Links between patients and doctors; prescriptions and diagnoses"),
        (name = "Notifications", description = "The bell"),
    )
)]
pub struct Document;
