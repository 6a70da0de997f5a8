//! The routes of the PTSD support app, with every id that they take.
use super::{
    engine::{Row, row},
    world::{Role, World},
};
use serde_json::{Value, json};

fn of_sarah(w: &World, body: Value) -> (String, Value) {
    (w.sarah().id.to_string(), body)
}

pub fn rows() -> Vec<Row<World>> {
    use Role::{OtherPatient, Sarah, Staff};
    vec![
        row("POST /api/v1/user/registration/", &[], |w| {
            let name = &w.sarah().username;
            let body =
                json!({ "id": w.sarah().id, "username": name, "email": "new@example.com", "password": "x" });
            (String::new(), body)
        }),
        row("POST /api/v1/user/login/", &[], |w| {
            let body = json!({ "username": w.sarah().username, "password": "wrong", "id": w.sarah().id });
            (String::new(), body)
        }),
        row("GET /api/v1/user/me/", &[Sarah], |w| (format!("?id={}", w.sarah().id), Value::Null)),
        row("GET /api/v1/user/mail-settings/", &[], |w| (format!("?id={}", w.sarah().id), Value::Null)),
        row("PATCH /api/v1/user/mail-settings/", &[Sarah], |w| {
            (String::new(), json!({ "appointments": false, "owner": w.sarah().id }))
        }),
        row("GET /api/v1/user/{user_id}/", &[Sarah, Staff], |w| of_sarah(w, Value::Null)),
        row("PATCH /api/v1/user/edit/{user_id}/", &[Sarah, Staff], |w| {
            of_sarah(w, json!({ "location": "changed" }))
        }),
        // Somebody else's own profile with her therapist.
        row("PATCH /api/v1/user/edit/{user_id}/", &[], |w| {
            (w.id(OtherPatient).to_string(), json!({ "therapist_contact": w.sarah().id }))
        }),
        row("PATCH /api/v1/user/edit/contact/{user_id}/", &[Sarah], |w| {
            of_sarah(w, json!({ "name": "new", "phone": "1", "relationship": "new" }))
        }),
        row("GET /api/v1/user/contacts/{user_id}/", &[Sarah], |w| of_sarah(w, Value::Null)),
        row("PATCH /api/v1/user/contacts/{user_id}/{contact_id}/", &[Sarah], |w| {
            (format!("{}/{}", w.sarah().id, w.contact), json!({ "name": "changed" }))
        }),
        row("PATCH /api/v1/user/contacts/{user_id}/{contact_id}/", &[], |w| {
            (format!("{}/{}", w.id(OtherPatient), w.contact), json!({ "name": "changed" }))
        }),
        row("DELETE /api/v1/user/contacts/{user_id}/{contact_id}/", &[Sarah], |w| {
            (format!("{}/{}", w.sarah().id, w.contact), Value::Null)
        }),
        row("DELETE /api/v1/user/contacts/{user_id}/{contact_id}/", &[], |w| {
            (format!("{}/{}", w.id(OtherPatient), w.contact), Value::Null)
        }),
        row("PUT /api/v1/user/create/therapist/{user_id}/", &[Sarah], |w| {
            of_sarah(w, json!({ "name": "new", "phone": "1", "email": "new@example.com" }))
        }),
        row("PATCH /api/v1/user/edit/therapist/{user_id}/", &[Sarah], |w| {
            of_sarah(w, json!({ "name": "new" }))
        }),
        row("GET /api/v1/user/music/", &[], |_| (String::new(), Value::Null)),
        row("POST /api/v1/user/music/edit/{user_id}/", &[Sarah], |w| of_sarah(w, json!({ "music": 2 }))),
        row("GET /api/v1/event/trigger/{user_id}/", &[Sarah, Staff], |w| of_sarah(w, Value::Null)).changing(),
        row("POST /api/v1/event/trigger/{user_id}/", &[Sarah, Staff], |w| {
            of_sarah(w, json!({ "user": w.sarah().id }))
        }),
        row("GET /api/v1/event/alarms/", &[Sarah], |w| (format!("?user_id={}", w.sarah().id), Value::Null)),
        row("GET /api/v1/event/alarms/{alarm_id}/", &[Sarah], |w| (w.alarm.to_string(), Value::Null)),
        row("PATCH /api/v1/event/alarms/{alarm_id}/", &[Sarah], |w| {
            (w.alarm.to_string(), json!({ "location": "changed", "user": w.sarah().id }))
        }),
        row("POST /api/v1/event/alarms/{alarm_id}/safe/", &[Sarah], |w| {
            (w.alarm.to_string(), json!({ "user": w.sarah().id }))
        }),
        // Of danger: such a message is answered without a model.
        row("POST /api/v1/chat/{user_id}/", &[Sarah], |w| {
            of_sarah(w, json!({ "text": "I want to die", "user_id": w.sarah().id }))
        }),
        row("GET /api/v1/chat/{user_id}/history/", &[Sarah], |w| of_sarah(w, Value::Null)),
        // What it shows is no text of hers.
        row("GET /api/v1/chat/{user_id}/consent/", &[], |w| of_sarah(w, Value::Null)),
        row("POST /api/v1/chat/{user_id}/consent/", &[Sarah], |w| {
            of_sarah(w, json!({ "user": w.sarah().id }))
        }),
        // She has not agreed here, so that agreeing changes something.
        row("DELETE /api/v1/chat/{user_id}/consent/", &[], |w| of_sarah(w, Value::Null)),
        row("DELETE /api/v1/chat/{user_id}/history/", &[Sarah], |w| of_sarah(w, Value::Null)),
        // Her support room is hers and the staff's, but this tells only where it is.
        row("GET /api/v1/chat/user/support/{user_id}/", &[], |w| (w.sarah().id.to_string(), Value::Null)),
    ]
}
