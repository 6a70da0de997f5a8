//! Every route of the families, with every id that it takes, for every kind of caller. A route that is missing here fails
//! the test, and so does one that shows or changes anything of Sarah's for somebody who has no right to it.
use crate::{helpers::*, sockets::said};
use domain::{identity::Standing, messaging::ChatAccess, shared::Window};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stands in everything that is Sarah's: her father's name is part of every user object, and her texts say it too.
const CANARY: &str = "canary";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Guest,
    /// A patient, the owner of it all.
    Sarah,
    /// Her doctor, by an accepted link with a prescription and a diagnosis.
    House,
    /// Another doctor of hers, by an accepted link without either.
    Cuddy,
    PendingDoctor,
    RejectedDoctor,
    DoctorWithoutLink,
    OtherPatient,
    Staff,
    Deactivated,
}

const EVERYBODY: [Who; 10] = [
    Who::Guest,
    Who::Sarah,
    Who::House,
    Who::Cuddy,
    Who::PendingDoctor,
    Who::RejectedDoctor,
    Who::DoctorWithoutLink,
    Who::OtherPatient,
    Who::Staff,
    Who::Deactivated,
];

struct World {
    people: Vec<(Who, Person)>,
    record: i64,
    note: i64,
    notification: i64,
    link: i64,
    bare_link: i64,
    prescription: i64,
    diagnosis: i64,
}

impl World {
    async fn furnish(app: &App, round: usize) -> Self {
        let name = |who: &str| format!("{who}{round}");
        let sarah = app.patient(&name("sarah")).await;
        let body = json!({ "father_name": CANARY });
        app.ask(case("canary").by(&sarah).patch("/api/auth/profile/", body)).await;
        let (house, cuddy) = (app.doctor(&name("house")).await, app.doctor(&name("cuddy")).await);
        let (pending, rejected) = (app.doctor(&name("pending")).await, app.doctor(&name("rejected")).await);
        let (doctor, kyle) = (app.doctor(&name("doctor")).await, app.patient(&name("kyle")).await);
        let (staff, gone) = (app.patient(&name("staff")).await, app.patient(&name("gone")).await);
        app.grant(&staff.username, Standing::Staff(true));
        app.grant(&gone.username, Standing::Active(false));

        let link = app.link(&sarah, &house, "accepted").await;
        let bare_link = app.link(&sarah, &cuddy, "accepted").await;
        app.link(&sarah, &pending, "pending").await;
        app.link(&sarah, &rejected, "rejected").await;
        let make = async |who: &Person, path: String, body: Value| {
            let said = app.ask(case("furnish").by(who).post(path, body)).await;
            assert_eq!(said.status, 201, "{said:?}");
            said.body["id"].as_i64().unwrap()
        };
        let entry = |word: &str| json!({ "link": link, word: CANARY });
        let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1, "description": CANARY });
        let at = |word: &str| format!("/api/diary/{word}/?link_id={link}");
        let bell = app.ask(case("bell").by(&sarah).get("/api/diary/notifications/")).await.body;
        for peer in [&house, &sarah] {
            said(app, &sarah, peer, CANARY);
        }
        Self {
            record: make(&sarah, "/api/diary/stats/".into(), record).await,
            note: make(&sarah, "/api/diary/notes/".into(), json!({ "title": CANARY })).await,
            notification: bell[0]["id"].as_i64().unwrap(),
            prescription: make(&house, at("prescription"), entry("prescription")).await,
            diagnosis: make(&house, at("diagnosis"), entry("diagnosis")).await,
            link,
            bare_link,
            people: vec![
                (Who::Sarah, sarah),
                (Who::House, house),
                (Who::Cuddy, cuddy),
                (Who::PendingDoctor, pending),
                (Who::RejectedDoctor, rejected),
                (Who::DoctorWithoutLink, doctor),
                (Who::OtherPatient, kyle),
                (Who::Staff, staff),
                (Who::Deactivated, gone),
            ],
        }
    }

    fn person(&self, who: Who) -> Option<&Person> {
        self.people.iter().find(|(role, _)| *role == who).map(|(_, person)| person)
    }
    fn sarah(&self) -> &Person {
        self.person(Who::Sarah).unwrap()
    }
    fn id(&self, who: Who) -> i64 {
        self.person(who).unwrap().id
    }
    fn name(&self, who: Who) -> &str {
        &self.person(who).unwrap().username
    }

    /// Everything that is Sarah's, as she sees it. Her doctors' own profiles are not hers.
    async fn digest(&self, app: &App) -> Vec<Value> {
        let mut seen = vec![];
        let talk = format!("chat/conversations/{}/", self.id(Who::House));
        for path in [
            "auth/profile/",
            "diary/stats/",
            "diary/notes/",
            "diary/list_links/",
            "diary/notifications/",
            "chat/conversations/",
            &talk,
        ] {
            seen.push(app.ask(case("digest").by(self.sarah()).get(format!("/api/{path}"))).await.body);
        }
        let seat =
            ChatAccess::to_own_support_room(&app.house.identity.admit(&self.sarah().token).unwrap().caller);
        let support = app.house.messaging.read(seat, Window::first()).unwrap();
        seen.push(support.into_iter().map(|message| Value::from(message.text)).collect());
        for item in seen.iter_mut().filter_map(Value::as_array_mut).flatten() {
            for person in ["doctor", "sender", "receiver"] {
                if item[person].is_object() {
                    item[person] = item[person]["id"].clone();
                }
            }
        }
        seen
    }
}

