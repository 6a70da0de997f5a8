//! What asks the model: in time, and only while it is worth it.
use super::{
    breaker::Breaker,
    failure::Failure,
    metrics::{Outcome, count},
    settings::{ModelPatience, ModelSettings},
    upstream::Upstream,
};
use crate::http_client::CannotOpenHttpClient;
use domain::assistant::{
    ModelAnswer, ModelFailure, Question,
    ports::{Model, OnDelta},
};
use std::{pin::Pin, time::Duration};
use tokio::time::timeout;

pub struct ChatCompletions {
    /// `None`: the operator has configured none.
    configured: Option<Configured>,
}

struct Configured {
    upstream: Upstream,
    breaker: Breaker,
    answer_max: Duration,
}

impl ChatCompletions {
    /// Connects to nobody yet.
    ///
    /// # Errors
    /// [`CannotOpenHttpClient`].
    pub fn open(settings: Option<&ModelSettings>) -> Result<Self, CannotOpenHttpClient> {
        Self::with(settings, ModelPatience::default())
    }

    /// # Errors
    /// [`CannotOpenHttpClient`].
    pub fn with(
        settings: Option<&ModelSettings>,
        patience: ModelPatience,
    ) -> Result<Self, CannotOpenHttpClient> {
        let open = |settings| {
            let (upstream, breaker) = (Upstream::open(settings)?, Breaker::new(patience.rest));
            Ok::<_, CannotOpenHttpClient>(Configured { upstream, breaker, answer_max: patience.answer_max })
        };
        Ok(Self { configured: settings.map(open).transpose()? })
    }
}

impl Configured {
    async fn ask(
        &self,
        question: &Question,
        on_delta: Option<OnDelta<'_>>,
    ) -> Result<ModelAnswer, ModelFailure> {
        let Some(pass) = self.breaker.admit() else {
            count(Outcome::NotAsked);
            return Err(ModelFailure::Away);
        };
        let asked = timeout(self.answer_max, self.upstream.ask(question, on_delta)).await;
        let told = asked.unwrap_or(Err(Failure::Late));
        match &told {
            Ok(_) => count(Outcome::Answered),
            Err(failure) => {
                failure.log();
                count(failure.outcome());
            }
        }
        pass.tell(told.as_ref().err().is_none_or(Failure::is_by_a_sound_server));
        told.map_err(|failure| failure.told())
    }
}

impl Model for ChatCompletions {
    fn is_configured(&self) -> bool {
        self.configured.is_some()
    }

    fn ask<'a>(
        &'a self,
        question: &'a Question,
        on_delta: Option<OnDelta<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<ModelAnswer, ModelFailure>> + Send + 'a>> {
        Box::pin(async move {
            match &self.configured {
                Some(configured) => configured.ask(question, on_delta).await,
                None => Err(ModelFailure::NotConfigured),
            }
        })
    }
}
