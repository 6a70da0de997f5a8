//! What an answer holds, in one piece or in many.
use super::{
    failure::Failure,
    wire::{Completion, Piece},
};
use domain::assistant::{ModelAnswer, Tokens};

/// As far as it has come.
#[derive(Default)]
pub(super) struct Answer {
    text: String,
    model: Option<String>,
    tokens: Option<Tokens>,
    /// A server that says so may leave without the closing event.
    pub(super) is_over: bool,
}

impl Answer {
    /// # Errors
    /// [`Failure::Malformed`].
    pub(super) fn whole(json: &[u8]) -> Result<Self, Failure> {
        let said: Completion = serde_json::from_slice(json).map_err(|_why| Failure::Malformed)?;
        let choice = said.choices.into_iter().next().ok_or(Failure::Malformed)?;
        Ok(Self {
            text: choice.message.content.unwrap_or_default(),
            model: said.model,
            tokens: said.usage.and_then(|usage| usage.tokens()),
            is_over: true,
        })
    }

    /// Adds the data of one event, and returns its text, which may be empty.
    ///
    /// # Errors
    /// [`Failure::Malformed`] and [`Failure::GaveUp`].
    pub(super) fn add(&mut self, data: &str) -> Result<&str, Failure> {
        let piece: Piece = serde_json::from_str(data).map_err(|_why| Failure::Malformed)?;
        if piece.error.is_some() {
            return Err(Failure::GaveUp);
        }
        self.model = self.model.take().or(piece.model);
        self.tokens = piece.usage.and_then(|usage| usage.tokens()).or(self.tokens);
        let before = self.text.len();
        if let Some(choice) = piece.choices.into_iter().next() {
            self.is_over |= choice.finish_reason.is_some();
            self.text += choice.delta.and_then(|said| said.content).as_deref().unwrap_or_default();
        }
        Ok(&self.text[before..])
    }

    /// `asked` stands for the model's name if the server tells none.
    ///
    /// # Errors
    /// [`Failure::Blank`].
    pub(super) fn finish(self, asked: &str) -> Result<ModelAnswer, Failure> {
        if self.text.trim().is_empty() {
            return Err(Failure::Blank);
        }
        let model = self.model.unwrap_or_else(|| asked.to_owned());
        Ok(ModelAnswer { text: self.text, model, tokens: self.tokens })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, model: &str, tokens: Option<(u32, u32)>) -> Result<ModelAnswer, Failure> {
        let tokens = tokens.map(|(question, answer)| Tokens { question, answer });
        Ok(ModelAnswer { text: text.into(), model: model.into(), tokens })
    }

    #[test]
    fn an_answer_is_read_in_one_piece() {
        for (json, expected) in [
            (
                r#"{"model":"m","choices":[{"message":{"content":" hi "}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
                answer(" hi ", "m", Some((3, 1))),
            ),
            (
                r#"{"choices":[{"message":{"content":"hi"}},{"message":{"content":"no"}}]}"#,
                answer("hi", "asked", None),
            ),
            (
                r#"{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":3}}"#,
                answer("hi", "asked", None),
            ),
            (
                r#"{"choices":[{"message":{"content":"hi"}}],"usage":null,"new":[1]}"#,
                answer("hi", "asked", None),
            ),
            (
                r#"{"model":7,"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":-5,"completion_tokens":1.0}}"#,
                answer("hi", "asked", None),
            ),
            (r#"{"choices":[{"message":{"content":" \n"}}]}"#, Err(Failure::Blank)),
            (r#"{"choices":[{"message":{"content":null}}]}"#, Err(Failure::Blank)),
            (r#"{"choices":[]}"#, Err(Failure::Malformed)),
            (r#"{"error":{"message":"no"}}"#, Err(Failure::Malformed)),
            ("[]", Err(Failure::Malformed)),
            ("", Err(Failure::Malformed)),
        ] {
            let told = Answer::whole(json.as_bytes()).and_then(|read| read.finish("asked"));
            assert_eq!(told, expected, "{json}");
        }
    }

    #[test]
    fn an_answer_is_put_together_from_pieces() {
        let mut read = Answer::default();
        for (data, text, is_over) in [
            (r#"{"model":"m","choices":[{"delta":{"role":"assistant"},"finish_reason":null}]}"#, "", false),
            (r#"{"model":"m","choices":[{"delta":{"content":"I am"}}]}"#, "I am", false),
            (r#"{"choices":[{"delta":{"content":" here"}},{"delta":{"content":"no"}}]}"#, " here", false),
            (r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"error":null}"#, "", true),
            (r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#, "", true),
        ] {
            assert_eq!(read.add(data), Ok(text), "{data}");
            assert_eq!(read.is_over, is_over, "{data}");
        }
        assert_eq!(read.add(r#"{"error":{"message":"no"}}"#), Err(Failure::GaveUp));
        assert_eq!(read.add("no"), Err(Failure::Malformed));
        assert_eq!(read.finish("asked"), answer("I am here", "m", Some((3, 2))));
    }
}
