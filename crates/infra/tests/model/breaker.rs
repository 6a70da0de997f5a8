//! A model that fails again and again.
use super::*;

#[test]
fn a_model_that_fails_five_times_in_a_row_is_left_alone_for_a_while() {
    block_on(async {
        for (mode, failure) in [
            (ModelMode::Status(500), ModelFailure::Away),
            (ModelMode::Garbage, ModelFailure::BadAnswer),
            (ModelMode::BreakMidStream, ModelFailure::Away),
        ] {
            let server = ModelServer::start();
            let model = model(&server.url());
            fail(&server, &model, mode, failure).await;
            server.set(ModelMode::Ok);
            assert_eq!(ask(&model).await, Err(ModelFailure::Away));
            assert_eq!(server.requests().len(), 5, "it is not asked");
            sleep(REST).await;
            assert!(ask(&model).await.is_ok() && ask(&model).await.is_ok());
        }
    });
}

#[test]
fn a_model_that_refuses_what_we_ask_is_asked_again() {
    block_on(async {
        let others = [ModelMode::Redirect, ModelMode::Empty, ModelMode::Huge];
        for mode in [400, 401, 404].map(ModelMode::Status).into_iter().chain(others) {
            let server = ModelServer::start();
            let model = model(&server.url());
            fail(&server, &model, mode, ModelFailure::BadAnswer).await;
            server.set(ModelMode::Ok);
            assert!(ask(&model).await.is_ok());
        }
    });
}

#[test]
fn a_probe_whose_client_leaves_makes_room_for_another() {
    block_on(async {
        let server = ModelServer::start();
        let model = model(&server.url());
        fail(&server, &model, ModelMode::Status(503), ModelFailure::Away).await;
        sleep(REST).await;
        server.set(ModelMode::Hang);
        drop_when_asked(&server, &model).await;
        server.set(ModelMode::Ok);
        assert!(ask(&model).await.is_ok());
    });
}

/// Five times.
pub async fn fail(server: &ModelServer, model: &ChatCompletions, mode: ModelMode, failure: ModelFailure) {
    server.set(mode);
    for _ in 0..5 {
        assert_eq!(ask(model).await, Err(failure));
    }
}
