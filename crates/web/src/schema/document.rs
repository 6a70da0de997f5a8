//! The API document: each family's part, made from its URL table. What a family refuses is rendered by the family itself, so
//! that the document cannot tell otherwise than the server does.
use crate::http::{Access, Family, Refusal, Rejection, Route, UrlTable};
use actix_web::{body::MessageBody, http::Method};
use domain::shared::{BadIdempotencyKey, FieldError, FieldErrors, IdempotencyKey};
use serde_json::Value;
use utoipa::openapi::{
    Components, ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder, Schema,
    example::ExampleBuilder,
    header::HeaderBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, OneOfBuilder, Type},
    security::SecurityRequirement,
    server::ServerBuilder,
    tag::{Tag, TagBuilder},
};

const ABOUT: &str = "The backend of a care app.

Every path answers with and without its final slash. A body is documented as JSON; on every method it may also come as
`application/x-www-form-urlencoded` or `multipart/form-data`, with the same fields. What is written in another way is taken for what it means, as forms have no types: `\"7\"` for a number,
`\"yes\"`, `\"on\"` or `1` for true, a number for a text. Whatever is refused is refused in JSON:
`detail` or `error` with a sentence, or the refused fields, each with its sentences. Every answer has an `X-Request-Id`,
which the server's log names, too.";

/// What every family offers, in one document. `sections` are headings with a text of their own; `servers` is where clients find
/// the API: URLs, or `/` for the host that served the document.
pub fn document(tables: &[&UrlTable], sections: &[(&str, &str)], servers: &[&str]) -> OpenApi {
    let info = Info::builder().title("Carebase").description(Some(ABOUT)).version(env!("CARGO_PKG_VERSION"));
    let servers = servers.iter().map(|url| ServerBuilder::new().url(*url).build());
    let mut whole = OpenApiBuilder::new().info(info.build()).servers(Some(servers)).build();
    for table in tables {
        let family = table.family;
        for route in table.routes() {
            whole.merge(documented(family, route));
        }
        let (name, scheme) = family.authentication.security_scheme();
        let components: &mut Components = whole.components.get_or_insert_default();
        components.add_security_scheme(name, scheme);
        whole.tags.get_or_insert_default().extend(family.tags.iter().map(heading));
    }
    whole.tags.get_or_insert_default().extend(sections.iter().map(heading));
    whole
}

fn heading((name, about): &(&str, &str)) -> Tag {
    TagBuilder::new().name(*name).description(Some(*about)).build()
}

fn documented(family: &'static Family, route: Route) -> OpenApi {
    let mut document = (route.document)();
    let operation = document.paths.paths.values_mut().find_map(only_operation);
    if let Some(operation) = operation {
        operation.security = Some(match route.access {
            Access::Public => vec![],
            Access::Authenticated | Access::Role => {
                vec![SecurityRequirement::new(family.authentication.security_scheme().0, [""; 0])]
            }
        });
        // A partial change of nothing, which no body is, too.
        if let (true, Some(RefOr::T(body))) = (route.method == Method::PATCH, &mut operation.request_body) {
            body.required = Some(Required::False);
        }
        if route.idempotent {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
        }
        let schemas = tell_refusals(operation, family, &route);
        document.components.get_or_insert_default().schemas.extend(schemas);
    }
    document
}

fn idempotency_key() -> Parameter {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(IdempotencyKey::MAX));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name for this request, new for each thing that is made. Sent again within a day, the request makes nothing and is \
             answered with what the first one made.",
        ))
        .schema(Some(name))
        .build()
}

fn only_operation(item: &mut PathItem) -> Option<&mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().find_map(Option::as_mut)
}

type Schemas = Vec<(String, RefOr<Schema>)>;

