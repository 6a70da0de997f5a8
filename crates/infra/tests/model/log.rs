//! What the log tells of a model.
use super::*;
use crate::{breaker::fail, modes::modes};
use std::{cell::RefCell, io};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, registry};

#[test]
fn the_log_tells_kind_and_status_and_nothing_of_what_was_said() {
    block_on(async {
        // For all threads: of a subscriber for this one alone, those who warn first on another would not know.
        let lines = fmt::layer().with_writer(|| Log).with_ansi(false);
        let ours = Targets::new().with_target("infra", tracing::Level::TRACE);
        tracing::subscriber::set_global_default(registry().with(ours).with(lines)).unwrap();
        let server = ModelServer::start();
        for (mode, ..) in modes() {
            server.set(mode);
            // One for each mode, so that no breaker opens.
            let model = model_in(HASTE, &server.url());
            let _ = (ask(&model).await, ask_streamed(&model).await);
        }
        let broken = model(&server.url());
        fail(&server, &broken, ModelMode::Status(500), ModelFailure::Away).await;
        assert_eq!(ask(&broken).await, Err(ModelFailure::Away));
        sleep(REST).await;
        server.set(ModelMode::Ok);
        assert!(ask(&broken).await.is_ok());
        expect_log(&LOG.take(), &server.url());
    });
}

fn expect_log(log: &[u8], url: &str) {
    let log = str::from_utf8(log).unwrap();
    for told in ["status=500", "ASSISTANT_API_KEY was refused", "mend ASSISTANT_URL", "it took too long"] {
        assert!(log.contains(told), "{told}: {log}");
    }
    for once in ["failed again and again", "answers again"] {
        assert_eq!(log.matches(once).count(), 1, "{once}: {log}");
    }
    let authority = url.trim_start_matches("http://").trim_end_matches("/v1");
    let (said, user) = (ModelServer::ANSWER, question().user);
    for secret in [ModelServer::SECRET, KEY, WHAT_A_PERSON_SAYS, said, &user, authority, "/v1"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
}

/// Of one thread, which is one test.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
