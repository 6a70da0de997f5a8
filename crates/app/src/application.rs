//! The wiring of everything but the dispatchers.
use crate::{
    assistant,
    cannot_open::CannotOpen,
    config::{Config, Rates, Secret},
    dispatcher::Dispatcher,
    dispatchers::Dispatchers,
    reset_letters::ResetLetters,
};
use actix_web::web::{Data, ServiceConfig, route};
use domain::{
    assistant::AssistantService,
    audit::ports::AuditLog,
    care::CareService,
    crisis::{AlarmService, AnswerService, ConsentService, CrisisService, LetterWriter},
    diary::{DiaryService, Note},
    events::ports::EventBus,
    identity::IdentityService,
    mail_settings::MailSettingsService,
    messaging::MessagingService,
    notifications::NotificationService,
    outbox::{Links, Origin},
    owned::OwnedService,
    password_reset::PasswordResetService,
    shared::{Clock, StoreError},
};
use infra::{
    audit::DieselAuditLog,
    bus::{EventCodecs, InProcessBus, RedisBus},
    care::{DieselEntryRepository, DieselLinkRepository},
    clock::SystemClock,
    crisis::{
        self, AlarmLetterWriter, DieselAlarmRepository, DieselAnswerRepository, DieselBounceReports,
        DieselConsentRepository, DieselContactRepository, DieselProfileRepository, load_setup,
    },
    crypto::{DataKeys, KeyStore, Sealing, any_sealed},
    diary::{DieselNoteRepository, DieselRecordRepository, load_body_map, seed_body_parts},
    idempotency::IdempotencyKeys,
    identity::{
        Argon2Hasher, Cost, DieselAccountRepository, DieselPeople, DieselSocketSessionRepository,
        HmacTokenIssuer, ZxcvbnEstimator,
    },
    mail::MailSettings,
    mail_settings::{DieselMailSettingsRepository, DigestLetters},
    messaging::{self, DieselMessageRepository, DieselPeerDirectory},
    notifications::{self, DieselNotificationRepository},
    outbox::DieselLetterQueue,
    password_reset::{self, DieselPasswordResetRepository, PasswordResetLetters},
    store::{Location, Store, existing, migrate},
};
use std::{
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    thread::available_parallelism,
};
use utoipa::openapi::OpenApi;
use web::{
    address::Proxies,
    channels::{ChatSource, NotificationSource},
    connections::ConnectionLimiter,
    health::Readiness,
    hooks::{self, MailBounces},
    http::{
        AppState, EMBEDDED_READS, Fingerprints, HashLimiter, Hosts, Limits, REMOTE_CALLS, Shield,
        SocketSlots, ThreadPools, UrlTable, unknown_path,
    },
    live::{Hub, Live, TopicWatch},
    pages::{self, LinkPages},
    painaway::{self, BodyMapJson, NoticeSentences},
    ptsd::{self, Alarms},
    schema::{Pages, document},
};

/// Changes of one worker that wait on SQLite for a COMMIT that they share: the more, the fewer COMMITs.
const WAITING_PER_WORKER: usize = 16;

/// Connections that no request takes: for the checks of the sockets, which must not wait for anybody.
const FOR_CHECKS: u32 = 2;
/// Threads, and their connections, for what must not wait behind other requests.
const RESERVED: usize = 2;

/// To the database.
pub fn connections(database: &Location) -> u32 {
    let requests = workers() * threads_of_worker(database) + RESERVED;
    u32::try_from(requests).map_or(u32::MAX, |requests| requests + FOR_CHECKS)
}

/// For what waits for the database.
pub(crate) fn threads_of_worker(database: &Location) -> usize {
    match database {
        Location::Sqlite(_) => EMBEDDED_READS,
        Location::Postgres(_) => REMOTE_CALLS,
    }
}

