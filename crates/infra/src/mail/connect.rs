//! A connection to the mail server, on which letters can be handed over at once.
use super::{
    plain_stream::PlainStream,
    settings::MailServer,
    trouble::{Step, Trouble, Why, within},
};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    extension::ClientId,
};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// For each of the server's addresses: behind one that is dead may be one that lives.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// For each step that follows.
const STEP_MAX: Duration = Duration::from_secs(8);

pub(super) struct Door {
    host: String,
    port: u16,
    tls: Option<TlsParameters>,
    implicit_tls: bool,
    credentials: Option<Credentials>,
    /// As which we introduce ourselves: many servers distrust a client that says a bare address.
    name: ClientId,
}

impl Door {
    /// # Errors
    /// When TLS cannot be had on this system.
    pub(super) fn new(server: &MailServer) -> Result<Self, Error> {
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            tls: server.tls.then(|| TlsParameters::new(server.host.clone())).transpose()?,
            implicit_tls: server.has_implicit_tls(),
            credentials: server.credentials.clone(),
            name: ClientId::Domain(server.from.email.domain().to_owned()),
        })
    }

    pub(super) async fn enter(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let mut connection = if self.implicit_tls { self.by_tls().await? } else { self.by_tcp().await? };
        if let Some(credentials) = &self.credentials {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials);
            within(Step::SignIn, STEP_MAX, signed_in).await?;
        }
        Ok(connection)
    }

    /// Connecting, TLS and greeting are one step of the library's.
    async fn by_tls(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let (server, tls) = ((self.host.as_str(), self.port), self.tls.clone());
        let entered = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_MAX), &self.name, tls, None);
        within(Step::Connect, CONNECT_MAX + STEP_MAX, entered).await
    }

    async fn by_tcp(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let (tcp, name) = (self.tcp().await?, &self.name);
        let stream = PlainStream::new(tcp, self.tls.is_some());
        let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(stream), name);
        let mut connection = within(Step::Greeting, STEP_MAX, greeted).await?;
        if let Some(tls) = &self.tls {
            within(Step::Tls, STEP_MAX, connection.starttls(tls.clone(), name)).await?;
        }
        Ok(connection)
    }

    async fn tcp(&self) -> Result<TcpStream, Trouble> {
        let broken = |e: io::Error| Trouble::broken(Step::Connect, e);
        let timed_out = Trouble { step: Step::Connect, why: Why::TimedOut };
        let found = timeout(STEP_MAX, lookup_host((self.host.as_str(), self.port))).await;
        let mut last = Trouble::broken(Step::Connect, "the name has no address");
        for address in found.map_err(|_elapsed| timed_out.clone())?.map_err(broken)? {
            match timeout(CONNECT_MAX, connect(address)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(e)) => last = broken(e),
                Err(_elapsed) => last = timed_out.clone(),
            }
        }
        Err(last)
    }
}

/// The end of a letter is a packet of its own, which should not wait for the answer to the one before.
async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}
