//! Questions to a model behind the chat-completions API: answered in time, told in our own words, and stopped when nobody waits.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed; helpers are not marked as tests"
)]
#![allow(unreachable_pub, reason = "the modules speak to each other only")]
mod breaker;
mod log;
mod modes;

use domain::assistant::{ModelAnswer, ModelFailure, Question, Speaker, Tokens, Turn, ports::Model};
use infra::assistant::{ApiKey, ChatCompletions, ModelPatience, ModelSettings, ModelUrl};
use serde_json::json;
use std::time::{Duration, Instant};
use testing::{ModelMode, ModelServer, block_on, free_address};
use tokio::{select, time::sleep};

const KEY: &str = "sk-our-own-hunter2";
const WHAT_A_PERSON_SAYS: &str = "Сара плохо спит";
/// For answers that come too late.
const HASTE: Duration = Duration::from_millis(400);
/// For those that come in time, however much else the machine does.
const PATIENCE: Duration = Duration::from_secs(20);
const REST: Duration = Duration::from_secs(1);

fn model(url: &str) -> ChatCompletions {
    model_in(PATIENCE, url)
}

fn model_in(answer_max: Duration, url: &str) -> ChatCompletions {
    let settings = ModelSettings {
        url: ModelUrl::parse(url).unwrap(),
        api_key: Some(ApiKey::parse(KEY).unwrap()),
        model: "small".into(),
    };
    ChatCompletions::with(Some(&settings), ModelPatience { answer_max, rest: REST }).unwrap()
}

fn question() -> Question {
    let turn = |speaker, text: &str| Turn { speaker, text: text.into() };
    let turns = vec![
        turn(Speaker::System, "Be kind."),
        turn(Speaker::User, "Hello"),
        turn(Speaker::Assistant, "Hello!"),
        turn(Speaker::User, WHAT_A_PERSON_SAYS),
    ];
    Question { turns, user: "a-keyed-hash".into() }
}

async fn ask(model: &ChatCompletions) -> Result<ModelAnswer, ModelFailure> {
    model.ask(&question(), None).await
}

/// Also the pieces that were heard.
async fn ask_streamed(model: &ChatCompletions) -> (Result<ModelAnswer, ModelFailure>, Vec<String>) {
    let mut pieces = vec![];
    let mut on_delta = |piece: &str| pieces.push(piece.to_owned());
    let told = model.ask(&question(), Some(&mut on_delta)).await;
    (told, pieces)
}

#[test]
fn a_question_is_asked_as_the_api_has_it() {
    block_on(async {
        let server = ModelServer::start();
        let model = model(&server.url());
        let tokens = Some(Tokens { question: 7, answer: 6 });
        let answer =
            ModelAnswer { text: ModelServer::ANSWER.into(), model: ModelServer::NAME.into(), tokens };
        assert_eq!(ask(&model).await, Ok(answer.clone()));
        assert_eq!(ask_streamed(&model).await.0, Ok(answer));
        let mut body = json!({
            "model": "small",
            "messages": [
                { "role": "system", "content": "Be kind." },
                { "role": "user", "content": "Hello" },
                { "role": "assistant", "content": "Hello!" },
                { "role": "user", "content": WHAT_A_PERSON_SAYS },
            ],
            "user": "a-keyed-hash",
            "stream": false,
        });
        let [whole, streamed] = server.requests().try_into().unwrap();
        assert_eq!(whole.body, body);
        body["stream"] = true.into();
        body["stream_options"] = json!({ "include_usage": true });
        assert_eq!(streamed.body, body);
        for request in [whole, streamed] {
            assert_eq!(request.received.line, "POST /v1/chat/completions HTTP/1.1");
            assert_eq!(request.authorization(), Some(format!("Bearer {KEY}").as_str()));
            assert_eq!(request.received.header("content-type"), Some("application/json"));
            assert_eq!(request.received.header("accept-encoding"), None);
        }
    });
}

#[test]
fn without_a_key_none_is_sent() {
    block_on(async {
        let server = ModelServer::start();
        let settings = ModelSettings {
            url: ModelUrl::parse(&server.url()).unwrap(),
            api_key: None,
            model: "small".into(),
        };
        let model = ChatCompletions::open(Some(&settings)).unwrap();
        assert!(model.is_configured() && ask(&model).await.is_ok());
        assert_eq!(server.requests()[0].authorization(), None);
    });
}

#[test]
fn without_a_model_nothing_is_asked() {
    block_on(async {
        let none = ChatCompletions::open(None).unwrap();
        assert!(!none.is_configured());
        assert_eq!(ask(&none).await, Err(ModelFailure::NotConfigured));
    });
}

#[test]
fn a_model_that_nobody_runs_is_away() {
    block_on(async {
        assert_eq!(ask(&model(&format!("http://{}", free_address()))).await, Err(ModelFailure::Away));
    });
}

/// A server that gives no TLS gets nothing of the question.
#[test]
fn a_question_with_tls_says_nothing_without_it() {
    block_on(async {
        let server = ModelServer::start();
        assert_eq!(ask(&model(&server.url().replace("http:", "https:"))).await, Err(ModelFailure::Away));
        assert!(server.requests().is_empty());
    });
}

#[test]
fn a_redirect_is_not_followed() {
    block_on(async {
        let server = ModelServer::start();
        server.set(ModelMode::Redirect);
        assert_eq!(ask(&model(&server.url())).await, Err(ModelFailure::BadAnswer));
        let lines: Vec<_> = server.requests().into_iter().map(|request| request.received.line).collect();
        assert_eq!(lines, ["POST /v1/chat/completions HTTP/1.1"]);
    });
}

#[test]
fn an_answer_that_comes_drop_by_drop_is_late_in_time() {
    block_on(async {
        for mode in [ModelMode::Drip, ModelMode::Hang] {
            let (server, begun) = (ModelServer::start(), Instant::now());
            server.set(mode);
            assert_eq!(ask_streamed(&model_in(HASTE, &server.url())).await.0, Err(ModelFailure::Late));
            assert!(begun.elapsed() < HASTE * 5, "{:?}", begun.elapsed());
        }
    });
}

#[test]
fn a_question_that_is_dropped_ends_the_call() {
    block_on(async {
        for mode in [ModelMode::Hang, ModelMode::Slow(Duration::from_secs(60)), ModelMode::Drip] {
            let server = ModelServer::start();
            server.set(mode.clone());
            drop_when_asked(&server, &model(&server.url())).await;
            until(|| server.cancelled() == 1 && server.connections() == 0, &format!("{mode:?}")).await;
            assert_eq!(server.requests().len(), 1, "{mode:?}");
        }
    });
}

/// As a client does that leaves.
async fn drop_when_asked(server: &ModelServer, model: &ChatCompletions) {
    let before = server.requests().len();
    select! {
        told = ask_streamed(model) => panic!("it was answered: {told:?}"),
        () = until(|| server.requests().len() > before, "it is asked") => {}
    }
}

async fn until(is_so: impl Fn() -> bool, what: &str) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("not in time: {what}");
}
