//! A world in which the ids of the document's examples exist: the patient sarah is 7, the doctor house 1, and so is
//! everything else.
use super::{Operation, operations};
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

pub struct World {
    house: Person,
    sarah: Option<Person>,
    prescription: i64,
    diagnosis: i64,
}

impl World {
    /// With everything in it.
    pub async fn full(app: &App) -> Self {
        Self::seed(app, "").await
    }

    /// Without what the operation itself makes, so that its example is accepted once.
    pub async fn before(app: &App, operation: &Operation) -> Self {
        Self::seed(app, &operation.to_string()).await
    }

    async fn seed(app: &App, next: &str) -> Self {
        let house = app.doctor("house").await;
        for name in ["b", "c", "d", "e", "f"] {
            app.patient(name).await;
        }
        let mut world = Self { house, sarah: None, prescription: 0, diagnosis: 0 };
        if next.ends_with("/register/") || next.ends_with("/registration/") {
            return world;
        }
        let registration =
            json!({ "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984" });
        let (sarah, house) = (app.register(registration).await, &world.house);
        assert_eq!((house.id, sarah.id), (1, 7));
        if next != "POST /api/diary/link_doc/" {
            let status = if next.contains("doc_respond") { "pending" } else { "accepted" };
            assert_eq!(app.link(&sarah, house, status).await, 1);
            for creation in creations_of_owned() {
                let example = creation.body.unwrap().example;
                assert_eq!(make(app, &sarah, &creation.path, example).await, 1);
            }
            if status == "accepted" {
                for (entry, id) in
                    [("prescription", &mut world.prescription), ("diagnosis", &mut world.diagnosis)]
                {
                    let path = format!("/api/diary/{entry}/");
                    if next != format!("POST {path}") {
                        let body = json!({ "link": 1, entry: "x" });
                        *id = make(app, house, &format!("{path}?link_id=1"), body).await;
                    }
                }
            }
        }
        in_a_crisis(app, &sarah).await;
        Self { sarah: Some(sarah), ..world }
    }

    /// The documented example, by somebody who may send it.
    pub fn example(&self, operation: &Operation) -> Case {
        self.request(operation).json(operation.body.as_ref().map_or(Value::Null, |body| body.example.clone()))
    }

    /// Without its body.
    pub fn request(&self, operation: &Operation) -> Case {
        self.request_to(operation, self.address(operation, None))
    }

    pub fn request_to(&self, operation: &Operation, address: String) -> Case {
        let request = case(operation.to_string()).to(operation.method.clone(), address);
        match self.caller(operation) {
            Some(person) => request.by(person),
            None => request,
        }
    }

    /// The first notification is the doctor's, and queries are for doctors.
    fn caller(&self, operation: &Operation) -> Option<&Person> {
        let of_house = ["doc_respond", "notifications", "user/support"];
        let by_path = of_house.iter().any(|part| operation.path.contains(part));
        if by_path || !operation.query_parameters.is_empty() {
            Some(&self.house)
        } else {
            self.sarah.as_ref()
        }
    }

    /// The path with its query. The gaps and the required parameters are filled; one of all may be replaced.
    pub fn address(&self, operation: &Operation, replaced: Option<(&str, &str)>) -> String {
        let replacement =
            |name: &str| replaced.filter(|(key, _)| *key == name).map(|(_, raw)| raw.to_owned());
        let mut address = operation.path.clone();
        for parameter in &operation.path_parameters {
            let example = parameter.example.as_str().map_or(parameter.example.to_string(), str::to_owned);
            let filling = replacement(&parameter.name).unwrap_or(example);
            address = address.replace(&format!("{{{}}}", parameter.name), &filling);
        }
        let query = operation.query_parameters.iter().filter_map(|parameter| {
            let id = parameter.required.then(|| self.id(&parameter.name).to_string());
            Some(format!("{}={}", parameter.name, replacement(&parameter.name).or(id)?))
        });
        let query: Vec<_> = query.collect();
        if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
    }

    fn id(&self, parameter: &str) -> i64 {
        match parameter {
            "prescription_id" => self.prescription,
            "diagnosis_id" => self.diagnosis,
            _ => 1,
        }
    }
}

/// A scenario that writes to nobody, a contact, a therapist and an alarm.
async fn in_a_crisis(app: &App, sarah: &Person) {
    let path = |call: &str| format!("/api/v1/user/{call}/{}/", sarah.id);
    let person = json!({ "name": "x", "phone": "1", "email": "x@example.com", "relationship": "x" });
    for request in [
        case("scenario").patch(path("edit"), json!({ "scenario": 1 })),
        case("contact").patch(path("edit/contact"), person.clone()),
        case("therapist").put(path("create/therapist"), person),
        case("alarm").post(format!("/api/v1/event/trigger/{}/", sarah.id), json!({})),
    ] {
        let said = app.ask(request.by(sarah)).await;
        assert!((200..300).contains(&said.status), "{said:?}");
    }
}

/// Each `POST` with a body where the same path also lists and deletes: how a caller creates something of their own. What
/// needs a query belongs to somebody else too.
fn creations_of_owned() -> Vec<Operation> {
    let (creations, others): (Vec<_>, Vec<_>) =
        operations().into_iter().partition(|operation| operation.method == Method::POST);
    let has = |path: &str, method| others.iter().any(|other| other.path == path && other.method == method);
    let own = |creation: &Operation| {
        let path = &creation.path;
        creation.body.is_some()
            && creation.query_parameters.is_empty()
            && has(path, Method::GET)
            && has(path, Method::DELETE)
    };
    creations.into_iter().filter(own).collect()
}

async fn make(app: &App, who: &Person, path: &str, body: Value) -> i64 {
    let said = app.ask(case("seed").by(who).post(path, body)).await;
    assert_eq!(said.status, 201, "{path}: {said:?}");
    said.body["id"].as_i64().unwrap()
}
