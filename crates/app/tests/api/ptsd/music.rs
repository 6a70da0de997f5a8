//! Tracks, and which of them one's own alarm plays.
use serde_json::{Value, json};
use testing::*;

on_both!(a_track_of_the_list_is_chosen_for_oneself, async |app: App| {
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let path = format!("/api/v1/user/music/edit/{}/", sarah.id);
    let post = |name: &str, body: Value| case(name).by(&sarah).post(&path, body);
    let missing = error("Music ID is required");
    app.check([
        case("list").by(&sarah).get("/api/v1/user/music/").answers(
            200,
            json!([
                { "id": 1, "name": "Спокойный океан", "url": "https://example.com/music/ocean.mp3" },
                { "id": 2, "name": "Лесные звуки", "url": "https://example.com/music/forest.mp3" }
            ]),
        ),
        case("another's")
            .by(&kyle)
            .post(&path, json!({}))
            .answers(403, error("You are not authorized to edit this user's music preferences.")),
        post("missing", json!({})).answers(400, missing.clone()),
        post("0", json!({ "music": 0 })).answers(400, missing.clone()),
        post("empty", json!({ "music": "" })).answers(400, missing.clone()),
        post("null", json!({ "music": null })).answers(400, missing),
        post("unknown", json!({ "music": 99 })).answers(404, error("Music track not found")),
        post("chosen", json!({ "music": 2 }))
            .answers(200, json!({ "message": "Music track updated successfully" })),
    ])
    .await;
    let me = app.ask(case("me").by(&sarah).get("/api/v1/user/me/")).await.body;
    assert_eq!(me["music"], 2);
});
