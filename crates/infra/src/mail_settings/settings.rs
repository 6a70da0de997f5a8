//! Settings, and whose digest is due.
use crate::{
    audit,
    crypto::DataKeys,
    identity::holds_address,
    notifications,
    outbox::{self, Queue},
    store::{
        At, Conn, Store, Word, on,
        schema::{accounts, mail_settings},
        stored_words,
    },
};
use diesel::{
    dsl::{exists, select},
    prelude::*,
};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::{Email, Nonce, TokenHash},
    mail_settings::{
        Digest, DigestRate, DigestSheet, MailSettings, MailSettingsChange, SHOWN_MAX,
        ports::MailSettingsRepository,
    },
    notifications::NotificationId,
    outbox::{Message, Origin},
    shared::{AccountId, StoreError, Timestamp},
};

stored_words!(DigestRate);

/// The turn of letters that nobody waits for: those that somebody has asked for go first.
const LATER: u32 = 1;

pub struct DieselMailSettingsRepository {
    pub store: Store,
    pub data_keys: DataKeys,
    /// In the names of letters: whose they are.
    pub mail_host: String,
}

impl MailSettingsRepository for DieselMailSettingsRepository {
    fn of(&self, owner: AccountId) -> Result<MailSettings, StoreError> {
        let row: Option<SettingsRow> = self.store.read(|conn| {
            on!(conn, |c| {
                mail_settings::table
                    .find(owner.get())
                    .select(SettingsRow::as_select())
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map_or_else(MailSettings::default, MailSettings::from))
    }

    fn change(&self, change: &MailSettingsChange) -> Result<MailSettings, StoreError> {
        let (owner, edit) = (change.owner().get(), change.edit());
        self.store.write(|conn| {
            make(conn, change)?;
            let digest = edit.digest.as_set();
            let origin = digest.and(change.origin());
            let changes = (
                // So that there is always one.
                mail_settings::owner_id.eq(owner),
                digest.map(|rate| mail_settings::digest.eq(rate.as_str())),
                edit.appointments.as_set().map(|wanted| mail_settings::appointments.eq(*wanted)),
                change.next_digest_at().as_set().map(|at| mail_settings::next_digest_at.eq(at.map(At::from))),
                origin.map(|origin| mail_settings::origin.eq(Some(origin.as_str()))),
            );
            let row: SettingsRow = on!(conn, |c| {
                diesel::update(mail_settings::table.find(owner))
                    .set(changes)
                    .returning(SettingsRow::as_returning())
                    .get_result(c)
            })?;
            audit::add(conn, change.audit())?;
            Ok(row.into())
        })
    }

    fn due(&self, after: Option<AccountId>, now: Timestamp) -> Result<Option<DigestSheet>, StoreError> {
        let after = after.map_or(0, AccountId::get);
        self.store.read(|conn| {
            let first = mail_settings::table
                .inner_join(accounts::table)
                .filter(mail_settings::next_digest_at.le(At::from(now)))
                .filter(mail_settings::owner_id.gt(after))
                .order(mail_settings::owner_id);
            let row: Option<(DueRow, AccountRow)> = on!(conn, |c| {
                first.select((DueRow::as_select(), AccountRow::as_select())).first(c).optional()
            })?;
            row.map(|(due, account)| sheet(conn, due, account)).transpose()
        })
    }

    fn send(&self, digest: &Digest) -> Result<bool, StoreError> {
        let owner = digest.owner();
        let sent = digest.letter();
        let keys = sent.map(|_| self.data_keys.of(owner)).transpose()?;
        self.store.write_if(|conn| {
            let due = mail_settings::table
                .filter(mail_settings::owner_id.eq(owner.get()))
                .filter(mail_settings::next_digest_at.eq(At::from(digest.due_at())));
            let changes = (
                mail_settings::next_digest_at.eq(digest.next_at().map(At::from)),
                sent.map(|sent| mail_settings::told_until.eq(sent.told_until.get())),
                sent.map(|sent| mail_settings::unsubscribe_hash.eq(&sent.link.0)),
            );
            if on!(conn, |c| diesel::update(due).set(changes).execute(c))? == 0 {
                return Ok(false);
            }
            let (Some(sent), Some(keys)) = (sent, keys) else { return Ok(true) };
            if !holds_address(conn, owner, &sent.letter.to.key())? {
                return Ok(false);
            }
            let message = Message::Letter(sent.letter.clone());
            outbox::add(conn, Queue::LETTERS, &keys, &self.mail_host, &message, LATER, digest.at())?;
            Ok(true)
        })
    }

    fn is_link(&self, link: &TokenHash) -> Result<bool, StoreError> {
        self.store.read(|conn| is_link(conn, link))
    }

    fn unsubscribe(&self, link: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        self.store.write(|conn| {
            let on = mail_settings::table
                .filter(mail_settings::unsubscribe_hash.eq(&link.0))
                .filter(mail_settings::digest.ne(DigestRate::Off.as_str()));
            let changes = (
                mail_settings::digest.eq(DigestRate::Off.as_str()),
                mail_settings::next_digest_at.eq(None::<At>),
            );
            let owner: Option<i64> = on!(conn, |c| {
                diesel::update(on).set(changes).returning(mail_settings::owner_id).get_result(c).optional()
            })?;
            let Some(owner) = owner.map(AccountId::new) else { return Ok(is_link(conn, link)?) };
            audit::add(conn, &AuditEntry::own(owner, AuditAction::MailSettingsChanged, now))?;
            Ok(true)
        })
    }
}

/// Its row, with defaults unless it is there.
fn make(conn: &mut Conn, change: &MailSettingsChange) -> QueryResult<()> {
    let MailSettings { digest, appointments } = MailSettings::default();
    let row = (
        mail_settings::owner_id.eq(change.owner().get()),
        mail_settings::digest.eq(digest.as_str()),
        mail_settings::appointments.eq(appointments),
        mail_settings::told_until.eq(0),
        mail_settings::unsubscribe_nonce.eq(&change.link().nonce.0),
        mail_settings::unsubscribe_hash.eq(&change.link().hash.0),
    );
    on!(conn, |c| {
        diesel::insert_into(mail_settings::table).values(row).on_conflict_do_nothing().execute(c)
    })
    .map(drop)
}

fn sheet(conn: &mut Conn, due: DueRow, account: AccountRow) -> QueryResult<DigestSheet> {
    let owner = AccountId::new(due.owner_id);
    let (unread, newest) = notifications::unread(conn, owner, SHOWN_MAX)?;
    Ok(DigestSheet {
        owner,
        username: account.username,
        email: Email::parse(&account.email).ok().filter(|_| account.is_active),
        rate: due.digest.0,
        due_at: due.next_digest_at.map_or(Timestamp::UNIX_EPOCH, Into::into),
        origin: due.origin.map(Origin::new),
        nonce: Nonce(due.unsubscribe_nonce),
        told_until: NotificationId::new(due.told_until),
        unread,
        newest: newest.first().map(|(id, _)| *id),
        notices: newest.into_iter().map(|(_, notice)| notice).collect(),
    })
}

fn is_link(conn: &mut Conn, link: &TokenHash) -> QueryResult<bool> {
    let own = mail_settings::table.filter(mail_settings::unsubscribe_hash.eq(&link.0));
    on!(conn, |c| select(exists(own)).get_result(c))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = mail_settings)]
struct SettingsRow {
    digest: Word<DigestRate>,
    appointments: bool,
}

impl From<SettingsRow> for MailSettings {
    fn from(row: SettingsRow) -> Self {
        Self { digest: row.digest.0, appointments: row.appointments }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = mail_settings)]
struct DueRow {
    owner_id: i64,
    digest: Word<DigestRate>,
    next_digest_at: Option<At>,
    told_until: i64,
    origin: Option<String>,
    unsubscribe_nonce: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    username: String,
    email: String,
    is_active: bool,
}
