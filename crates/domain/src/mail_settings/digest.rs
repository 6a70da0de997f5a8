//! Whether an account is told of what it has not read, and when it is looked at next.
use super::{DigestFacts, DigestLetterWriter, DigestRate};
use crate::{
    identity::{Email, Nonce, TokenHash},
    notifications::{Notice, NotificationId},
    outbox::{Letter, LinkPage, Links, Origin},
    shared::{AccountId, Timestamp},
};

/// Notices whose words a digest has.
pub const SHOWN_MAX: usize = 20;

/// What is known of an account whose digest is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSheet {
    pub owner: AccountId,
    pub username: String,
    /// Of an active account that has one.
    pub email: Option<Email>,
    pub rate: DigestRate,
    pub due_at: Timestamp,
    /// Where its holder turned digests on.
    pub origin: Option<Origin>,
    /// Of its link.
    pub nonce: Nonce,
    /// The newest notice of which a digest has told.
    pub told_until: NotificationId,
    pub unread: u64,
    /// The newest that was not read.
    pub newest: Option<NotificationId>,
    /// At most [`SHOWN_MAX`] of those that were not read, newest first.
    pub notices: Vec<Notice>,
}

/// Everything that becomes true together when a digest was due: the next one is, and there is a letter or there was nothing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    owner: AccountId,
    due_at: Timestamp,
    next_at: Option<Timestamp>,
    letter: Option<DigestLetter>,
    at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestLetter {
    pub letter: Letter,
    pub told_until: NotificationId,
    /// Of its link. The server may have another secret than when the last one was made.
    pub link: TokenHash,
}

impl DigestSheet {
    pub fn digest(self, links: &Links, writer: &dyn DigestLetterWriter, now: Timestamp) -> Digest {
        let (owner, due_at) = (self.owner, self.due_at);
        let next_at = self.rate.next_after(now);
        Digest { owner, due_at, next_at, letter: self.letter(links, writer), at: now }
    }

    fn letter(self, links: &Links, writer: &dyn DigestLetterWriter) -> Option<DigestLetter> {
        let told_until = self.newest.filter(|newest| newest.get() > self.told_until.get())?;
        // Without a way out there is no letter.
        let origin = links.public_url.clone().or(self.origin)?;
        let link = links.link(LinkPage::Unsubscribe, self.nonce);
        let (unread, unsubscribe) = (self.unread, link.url(&origin));
        let (username, notices) = (self.username.as_str(), self.notices.as_slice());
        let facts = DigestFacts { username, unread, notices, unsubscribe: &unsubscribe };
        Some(DigestLetter { letter: writer.digest(&facts, self.email?), told_until, link: link.hash })
    }
}

impl Digest {
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    /// When it was due: whoever is first moves it.
    pub fn due_at(&self) -> Timestamp {
        self.due_at
    }
    pub fn next_at(&self) -> Option<Timestamp> {
        self.next_at
    }
    pub fn letter(&self) -> Option<&DigestLetter> {
        self.letter.as_ref()
    }
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
