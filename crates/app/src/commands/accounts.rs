//! The commands about accounts.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use clap::Args;
use domain::{
    identity::{AccountFlag, Email, FatherName, GivenName, Password, Phone, Registration, Roles, Username},
    shared::FieldError,
};
use rand::RngExt;
use std::io::Read;

/// An account that exists.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// The name that the account signs in with.
    username: String,
}

impl Named {
    pub(super) fn make_doctor(&self, config: &Config) -> Done {
        self.grant(config, AccountFlag::Doctor(true), "is in the group Doctor")
    }
    pub(super) fn make_admin(&self, config: &Config) -> Done {
        self.grant(config, AccountFlag::Staff(true), "has the rights of staff")
    }
    pub(super) fn remove_doctor(&self, config: &Config) -> Done {
        self.grant(config, AccountFlag::Doctor(false), "is no longer in the group Doctor")
    }
    pub(super) fn remove_admin(&self, config: &Config) -> Done {
        self.grant(config, AccountFlag::Staff(false), "no longer has the rights of staff")
    }
    pub(super) fn deactivate(&self, config: &Config) -> Done {
        self.grant(
            config,
            AccountFlag::Active(false),
            "is deactivated: neither its password nor its token lets anyone in",
        )
    }
    pub(super) fn reactivate(&self, config: &Config) -> Done {
        self.grant(config, AccountFlag::Active(true), "is active")
    }

    fn grant(&self, config: &Config, flag: AccountFlag, done: &str) -> Done {
        let username = parsed("USERNAME", Username::known_as(&self.username))?;
        let application = Application::open(config)?;
        let person = application.identity.grant(username, flag).map_err(|e| {
            Failure::new(format!("{}: {e} (it must register first, or: carebase create-user)", self.username))
        })?;
        say!("{} {done}", person.username);
        Ok(())
    }
}

/// An account to be made, in the group Patient.
#[derive(Debug, Args)]
pub(super) struct NewUser {
    /// Letters of any alphabet, digits and @ . + - _; at most 150. `admin` and digits only are reserved.
    username: String,
    /// Unique among accounts.
    #[arg(long)]
    email: String,
    /// Read the password from standard input (its first line), instead of making one.
    #[arg(long)]
    password_stdin: bool,
    #[arg(long, default_value = "")]
    first_name: String,
    #[arg(long, default_value = "")]
    last_name: String,
    /// Also put it into the group Doctor.
    #[arg(long)]
    doctor: bool,
    /// Also give it the rights of staff.
    #[arg(long)]
    admin: bool,
}

impl NewUser {
    pub(super) fn create(&self, config: &Config) -> Done {
        let (password, shown) = self.password()?;
        let registration = Registration {
            username: parsed("USERNAME", Username::parse(&self.username))?,
            email: parsed("--email", Email::parse(&self.email))?,
            password: parsed("the password", Password::parse(&password))?,
            first_name: parsed("--first-name", GivenName::parse(&self.first_name))?,
            last_name: parsed("--last-name", GivenName::parse(&self.last_name))?,
            father_name: FatherName::default(),
            sex: None,
            date_of_birth: None,
            phone_number: Phone::default(),
        };
        let username = registration.username.clone();
        let application = Application::open(config)?;
        application.identity.register(registration, Roles::PATIENT).map_err(|e| Failure::new(refused(&e)))?;
        let extra = [(self.doctor, AccountFlag::Doctor(true)), (self.admin, AccountFlag::Staff(true))];
        for flag in extra.into_iter().filter_map(|(wanted, flag)| wanted.then_some(flag)) {
            application.identity.grant(username.clone(), flag).map_err(Failure::new)?;
        }
        say!("{} can sign in", username.as_str());
        if let Some(password) = shown {
            say!("password: {password}   (shown once; it is not kept)");
        }
        Ok(())
    }

    /// The password, and once more if it has to be shown because nobody knows it yet.
    fn password(&self) -> Result<(String, Option<String>), Failure> {
        if !self.password_stdin {
            let mut dice = rand::rng();
            let made: String = (0..20).map(|_| char::from(dice.sample(rand::distr::Alphanumeric))).collect();
            return Ok((made.clone(), Some(made)));
        }
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| Failure::new(format!("standard input: {e}")))?;
        Ok((text.lines().next().unwrap_or_default().to_owned(), None))
    }
}

fn parsed<T>(what: &str, value: Result<T, FieldError>) -> Result<T, Failure> {
    value.map_err(|why| match why {
        FieldError::Taken => Failure::new(format!("{what}: reserved")),
        why => Failure::new(format!("{what}: {why}")),
    })
}

fn refused(error: &domain::identity::IdentityError) -> String {
    match error {
        domain::identity::IdentityError::Fields(field_errors) => {
            let told = field_errors.0.iter().map(|(field, why)| format!("{field}: {why}"));
            told.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
