//! Answers of the assistant that are sent while they are made, and models that hang.
use super::assistant::{DANGER, HELLO, chat, said, text};
use futures_util::future::join_all;
use reqwest::{Response, StatusCode, header::ACCEPT};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testing::*;

/// The events, each with its name and data, until the stream ends.
async fn events(response: Response) -> Vec<(String, Value)> {
    let whole = response.text().await.unwrap();
    let event = |block: &str| {
        let mut name = "message".to_owned();
        let mut data = Value::Null;
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("event", is)) => name = is.to_owned(),
                Some(("data", json)) => data = serde_json::from_str(json).unwrap(),
                _ => assert_eq!(line, ":"),
            }
        }
        (name, data)
    };
    whole.split_terminator("\n\n").map(event).filter(|(_, data)| !data.is_null()).collect()
}

async fn stream(app: &App, person: &Person, words: &str) -> Response {
    let asked = http_client().post(format!("{}{}", app.base, chat(person.id))).json(&text(words));
    let asked = asked.header(ACCEPT, "text/event-stream");
    asked.header("Authorization", format!("Token {}", person.token)).send().await.unwrap()
}

fn named(name: &str, data: Value) -> (String, Value) {
    (name.to_owned(), data)
}

on_both!(an_answer_is_sent_sentence_by_sentence_and_kept_whole, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    model.set(ModelMode::Says("I am here. Tell me more. What did you eat".into()));
    let response = stream(&app, &sarah, HELLO).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let heard = events(response).await;
    let (last, pieces) = heard.split_last().unwrap();
    let whole: String = pieces.iter().map(|(_, data)| data["delta"].as_str().unwrap()).collect();
    assert_eq!(whole, "I am here. Tell me more. What did you eat");
    assert!(pieces.len() > 1 && pieces.iter().all(|(name, _)| name == "message"), "{pieces:?}");
    assert_eq!(*last, named("done", json!({ "response": whole })));
    assert_eq!(said(&app, &sarah).await[1]["message"], whole);
});

on_both!(nothing_of_a_harmful_sentence_is_sent, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    model.set(ModelMode::Says("I am here. Take 20 mg of it tonight. Good night.".into()));
    let heard = events(stream(&app, &sarah, HELLO).await).await;
    assert_eq!(heard[0], named("message", json!({ "delta": "I am here." })));
    assert_eq!((heard.len(), heard[1].0.as_str()), (2, "replaced"), "{heard:?}");
    assert!(heard[1].1["response"].as_str().unwrap().contains("alarm button"));
});

on_both!(danger_and_failures_are_streamed_too_and_refusals_are_not, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    let heard = events(stream(&app, &sarah, DANGER).await).await;
    assert_eq!(heard.len(), 2);
    assert_eq!((heard[1].0.as_str(), &heard[1].1["response"]), ("done", &heard[0].1["delta"]));
    model.set(ModelMode::Garbage);
    let heard = events(stream(&app, &sarah, HELLO).await).await;
    assert_eq!(heard, [named("error", json!({ "error": "Failed to get a valid response from the model." }))]);
    for (path, status) in [(chat(kyle.id), 403), (chat(sarah.id), 400)] {
        let asked = case("refused").by(&sarah).post(path, json!({})).header("Accept", "text/event-stream");
        let heard = app.ask(asked).await;
        assert_eq!((heard.status, heard.header("content-type")), (status, "application/json"));
    }
});

on_both!(a_client_that_hangs_up_ends_the_call, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| model.serve(config));
    let sarah = app.patient("sarah").await;
    model.set(ModelMode::Drip);
    let mut response = stream(&app, &sarah, HELLO).await;
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    let until = Instant::now() + Duration::from_secs(8);
    while model.cancelled() == 0 {
        assert!(Instant::now() < until, "the model is still asked");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(said(&app, &sarah).await, Vec::<Value>::new());
});

const CALLS: usize = 200;

on_both!(two_hundred_calls_that_hang_hold_up_nobody_else, async |backend: Backend| {
    let model = ModelServer::start();
    let app = App::start(backend, |config| {
        model.serve(config);
        config.assistant.messages_per_hour = None;
    });
    let (sarah, kyle) = (app.patient("sarah").await, app.patient("kyle").await);
    model.set(ModelMode::Hang);
    let client = http_client();
    let ask = async |n: usize| {
        tokio::time::sleep(Duration::from_millis(5) * u32::try_from(n).unwrap()).await;
        loop {
            let asked = client.post(format!("{}{}", app.base, chat(sarah.id))).json(&text(HELLO));
            let asked = asked.header("Authorization", format!("Token {}", sarah.token));
            // An overloaded server refuses some at first.
            if asked.send().await.unwrap().status() != StatusCode::SERVICE_UNAVAILABLE {
                return;
            }
        }
    };
    let hanging = join_all((0..CALLS).map(ask));
    let others = async {
        while model.requests().len() < CALLS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let path = "/api/diary/notifications/unread-count/";
        let begun = Instant::now();
        for _ in 0..20 {
            assert_eq!(app.ask(case("others").by(&kyle).get(path)).await.status, 200);
        }
        assert_eq!(app.ask(case("danger").by(&kyle).post(chat(kyle.id), text(DANGER))).await.status, 200);
        begun.elapsed()
    };
    tokio::select! {
        _ = hanging => panic!("the calls ended"),
        took = others => assert!(took < Duration::from_secs(5), "{took:?}"),
    }
});