/// One way to put an id of Sarah's into a route.
struct Row {
    route: &'static str,
    /// What fills the path's gap, or the query with its `?`; and the body.
    with: fn(&World) -> (String, Value),
    /// Who sees something of Sarah's by it, or changes it.
    rightful: &'static [Who],
}

fn row(route: &'static str, rightful: &'static [Who], with: fn(&World) -> (String, Value)) -> Row {
    Row { route, with, rightful }
}

fn nothing(_: &World) -> (String, Value) {
    (String::new(), Value::Null)
}

fn body(body: Value) -> (String, Value) {
    (String::new(), body)
}

fn rows() -> Vec<Row> {
    use Who::{Cuddy, House, PendingDoctor, RejectedDoctor, Sarah};
    vec![
        row("POST /api/auth/register/", &[], |w| {
            body(
                json!({ "id": w.sarah().id, "username": w.sarah().username, "email": "new@example.com", "password": "x" }),
            )
        }),
        row("POST /api/auth/login/", &[], |w| {
            body(json!({ "username": w.sarah().username, "password": "wrong", "id": w.sarah().id }))
        }),
        row("POST /api/auth/logout/", &[], |w| body(json!({ "user": w.sarah().id, "token": "x" }))),
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
        row("GET /api/chat/conversations/{peer}/", &[House], |w| (w.sarah().id.to_string(), Value::Null)),
        row("GET /api/chat/conversations/{peer}/", &[House], |w| (w.sarah().username.clone(), Value::Null)),
        row("GET /api/chat/conversations/{peer}/", &[Sarah], |w| (w.id(House).to_string(), Value::Null)),
        row("GET /api/chat/conversations/{peer}/", &[Sarah], |w| (w.name(House).to_owned(), Value::Null)),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[House], |w| {
            (w.sarah().id.to_string(), json!({ "peer_id": w.id(House), "user": w.sarah().id }))
        }),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[House], |w| {
            (w.sarah().username.clone(), Value::Null)
        }),
        row("DELETE /api/chat/conversations/delete/{peer}/", &[Sarah], |w| {
            (w.id(House).to_string(), Value::Null)
        }),
        // Her support room is hers and the staff's, but this tells only where it is.
        row("GET /api/v1/chat/user/support/{user_id}/", &[], |w| (w.sarah().id.to_string(), Value::Null)),
        row("GET /api/diary/bodyparts/", &[], nothing),
        row("GET /api/diary/stats/", &[Sarah], nothing),
        row("GET /api/diary/stats/", &[Sarah, House, Cuddy], |w| {
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
            let doctor = w.name(Who::DoctorWithoutLink);
            body(json!({ "doc_username": doctor, "patient": w.sarah().id, "patient_id": w.sarah().id }))
        }),
        row("DELETE /api/diary/link_doc/", &[Sarah], |w| {
            body(json!({ "doc_username": w.name(House), "patient_id": w.sarah().id }))
        }),
        row("POST /api/diary/doc_respond/", &[House, Cuddy, PendingDoctor], |w| {
            body(json!({ "patient_id": w.sarah().id, "action": "reject" }))
        }),
        row("DELETE /api/diary/doc_respond/", &[House, Cuddy, PendingDoctor, RejectedDoctor], |w| {
            body(json!({ "patient_id": w.sarah().id }))
        }),
        // A doctor who was asked sees whom: without it no request could be answered.
        row("GET /api/diary/list_links/", &[Sarah, House, Cuddy, PendingDoctor, RejectedDoctor], nothing),
        row("GET /api/diary/prescription/", &[Sarah, House], |w| {
            (format!("?link_id={}", w.link), Value::Null)
        }),
        row("POST /api/diary/prescription/", &[Cuddy], |w| {
            (format!("?link_id={}", w.bare_link), json!({ "link": w.bare_link, "prescription": "new" }))
        }),
        row("PATCH /api/diary/prescription/", &[House], |w| {
            (
                format!("?prescription_id={}", w.prescription),
                json!({ "prescription": "changed", "link": w.bare_link }),
            )
        }),
        row("DELETE /api/diary/prescription/", &[House], |w| {
            (format!("?prescription_id={}", w.prescription), Value::Null)
        }),
        row("GET /api/diary/diagnosis/", &[Sarah, House], |w| (format!("?link_id={}", w.link), Value::Null)),
        row("POST /api/diary/diagnosis/", &[Cuddy], |w| {
            (format!("?link_id={}", w.bare_link), json!({ "link": w.bare_link, "diagnosis": "new" }))
        }),
        row("PATCH /api/diary/diagnosis/", &[House], |w| {
            (format!("?diagnosis_id={}", w.diagnosis), json!({ "diagnosis": "changed", "link": w.bare_link }))
        }),
        row("DELETE /api/diary/diagnosis/", &[House], |w| {
            (format!("?diagnosis_id={}", w.diagnosis), Value::Null)
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

fn request(row: &Row, world: &World, who: Who) -> Case {
    let (method, path) = row.route.split_once(' ').unwrap();
    let (filling, body) = (row.with)(world);
    let path = match path.split_once('{') {
        Some((head, tail)) => format!("{head}{filling}{}", tail.split_once('}').unwrap().1),
        None => format!("{path}{filling}"),
    };
    let asked = case(format!("{who:?}")).to(method.parse().unwrap(), path).json(body);
    match world.person(who) {
        Some(person) => asked.by(person),
        None => asked,
    }
}

fn table() -> impl Iterator<Item = web::http::Route> {
    web::painaway::table().into_iter().chain(web::ptsd::table())
}

#[test]
fn every_route_of_the_families_is_in_the_matrix_and_no_other() {
    let routes = table().map(|route| format!("{} {}", route.method, route.path));
    let (there, judged): (BTreeSet<_>, BTreeSet<_>) =
        (routes.collect(), rows().iter().map(|row| row.route.to_owned()).collect());
    assert_eq!(judged, there);
}

both_databases!(nobody_sees_or_changes_what_is_not_theirs, async |app: App| {
    let world = World::furnish(&app, 0).await;
    let open: Vec<_> = table().filter(|route| route.open).map(|route| route.path).collect();
    let (before, mut cells, mut wrong) = (world.digest(&app).await, 0, vec![]);
    for row in rows() {
        for who in EVERYBODY.into_iter().filter(|who| !row.rightful.contains(who)) {
            // Their own token is what a caller may end; here it is needed again.
            if row.route.ends_with("logout/") && !matches!(who, Who::Guest | Who::Deactivated) {
                continue;
            }
            let said = app.ask(request(&row, &world, who)).await;
            cells += 1;
            let closed = !open.iter().any(|path| row.route.ends_with(path));
            let door = closed && matches!(who, Who::Guest | Who::Deactivated);
            if said.status >= 500 || said.body.to_string().contains(CANARY) || (door && said.status != 401) {
                wrong.push(format!("{} as {who:?}: {said:?}", row.route));
            }
            if world.digest(&app).await != before {
                wrong.push(format!("{} as {who:?} changed something of Sarah's: {said:?}", row.route));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cells > 250, "only {cells} cells were judged");
});

both_databases!(whoever_has_the_right_can_use_it, async |app: App| {
    let mut round = 0;
    for row in rows() {
        for who in row.rightful {
            round += 1;
            let world = World::furnish(&app, round).await;
            let before = world.digest(&app).await;
            let said = app.ask(request(&row, &world, *who)).await;
            assert!((200..300).contains(&said.status), "{} as {who:?}: {said:?}", row.route);
            if row.route.starts_with("GET") {
                assert!(said.body.to_string().contains(CANARY), "{} as {who:?}: {said:?}", row.route);
            } else {
                assert_ne!(world.digest(&app).await, before, "{} as {who:?}: {said:?}", row.route);
            }
        }
    }
});

both_databases!(what_is_not_ones_own_looks_like_what_does_not_exist, async |app: App| {
    let world = World::furnish(&app, 0).await;
    let kyle = world.person(Who::OtherPatient).unwrap();
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
