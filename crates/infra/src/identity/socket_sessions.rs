//! Socket tickets, and the query that finds sockets whose session has ended.
use super::session_cache::session_account_rows;
use crate::store::{
    At, Store, on,
    schema::{access, accounts, sessions, socket_tickets},
};
use diesel::prelude::*;
use domain::{
    identity::{NewSocketTicket, Rights, SessionAccount, TokenHash, ports::SocketSessionRepository},
    shared::{StoreError, Timestamp},
};

pub struct DieselSocketSessionRepository(pub Store);

impl SocketSessionRepository for DieselSocketSessionRepository {
    fn give(&self, ticketing: &NewSocketTicket) -> Result<(), StoreError> {
        let row = (
            socket_tickets::ticket_hash.eq(&ticketing.ticket.0),
            socket_tickets::token_hash.eq(&ticketing.session.0),
            socket_tickets::ends_at.eq(At::from(ticketing.until)),
        );
        self.0.write(|conn| {
            on!(conn, |c| diesel::insert_into(socket_tickets::table).values(&row).execute(c))?;
            Ok(())
        })
    }

    fn redeem(
        &self,
        ticket: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(SessionAccount, TokenHash)>, StoreError> {
        self.0.write(|conn| {
            // Of several who delete one row at once, one gets it.
            let session: Option<String> = on!(conn, |c| {
                diesel::delete(socket_tickets::table.find(&ticket.0))
                    .filter(socket_tickets::ends_at.gt(At::from(now)))
                    .returning(socket_tickets::token_hash)
                    .get_result(c)
                    .optional()
            })?;
            let Some(session) = session.map(TokenHash) else { return Ok(None) };
            let account = session_account_rows(conn, &[&session.0])?.pop();
            Ok(account.map(|account| (account.into(), session)))
        })
    }

    fn forget_tickets(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.0.write(|conn| {
            let ended = socket_tickets::table.filter(socket_tickets::ends_at.le(At::from(now)));
            Ok(on!(conn, |c| diesel::delete(ended).execute(c))?)
        })
    }

    fn access_epoch(&self) -> Result<i64, StoreError> {
        self.0.read(|conn| on!(conn, |c| access::table.select(access::epoch).get_result(c)))
    }

    fn rights(&self, open: &[TokenHash]) -> Result<Vec<Rights>, StoreError> {
        let hashes: Vec<&str> = open.iter().map(|hash| hash.0.as_str()).collect();
        let rows: Vec<(String, bool)> = self.0.read(|conn| {
            on!(conn, |c| {
                sessions::table
                    .inner_join(accounts::table)
                    .filter(sessions::token_hash.eq_any(&hashes))
                    .filter(accounts::is_active)
                    .select((sessions::token_hash, accounts::is_staff))
                    .load(c)
            })
        })?;
        Ok(rows.into_iter().map(|(hash, staff)| Rights { session: TokenHash(hash), staff }).collect())
    }
}
