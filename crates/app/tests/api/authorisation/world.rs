//! The people of the pain diary and of the support chat, and what is Sarah's.
use super::engine::{self, World as _};
use crate::sockets::said;
use domain::{identity::AccountFlag, messaging::ChatAccess, shared::Page};
use serde_json::{Value, json};
use testing::*;

/// Stands in everything that is Sarah's: her father's name is part of every user object, and her texts say it too.
const CANARY: &str = "canary";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Guest,
    /// A patient, the owner of it all.
    Sarah,
    /// Her doctor, by an accepted link with a prescription and a diagnosis.
    LinkedDoctor,
    /// Another doctor of hers, by an accepted link without either.
    Cuddy,
    PendingDoctor,
    RejectedDoctor,
    DoctorWithoutLink,
    /// Her doctor by an accepted link with a prescription and a diagnosis, until the role was taken.
    FormerDoctor,
    OtherPatient,
    Staff,
    FormerStaff,
    /// A doctor of hers by an accepted link, deactivated since.
    Deactivated,
}

pub struct World {
    people: Vec<(Role, Person)>,
    pub record: i64,
    pub note: i64,
    pub notification: i64,
    pub link: i64,
    pub bare_link: i64,
    pub former_link: i64,
    pub former_prescription: i64,
    pub former_diagnosis: i64,
    pub prescription: i64,
    pub diagnosis: i64,
    pub contact: i64,
    pub alarm: i64,
}

impl World {
    pub fn sarah(&self) -> &Person {
        self.person(Role::Sarah).unwrap()
    }
    pub fn id(&self, who: Role) -> i64 {
        self.person(who).unwrap().id
    }
    pub fn name(&self, who: Role) -> &str {
        &self.person(who).unwrap().username
    }
}

impl engine::World for World {
    type Role = Role;
    const ROLES: &[Role] = &[
        Role::Guest,
        Role::Sarah,
        Role::LinkedDoctor,
        Role::Cuddy,
        Role::PendingDoctor,
        Role::RejectedDoctor,
        Role::DoctorWithoutLink,
        Role::FormerDoctor,
        Role::OtherPatient,
        Role::Staff,
        Role::FormerStaff,
        Role::Deactivated,
    ];
    const SHUT_OUT: &[Role] = &[Role::Guest, Role::Deactivated];
    const CANARY: &str = CANARY;

