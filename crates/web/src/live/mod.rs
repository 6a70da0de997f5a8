//! The socket layer, which knows no family and no module but the events: an upgrade that lets a client in, a hub that
//! brings it events, a loop that never lets one slow client hold up another, and checks that find out what no event told.
mod check;
mod guard;
mod handler;
mod hub;
mod outbox;
mod reconciler;
mod run_checks;
mod session_check;
mod shutdown;
mod socket;
mod source;
mod task;
mod topic_watch;
mod upgrade;

pub use handler::SocketHandler;
pub use hub::{Hub, HubEvent};
pub use outbox::Outbox;
pub use run_checks::run_checks;
pub use source::EventSource;
pub use task::Task;
pub use topic_watch::{Followed, TopicWatch};
pub use upgrade::{Admitted, Credential, SocketAuthenticator, SocketUpgrade};

use domain::{events::ports::EventBus, identity::IdentityService};
use std::{num::NonZeroU32, sync::Arc};

/// What sockets need of the application.
pub struct Live {
    pub hub: Arc<Hub>,
    pub bus: Arc<dyn EventBus>,
    pub identity: Arc<IdentityService>,
    /// Who knows what sockets may have missed: one source for each module that has sockets.
    pub sources: Vec<Box<dyn EventSource>>,
    /// Exact origins whose pages may open sockets; a page of our own host always may.
    pub origins: Vec<String>,
    pub limits: SocketLimits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketLimits {
    /// Open sockets of one account, in this process.
    pub per_account: NonZeroU32,
    /// Text frames that one socket may send in a second, at once or spread.
    pub messages_per_second: NonZeroU32,
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn the_socket_layer_names_no_family_and_no_module_above_identity() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/live");
        let foreign =
            ["channels", "painaway", "ptsd", "messaging", "notifications", "care", "diary", "crisis"];
        let mut read = 0;
        for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            let text = fs::read_to_string(&file).unwrap();
            // What a test names does not count: this one names them all.
            let code = text.split("#[cfg(test)]").next().unwrap();
            for name in foreign {
                assert!(!code.contains(&format!("{name}::")), "{} names {name}", file.display());
            }
            read += 1;
        }
        assert!(read > 10, "only {read} files were read");
    }
}
