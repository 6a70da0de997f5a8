//! Ninety days in a few seconds: the calls of the story, made to the application at the moments that it gives them.
use super::{
    clock::{Calendar, TravelClock},
    story::{Call, DemoRole, Event, Message, Person, Story, What},
};
use crate::{
    application::Application,
    commands::failure::{Done, Failure},
};
use actix_http::Request;
use actix_web::{
    App,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::{Method, header::AUTHORIZATION},
    test::{self, TestRequest},
};
use chrono::TimeDelta;
use domain::{
    identity::{AccountFlag, Username},
    messaging::{ChatAccess, PeerRef, Text},
    shared::AccountId,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the calls have made: tokens by username, ids by the name that the story gives them.
#[derive(Default)]
pub(super) struct Made {
    pub tokens: BTreeMap<String, String>,
    ids: BTreeMap<String, i64>,
}

/// Plays the whole story, and leaves the clock in the present.
pub(super) async fn replay(
    application: &Application,
    clock: &TravelClock,
    calendar: Calendar,
    story: &Story,
) -> Result<Made, Failure> {
    // As in a test, without a connection: nobody else can call before the story is over, and the log has no line for
    // each of these calls.
    let service = test::init_service(App::new().configure(|cfg| application.configure(cfg))).await;
    let mut stage = Stage { service, application, made: Made::default() };
    let mut at = calendar.after(TimeDelta::hours(2));
    for person in &story.people {
        at += TimeDelta::microseconds(389_471_203);
        clock.go(at);
        stage.register(person, &story.password).await?;
    }
    for (at, event) in story.timeline(calendar)? {
        clock.go(at);
        stage.play(event).await?;
    }
    clock.arrive();
    Ok(stage.made)
}

struct Stage<'a, S> {
    service: S,
    application: &'a Application,
    made: Made,
}

impl<S, B> Stage<'_, S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    async fn register(&mut self, person: &Person, password: &str) -> Done {
        let mut body = person.profile.clone();
        body.insert("username".into(), json!(person.username));
        body.insert("password".into(), json!(password));
        let answer = self.ask(None, "POST /api/auth/register/", Some(&body.into())).await?;
        let token = answer["token"].as_str().unwrap_or_default().to_owned();
        self.made.tokens.insert(person.username.clone(), token);
        self.made.keep(&person.username, &answer, "/user/id")?;
        let flag = match person.role {
            DemoRole::Patient => return Ok(()),
            DemoRole::Doctor => AccountFlag::Doctor(true),
            DemoRole::Staff => AccountFlag::Staff(true),
        };
        let username = Username::known_as(&person.username).map_err(Failure::new)?;
        self.application
            .identity
            .as_operator()
            .grant(username, flag)
            .map(drop)
            .map_err(|e| Failure::caused(&e))
    }

    async fn play(&mut self, event: &Event) -> Done {
        match &event.what {
            What::Call(call) => match &call.each {
                None => self.call(&event.by, call).await,
                Some(each) => {
                    let list = self.ask(Some(&event.by), &format!("GET {}", each.of), None).await?;
                    for item in list.as_array().into_iter().flatten().skip(each.skip) {
                        self.made.keep("each", item, "/id")?;
                        self.call(&event.by, call).await?;
                    }
                    Ok(())
                }
            },
            What::Message(message) => self.say(&event.by, message),
        }
    }

    async fn call(&mut self, by: &str, call: &Call) -> Done {
        let path = self.made.path(&call.call)?;
        let body = call.body.as_ref().map(|body| self.made.body(body)).transpose()?;
        let answer = self.ask(Some(by), &path, body.as_ref()).await?;
        call.keep.iter().try_for_each(|(name, pointer)| self.made.keep(name, &answer, pointer))
    }

    /// `call` is a method and a path. Anything but success ends the demo: the story is part of this program.
    async fn ask(&self, by: Option<&str>, call: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let failed = |why: &dyn std::fmt::Display| Failure::new(format!("seeds/demo.json: {call}: {why}"));
        let (method, path) = call.split_once(' ').ok_or_else(|| failed(&"has no path"))?;
        let mut request =
            TestRequest::with_uri(path).method(method.parse::<Method>().map_err(|e| failed(&e))?);
        if let Some(by) = by {
            let token = self.made.tokens.get(by).ok_or_else(|| failed(&format!("nobody is named {by}")))?;
            request = request.insert_header((AUTHORIZATION, format!("Token {token}")));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        let answer =
            test::try_call_service(&self.service, request.to_request()).await.map_err(|e| failed(&e))?;
        let status = answer.status();
        let bytes = test::try_read_body(answer).await.map_err(|e| failed(&e.into()))?;
        if !status.is_success() {
            return Err(failed(&format!("{status} {}", String::from_utf8_lossy(&bytes))));
        }
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    fn say(&self, by: &str, Message { says, to }: &Message) -> Done {
        let Application { identity, messaging, .. } = self.application;
        let token = self.made.tokens.get(by).map(String::as_str).unwrap_or_default();
        let speaker = identity.authenticate(token).map_err(|e| Failure::caused(&e))?.caller;
        let text = Text::parse(says).map_err(Failure::new)?;
        let (access, room) = if to == "support" {
            (ChatAccess::to_own_support_room(&speaker), None)
        } else if speaker.is_staff() {
            let inbox = ChatAccess::to_support_inbox(&speaker).map_err(|e| Failure::caused(&e))?;
            (inbox, Some(AccountId::new(self.made.id(to)?)))
        } else {
            let peer = PeerRef::Id(AccountId::new(self.made.id(to)?));
            (messaging.open_chat(&speaker, &peer).map_err(|e| Failure::caused(&e))?.0, None)
        };
        messaging.say(access, room, text, None).map(drop).map_err(|e| Failure::caused(&e))
    }
}

impl Made {
    fn id(&self, name: &str) -> Result<i64, Failure> {
        let id = self.ids.get(name).copied();
        id.ok_or_else(|| Failure::new(format!("seeds/demo.json: nothing was kept as {name:?}")))
    }

    fn keep(&mut self, name: &str, answer: &Value, pointer: &str) -> Done {
        let id = answer.pointer(pointer).and_then(Value::as_i64);
        let id =
            id.ok_or_else(|| Failure::new(format!("seeds/demo.json: no id for {name:?} at {pointer}")))?;
        self.ids.insert(name.to_owned(), id);
        Ok(())
    }

    pub(super) fn path(&self, template: &str) -> Result<String, Failure> {
        let mut path = String::new();
        let mut rest = template;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            path += before;
            path += &self.id(name)?.to_string();
            rest = after;
        }
        Ok(path + rest)
    }

    fn body(&self, template: &Value) -> Result<Value, Failure> {
        let Value::Object(fields) = template else { return Ok(template.clone()) };
        let field = |(key, value): (&String, &Value)| {
            let name = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
            let value = name.map_or_else(|| Ok(value.clone()), |name| self.id(name).map(Value::from));
            value.map(|value| (key.clone(), value))
        };
        fields.iter().map(field).collect::<Result<_, _>>().map(Value::Object)
    }
}
