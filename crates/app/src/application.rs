//! The application: every service, and every route of every family.
use crate::{
    cannot_open::CannotOpen,
    config::{Config, Secret},
    dispatcher::Dispatcher,
    reset_letters::ResetLetters,
    wiring::{self, Base, Crisis, Dispatchers, connections},
};
use actix_web::web::{Data, ServiceConfig, route};
use domain::{
    assistant::AssistantService,
    audit::ports::AuditLog,
    care::CareService,
    crisis::CrisisService,
    diary::{DiaryService, Note},
    events::ports::EventBus,
    identity::IdentityService,
    mail_settings::MailSettingsService,
    messaging::MessagingService,
    notifications::NotificationService,
    owned::OwnedService,
    password_reset::PasswordResetService,
    shared::{Clock, StoreError},
};
use infra::{
    audit::DieselAuditLog,
    clock::SystemClock,
    crypto::{DataKeys, KeyStore, Sealing, any_sealed},
    diary::seed_body_parts,
    idempotency::IdempotencyKeys,
    identity::{Argon2Hasher, Cost},
    outbox::DieselLetterQueue,
    store::{Location, Store, existing, migrate},
};
use std::{num::NonZeroU32, sync::Arc};
use utoipa::openapi::OpenApi;
use web::{
    connections::ConnectionLimiter,
    health::Readiness,
    hooks::{self, MailBounces},
    http::{AppState, Hosts, Shield, SocketSlots, UrlTable, unknown_path},
    live::Live,
    pages::{self, LinkPages},
    painaway::{self, BodyMapJson},
    ptsd::{self, Alarms},
    schema::{Pages, document},
};

/// Whose clients we serve.
pub static FAMILIES: [&UrlTable; 2] = [&painaway::URLS, &ptsd::URLS];

/// What the API pages show. Clients find the API at the public URL, and where they found the document.
pub fn api_document(public_url: Option<&str>) -> OpenApi {
    let servers: Vec<_> = public_url.into_iter().chain(["/"]).collect();
    document(&FAMILIES, &[web::sockets::SECTION], &servers)
}

fn pages(config: &Config) -> Pages {
    let public_url = config.public_url.clone();
    Pages::new(move || api_document(public_url.as_deref()))
}

#[derive(Clone)]
pub struct Application {
    pub database: Location,
    pub store: Store,
    pub identity: Arc<IdentityService>,
    pub notifications: Arc<NotificationService>,
    pub care: Arc<CareService>,
    pub diary: Arc<DiaryService>,
    pub notes: Arc<OwnedService<Note>>,
    pub idempotency_keys: Arc<IdempotencyKeys>,
    pub letter_queue: DieselLetterQueue,
    pub clock: Arc<dyn Clock>,
    pub hasher: Arc<Argon2Hasher>,
    pub audit_log: Arc<dyn AuditLog>,
    pub sealing: Arc<Sealing>,
    pub readiness: Data<Readiness>,
    pub messaging: Arc<MessagingService>,
    pub crisis: Arc<CrisisService>,
    pub alarms: Data<Alarms>,
    link_pages: Data<LinkPages>,
    /// `None`: the operator takes no reports.
    mail_bounces: Option<Data<MailBounces>>,
    /// One for each queue.
    pub dispatchers: Arc<[Arc<Dispatcher>]>,
    pub password_resets: Arc<PasswordResetService>,
    pub mail_settings: Arc<MailSettingsService>,
    pub assistant: Arc<AssistantService>,
    pub reset_letters: Arc<ResetLetters>,
    pub state: Data<AppState>,
    pub live: Data<Live>,
    shield: Data<Shield>,
    pages: Data<Pages>,
    body_map: Data<BodyMapJson>,
    pub cors_origins: Arc<[String]>,
    /// Of one worker.
    socket_slots: usize,
    connections_per_address: Option<NonZeroU32>,
}

impl Application {
    /// Makes the database or brings it up to date, loads the reference data, and wires everything to everything.
    ///
    /// # Errors
    /// [`CannotOpen`], in one line that says what to do.
    pub fn open(config: &Config) -> Result<Self, CannotOpen> {
        Self::with(config, Arc::new(SystemClock), Cost::STANDARD)
    }

    /// On a database that is there and up to date, and on no other: for commands beside a server.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when there is no such database.
    pub fn open_existing(config: &Config) -> Result<Self, CannotOpen> {
        let installation = existing(&config.database)?;
        let (secret, ring) = (config.existing_secret()?, config.existing_encryption_keys()?);
        let keys = KeyStore::open_existing(&config.keys_database, &installation, &ring)?;
        let opened = store(config, &installation, &secret)?;
        let (data_keys, clock) = (DataKeys::new(ring, keys), Arc::new(SystemClock));
        Self::wire(&Base::new(config, &secret, opened, data_keys, clock)?, Cost::STANDARD)
    }

