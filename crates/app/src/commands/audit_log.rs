//! `carebase audit`.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use clap::Args;
use domain::{identity::Username, shared::Page};

#[derive(Debug, Args)]
pub(super) struct Audit {
    /// The patient's name.
    username: String,
    /// Show at most so many lines.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
}

impl Audit {
    pub(super) fn show(&self, config: &Config) -> Done {
        let application = Application::open_existing(config)?;
        let name = Username::known_as(&self.username).map_err(Failure::new)?;
        // Deactivated accounts too: that is when the audit log is wanted most.
        let known = application.identity.accounts.credentials(&name).map_err(|e| Failure::caused(&e))?;
        let known =
            known.ok_or_else(|| Failure::new(format!("{}: no account has that name", self.username)))?;
        let person = known.caller.person;
        let page = Page::first().with_limit(self.limit);
        for line in application.audit_log.of(person.id, page).map_err(|e| Failure::caused(&e))? {
            let (entry, by) = (&line.entry, line.actor_name.as_deref().unwrap_or("(the server)"));
            let link = entry.link.map(|id| format!(" by link {id}")).unwrap_or_default();
            let object = entry.object.map(|id| format!(" no. {id}")).unwrap_or_default();
            say!("{}  {by}  {}{object}{link}", entry.at.format("%Y-%m-%d %H:%M:%S"), entry.act.as_str());
        }
        Ok(())
    }
}
