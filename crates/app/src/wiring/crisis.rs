//! Profiles, contacts and their consent, alarms and the answers to them.
use super::base::Base;
use domain::{
    crisis::{AlarmService, AnswerService, ConsentService, CrisisService, CrisisSetup, LetterWriter},
    owned::OwnedService,
    shared::StoreError,
};
use infra::{
    crisis::{
        AlarmLetterWriter, DieselAlarmRepository, DieselAnswerRepository, DieselBounceReports,
        DieselConsentRepository, DieselContactRepository, DieselProfileRepository, load_setup,
    },
    mail::MailSettings,
};
use std::sync::Arc;
use web::{hooks::MailBounces, live::TopicWatch, ptsd::Alarms};

pub(crate) struct Crisis {
    pub service: CrisisService,
    pub consents: Arc<ConsentService>,
    pub alarms: Alarms,
    pub answers: AnswerService,
}

impl Crisis {
    /// # Errors
    /// When scenarios and tracks cannot be loaded.
    pub(crate) fn open(base: &Base<'_>) -> Result<Self, StoreError> {
        let setup = Arc::new(load_setup(&base.store)?);
        let letters: Arc<dyn LetterWriter> =
            Arc::new(AlarmLetterWriter { language: base.config.ptsd.language });
        let consents = Arc::new(consents(base, letters.clone()));
        Ok(Self {
            service: service(base, consents.clone(), setup.clone()),
            consents,
            alarms: alarms(base, letters, setup),
            answers: answers(base),
        })
    }
}

fn service(base: &Base<'_>, consents: Arc<ConsentService>, setup: Arc<CrisisSetup>) -> CrisisService {
    let (store, data_keys) = (&base.store, &base.data_keys);
    CrisisService {
        consents,
        profiles: Arc::new(DieselProfileRepository { store: store.clone(), data_keys: data_keys.clone() }),
        contacts: OwnedService {
            repository: Arc::new(DieselContactRepository::new(store.clone(), data_keys.clone())),
            clock: base.clock.clone(),
        },
        setup,
        clock: base.clock.clone(),
    }
}

fn consents(base: &Base<'_>, letters: Arc<dyn LetterWriter>) -> ConsentService {
    ConsentService {
        consents: Arc::new(DieselConsentRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
            links: base.links(),
            mail_host: base.mail_host(),
        }),
        letters,
        links: base.links(),
        has_mail: base.config.mail != MailSettings::None,
        clock: base.clock.clone(),
    }
}

fn alarms(base: &Base<'_>, letters: Arc<dyn LetterWriter>, setup: Arc<CrisisSetup>) -> Alarms {
    let watch = Arc::new(TopicWatch::default());
    base.bus.subscribe(watch.clone());
    Alarms {
        service: Arc::new(AlarmService {
            alarms: Arc::new(DieselAlarmRepository {
                store: base.store.clone(),
                data_keys: base.data_keys.clone(),
                links: base.links(),
                mail_host: base.mail_host(),
            }),
            letters,
            links: base.links(),
            has_webhook: base.config.webhook.is_some(),
            repeats: base.config.ptsd.alarm_repeats,
            setup,
            clock: base.clock.clone(),
        }),
        watch,
        answer_wait: base.config.ptsd.alarm_answer_wait,
        language: base.config.ptsd.language,
    }
}

fn answers(base: &Base<'_>) -> AnswerService {
    AnswerService {
        answers: Arc::new(DieselAnswerRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
        }),
        links: base.links(),
        clock: base.clock.clone(),
    }
}

/// `None`: the operator takes no reports.
pub(crate) fn mail_bounces(base: &Base<'_>) -> Option<MailBounces> {
    let secret = base.config.mail_bounce_secret.clone()?;
    Some(MailBounces {
        signatures: Arc::new(secret),
        reports: Arc::new(DieselBounceReports(base.store.clone())),
        clock: base.clock.clone(),
    })
}
