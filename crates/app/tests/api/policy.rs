//! What the operator decides about accounts: whether people may register, and what a new password must be.
use domain::identity::{AccountPolicy, IdentityService, Username};
use serde_json::{Value, json};
use testing::*;

fn form(username: &str, password: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.com"), "password": password })
}

fn register(username: &str, password: &str) -> Case {
    case(password).post("/api/auth/register/", form(username, password))
}

fn login(username: &str, password: &str) -> Case {
    case(username).post("/api/auth/login/", json!({ "username": username, "password": password }))
}

const SHORT: &str = "Ensure this field has at least 8 characters.";

/// As an account has it that was made before there was a policy.
fn give_old_password(app: &App, username: &str, password: &str) {
    let now = &app.application.identity;
    let before = IdentityService {
        policy: AccountPolicy { password_min_length: 1, ..AccountPolicy::DEFAULT },
        accounts: now.accounts.clone(),
        socket_sessions: now.socket_sessions.clone(),
        hasher: now.hasher.clone(),
        strength: now.strength.clone(),
        token_issuer: now.token_issuer.clone(),
        clock: now.clock.clone(),
    };
    let password = before.new_password(password).unwrap();
    before.as_operator().set_password(Username::parse(username).unwrap(), &password).unwrap();
}

on_both!(a_new_password_has_eight_characters_and_an_old_short_one_lets_in, async |app: App| {
    app.patient("sarah").await;
    give_old_password(&app, "sarah", "t1");
    let signed_in = app.ask(login("sarah", "t1")).await;
    let token = format!("Token {}", signed_in.body["token"].as_str().unwrap());
    let change = |password: &str| {
        let change = case("change").authorization(token.clone());
        change.patch("/api/auth/profile/", json!({ "password": password }))
    };
    app.check([
        register("kyle", "seven77").answers(400, json!({ "password": [SHORT] })),
        // Spaces around it are no characters of it.
        register("kyle", "  seven77  ").answers(400, json!({ "password": [SHORT] })),
        register("kyle", "пароль8а").answers(201, Value::Null),
        change("short").answers(400, json!({ "password": [SHORT] })),
        login("sarah", "t1").answers(200, Value::Null),
        change("long enough").answers(200, Value::Null),
        login("sarah", "t1").answers(400, error("Invalid credentials")),
        login("sarah", "long enough").answers(200, Value::Null),
    ])
    .await;
});

on_both!(a_password_that_is_guessed_soon_is_refused_where_the_operator_wants_it, async |backend: Backend| {
    let app = App::start(backend, |config| config.accounts.password_min_strength = 2);
    let common = json!({ "password": ["This password is too common."] });
    app.check([
        register("sarah", "password123").answers(400, common.clone()),
        register("sarah", "1234567890").answers(400, common),
        register("sarah", "kyle").answers(400, json!({ "password": [SHORT] })),
        register("sarah", "cyberdyne-4.8-lamp").answers(201, Value::Null),
    ])
    .await;
});

on_both!(where_registration_is_closed_nobody_registers, async |backend: Backend| {
    let app = App::start(backend, |config| config.accounts.registration_open = false);
    let closed = detail("Registration is closed.");
    app.check([
        register("sarah", PASSWORD).answers(403, closed.clone()),
        // Before a word of the form is read.
        case("an empty form").post("/api/auth/register/", json!({})).answers(403, closed),
    ])
    .await;
    let nobody = app.ask(login("sarah", PASSWORD)).await;
    assert_eq!(nobody.status, 400, "{nobody:?}");
});
