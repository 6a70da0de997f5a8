//! A model of the test's own, behind the chat-completions API. It keeps every request and behaves as badly as it is told to.
mod answer;
mod session;
mod state;

pub use state::{ModelMode, ModelRequest};

use app::config::Config;
use infra::assistant::{ModelSettings, ModelUrl};
use state::State;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

/// Listens on 127.0.0.1 for as long as the test's process lives.
pub struct ModelServer {
    address: SocketAddr,
    state: Arc<State>,
}

impl ModelServer {
    /// What it answers unless it is told otherwise.
    pub const ANSWER: &str = answer::ANSWER;
    /// As it calls itself.
    pub const NAME: &str = answer::NAME;
    /// Stands in every answer that is none: nobody but a test may hear of it.
    pub const SECRET: &str = answer::SECRET;

    /// On a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for tcp in listener.incoming().map_while(Result::ok) {
                let state = shared.clone();
                thread::spawn(move || session::serve(&tcp, &state));
            }
        });
        Self { address, state }
    }

    /// The base, as a setting names it.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Has an application ask it.
    pub fn serve(&self, config: &mut Config) {
        let url = ModelUrl::parse(&self.url()).unwrap();
        config.model = Some(ModelSettings { url, api_key: None, model: "small".into() });
    }

    /// Of requests that come from now on.
    pub fn set(&self, mode: ModelMode) {
        self.state.set(mode);
    }

    /// In the order in which they came.
    pub fn requests(&self) -> Vec<ModelRequest> {
        self.state.requests()
    }

    /// How many connections are open now.
    pub fn connections(&self) -> usize {
        self.state.connections()
    }

    /// How many clients hung up before they had their whole answer.
    pub fn cancelled(&self) -> usize {
        self.state.cancelled()
    }
}
