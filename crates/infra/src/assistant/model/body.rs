//! The bytes of an answer.
use super::failure::Failure;
use reqwest::Response;

/// 1 MiB. In a stream that is some four thousand words, since servers wrap each in 200 bytes and more.
const MAX: usize = 1024 * 1024;

pub(super) struct Body {
    response: Response,
    read: usize,
}

impl Body {
    pub(super) fn of(response: Response) -> Self {
        Self { response, read: 0 }
    }

    /// `None` at its end.
    ///
    /// # Errors
    /// [`Failure::Broken`], and [`Failure::TooLarge`] beyond 1 MiB.
    pub(super) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, Failure> {
        let chunk = self.response.chunk().await.map_err(|_why| Failure::Broken)?;
        self.read += chunk.as_ref().map_or(0, |chunk| chunk.len());
        if self.read > MAX {
            return Err(Failure::TooLarge);
        }
        Ok(chunk)
    }

    /// All that is left of it.
    ///
    /// # Errors
    /// As [`Self::next`] has.
    pub(super) async fn whole(mut self) -> Result<Vec<u8>, Failure> {
        let mut whole = vec![];
        while let Some(chunk) = self.next().await? {
            whole.extend_from_slice(chunk.as_ref());
        }
        Ok(whole)
    }
}
