//! Letters handed to a mail server over SMTP; or written to a folder, or to nobody, where there is none.
mod check;
mod connect;
mod folder;
mod header;
mod mailer;
mod message;
mod plain_stream;
mod pool;
mod server;
mod settings;
mod transaction;
mod trouble;

pub use check::check;
pub use lettre::{message::Mailbox, transport::smtp::authentication::Credentials};
pub use mailer::{CannotOpenMail, Mailer};
pub use settings::{EXPOSED_PASSWORD, MailServer, MailSettings, NO_MAIL_SERVER, sender};
