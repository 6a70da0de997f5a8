//! Somebody with a contact and a therapist, whose addresses nobody else has.
use crate::Pressed;
use futures_util::{StreamExt, stream};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};
use testing::{PASSWORD, http_client};
use tokio::time::sleep;

/// For an answer; the server's own wait is shorter.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// An overloaded server refuses with 503: it is asked again while people are registered, before anything is killed.
const BUSY_TRIES: usize = 50;

pub struct Person {
    pub name: String,
    id: i64,
    token: String,
    http: Client,
}

impl Person {
    pub fn contact(&self) -> String {
        format!("contact-of-{}@example.com", self.name)
    }
    pub fn therapist(&self) -> String {
        format!("therapist-of-{}@example.com", self.name)
    }

    /// The contact answers by a link that reached them, after this while.
    pub async fn answer(&self, after: Duration, link: &str, nodes: [SocketAddr; 2]) -> SystemTime {
        sleep(after).await;
        for node in nodes.into_iter().cycle() {
            let asked = self.http.post(format!("http://{node}{link}")).timeout(PATIENCE);
            if let Ok(answer) = asked.send().await {
                let status = answer.status();
                if status.is_success() {
                    return SystemTime::now();
                }
                assert!(status.is_server_error(), "{}: {status}", self.name);
            }
            sleep(AGAIN_AFTER).await;
        }
        unreachable!("there are always nodes")
    }

    /// What the server has of the newest alarm.
    pub async fn alarm(&self, node: SocketAddr) -> Value {
        let url = format!("http://{node}/api/v1/event/alarms/?limit=1");
        let asked = self.http.get(url).header("Authorization", format!("Token {}", self.token));
        asked.send().await.unwrap().json::<Value>().await.unwrap()[0].clone()
    }

    /// Presses after this while, first at one node and then at either until one answers: always the same press.
    pub async fn press(self, after: Duration, nodes: [SocketAddr; 2]) -> Pressed {
        sleep(after).await;
        for node in nodes.into_iter().cycle() {
            let url = format!("http://{node}/api/v1/event/trigger/{}/", self.id);
            let asked = self.http.post(url).header("Authorization", format!("Token {}", self.token));
            let asked = asked.header("Idempotency-Key", "the press").timeout(PATIENCE);
            if let Ok(answer) = asked.send().await {
                let status = answer.status();
                if let (StatusCode::OK, Ok(body)) = (status, answer.json::<Value>().await) {
                    let messages = body["messages"].as_array().unwrap().iter();
                    let messages = messages.map(|message| message.as_str().unwrap().to_owned()).collect();
                    return Pressed { person: self, answered_at: SystemTime::now(), messages };
                }
                assert!(status.is_success() || status.is_server_error(), "{}: {status}", self.name);
            }
            sleep(AGAIN_AFTER).await;
        }
        unreachable!("there are always nodes")
    }
}

pub async fn register_all(count: usize, at_once: usize, node: SocketAddr) -> Vec<Person> {
    let http = http_client();
    stream::iter(0..count).map(|n| register(n, node, http.clone())).buffer_unordered(at_once).collect().await
}

async fn register(n: usize, node: SocketAddr, http: Client) -> Person {
    let name = format!("user-{n}");
    let ask = async |method: Method, path: String, token: &str, body: Value| -> Value {
        let asked = http.request(method, format!("http://{node}{path}")).json(&body);
        let asked =
            if token.is_empty() { asked } else { asked.header("Authorization", format!("Token {token}")) };
        let send = async || asked.try_clone().unwrap().send().await.unwrap();
        let mut answer = send().await;
        for _ in 0..BUSY_TRIES {
            if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
                sleep(AGAIN_AFTER).await;
                answer = send().await;
            }
        }
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    };
    let account = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
    let said = ask(Method::POST, "/api/auth/register/".into(), "", account).await;
    let (id, token) = (said["user"]["id"].as_i64().unwrap(), said["token"].as_str().unwrap().to_owned());
    let person = Person { name, id, token, http: http.clone() };
    let path = |call: &str| format!("/api/v1/user/{call}/{id}/");
    let somebody = |email: String| json!({ "name": "x", "phone": "1", "email": email, "relationship": "x" });
    ask(Method::PATCH, path("edit"), &person.token, json!({ "scenario": 3 })).await;
    ask(Method::PATCH, path("edit/contact"), &person.token, somebody(person.contact())).await;
    ask(Method::PUT, path("create/therapist"), &person.token, somebody(person.therapist())).await;
    person
}
