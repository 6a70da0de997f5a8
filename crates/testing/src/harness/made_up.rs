//! A family that no client speaks, with all that a family can bring of its own: a credential with claims, an envelope for
//! refusals, nested field errors, a route that waits for somebody outside, its own socket. The request layer knows nothing
//! of it.
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use domain::{
    events::Topic,
    identity::{Doctor, IdentityError, IdentityService, Session},
    shared::FieldError,
};
use serde_json::{Value, json};
use std::time::Duration;
use utoipa::openapi::{
    ObjectBuilder,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use web::{
    http::{
        AuthedRequest, Authentication, Family, FieldKey, FieldProblem, HandlerResult, NestedErrors, Refusal,
        Reply, Resource, UrlTable, WaitingRequest, authorization, register_socket,
    },
    live::{Admitted, Outbox, SocketHandler, SocketUpgrade, Task},
    route,
};

static FAMILY: Family = Family {
    authentication: &CLAIMS,
    render: |refusal, _method| HttpResponse::build(refusal.status()).json(envelope(refusal)),
    options: |name| json!({ "resource": name }),
    refusal_schema: |_| ("Fault", ObjectBuilder::new().into()),
    tags: &[("Made up", "For tests")],
};
pub static MADE_UP: UrlTable = UrlTable { family: &FAMILY, resources };

/// The tables and what their handlers need.
pub fn made_up(cfg: &mut ServiceConfig) {
    cfg.app_data(Data::new(Model(Duration::from_secs(20))));
    MADE_UP.register(cfg);
    register_socket(&FAMILY, "/made-up/echo/", "Echo", echo, cfg);
}

fn resources() -> Vec<Resource> {
    vec![
        Resource::new("Me", [route!(authenticated me)]),
        Resource::new("Course", [route!(doctor prescribe)]),
        Resource::new("Advice", [route!(waits advise).deadline(Duration::from_secs(30))]),
    ]
}

/// `Bearer <name>.<token>`: the name is a claim that must be true of the account.
static CLAIMS: Claims = Claims;
struct Claims;

impl Authentication for Claims {
    fn challenge(&self) -> &'static str {
        "Bearer realm=\"made up\""
    }
    fn credential(&self, request: &HttpRequest) -> Result<Option<String>, Refusal> {
        authorization(request, "Bearer")
    }
    fn authenticate(&self, identity: &IdentityService, credential: &str) -> Result<Session, Refusal> {
        let (name, token) = credential.split_once('.').ok_or(IdentityError::TokenUnknown)?;
        let session =
            Some(identity.authenticate(token)?).filter(|session| session.caller.person.username == name);
        Ok(session.ok_or(IdentityError::TokenUnknown)?)
    }
    fn security_scheme(&self) -> (&'static str, SecurityScheme) {
        ("claims", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
    }
}

fn envelope(refusal: &Refusal) -> Value {
    let fields = match refusal {
        Refusal::Fields(errors) => errors.to_json(&|_field, why| why.to_string()),
        _ => Value::Null,
    };
    json!({ "success": false, "error": { "message": refusal.to_string(), "fields": fields } })
}

/// Who calls.
#[utoipa::path(get, path = "/made-up/me/", operation_id = "madeUpMe", responses((status = 200)))]
fn me(request: &AuthedRequest, _identity: &IdentityService) -> HandlerResult {
    Reply::ok(&json!({ "success": true, "name": request.caller.person.username }))
}

/// A course of medicines, of which the second lacks its dose.
#[utoipa::path(post, path = "/made-up/course/", operation_id = "madeUpCourse", responses((status = 201)))]
fn prescribe(_request: &AuthedRequest, _doctor: Doctor<'_>, _identity: &IdentityService) -> HandlerResult {
    let inside = |key, problem| NestedErrors(vec![(key, problem)]);
    let dose = inside(FieldKey::Name("dose"), FieldProblem::Invalid(FieldError::Required));
    let second = inside(FieldKey::Index(1), FieldProblem::Nested(dose));
    Err(inside(FieldKey::Name("medicines"), FieldProblem::Nested(second)).into())
}

/// Somebody outside, who takes so long to answer.
struct Model(Duration);

/// Asks the model between two use cases.
#[utoipa::path(get, path = "/made-up/advice/", operation_id = "madeUpAdvice", responses((status = 200)))]
async fn advise(request: WaitingRequest<Model>) -> HandlerResult {
    let (name, takes) =
        request.run(|asked, model| Ok((asked.caller.person.username.clone(), model.0))).await?;
    tokio::time::sleep(takes).await;
    request.run(move |_, _| Reply::ok(&json!({ "success": true, "advice": format!("Rest, {name}.") }))).await
}

async fn echo(upgrade: SocketUpgrade) -> Result<HttpResponse, Refusal> {
    let authenticate = |session, _after| Ok(Admitted::new(session, Topic::new("made-up", [0, 0]), Echo));
    upgrade.accept(&FAMILY.authentication, authenticate).await
}

struct Echo;

impl SocketHandler for Echo {
    type Fetched = ();
    type Output = ();
    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Task<()>> {
        out.push_live(format!("{{\"echo\":{text}}}"));
        None
    }
    fn refusal(&self, why: &str, _text: Option<&str>) -> String {
        json!({ "success": false, "error": why }).to_string()
    }
}
