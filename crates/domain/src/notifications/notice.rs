//! What a bell says. The texts are data that clients show as they are: Russian, verbatim from the contract.
use crate::shared::{AccountId, Timestamp, id};

id!(/// One stored line.
    NotificationId);

/// A line not yet stored: a field of the change that it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub owner: AccountId,
    pub text: String,
}

impl Notice {
    pub fn link_requested(doctor: AccountId, patient: &str) -> Self {
        Self {
            owner: doctor, text: format!("Новый запрос на прикрепление от {patient}")
        }
    }
    pub fn link_accepted(patient: AccountId, doctor: &str) -> Self {
        Self { owner: patient, text: format!("Доктор {doctor} принял заявку.") }
    }
    pub fn link_rejected(patient: AccountId, doctor: &str) -> Self {
        Self { owner: patient, text: format!("Доктор {doctor} отклонил заявку.") }
    }
    /// The text only: the store knows who the patient's doctors are.
    pub fn record_made(patient: &str) -> String {
        format!("Новая запись от {patient}")
    }
    pub fn prescription_made(patient: AccountId) -> Self {
        Self {
            owner: patient, text: "Доступны новые рекомендации по лечению.".into()
        }
    }
    pub fn prescription_changed(patient: AccountId) -> Self {
        Self {
            owner: patient, text: "Доктор изменил ваши рекомендации по лечению.".into()
        }
    }
    pub fn diagnosis_made(patient: AccountId, doctor: &str) -> Self {
        Self {
            owner: patient, text: format!("Доктор {doctor} поставил новый диагноз.")
        }
    }
    pub fn diagnosis_changed(patient: AccountId, doctor: &str) -> Self {
        Self { owner: patient, text: format!("Доктор {doctor} изменил ваш диагноз.") }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub owner: AccountId,
    pub message: String,
    pub is_read: bool,
    pub created_at: Timestamp,
}
