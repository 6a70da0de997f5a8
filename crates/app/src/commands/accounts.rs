//! The commands about accounts.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config};
use clap::Args;
use domain::{
    identity::{
        AccountFlag, AccountPolicy, Email, FatherName, GivenName, IdentityError, NewPassword, Phone,
        Registration, Roles, Username,
    },
    shared::FieldError,
};
use rand::RngExt;

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
        let application = Application::open_existing(config)?;
        let person = application
            .identity
            .as_operator()
            .grant(username, flag)
            .map_err(|e| refused(&self.username, &e))?;
        say!("{} {done}", person.username);
        Ok(())
    }
}

/// Another password for an account.
#[derive(Debug, Args)]
pub(super) struct SetPassword {
    #[command(flatten)]
    account: Named,
    /// Read the password from standard input (its first line), instead of making one.
    #[arg(long)]
    stdin: bool,
}

impl SetPassword {
    pub(super) fn set(&self, config: &Config) -> Done {
        let name = &self.account.username;
        let username = parsed("USERNAME", Username::known_as(name))?;
        let application = Application::open_existing(config)?;
        let password = ChosenPassword::read(self.stdin, config.accounts)?;
        let checked = password.checked(&application)?;
        let person = application
            .identity
            .as_operator()
            .set_password(username, &checked)
            .map_err(|e| refused(name, &e))?;
        say!("{} has another password and is signed out everywhere", person.username);
        password.show();
        Ok(())
    }
}

/// A password from the operator, or one that was made here and that nobody knows yet.
struct ChosenPassword {
    text: String,
    is_made: bool,
}

/// Characters of one that is made, of letters and digits: about 119 bits.
const MADE_LENGTH: usize = 20;

impl ChosenPassword {
    fn read(from_stdin: bool, policy: AccountPolicy) -> Result<Self, Failure> {
        if !from_stdin {
            let mut random = rand::rng();
            let letters = 0..MADE_LENGTH.max(policy.password_min_length);
            let text = letters.map(|_| char::from(random.sample(rand::distr::Alphanumeric))).collect();
            return Ok(Self { text, is_made: true });
        }
        let mut text = String::new();
        std::io::stdin().read_line(&mut text).map_err(|e| Failure::new(format!("standard input: {e}")))?;
        Ok(Self { text, is_made: false })
    }

    fn checked(&self, application: &Application) -> Result<NewPassword, Failure> {
        parsed("the password", application.identity.new_password(&self.text))
    }

    fn show(&self) {
        if self.is_made {
            say!("password: {}   (shown once; it is not kept)", self.text);
        }
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
        let application = Application::open_existing(config)?;
        let password = ChosenPassword::read(self.password_stdin, config.accounts)?;
        let registration = Registration {
            username: parsed("USERNAME", Username::parse(&self.username))?,
            email: parsed("--email", Email::parse(&self.email))?,
            password: password.checked(&application)?,
            first_name: parsed("--first-name", GivenName::parse(&self.first_name))?,
            last_name: parsed("--last-name", GivenName::parse(&self.last_name))?,
            father_name: FatherName::default(),
            sex: None,
            date_of_birth: None,
            phone_number: Phone::default(),
        };
        let username = registration.username.clone();
        let made = application.identity.as_operator().create_account(registration, Roles::PATIENT);
        made.map_err(|e| refused(&self.username, &e))?;
        let extra = [(self.doctor, AccountFlag::Doctor(true)), (self.admin, AccountFlag::Staff(true))];
        for flag in extra.into_iter().filter_map(|(wanted, flag)| wanted.then_some(flag)) {
            application
                .identity
                .as_operator()
                .grant(username.clone(), flag)
                .map_err(|e| refused(&self.username, &e))?;
        }
        say!("{} can sign in", username.as_str());
        password.show();
        Ok(())
    }
}

fn refused(name: &str, error: &IdentityError) -> Failure {
    match error {
        IdentityError::AccountUnknown => {
            Failure::new(format!("{name}: {error} (it must register first, or: carebase create-user)"))
        }
        IdentityError::Fields(field_errors) => {
            let told = field_errors.0.iter().map(|(field, why)| format!("{field}: {why}"));
            Failure::new(told.collect::<Vec<_>>().join("; "))
        }
        other => Failure::caused(other),
    }
}

fn parsed<T>(what: &str, value: Result<T, FieldError>) -> Result<T, Failure> {
    value.map_err(|why| match why {
        FieldError::Taken => Failure::new(format!("{what}: reserved")),
        why => Failure::new(format!("{what}: {why}")),
    })
}
