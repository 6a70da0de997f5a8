//! Requests that share a batched lookup get each their own answer.
use domain::identity::AccountFlag;
use serde_json::{Value, json};
use std::{io::Write, net::TcpStream};
use testing::*;

const PROFILE: &str = "/api/auth/profile/";
const PARTS: &str = "/api/diary/bodyparts/";
const COUNT: &str = "/api/diary/notifications/unread-count/";

/// Six people: the one with number n has n unread lines. What each hears when they are asked for by themselves.
async fn people(app: &App) -> Vec<(Person, u64, Value)> {
    let mut people: Vec<(Person, u64, Value)> = vec![];
    for number in 0_u64..6 {
        let person = app.doctor(&format!("person-{number}")).await;
        for (patient, ..) in &people {
            app.link(patient, &person, "pending").await;
        }
        let profile = app.ask(case("profile").by(&person).get(PROFILE)).await.body;
        assert_eq!((&profile["id"], &profile["username"]), (&json!(person.id), &json!(person.username)));
        people.push((person, number, profile));
    }
    people
}

/// What each of them asks, and what is theirs.
fn own(people: &[(Person, u64, Value)], parts: &Value) -> Vec<Case> {
    let own = |(person, unread, profile): &(Person, u64, Value)| {
        [
            case(&person.username).by(person).get(COUNT).answers(200, json!({ "unread_count": unread })),
            case(&person.username).by(person).get(PROFILE).answers(200, profile.clone()),
            case(&person.username).by(person).get(PARTS).answers(200, parts.clone()),
        ]
    };
    people.iter().flat_map(own).collect()
}

/// Those who are nobody, at each of the three doors.
fn refused(inactive: &Person) -> Vec<Case> {
    let unknown = format!("Token {}", "0".repeat(40));
    let no_scheme = inactive.token.clone();
    [
        ("unknown", Some(unknown), "Invalid token."),
        ("inactive", Some(format!("Token {}", inactive.token)), "User inactive or deleted."),
        ("missing", None, GUEST),
        ("no scheme", Some(no_scheme), GUEST),
        ("another scheme", Some(format!("Bearer {}", inactive.token)), GUEST),
        ("empty", Some("Token".into()), "Invalid token header. No credentials provided."),
        ("two", Some("Token a b".into()), "Invalid token header. Token string should not contain spaces."),
    ]
    .into_iter()
    .flat_map(|(name, header, words)| {
        [COUNT, PROFILE, PARTS].map(|path| {
            let asked = case(name).get(path).answers(401, detail(words));
            match &header {
                Some(header) => asked.authorization(header),
                None => asked,
            }
        })
    })
    .collect()
}

on_both!(in_a_storm_of_callers_each_hears_their_own_answer_or_refusal, async |app: App| {
    let (people, inactive) = (people(&app).await, app.patient("inactive").await);
    app.grant("inactive", AccountFlag::Active(false));
    let parts = app.ask(case("parts").by(&people[0].0).get(PARTS)).await.body;
    assert_eq!(parts.as_array().map(Vec::len), Some(44));
    let (own, refused) = (own(&people, &parts), refused(&inactive));
    for wave in 0..4 {
        // In another order each time, and everybody several times.
        let mut cases: Vec<_> = own.iter().chain(&refused).cycle().skip(wave).step_by(5).take(240).collect();
        cases.rotate_left(wave * 50);
        app.check_at_once(cases.into_iter().cloned()).await;
    }
});

on_both!(a_client_that_hangs_up_in_a_storm_harms_no_other, async |app: App| {
    let people = people(&app).await;
    let parts = app.ask(case("parts").by(&people[0].0).get(PARTS)).await.body;
    let address = app.base.trim_start_matches("http://");
    let own = own(&people, &parts);
    for _ in 0..4 {
        for (person, ..) in people.iter().cycle().take(30) {
            let ask = |path| {
                format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {}\r\n\r\n", person.token)
            };
            let mut gone = TcpStream::connect(address).unwrap();
            gone.write_all([COUNT, PROFILE, PARTS].map(ask).concat().as_bytes()).unwrap();
        }
        app.check_at_once(own.iter().cycle().take(90).cloned()).await;
    }
});

on_both!(a_storm_hears_of_each_change_from_the_moment_that_it_was_answered, async |app: App| {
    let mut people = people(&app).await;
    let parts = app.ask(case("parts").by(&people[0].0).get(PARTS)).await.body;
    for round in 0..6 {
        let (person, _, profile) = &mut people[round];
        let name = json!({ "first_name": format!("round {round}") });
        *profile = app.ask(case("edit").by(person).patch(PROFILE, name.clone())).await.body;
        assert_eq!(profile["first_name"], name["first_name"]);
        app.check_at_once(own(&people, &parts).into_iter().cycle().take(60)).await;
    }
    for _ in 0..3 {
        let (gone, ..) = people.remove(0);
        assert_eq!(app.ask(case("logout").by(&gone).post("/api/auth/logout/", json!({}))).await.status, 204);
        let refused = [COUNT, PROFILE, PARTS]
            .map(|path| case("gone").by(&gone).get(path).answers(401, detail("Invalid token.")));
        app.check_at_once(own(&people, &parts).into_iter().chain(refused).cycle().take(60)).await;
    }
});