pub fn workers() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

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
        let (bus, store) = store(config, &installation, &secret)?;
        let data_keys = DataKeys::new(ring, keys);
        Self::wire(config, bus, store, data_keys, &secret, Arc::new(SystemClock), Cost::STANDARD)
    }

    /// As [`open`](Self::open), with a clock of one's own and cheaper passwords: for the demo's past, and for tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with(config: &Config, clock: Arc<dyn Clock>, cost: Cost) -> Result<Self, CannotOpen> {
        // Before the database: where the secrets cannot be kept, none is made.
        let (secret, ring) = (config.secret()?, config.encryption_keys()?);
        let installation = migrate(&config.database)?.installation;
        let (bus, store) = store(config, &installation, &secret)?;
        let keys = KeyStore::open(&config.keys_database, &installation, any_sealed(&store)?, &ring)?;
        Self::wire(config, bus, store, DataKeys::new(ring, keys), &secret, clock, cost)
    }

    fn wire(
        config: &Config,
        bus: Arc<dyn EventBus>,
        store: Store,
        data_keys: DataKeys,
        secret: &Secret,
        clock: Arc<dyn Clock>,
        cost: Cost,
    ) -> Result<Self, CannotOpen> {
        seed_body_parts(&store)?;
        let sealing = Arc::new(Sealing::new(store.clone(), data_keys.clone()));
        sealing.prepare()?;

        let token_issuer =
            Arc::new(HmacTokenIssuer::new(secret.as_bytes()).map_err(|e| CannotOpen::Secret(e.to_string()))?);
        let links =
            Links { tokens: token_issuer.clone(), public_url: config.public_url.as_ref().map(Origin::new) };
        let hasher = Arc::new(Argon2Hasher::new(cost)?);
        let identity = Arc::new(IdentityService {
            accounts: Arc::new(DieselAccountRepository::new(store.clone(), token_issuer.clone())),
            socket_sessions: Arc::new(DieselSocketSessionRepository(store.clone())),
            hasher: hasher.clone(),
            strength: Arc::new(ZxcvbnEstimator),
            policy: config.accounts,
            token_issuer,
            clock: clock.clone(),
        });
        let notifications = Arc::new(NotificationService {
            notifications: Arc::new(DieselNotificationRepository(store.clone())),
        });
        let care = Arc::new(CareService {
            links: Arc::new(DieselLinkRepository { store: store.clone(), data_keys: data_keys.clone() }),
            entries: Arc::new(DieselEntryRepository { store: store.clone(), data_keys: data_keys.clone() }),
            people: Arc::new(DieselPeople(store.clone())),
            clock: clock.clone(),
        });
        let records = Arc::new(DieselRecordRepository::new(store.clone(), data_keys.clone()));
        let diary = Arc::new(DiaryService {
            records: OwnedService { repository: records.clone(), clock: clock.clone() },
            patients: records,
            body: load_body_map(&store)?,
            clock: clock.clone(),
        });
        let notes = Arc::new(OwnedService {
            repository: Arc::new(DieselNoteRepository::new(store.clone(), data_keys.clone())) as _,
            clock: clock.clone(),
        });
        let messaging = Arc::new(MessagingService {
            messages: Arc::new(DieselMessageRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
            }),
            directory: Arc::new(DieselPeerDirectory(store.clone())),
            bus: bus.clone(),
            clock: clock.clone(),
        });
        let setup = Arc::new(load_setup(&store)?);
        let letter_writer: Arc<dyn LetterWriter> =
            Arc::new(AlarmLetterWriter { language: config.ptsd.language });
        let mail_host = config.mail.sender_domain().to_owned();
        let consents = Arc::new(ConsentService {
            consents: Arc::new(DieselConsentRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
                links: links.clone(),
                mail_host: mail_host.clone(),
            }),
            letters: letter_writer.clone(),
            links: links.clone(),
            has_mail: config.mail != MailSettings::None,
            clock: clock.clone(),
        });
        let crisis = Arc::new(CrisisService {
            consents: consents.clone(),
            profiles: Arc::new(DieselProfileRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
            }),
            contacts: OwnedService {
                repository: Arc::new(DieselContactRepository::new(store.clone(), data_keys.clone())),
                clock: clock.clone(),
            },
            setup: setup.clone(),
            clock: clock.clone(),
        });
        let watch = Arc::new(TopicWatch::default());
        bus.subscribe(watch.clone());
        let Dispatchers { letter_queue, all: dispatchers } =
            Dispatchers::open(config, &store, &data_keys, &clock, &*bus)?;
        let alarms = Data::new(Alarms {
            service: Arc::new(AlarmService {
                alarms: Arc::new(DieselAlarmRepository {
                    store: store.clone(),
                    data_keys: data_keys.clone(),
                    links: links.clone(),
                    mail_host,
                }),
                letters: letter_writer,
                links: links.clone(),
                has_webhook: config.webhook.is_some(),
                repeats: config.ptsd.alarm_repeats,
                setup,
                clock: clock.clone(),
            }),
            watch,
            answer_wait: config.ptsd.alarm_answer_wait,
            language: config.ptsd.language,
        });
        let password_resets = Arc::new(PasswordResetService {
            resets: Arc::new(DieselPasswordResetRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
                mail_host: config.mail.sender_domain().to_owned(),
            }),
            letters: Arc::new(PasswordResetLetters { language: config.ptsd.language }),
            links: links.clone(),
            identity: identity.clone(),
            clock: clock.clone(),
        });
        let mail_settings = Arc::new(MailSettingsService {
            settings: Arc::new(DieselMailSettingsRepository {
                store: store.clone(),
                data_keys: data_keys.clone(),
                mail_host: config.mail.sender_domain().to_owned(),
            }),
            letters: Arc::new(DigestLetters {
                language: config.ptsd.language,
                notices: Arc::new(NoticeSentences),
            }),
            links: links.clone(),
            clock: clock.clone(),
        });
        let assistant = Arc::new(assistant::open(config, &store, &data_keys, secret, &clock)?);
        let reset_letters = Arc::new(ResetLetters::new(password_resets.clone()));
        bus.subscribe(reset_letters.subscriber());
        let link_pages = Data::new(LinkPages {
            answers: AnswerService {
                answers: Arc::new(DieselAnswerRepository {
                    store: store.clone(),
                    data_keys: data_keys.clone(),
                }),
                links,
                clock: clock.clone(),
            },
            consents,
            password_resets: password_resets.clone(),
            mail_settings: mail_settings.clone(),
            language: config.ptsd.language,
        });
        let mail_bounces = config.mail_bounce_secret.clone().map(|secret| {
            Data::new(MailBounces {
                signatures: Arc::new(secret),
                reports: Arc::new(DieselBounceReports(store.clone())),
                clock: clock.clone(),
            })
        });
        let hosts = Hosts::new(config.allowed_hosts.clone());
        let hub = Arc::new(Hub::default());
        bus.subscribe(hub.clone());
        let checked = store.clone();
        Ok(Self {
            readiness: Data::new(Readiness::new(move || data_keys.ping().and_then(|()| checked.health()))),
            state: Data::new(AppState {
                identity: identity.clone(),
                hash_limiter: HashLimiter::for_cores(workers()),
                threads: match config.database {
                    Location::Sqlite(_) => ThreadPools::embedded(workers(), WAITING_PER_WORKER, RESERVED)?,
                    Location::Postgres(_) => ThreadPools::remote(workers(), RESERVED)?,
                },
                limits: limits(config.rates),
                fingerprints: Fingerprints::new(secret.as_bytes())
                    .map_err(|e| CannotOpen::Secret(e.to_string()))?,
                proxies: Proxies::new(config.trusted_proxies.clone()),
                public_url: config.public_url.clone(),
                hosts_are_named: hosts.are_named(),
            }),
            live: Data::new(Live {
                hub,
                bus,
                identity: identity.clone(),
                sources: vec![
                    Box::new(ChatSource(messaging.clone())),
                    Box::new(NotificationSource(notifications.clone())),
                ],
                origins: config.cors_origins.iter().chain(&config.public_url).cloned().collect(),
                limits: config.sockets,
            }),
            shield: Data::new(Shield { hosts }),
            pages: Data::new(pages(config)),
            body_map: Data::new(BodyMapJson::of(&diary.body)?),
            cors_origins: config.cors_origins.clone().into(),
            socket_slots: match config.database {
                Location::Sqlite(_) => WAITING_PER_WORKER / 2,
                Location::Postgres(_) => REMOTE_CALLS / 2,
            },
            hasher,
            letter_queue,
            database: config.database.clone(),
            idempotency_keys: Arc::new(IdempotencyKeys { store: store.clone(), clock: clock.clone() }),
            connections_per_address: config.connections_per_address,
            clock,
            audit_log: Arc::new(DieselAuditLog(store.clone())),
            sealing,
            store,
            identity,
            notifications,
            care,
            diary,
            notes,
            messaging,
            crisis,
            alarms,
            link_pages,
            mail_bounces,
            dispatchers,
            password_resets,
            mail_settings,
            assistant,
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
    let bus = bus(config, installation, secret.as_bytes())?;
    let store = Store::open(&config.database, connections(&config.database), bus.clone())?;
    Ok((bus, store))
}

/// Over Redis where there may be several nodes. On PostgreSQL without it other nodes may write unheard.
fn bus(config: &Config, installation: &str, secret: &[u8]) -> Result<Arc<dyn EventBus>, StoreError> {
    let codecs = messaging::event_codecs().into_iter().chain(notifications::event_codecs());
    let codecs = codecs.chain(crisis::event_codecs()).chain(password_reset::event_codecs());
    Ok(match (&config.redis_url, &config.database) {
        (Some(url), _) => Arc::new(RedisBus::open(url, installation, secret, EventCodecs::new(codecs))?),
        (None, Location::Sqlite(_)) => Arc::new(InProcessBus::alone()),
        (None, Location::Postgres(_)) => Arc::new(InProcessBus::among_others()),
    })
}

fn limits(rates: Option<Rates>) -> Limits {
    rates.map_or_else(Limits::off, |r| {
        Limits::new(
            (r.login_address, r.login_account),
            (r.register_address, r.register_account),
            (r.reset_address, r.reset_account),
        )
    })
}
