//! One question to the model's server, and its answer.
use super::{
    answer::Answer, body::Body, failure::Failure, settings::ModelSettings, stream::EventReader, wire::Request,
};
use crate::http_client::{self, CannotOpenHttpClient};
use domain::assistant::{ModelAnswer, Question, ports::OnDelta};
use reqwest::{
    Client, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};

const CLOSING: &str = "[DONE]";

pub(super) struct Upstream {
    settings: ModelSettings,
    client: Client,
}

impl Upstream {
    pub(super) fn open(settings: &ModelSettings) -> Result<Self, CannotOpenHttpClient> {
        let client = http_client::open(settings.url.url(), "ASSISTANT_URL")?;
        Ok(Self { settings: settings.clone(), client })
    }

    /// As long as the server takes. Dropped, it closes the connection.
    pub(super) async fn ask(
        &self,
        question: &Question,
        on_delta: Option<OnDelta<'_>>,
    ) -> Result<ModelAnswer, Failure> {
        let response = self.send(&Request::new(&self.settings.model, question, on_delta.is_some())).await?;
        if !response.status().is_success() {
            return Err(Failure::Status(response.status()));
        }
        if is_stream(&response) {
            return streamed(Body::of(response), on_delta).await?.finish(&self.settings.model);
        }
        let answer = Answer::whole(&Body::of(response).whole().await?)?.finish(&self.settings.model)?;
        if let Some(on_delta) = on_delta {
            on_delta(&answer.text);
        }
        Ok(answer)
    }

    /// Once more if no answer began: a server that was just started anew breaks its connections, and has answered nothing by then.
    async fn send(&self, request: &Request<'_>) -> Result<Response, Failure> {
        if let Ok(response) = self.try_to_send(request).await {
            return Ok(response);
        }
        self.try_to_send(request).await.map_err(|e| Failure::Unreachable(http_client::cause(e)))
    }

    async fn try_to_send(&self, request: &Request<'_>) -> reqwest::Result<Response> {
        let request = self.client.post(self.settings.url.url().clone()).json(request);
        match &self.settings.api_key {
            Some(key) => request.header(AUTHORIZATION, key.header()).send().await,
            None => request.send().await,
        }
    }
}

/// Whatever was asked for: some servers cannot stream, and some do nothing else.
fn is_stream(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

async fn streamed(mut body: Body, mut on_delta: Option<OnDelta<'_>>) -> Result<Answer, Failure> {
    let (mut reader, mut answer) = (EventReader::default(), Answer::default());
    loop {
        let chunk = match body.next().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) | Err(Failure::Broken) if answer.is_over => return Ok(answer),
            Ok(None) => return Err(Failure::Broken),
            Err(failure) => return Err(failure),
        };
        for data in reader.push(chunk.as_ref()).map_err(|_why| Failure::Malformed)? {
            if data == CLOSING {
                return Ok(answer);
            }
            let text = answer.add(&data)?;
            if let Some(on_delta) = on_delta.as_mut().filter(|_| !text.is_empty()) {
                on_delta(text);
            }
        }
    }
}
