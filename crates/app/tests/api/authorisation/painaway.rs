//! The pain diary's routes, with every id that they take.
use super::{
    engine::{Row, World as _, row},
    world::{Role, World},
};
use serde_json::{Value, json};
use testing::*;

fn nothing(_: &World) -> (String, Value) {
    (String::new(), Value::Null)
}

fn body(body: Value) -> (String, Value) {
    (String::new(), body)
}

pub fn rows() -> Vec<Row<World>> {
    use Role::{Cuddy, LinkedDoctor, PendingDoctor, RejectedDoctor, Sarah};
    vec![
        row("POST /api/auth/register/", &[], |w| {
            body(
                json!({ "id": w.sarah().id, "username": w.sarah().username, "email": "new@example.com", "password": "x" }),
            )
        }),
        row("POST /api/auth/login/", &[], |w| {
            body(json!({ "username": w.sarah().username, "password": "wrong", "id": w.sarah().id }))
        }),
        row("POST /api/auth/password-reset/", &[], |w| {
            body(json!({ "email": format!("{}@example.com", w.sarah().username), "id": w.sarah().id }))
        }),
        row("GET /api/auth/mail-settings/", &[], |w| (format!("?owner={}", w.sarah().id), Value::Null)),
        row("PATCH /api/auth/mail-settings/", &[Sarah], |w| {
            body(json!({ "digest": "daily", "owner": w.sarah().id, "user": w.sarah().id }))
        }),
        row("POST /api/auth/logout/", &[], |w: &World| body(json!({ "user": w.sarah().id, "token": "x" })))
            .ending_the_session(),
        row("GET /api/auth/profile/", &[Sarah], |w| (format!("?id={}", w.sarah().id), Value::Null)),
        row("PATCH /api/auth/profile/", &[], |w| body(json!({ "id": w.sarah().id, "last_name": "changed" }))),
        row("PATCH /api/auth/profile/", &[Sarah], |w| {
            body(json!({ "user": w.sarah().id, "pk": w.sarah().id, "last_name": "changed" }))
        }),
        row("POST /api/auth/ws-ticket/", &[], |w| body(json!({ "user": w.sarah().id, "id": w.sarah().id }))),
        // With whom one talks is told by name and id only.
        row("GET /api/chat/conversations/", &[], |w| (format!("?user={}", w.sarah().id), Value::Null)),
        row("POST /api/chat/conversations/", &[], |w| body(json!({ "peer_id": w.sarah().id }))),
        row("POST /api/chat/conversations/", &[], |w| body(json!({ "peer_username": w.sarah().username }))),
        row("GET /api/chat/conversations/{peer}/", &[LinkedDoctor], |w| {
            (w.sarah().id.to_string(), Value::Null)
        }),
        row("GET /api/chat/conversations/{peer}/", &[LinkedDoctor], |w| {
            (w.sarah().username.clone(), Value::Null)
        }),
        row("GET /api/chat/conversations/{peer}/", &[Sarah], |w| {
            (w.id(LinkedDoctor).to_string(), Value::Null)
        }),
        row("GET /api/chat/conversations/{peer}/", &[Sarah], |w| {
            (w.name(LinkedDoctor).to_owned(), Value::Null)
        }),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[LinkedDoctor], |w| {
            (w.sarah().id.to_string(), json!({ "peer_id": w.id(LinkedDoctor), "user": w.sarah().id }))
        }),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[LinkedDoctor], |w| {
            (w.sarah().username.clone(), Value::Null)
        }),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[Sarah], |w| {
            (w.id(LinkedDoctor).to_string(), Value::Null)
        }),
        row("GET /api/diary/bodyparts/", &[], nothing),
        row("GET /api/diary/stats/", &[Sarah], nothing),
        row("GET /api/diary/stats/", &[Sarah, LinkedDoctor, Cuddy], |w| {
            (format!("?patient_id={}", w.sarah().id), Value::Null)
        }),
        row("POST /api/diary/stats/", &[Sarah], |w| {
            body(
                json!({ "owner": w.sarah().id, "stat_pk": w.record, "body_part": 2, "pain_type": "burning", "intensity": 2 }),
            )
        }),
        row("PATCH /api/diary/stats/", &[Sarah], |w| body(json!({ "stat_pk": w.record, "intensity": 9 }))),
        row("DELETE /api/diary/stats/", &[Sarah], |w| body(json!({ "stat_pk": w.record }))),
        row("GET /api/diary/notes/", &[Sarah], |w| (format!("?owner={}", w.sarah().id), Value::Null)),
        row("POST /api/diary/notes/", &[Sarah], |w| {
            body(json!({ "owner": w.sarah().id, "note_pk": w.note, "title": "new" }))
        }),
        row("PATCH /api/diary/notes/", &[Sarah], |w| body(json!({ "note_pk": w.note, "title": "changed" }))),
        row("DELETE /api/diary/notes/", &[Sarah], |w| body(json!({ "note_pk": w.note }))),
        row("POST /api/diary/link_doc/", &[Sarah], |w| {
            let doctor = w.name(Role::DoctorWithoutLink);
            body(json!({ "doc_username": doctor, "patient": w.sarah().id, "patient_id": w.sarah().id }))
        }),
        row("DELETE /api/diary/link_doc/", &[Sarah], |w| {
            body(json!({ "doc_username": w.name(LinkedDoctor), "patient_id": w.sarah().id }))
        }),
        row("POST /api/diary/doc_respond/", &[LinkedDoctor, Cuddy, PendingDoctor], |w| {
            body(json!({ "patient_id": w.sarah().id, "action": "reject" }))
        }),
        row("DELETE /api/diary/doc_respond/", &[LinkedDoctor, Cuddy, PendingDoctor, RejectedDoctor], |w| {
            body(json!({ "patient_id": w.sarah().id }))
        }),
        // A doctor who was asked sees whom: without it no request could be answered.
        row(
            "GET /api/diary/list_links/",
            &[Sarah, LinkedDoctor, Cuddy, PendingDoctor, RejectedDoctor],
            nothing,
        ),
        row("GET /api/diary/prescription/", &[Sarah, LinkedDoctor], |w| {
            (format!("?link_id={}", w.link), Value::Null)
        }),
        row("POST /api/diary/prescription/", &[Cuddy], |w| {
            (format!("?link_id={}", w.bare_link), json!({ "link": w.bare_link, "prescription": "new" }))
        }),
        row("PATCH /api/diary/prescription/", &[LinkedDoctor], |w| {
            (
                format!("?prescription_id={}", w.prescription),
                json!({ "prescription": "changed", "link": w.bare_link }),
            )
        }),
        row("DELETE /api/diary/prescription/", &[LinkedDoctor], |w| {
            (format!("?prescription_id={}", w.prescription), Value::Null)
        }),
        row("GET /api/diary/diagnosis/", &[Sarah, LinkedDoctor], |w| {
            (format!("?link_id={}", w.link), Value::Null)
        }),
        row("POST /api/diary/diagnosis/", &[Cuddy], |w| {
            (format!("?link_id={}", w.bare_link), json!({ "link": w.bare_link, "diagnosis": "new" }))
        }),
        row("PATCH /api/diary/diagnosis/", &[LinkedDoctor], |w| {
            (format!("?diagnosis_id={}", w.diagnosis), json!({ "diagnosis": "changed", "link": w.bare_link }))
        }),
        row("DELETE /api/diary/diagnosis/", &[LinkedDoctor], |w| {
            (format!("?diagnosis_id={}", w.diagnosis), Value::Null)
        }),
        // Written by a doctor whose role was taken since: only the patient reads it, and nobody changes it.
        row("GET /api/diary/prescription/", &[Sarah], |w| {
            (format!("?link_id={}", w.former_link), Value::Null)
        }),
        row("PATCH /api/diary/prescription/", &[], |w| {
            (format!("?prescription_id={}", w.former_prescription), json!({ "prescription": "changed" }))
        }),
        row("DELETE /api/diary/prescription/", &[], |w| {
            (format!("?prescription_id={}", w.former_prescription), Value::Null)
        }),
        row("GET /api/diary/diagnosis/", &[Sarah], |w| (format!("?link_id={}", w.former_link), Value::Null)),
        row("PATCH /api/diary/diagnosis/", &[], |w| {
            (format!("?diagnosis_id={}", w.former_diagnosis), json!({ "diagnosis": "changed" }))
        }),
        row("DELETE /api/diary/diagnosis/", &[], |w| {
            (format!("?diagnosis_id={}", w.former_diagnosis), Value::Null)
        }),
        // One kind's id is not the other's.
        row("DELETE /api/diary/diagnosis/", &[], |w| {
            (format!("?diagnosis_id={}", w.prescription), Value::Null)
        }),
        row("GET /api/diary/notifications/", &[Sarah], nothing),
        row("PATCH /api/diary/notifications/", &[Sarah], |w| {
            body(json!({ "notification_id": w.notification }))
        }),
        row("DELETE /api/diary/notifications/", &[Sarah], |w| {
            body(json!({ "notification_id": w.notification }))
        }),
        row("GET /api/diary/notifications/unread-count/", &[], nothing),
    ]
}

on_both!(what_is_not_ones_own_looks_like_what_does_not_exist, async |app: App| {
    let world = World::seed(&app, 0).await;
    let kyle = world.person(Role::OtherPatient).unwrap();
    for (route, field, id) in [
        ("PATCH /api/diary/stats/", "stat_pk", world.record),
        ("DELETE /api/diary/stats/", "stat_pk", world.record),
        ("PATCH /api/diary/notes/", "note_pk", world.note),
        ("DELETE /api/diary/notes/", "note_pk", world.note),
    ] {
        let (method, path) = route.split_once(' ').unwrap();
        let ask = async |id: i64| {
            let said = app
                .ask(case(route).by(kyle).to(method.parse().unwrap(), path).json(json!({ field: id })))
                .await;
            (said.status, said.body)
        };
        assert_eq!(ask(id).await, ask(999_999).await, "{route}");
    }
    for path in ["prescription", "diagnosis"] {
        let ask = async |id: i64| {
            let said = app.ask(case(path).by(kyle).get(format!("/api/diary/{path}/?link_id={id}"))).await;
            (said.status, said.body)
        };
        assert_eq!(ask(world.link).await, ask(999_999).await, "{path}");
    }
});