/// What the handler refuses, and what the request layer refuses for a route like this one. Returns the schemas of their
/// bodies.
fn tell_refusals(operation: &mut Operation, family: &Family, route: &Route) -> Schemas {
    let has_body = operation.request_body.is_some();
    let field = || Refusal::from(FieldErrors::one("field", FieldError::Required));
    let shared: [(bool, &str, Refusal); 13] = [
        (has_body, "The body cannot be read", Rejection::BodyNotParsed("JSON parse error - …".into()).into()),
        // After the others of its status: generated clients try one schema after another, and this one takes any keys.
        (has_body, "A refused field: each with its reasons", field()),
        (route.access != Access::Public, "No credential", Refusal::NOT_AUTHENTICATED),
        (true, "A wrong credential", domain::identity::IdentityError::TokenUnknown.into()),
        (route.access == Access::Role, "Another role", Rejection::WrongRole.into()),
        (true, "`Accept` allows no JSON", Rejection::NotAcceptable.into()),
        (has_body, "The body is too large", Rejection::BodyTooLarge(crate::http::BODY_MAX).into()),
        (
            has_body,
            "The body is neither JSON nor a form",
            Rejection::UnsupportedMediaType("text/plain".into()).into(),
        ),
        (has_body, "The body is compressed", Rejection::UnsupportedEncoding("gzip".into()).into()),
        (
            route.limited,
            "Too many tries from this address, or about this account",
            Rejection::TooManyRequests { seconds: 7 }.into(),
        ),
        (route.idempotent, "The key is none", Rejection::BadIdempotencyKey(BadIdempotencyKey).into()),
        (route.idempotent, "The key was used with another body", Rejection::IdempotencyKeyReused.into()),
        (true, "The database is away or busy: nothing was changed", Refusal::UNAVAILABLE),
    ];
    let own = route.refusals.iter().map(|refusal| (refusal.to_string(), refusal));
    let shared = shared.iter().filter(|(applies, ..)| *applies);
    let all = own.chain(shared.map(|(_, about, refusal)| ((*about).to_owned(), refusal)));
    all.filter_map(|(about, refusal)| tell(operation, family, route, &about, refusal)).collect()
}

/// Under the status that the family gives it, beside what else has that status.
fn tell(
    operation: &mut Operation,
    family: &Family,
    route: &Route,
    about: &str,
    refusal: &Refusal,
) -> Option<(String, RefOr<Schema>)> {
    let rendered = family.render_refusal(refusal, &route.method);
    let status = rendered.status().as_str().to_owned();
    let headers: Vec<_> = ["www-authenticate", "retry-after"]
        .into_iter()
        .filter_map(|name| {
            rendered.headers().get(name).map(|value| (name, value.to_str().unwrap_or_default().to_owned()))
        })
        .collect();
    let example = body_of(rendered)?;
    let (name, schema) = (family.refusal_schema)(&example);
    let response = operation.responses.responses.entry(status).or_insert_with(|| {
        let mut response = ResponseBuilder::new().description("");
        for (name, value) in headers {
            response = response.header(name, HeaderBuilder::new().description(Some(value)).build());
        }
        RefOr::T(response.build())
    });
    if let RefOr::T(response) = response {
        add_example(response, about, example, name);
    }
    Some((name.to_owned(), schema))
}

fn add_example(response: &mut Response, about: &str, example: Value, schema: &str) {
    let joint = if response.description.is_empty() { "" } else { "; " };
    response.description = format!("{}{joint}{about}", response.description);
    let content = response.content.entry("application/json".to_owned());
    let content = content.or_insert_with(|| RefOr::T(ContentBuilder::new().build()));
    let RefOr::T(content) = content else { return };
    content.schema = Some(one_more(content.schema.take(), Ref::from_schema_name(schema)));
    content.examples.insert(about.to_owned(), RefOr::T(ExampleBuilder::new().value(Some(example)).build()));
}

/// One of those that were there, or this one.
fn one_more(schema: Option<RefOr<Schema>>, another: Ref) -> RefOr<Schema> {
    let mut either = match schema {
        None => return another.into(),
        Some(RefOr::Ref(only)) if only.ref_location == another.ref_location => return only.into(),
        Some(RefOr::T(Schema::OneOf(either))) => either,
        Some(only) => OneOfBuilder::new().item(only).build(),
    };
    let is_another =
        |item: &RefOr<Schema>| matches!(item, RefOr::Ref(item) if item.ref_location == another.ref_location);
    if !either.items.iter().any(is_another) {
        either.items.push(another.into());
    }
    RefOr::T(Schema::OneOf(either))
}

fn body_of(rendered: actix_web::HttpResponse) -> Option<Value> {
    let bytes = rendered.into_body().try_into_bytes().ok()?;
    serde_json::from_slice(&bytes).ok()
}
