//! Asks contacts for their consent, and stores their answer.
use super::{
    Consent, ConsentAnswer, ConsentLetter, ConsentPage, ConsentRequest, NewAddress, address_hash,
    letter_writer::LetterWriter, ports::ConsentRepository,
};
use crate::{
    identity::{AccountId, Email, TokenHash},
    outbox::{LinkPage, Links, Origin},
    shared::{Clock, StoreError},
};
use std::{collections::HashMap, sync::Arc};

/// Addresses that one run of the job looks at.
const AT_ONCE: usize = 100;

/// By address.
pub struct Consents {
    links: Links,
    known: HashMap<TokenHash, Consent>,
}

impl Consents {
    /// `None` for a text that is no address.
    pub fn of(&self, email: &str) -> Option<Consent> {
        let email = Email::parse(email).ok()?;
        let known = self.known.get(&address_hash(&self.links, &email));
        Some(known.copied().unwrap_or(Consent::Unconfirmed))
    }
}

pub struct ConsentService {
    pub consents: Arc<dyn ConsentRepository>,
    pub letters: Arc<dyn LetterWriter>,
    pub links: Links,
    /// Whether letters go anywhere: if not, nobody is asked yet.
    pub has_mail: bool,
    pub clock: Arc<dyn Clock>,
}

impl ConsentService {
    /// Asks the holders of addresses that this user has just named. `origin` is where links lead unless the operator says it: without either
    /// nobody is asked yet. What fails here is done by [`ask_for_all`](Self::ask_for_all).
    pub fn ask_for(&self, owner: AccountId, origin: Option<&Origin>) {
        let _ = self.ask(Some(owner), origin);
    }

    /// The same for everybody's: a background job, for what a killed process left.
    ///
    /// # Errors
    /// Those of the store.
    pub fn ask_for_all(&self) -> Result<usize, StoreError> {
        self.ask(None, None)
    }

    fn ask(&self, owner: Option<AccountId>, origin: Option<&Origin>) -> Result<usize, StoreError> {
        let origin = self.links.public_url.as_ref().or(origin).filter(|_| self.has_mail);
        let Some(origin) = origin else { return Ok(0) };
        let (mut asked, mut failure) = (0, None);
        for address in self.consents.new_addresses(owner, AT_ONCE)? {
            match self.consents.ask(&self.request(address, origin)) {
                Ok(done) => asked += usize::from(done),
                // It holds up no other.
                Err(e) => failure = Some(e),
            }
        }
        failure.map_or(Ok(asked), Err)
    }

    fn request(&self, address: NewAddress, origin: &Origin) -> ConsentRequest {
        let NewAddress { owner, who, role, name, email, modified_at } = address;
        let asked = email.map(|email| {
            let link = self.links.new_link(LinkPage::ContactConsent);
            let address = address_hash(&self.links, &email);
            let letter = self.letters.consent_letter(&who, &name, email, &link.url(origin));
            ConsentLetter { address, link, letter }
        });
        ConsentRequest { owner, role, modified_at, asked, at: self.clock.now() }
    }

    /// What the holders of the addresses have said that this user has named.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_owner(&self, owner: AccountId) -> Result<Consents, StoreError> {
        let known = self.consents.of_owner(owner)?.into_iter().collect();
        Ok(Consents { links: self.links.clone(), known })
    }

    /// `None` for a link that was never given. Changes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub fn page(&self, token: &str) -> Result<Option<ConsentPage>, StoreError> {
        self.consents.page(&self.links.hash(token))
    }

    /// The users whom it concerns are told. They may say otherwise later.
    ///
    /// # Errors
    /// Those of the store.
    pub fn answer(&self, token: &str, answer: ConsentAnswer) -> Result<Option<ConsentPage>, StoreError> {
        let hash = self.links.hash(token);
        self.consents.answer(&hash, answer, self.clock.now())?;
        self.consents.page(&hash)
    }
}
