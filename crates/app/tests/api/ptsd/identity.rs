//! `/api/v1/user/registration/` and `login/`.
use serde_json::{Value, json};
use testing::*;

const REGISTRATION: &str = "/api/v1/user/registration/";
const LOGIN: &str = "/api/v1/user/login/";

on_both!(a_registration_makes_an_account_and_tells_of_every_bad_field, async |app: App| {
    let sign_up = |name: &str, email: &str, password: &str| json!({ "username": name, "email": email, "password": password });
    let post = |name: &str, body: Value| case(name).post(REGISTRATION, body);
    let required = "This field is required.";
    app.check([
        post("nothing", json!({}))
            .answers(400, json!({ "username": [required], "email": [required], "password": [required] })),
        post("no address", sign_up("sarah", "nonsense", "no-fate-1984"))
            .answers(400, json!({ "email": ["Enter a valid email address."] })),
        post("a short password", sign_up("sarah", "sarah@example.com", "short"))
            .answers(400, json!({ "password": ["Ensure this field has at least 8 characters."] })),
        post("a reserved name", sign_up("Admin", "sarah@example.com", "no-fate-1984"))
            .answers(400, json!({ "username": ["A user with that username already exists."] })),
        post("digits only", sign_up("12345", "sarah@example.com", "no-fate-1984"))
            .answers(400, json!({ "username": ["A user with that username already exists."] })),
        post("no text", json!({ "username": [], "email": {}, "password": true })).answers(400, Value::Null),
        post("a good one", sign_up("sarah", "sarah@example.com", "no-fate-1984"))
            .answers(201, json!({ "message": "User Created" })),
        post("the name again", sign_up("sarah", "other@example.com", "no-fate-1984"))
            .answers(400, json!({ "username": ["A user with that username already exists."] })),
        post("the address again", sign_up("other", "Sarah@Example.com", "no-fate-1984"))
            .answers(400, json!({ "email": ["user with this email address already exists."] })),
        post("with a wrong token", sign_up("kyle", "kyle@example.com", "no-fate-1984"))
            .authorization("Token wrong")
            .answers(201, json!({ "message": "User Created" })),
    ])
    .await;
});

on_both!(a_sign_in_gives_the_token_of_every_family_and_nothing_else, async |app: App| {
    let sarah = app.patient("sarah").await;
    let post = |name: &str, body: Value| case(name).post(LOGIN, body);
    let login = |name: &str, password: &str| json!({ "username": name, "password": password });
    let (missing, wrong) = (error("Username and password are required."), error("Invalid credentials."));
    app.check([
        post("nothing", json!({})).answers(400, missing.clone()),
        post("no password", json!({ "username": "sarah" })).answers(400, missing.clone()),
        post("an empty name", login("", PASSWORD)).answers(400, missing.clone()),
        post("an empty password", login("sarah", "")).answers(400, missing),
        post("a wrong password", login("sarah", "wrong")).answers(401, wrong.clone()),
        post("nobody", login("kyle", PASSWORD)).answers(401, wrong.clone()),
        post("no name at all", login("a b", PASSWORD)).answers(401, wrong.clone()),
        post("a password that is too long", login("sarah", &"x".repeat(10_000))).answers(401, wrong),
        post("right", login("sarah", PASSWORD)).answers(200, json!({ "token": sarah.token })),
        post("right with a wrong token", login("sarah", PASSWORD))
            .authorization("Token wrong")
            .answers(200, json!({ "token": sarah.token })),
    ])
    .await;
    let refused = app.ask(post("wrong", login("sarah", "wrong"))).await;
    assert_eq!(refused.header("www-authenticate"), "", "a refused sign-in challenges nobody");
});

on_both!(a_closed_registration_is_closed_here_too, async |app: App| {
    let app = App::start(app.backend(), |config| config.accounts.registration_open = false);
    let body = json!({ "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984" });
    app.check([case("closed").post(REGISTRATION, body).answers(403, detail("Registration is closed."))])
        .await;
});
