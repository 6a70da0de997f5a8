//! Links in letters. A link opens one page, for everybody who has it, without an account: its token proves that its letter
//! was read.
use crate::identity::{Nonce, Token, TokenHash, ports::TokenIssuer};
use std::sync::Arc;

/// Which page a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPage {
    /// A recipient of an alarm answers it.
    AlarmAnswer,
    /// The holder of an address says whether alarms may be sent there.
    ContactConsent,
    PasswordReset,
    /// The holder of an account wants no more digests.
    Unsubscribe,
}

impl LinkPage {
    pub const ALL: [Self; 4] =
        [Self::AlarmAnswer, Self::ContactConsent, Self::PasswordReset, Self::Unsubscribe];

    /// What stands before the token.
    pub fn path(self) -> &'static str {
        match self {
            Self::AlarmAnswer => "/a/",
            Self::ContactConsent => "/contact/",
            Self::PasswordReset => "/reset/",
            Self::Unsubscribe => "/unsubscribe/",
        }
    }
}

/// The scheme and host at which pages are found, such as `https://care.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One link. Its token is a function of the server's secret and the nonce: nobody can make one, or another one of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub page: LinkPage,
    pub token: Token,
    /// From which the same link can be made again.
    pub nonce: Nonce,
    /// What is stored, and looked for.
    pub hash: TokenHash,
}

impl Link {
    pub fn url(&self, origin: &Origin) -> String {
        format!("{}{}{}", origin.as_str(), self.page.path(), self.token.expose())
    }
}

/// Makes links.
#[derive(Clone)]
pub struct Links {
    pub tokens: Arc<dyn TokenIssuer>,
    /// As the operator says. Without it links lead to where the request came that caused the letter.
    pub public_url: Option<Origin>,
}

impl Links {
    pub fn new_link(&self, page: LinkPage) -> Link {
        self.link(page, self.tokens.nonce())
    }

    /// The one that was made with this nonce.
    pub fn link(&self, page: LinkPage, nonce: Nonce) -> Link {
        let token = self.tokens.link(page.path(), &nonce);
        Link { page, hash: self.hash(token.expose()), token, nonce }
    }

    /// Of what stands in an address.
    pub fn hash(&self, token: &str) -> TokenHash {
        self.tokens.hash(token)
    }
}
