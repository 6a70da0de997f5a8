//! A model that behaves well, and badly.
use super::*;

/// What is answered in each mode, and how many requests it takes.
pub fn modes() -> Vec<(ModelMode, Result<&'static str, ModelFailure>, usize)> {
    let (away, late, bad) = (Err(ModelFailure::Away), Err(ModelFailure::Late), Err(ModelFailure::BadAnswer));
    let mut modes = vec![
        (ModelMode::Ok, Ok(ModelServer::ANSWER), 1),
        (ModelMode::Says("Я здесь 🌱,\nSarah.".into()), Ok("Я здесь 🌱,\nSarah."), 1),
        (ModelMode::Whole, Ok(ModelServer::ANSWER), 1),
        (ModelMode::Slow(HASTE), Ok(ModelServer::ANSWER), 1),
        (ModelMode::Slow(PATIENCE), late, 1),
        (ModelMode::Hang, late, 1),
        (ModelMode::Drip, late, 1),
        (ModelMode::Garbage, bad, 1),
        (ModelMode::Empty, bad, 1),
        (ModelMode::Redirect, bad, 1),
        (ModelMode::Huge, bad, 1),
        (ModelMode::BreakBeforeAnswer(1), Ok(ModelServer::ANSWER), 2),
        (ModelMode::BreakBeforeAnswer(2), away, 2),
        (ModelMode::BreakMidStream, away, 1),
        (ModelMode::Status(504), late, 1),
    ];
    modes.extend([400, 401, 403, 404, 413, 422].map(|status| (ModelMode::Status(status), bad, 1)));
    modes.extend([408, 429, 500, 502, 503].map(|status| (ModelMode::Status(status), away, 1)));
    modes
}

/// Waits no longer than it must.
fn model_for(expected: Result<&str, ModelFailure>, server: &ModelServer) -> ChatCompletions {
    let is_late = expected == Err(ModelFailure::Late);
    model_in(if is_late { HASTE } else { PATIENCE }, &server.url())
}

#[test]
fn whatever_a_model_does_is_told_in_our_words() {
    block_on(async {
        for (mode, expected, requests) in modes() {
            let server = ModelServer::start();
            server.set(mode.clone());
            let told = ask(&model_for(expected, &server)).await;
            assert_eq!(
                told.as_ref().map(|answer| answer.text.as_str()),
                expected.as_ref().copied(),
                "{mode:?}"
            );
            assert_eq!(server.requests().len(), requests, "{mode:?}");
        }
    });
}

#[test]
fn the_pieces_of_an_answer_are_the_answer() {
    block_on(async {
        for (mode, expected, requests) in modes() {
            let server = ModelServer::start();
            server.set(mode.clone());
            let (told, pieces) = ask_streamed(&model_for(expected, &server)).await;
            assert_eq!(
                told.as_ref().map(|answer| answer.text.as_str()),
                expected.as_ref().copied(),
                "{mode:?}"
            );
            assert_eq!(server.requests().len(), requests, "{mode:?}");
            if let Ok(text) = expected {
                assert_eq!(pieces.concat(), text, "{mode:?}");
                assert_eq!(pieces.len() > 1, mode != ModelMode::Whole, "{mode:?}");
            }
            if mode == ModelMode::BreakMidStream {
                assert!(ModelServer::ANSWER.starts_with(&pieces.concat()) && pieces.len() > 1, "{pieces:?}");
            }
        }
    });
}