    /// As [`open`](Self::open), with a clock of one's own and cheaper passwords: for the demo's past, and for tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with(config: &Config, clock: Arc<dyn Clock>, cost: Cost) -> Result<Self, CannotOpen> {
        // Before the database: where the secrets cannot be kept, none is made.
        let (secret, ring) = (config.secret()?, config.encryption_keys()?);
        let installation = migrate(&config.database)?.installation;
        let opened = store(config, &installation, &secret)?;
        let keys = KeyStore::open(&config.keys_database, &installation, any_sealed(&opened.1)?, &ring)?;
        Self::wire(&Base::new(config, &secret, opened, DataKeys::new(ring, keys), clock)?, cost)
    }

    fn wire(base: &Base<'_>, cost: Cost) -> Result<Self, CannotOpen> {
        let Base { config, store, data_keys, bus, clock, .. } = base;
        seed_body_parts(store)?;
        let sealing = Arc::new(Sealing::new(store.clone(), data_keys.clone()));
        sealing.prepare()?;

        let hasher = Arc::new(Argon2Hasher::new(cost)?);
        let identity = Arc::new(wiring::identity(base, hasher.clone()));
        let notifications = Arc::new(wiring::notifications(base));
        let messaging = Arc::new(wiring::messaging(base));
        let diary = Arc::new(wiring::diary(base)?);
        let crisis = Crisis::open(base)?;
        let Dispatchers { letter_queue, all: dispatchers } = Dispatchers::open(base)?;
        let password_resets = Arc::new(wiring::password_resets(base, identity.clone()));
        let mail_settings = Arc::new(wiring::mail_settings(base));
        let reset_letters = Arc::new(ResetLetters::new(password_resets.clone()));
        bus.subscribe(reset_letters.subscriber());
        let link_pages = LinkPages {
            answers: crisis.answers,
            consents: crisis.consents,
            password_resets: password_resets.clone(),
            mail_settings: mail_settings.clone(),
            language: config.ptsd.language,
        };
        let hosts = Hosts::new(config.allowed_hosts.clone());
        let (keys, checked) = (data_keys.clone(), store.clone());
        Ok(Self {
            database: config.database.clone(),
            state: Data::new(wiring::app_state(base, identity.clone(), &hosts)?),
            live: Data::new(wiring::live(base, identity.clone(), messaging.clone(), notifications.clone())),
            readiness: Data::new(Readiness::new(move || keys.ping().and_then(|()| checked.health()))),
            shield: Data::new(Shield { hosts }),
            pages: Data::new(pages(config)),
            body_map: Data::new(BodyMapJson::of(&diary.body)?),
            cors_origins: config.cors_origins.clone().into(),
            socket_slots: wiring::socket_slots(&config.database),
            connections_per_address: config.connections_per_address,
            idempotency_keys: Arc::new(IdempotencyKeys { store: store.clone(), clock: clock.clone() }),
            audit_log: Arc::new(DieselAuditLog(store.clone())),
            store: store.clone(),
            clock: clock.clone(),
            sealing,
            hasher,
            identity,
            notifications,
            care: Arc::new(wiring::care(base)),
            diary,
            notes: Arc::new(wiring::notes(base)),
            messaging,
            crisis: Arc::new(crisis.service),
            alarms: Data::new(crisis.alarms),
            assistant: Arc::new(wiring::assistant(base)?),
            link_pages: Data::new(link_pages),
            mail_bounces: wiring::mail_bounces(base).map(Data::new),
            dispatchers,
            letter_queue,
            password_resets,
            mail_settings,
            reset_letters,
        })
    }

    /// Of the process: all workers have one.
    pub fn connection_limiter(&self, total: u32) -> Arc<ConnectionLimiter> {
        ConnectionLimiter::new(self.connections_per_address, self.state.proxies.clone(), total)
    }

    /// Every route of every family.
    pub fn configure(&self, cfg: &mut ServiceConfig) {
        cfg.app_data(self.state.clone())
            .app_data(self.shield.clone())
            .app_data(self.readiness.clone())
            .app_data(self.pages.clone())
            .app_data(Data::from(self.identity.clone()))
            .app_data(Data::from(self.notifications.clone()))
            .app_data(Data::from(self.care.clone()))
            .app_data(Data::from(self.diary.clone()))
            .app_data(Data::from(self.notes.clone()))
            .app_data(Data::from(self.messaging.clone()))
            .app_data(Data::from(self.crisis.clone()))
            .app_data(self.alarms.clone())
            .app_data(self.link_pages.clone())
            .app_data(Data::from(self.password_resets.clone()))
            .app_data(Data::from(self.mail_settings.clone()))
            .app_data(Data::from(self.assistant.clone()))
            .app_data(self.live.clone())
            // Made here, once for each worker.
            .app_data(SocketSlots::new(self.socket_slots))
            .app_data(self.body_map.clone())
            .configure(|cfg| FAMILIES.into_iter().for_each(|table| table.register(cfg)))
            .configure(|cfg| pages::URLS.register(cfg))
            .configure(web::sockets::routes)
            .configure(web::health::routes)
            .configure(web::schema::routes)
            .configure(web::front::routes)
            .configure(|cfg| {
                if let Some(mail_bounces) = &self.mail_bounces {
                    cfg.app_data(mail_bounces.clone()).configure(hooks::routes);
                }
            })
            .default_service(route().to(unknown_path));
    }
}

fn store(
    config: &Config,
    installation: &str,
    secret: &Secret,
) -> Result<(Arc<dyn EventBus>, Store), StoreError> {
    let bus = wiring::bus(config, installation, secret.as_bytes())?;
    let store = Store::open(&config.database, connections(&config.database), bus.clone())?;
    Ok((bus, store))
}
