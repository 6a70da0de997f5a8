//! `/api/auth/`.
use domain::identity::AccountFlag;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testing::*;

fn form(username: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.com"), "password": PASSWORD })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

on_both!(registering_refuses_every_bad_field_at_once_and_in_order, async |app: App| {
    app.patient("sarah").await;
    let said = app.ask(case("all").post("/api/auth/register/", json!({
        "phone_number": "1".repeat(16), "date_of_birth": "1899-12-31", "sex": "G", "father_name": "x".repeat(21),
        "last_name": null, "first_name": true, "password": "  ", "email": "SARAH@example.com", "username": "sarah",
    })))
    .await;
    assert_eq!(said.status, 400);
    let expected = json!({
        "username": ["A user with that username already exists."],
        "email": ["user with this email address already exists."],
        "password": ["This field may not be blank."],
        "first_name": ["Not a valid string."],
        "last_name": ["This field may not be null."],
        "father_name": ["Ensure this field has no more than 20 characters."],
        "sex": ["\"G\" is not a valid choice."],
        "date_of_birth": ["Ensure this value is greater than or equal to 1900-01-01."],
        "phone_number": ["Ensure this field has no more than 15 characters."],
    });
    // As text: the order of the keys is part of the contract.
    assert_eq!(said.body.to_string(), expected.to_string());
});

on_both!(registering_refuses_what_the_contract_names, async |app: App| {
    let required = "This field is required.";
    let taken = "A user with that username already exists.";
    let bad_name =
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    let bad_date = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
    let today = chrono::Utc::now().date_naive();
    let late = format!("Ensure this value is less than or equal to {today}.");
    let refusals = [
        (json!({}), json!({ "username": [required], "email": [required], "password": [required] })),
        (with(form("a"), "username", json!("a b")), json!({ "username": [bad_name] })),
        (form("admin"), json!({ "username": [taken], })),
        (form("12345"), json!({ "username": [taken] })),
        (
            with(form("a"), "username", json!("я".repeat(151))),
            json!({ "username": ["Ensure this field has no more than 150 characters."] }),
        ),
        (
            with(form("a"), "username", json!("a\u{0}b")),
            json!({ "username": ["Null characters are not allowed."] }),
        ),
        (with(form("a"), "username", json!(["a"])), json!({ "username": ["Not a valid string."] })),
        (with(form("a"), "username", Value::Null), json!({ "username": ["This field may not be null."] })),
        (with(form("a"), "email", json!("nobody")), json!({ "email": ["Enter a valid email address."] })),
        (
            with(form("a"), "password", json!("x".repeat(129))),
            json!({ "password": ["Ensure this field has no more than 128 characters."] }),
        ),
        (
            with(form("a"), "first_name", json!("a\u{7}")),
            json!({ "first_name": ["Control characters are not allowed."] }),
        ),
        (with(form("a"), "sex", json!(true)), json!({ "sex": ["\"True\" is not a valid choice."] })),
        (with(form("a"), "date_of_birth", json!("2000-02-30")), json!({ "date_of_birth": [bad_date] })),
        (with(form("a"), "date_of_birth", json!("")), json!({ "date_of_birth": [bad_date] })),
        (with(form("a"), "date_of_birth", json!(20000701)), json!({ "date_of_birth": [bad_date] })),
        (with(form("a"), "date_of_birth", json!("2999-01-01")), json!({ "date_of_birth": [late] })),
    ];
    let path = "/api/auth/register/";
    app.check(refusals.map(|(body, refused)| case(body.to_string()).post(path, body).answers(400, refused)))
        .await;
    // And nobody was made on the way.
    assert_eq!(app.patient("a").await.id, 1);
});

on_both!(a_new_account_is_a_patient_whatever_else_it_asks_for, async |app: App| {
    let body = json!({
        "username": " sarah ", "email": "Sarah@Example.COM", "password": PASSWORD, "first_name": " Sarah ",
        "last_name": "Connor", "father_name": "", "sex": "F", "date_of_birth": "2000-7-1", "id": 77, "is_staff": true,
        "groups": ["Doctor"], "is_doctor": true,
    });
    let said = app.ask(case("register").post("/api/auth/register/", body)).await;
    assert_eq!(said.status, 201);
    let user = json!({
        "id": 1, "username": "sarah", "email": "Sarah@example.com", "first_name": "Sarah", "father_name": "",
        "last_name": "Connor", "sex": "F", "date_of_birth": "2000-07-01", "groups": ["Patient"], "phone_number": "",
    });
    assert_eq!(said.body["user"].to_string(), user.to_string());
    let token = said.body["token"].as_str().unwrap();
    assert!(token.len() == 40 && token.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{token}");
    let profile =
        app.ask(case("profile").authorization(format!("Token {token}")).get("/api/auth/profile/")).await;
    assert_eq!(profile.body, user);
});

on_both!(one_name_asked_for_by_many_at_once_is_given_once, async |app: App| {
    let asks = (0..12).map(|n| {
        let body = json!({ "username": "sarah", "email": format!("s{n}@example.com"), "password": PASSWORD });
        app.ask(case("race").post("/api/auth/register/", body))
    });
    let said = join_all(asks).await;
    assert_eq!(said.iter().filter(|s| s.status == 201).count(), 1);
    for refused in said.iter().filter(|s| s.status != 201) {
        assert_eq!(refused.status, 400);
        assert_eq!(refused.body, json!({ "username": ["A user with that username already exists."] }));
    }
});

on_both!(signing_in_says_the_same_of_everything_that_is_wrong, async |app: App| {
    let sarah = app.patient("sarah").await;
    let gone = app.patient("gone").await;
    app.grant("gone", AccountFlag::Active(false));
    let login = |body: Value| case(body.to_string()).post("/api/auth/login/", body);
    let wrong = error("Invalid credentials");
    app.check([
        login(json!({})).answers(400, wrong.clone()),
        login(json!({ "username": "sarah" })).answers(400, wrong.clone()),
        login(json!({ "username": "sarah", "password": "wrong" })).answers(400, wrong.clone()),
        login(json!({ "username": "SARAH", "password": PASSWORD })).answers(400, wrong.clone()),
        login(json!({ "username": "nobody", "password": PASSWORD })).answers(400, wrong.clone()),
        login(json!({ "username": null, "password": [PASSWORD] })).answers(400, wrong.clone()),
        login(json!({ "username": "gone", "password": PASSWORD })).answers(400, wrong.clone()),
        login(json!(["sarah"])).answers(400, wrong),
        case("deactivated")
            .by(&gone)
            .get("/api/auth/profile/")
            .answers(401, detail("User inactive or deleted.")),
    ])
    .await;
    let again = app.ask(login(json!({ "username": "sarah", "password": PASSWORD }))).await;
    assert_eq!((again.status, again.body["token"].as_str()), (200, Some(sarah.token.as_str())));
});

on_both!(a_token_lasts_until_logout_and_the_next_one_is_another, async |app: App| {
    let sarah = app.patient("sarah").await;
    let login =
        || case("login").post("/api/auth/login/", json!({ "username": "sarah", "password": PASSWORD }));
    let same = join_all((0..6).map(|_| app.ask(login()))).await;
    assert!(same.iter().all(|said| said.body["token"] == sarah.token), "{same:?}");
    app.check([
        case("sarah").by(&sarah).post("/api/auth/logout/", Value::Null).answers(204, json!("")),
        case("again")
            .by(&sarah)
            .post("/api/auth/logout/", Value::Null)
            .answers(401, detail("Invalid token.")),
        case("after").by(&sarah).get("/api/auth/profile/").answers(401, detail("Invalid token.")),
    ])
    .await;
    let next = app.ask(login()).await.body["token"].clone();
    assert_ne!(next, json!(sarah.token));
});

on_both!(a_profile_is_edited_field_by_field, async |app: App| {
    let (sarah, _) = (app.patient("sarah").await, app.patient("kyle").await);
    let patch = |body: Value| case(body.to_string()).by(&sarah).patch("/api/auth/profile/", body);
    let fixed = error("Non editable field present");
    app.check([
        patch(json!({ "id": 2, "first_name": "X" })).answers(400, fixed.clone()),
        patch(json!({ "groups": null })).answers(400, fixed),
        patch(json!({ "username": "kyle", "email": "KYLE@example.com", "sex": "?" })).answers(
            400,
            json!({
                "username": ["A user with that username already exists."],
                "email": ["user with this email address already exists."],
                "sex": ["\"?\" is not a valid choice."],
            }),
        ),
        patch(json!({ "first_name": null, "date_of_birth": "yesterday" })).answers(
            400,
            json!({
                "first_name": ["This field may not be null."],
                "date_of_birth": ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
            }),
        ),
    ])
    .await;
    let user = app.ask(patch(json!({
        "first_name": "Sarah", "sex": "", "date_of_birth": "1965-02-28", "username": "sarah", "is_staff": true,
    })))
    .await;
    assert_eq!(user.status, 200, "{user:?}");
    let seen =
        ["first_name", "last_name", "sex", "date_of_birth", "groups"].map(|key| user.body[key].clone());
    assert_eq!(json!(seen), json!(["Sarah", "Test", "", "1965-02-28", ["Patient"]]));
    let cleared = app.ask(patch(json!({ "sex": null, "date_of_birth": null }))).await.body;
    assert_eq!((&cleared["sex"], &cleared["date_of_birth"]), (&Value::Null, &Value::Null));
    assert_eq!(app.ask(patch(json!({}))).await.body, cleared);
});

on_both!(a_new_password_is_hashed_and_keeps_the_token, async |app: App| {
    let sarah = app.patient("sarah").await;
    let login =
        |word: &str| case("login").post("/api/auth/login/", json!({ "username": "sarah", "password": word }));
    app.check([
        case("blank")
            .by(&sarah)
            .patch("/api/auth/profile/", json!({ "password": "" }))
            .answers(400, json!({ "password": ["This field may not be blank."] })),
        case("new")
            .by(&sarah)
            .patch("/api/auth/profile/", json!({ "password": "another-1984" }))
            .answers(200, Value::Null),
        case("the token stays").by(&sarah).get("/api/auth/profile/").answers(200, Value::Null),
        login(PASSWORD).answers(400, error("Invalid credentials")),
        login("another-1984").answers(200, Value::Null),
    ])
    .await;
});

on_both!(a_doctor_is_listed_in_both_groups, async |app: App| {
    let house = app.doctor("house").await;
    let profile = app.ask(case("house").by(&house).get("/api/auth/profile/")).await.body;
    assert_eq!(profile["groups"], json!(["Doctor", "Patient"]));
});
