//! Letters over SMTP.
use super::{
    connect::Door, message::Message, pool::Pool, settings::MailServer, transaction::hand_over,
    trouble::Trouble,
};
use lettre::transport::smtp::Error;

pub(super) struct Server {
    pool: Pool,
}

impl Server {
    /// # Errors
    /// When TLS cannot be had on this system.
    pub(super) fn new(server: &MailServer, connections: u32) -> Result<Self, Error> {
        Ok(Self { pool: Pool::new(Door::new(server)?, connections) })
    }

    /// On a used connection if there is one; and again on a fresh one if the server has closed that meanwhile.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Trouble> {
        let place = self.pool.place().await;
        if let Some(mut connection) = place.used() {
            match hand_over(&mut connection, message).await {
                Ok(()) => {
                    place.keep(connection);
                    return Ok(());
                }
                Err(trouble) if trouble.is_of_the_connection() => {}
                Err(trouble) => return Err(trouble),
            }
        }
        let mut connection = place.fresh().await?;
        hand_over(&mut connection, message).await?;
        place.keep(connection);
        Ok(())
    }
}
