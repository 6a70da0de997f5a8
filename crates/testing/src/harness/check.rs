//! Tables of requests and their expected answers.
use crate::{App, Case};
use futures_util::future::join_all;

impl App {
    /// Sends every request of a table, and reports all unexpected answers together.
    pub async fn check(&self, cases: impl IntoIterator<Item = Case>) {
        let mut otherwise = vec![];
        for case in cases {
            otherwise.extend(self.went_otherwise(case).await);
        }
        assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
    }

    /// The same, with all requests at the same moment.
    pub async fn check_at_once(&self, cases: impl IntoIterator<Item = Case>) {
        let asked = cases.into_iter().map(|case| self.went_otherwise(case));
        let otherwise: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
        assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
    }

    async fn went_otherwise(&self, case: Case) -> Option<String> {
        let (status, body) = case.expected.clone().expect("a case says what it expects");
        let name = case.to_string();
        let said = self.ask(case).await;
        let otherwise = said.status != status || (!body.is_null() && said.body != body);
        otherwise
            .then(|| format!("{name}\n  expected {status} {body}\n  heard    {} {}", said.status, said.body))
    }
}
