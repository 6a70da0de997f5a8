//! Accounts and links, made over the wire as the pain diary's clients make them, and the family's words.
use crate::{App, Person, case};
use domain::identity::{AccountFlag, Username};
use serde_json::{Value, json};

/// Everybody's who is registered by a test.
pub const PASSWORD: &str = "no-fate-1984";
pub const GUEST: &str = "Authentication credentials were not provided.";
pub const WRONG_ROLE: &str = "You do not have permission to perform this action.";

pub fn detail(words: &str) -> Value {
    json!({ "detail": words })
}

pub fn error(words: &str) -> Value {
    json!({ "error": words })
}

impl App {
    pub async fn patient(&self, username: &str) -> Person {
        self.register(json!({
            "username": username, "email": format!("{username}@example.com"), "password": PASSWORD,
            "first_name": username.to_uppercase(), "last_name": "Test",
        }))
        .await
    }

    /// A new account of exactly these fields.
    pub async fn register(&self, body: Value) -> Person {
        let username = body["username"].as_str().unwrap().to_owned();
        let said = self.ask(case("register").post("/api/auth/register/", body)).await;
        assert_eq!(said.status, 201, "{said:?}");
        let token = said.body["token"].as_str().unwrap().to_owned();
        Person { id: said.body["user"]["id"].as_i64().unwrap(), username, token }
    }

    /// A new account that an operator made a doctor.
    pub async fn doctor(&self, username: &str) -> Person {
        let person = self.patient(username).await;
        self.grant(username, AccountFlag::Doctor(true));
        person
    }

    pub fn grant(&self, username: &str, flag: AccountFlag) {
        self.application.identity.as_operator().grant(Username::known_as(username).unwrap(), flag).unwrap();
    }

    /// A link in this status, with its id.
    pub async fn link(&self, patient: &Person, doctor: &Person, status: &str) -> i64 {
        let asked =
            case("link").by(patient).post("/api/diary/link_doc/", json!({ "doc_username": doctor.username }));
        assert_eq!(self.ask(asked).await.status, 200);
        let action = match status {
            "accepted" => Some("accept"),
            "rejected" => Some("reject"),
            _ => None,
        };
        if let Some(action) = action {
            let body = json!({ "patient_id": patient.id, "action": action });
            let answered = case("answer").by(doctor).post("/api/diary/doc_respond/", body);
            assert_eq!(self.ask(answered).await.status, 200);
        }
        let links = self.ask(case("links").by(patient).get("/api/diary/list_links/")).await.body;
        let of_pair = |link: &&Value| link["doctor"]["id"] == doctor.id;
        links.as_array().unwrap().iter().find(of_pair).unwrap()["id"].as_i64().unwrap()
    }

    /// The texts of somebody's notifications, newest first.
    pub async fn notifications(&self, person: &Person) -> Vec<String> {
        let lines = self.ask(case("notifications").by(person).get("/api/diary/notifications/")).await.body;
        lines.as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }
}
