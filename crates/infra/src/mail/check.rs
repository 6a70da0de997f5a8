//! Whether the mail server lets us in.
use super::{
    connect::Door,
    settings::MailServer,
    trouble::{Step, Trouble, Why},
};
use std::time::Duration;
use tokio::time::timeout;

const CHECK_MAX: Duration = Duration::from_secs(5);
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// Connects, greets, begins TLS and signs in, as a letter would, and sends nothing.
///
/// # Errors
/// What is wrong and what to do, on one line.
pub async fn check(server: &MailServer) -> Result<(), String> {
    let door = Door::new(server).map_err(|e| format!("TLS cannot be had on this system: {e}"))?;
    match timeout(CHECK_MAX, door.enter()).await {
        Ok(Ok(mut connection)) => {
            // A courtesy: it has let us in.
            let _ = timeout(FAREWELL_MAX, connection.quit()).await;
            Ok(())
        }
        Ok(Err(trouble)) => Err(advice(server, &trouble)),
        Err(_elapsed) => Err(advice(server, &Trouble { step: Step::Connect, why: Why::TimedOut })),
    }
}

fn advice(server: &MailServer, Trouble { step, why }: &Trouble) -> String {
    let why = match why {
        Why::Status(status) => format!("status {status}"),
        Why::TimedOut => "no answer in time".into(),
        Why::Broken(why) => why.clone(),
    };
    let certificate = "its certificate must be for EMAIL_HOST, by an authority that this system knows (ca-certificates, or SSL_CERT_FILE)";
    let (what, mend) = match step {
        Step::Connect if server.has_implicit_tls() => {
            ("cannot be reached", format!("look at EMAIL_HOST, EMAIL_PORT and firewalls; {certificate}"))
        }
        Step::Connect => ("cannot be reached", "look at EMAIL_HOST, EMAIL_PORT and firewalls".into()),
        Step::Greeting => ("does not let us in", "look at EMAIL_PORT (465 is for TLS from the start)".into()),
        Step::Tls => ("gives no TLS", format!("look at EMAIL_PORT; {certificate}")),
        _ => ("refuses the sign-in", "look at EMAIL_HOST_USER and EMAIL_HOST_PASSWORD".into()),
    };
    format!("{server} {what} ({why}): {mend}")
}
