//! Links of patients and doctors, prescriptions and diagnoses.
use super::base::Base;
use domain::care::CareService;
use infra::{
    care::{DieselEntryRepository, DieselLinkRepository},
    identity::DieselPeople,
};
use std::sync::Arc;

pub(crate) fn care(base: &Base<'_>) -> CareService {
    let (store, data_keys) = (&base.store, &base.data_keys);
    CareService {
        links: Arc::new(DieselLinkRepository { store: store.clone(), data_keys: data_keys.clone() }),
        entries: Arc::new(DieselEntryRepository { store: store.clone(), data_keys: data_keys.clone() }),
        people: Arc::new(DieselPeople(store.clone())),
        clock: base.clock.clone(),
    }
}