    async fn seed(app: &App, round: usize) -> Self {
        let name = |who: &str| format!("{who}{round}");
        let sarah = app.patient(&name("sarah")).await;
        let body = json!({ "father_name": CANARY });
        app.ask(case("canary").by(&sarah).patch("/api/auth/profile/", body)).await;
        let (house, cuddy) = (app.doctor(&name("house")).await, app.doctor(&name("cuddy")).await);
        let (pending, rejected) = (app.doctor(&name("pending")).await, app.doctor(&name("rejected")).await);
        let (doctor, kyle) = (app.doctor(&name("doctor")).await, app.patient(&name("kyle")).await);
        let (former, gone) = (app.doctor(&name("former")).await, app.doctor(&name("gone")).await);
        let (staff, former_staff) =
            (app.patient(&name("staff")).await, app.patient(&name("admin-once")).await);
        for person in [&staff, &former_staff] {
            app.grant(&person.username, AccountFlag::Staff(true));
        }

        let link = app.link(&sarah, &house, "accepted").await;
        let bare_link = app.link(&sarah, &cuddy, "accepted").await;
        app.link(&sarah, &pending, "pending").await;
        app.link(&sarah, &rejected, "rejected").await;
        let make = async |who: &Person, path: String, body: Value| {
            let said = app.ask(case("seed").by(who).post(path, body)).await;
            assert_eq!(said.status, 201, "{said:?}");
            said.body["id"].as_i64().unwrap()
        };
        let entry = |word: &str| json!({ "link": link, word: CANARY });
        let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1, "description": CANARY });
        let at = |word: &str| format!("/api/diary/{word}/?link_id={link}");
        let former_link = app.link(&sarah, &former, "accepted").await;
        app.link(&sarah, &gone, "accepted").await;
        let mut of_former = vec![];
        for word in ["prescription", "diagnosis"] {
            let path = format!("/api/diary/{word}/?link_id={former_link}");
            of_former.push(make(&former, path, json!({ "link": former_link, word: CANARY })).await);
        }
        app.grant(&former.username, AccountFlag::Doctor(false));
        app.grant(&former_staff.username, AccountFlag::Staff(false));
        app.grant(&gone.username, AccountFlag::Active(false));
        let notifications =
            app.ask(case("notifications").by(&sarah).get("/api/diary/notifications/")).await.body;
        let (contact, alarm) = in_a_crisis(app, &sarah).await;
        for peer in [&house, &sarah] {
            said(app, &sarah, peer, CANARY);
        }
        Self {
            record: make(&sarah, "/api/diary/stats/".into(), record).await,
            note: make(&sarah, "/api/diary/notes/".into(), json!({ "title": CANARY })).await,
            notification: notifications[0]["id"].as_i64().unwrap(),
            prescription: make(&house, at("prescription"), entry("prescription")).await,
            diagnosis: make(&house, at("diagnosis"), entry("diagnosis")).await,
            link,
            bare_link,
            former_link,
            former_prescription: of_former[0],
            former_diagnosis: of_former[1],
            contact,
            alarm,
            people: vec![
                (Role::Sarah, sarah),
                (Role::LinkedDoctor, house),
                (Role::Cuddy, cuddy),
                (Role::PendingDoctor, pending),
                (Role::RejectedDoctor, rejected),
                (Role::DoctorWithoutLink, doctor),
                (Role::FormerDoctor, former),
                (Role::OtherPatient, kyle),
                (Role::Staff, staff),
                (Role::FormerStaff, former_staff),
                (Role::Deactivated, gone),
            ],
        }
    }

    fn person(&self, who: Role) -> Option<&Person> {
        self.people.iter().find(|(role, _)| *role == who).map(|(_, person)| person)
    }

    /// Everything that is Sarah's, as she sees it. Her doctors' own profiles are not hers.
    async fn snapshot(&self, app: &App) -> Vec<Value> {
        let mut seen = vec![];
        let talk = format!("chat/conversations/{}/", self.id(Role::LinkedDoctor));
        let contacts = format!("v1/user/contacts/{}/", self.sarah().id);
        let assistant = |call: &str| format!("v1/chat/{}/{call}/", self.sarah().id);
        let (said, consent) = (assistant("history"), assistant("consent"));
        for path in [
            "auth/profile/",
            "auth/mail-settings/",
            "diary/stats/",
            "diary/notes/",
            "diary/list_links/",
            "diary/notifications/",
            "chat/conversations/",
            &talk,
            "v1/user/me/",
            &contacts,
            "v1/event/alarms/",
            &said,
            &consent,
        ] {
            seen.push(app.ask(case("snapshot").by(self.sarah()).get(format!("/api/{path}"))).await.body);
        }
        // No call reads a therapist: a change of nothing tells of them.
        let therapist = format!("/api/v1/user/edit/therapist/{}/", self.sarah().id);
        seen.push(app.ask(case("snapshot").by(self.sarah()).patch(therapist, json!({}))).await.body);
        let access = ChatAccess::to_own_support_room(
            &app.application.identity.authenticate(&self.sarah().token).unwrap().caller,
        );
        let support = app.application.messaging.read(access, Page::first()).unwrap();
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

/// Her profile, an emergency contact, a therapist, and an alarm that writes to nobody. Returns the contact and the alarm.
async fn in_a_crisis(app: &App, sarah: &Person) -> (i64, i64) {
    let path = |call: &str| format!("/api/v1/user/{call}/{}/", sarah.id);
    let profile = json!({ "location": CANARY, "scenario": 1 });
    app.ask(case("profile").by(sarah).patch(path("edit"), profile)).await;
    let person = json!({ "name": CANARY, "phone": "1", "email": "ivan@example.com", "relationship": CANARY });
    let contact = app.ask(case("contact").by(sarah).patch(path("edit/contact"), person.clone())).await;
    app.ask(case("therapist").by(sarah).put(path("create/therapist"), person)).await;
    let danger = json!({ "text": format!("I want to die. {CANARY}") });
    let assistant = format!("/api/v1/chat/{}/", sarah.id);
    assert_eq!(app.ask(case("assistant").by(sarah).post(assistant, danger)).await.status, 200);
    let press = format!("/api/v1/event/trigger/{}/", sarah.id);
    assert_eq!(app.ask(case("alarm").by(sarah).post(press, Value::Null)).await.status, 200);
    let alarms = app.ask(case("alarms").by(sarah).get("/api/v1/event/alarms/")).await.body;
    (contact.body["data"]["id"].as_i64().unwrap(), alarms[0]["id"].as_i64().unwrap())
}
