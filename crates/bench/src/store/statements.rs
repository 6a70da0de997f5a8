//! What the server asks its store, as plain text. Written by hand from `infra`, so that a slow query there is not measured
//! against itself; the same rows go in and out.

use crate::fill::LINKS_BUSY;
use std::sync::LazyLock;

/// `identity/socket_sessions.rs`: who holds the token.
pub(super) const HOLDER: &str = "select a.id, a.username, a.email, a.first_name, a.father_name, a.last_name, a.sex, \
    a.date_of_birth, a.phone_number, a.is_doctor, a.is_patient, a.is_staff, a.is_active \
    from sessions s join accounts a on a.id = s.account_id where s.token_hash = $1";
pub(super) const UNREAD: &str = "select count(*) from notifications where owner_id = $1 and not is_read";
pub(super) const RECORDS: &str = "select id, owner_id, pain_type, intensity, description, took_prescription, \
    body_part_id, recorded_at, modified_at from records where owner_id = $1 and id > $2 order by id limit 500";
pub(super) const NOTIFICATIONS: &str = "select id, owner_id, code, args, is_read, created_at from notifications \
    where owner_id = $1 and id < $2 order by id desc limit 500";
/// `crisis/profiles.rs`.
pub(super) const CRISIS_PROFILE: &str = "select a.username, p.age, p.location, p.military_status, p.ptsd_level, p.music_id, \
    p.has_therapist_contact, p.scenario_id from accounts a left join crisis_profiles p on p.owner_id = a.id where a.id = $1";
pub(super) const SHEETS: &str = "select l.id, l.patient_id, l.doctor_id, l.status, l.requested_at, l.answered_at, \
    p.id, p.username, p.email, p.first_name, p.father_name, p.last_name, p.sex, p.date_of_birth, p.phone_number, \
    p.is_doctor, p.is_patient, d.id, d.username, d.email, d.first_name, d.father_name, d.last_name, d.sex, \
    d.date_of_birth, d.phone_number, d.is_doctor, d.is_patient, rx.id, rx.kind, rx.link_id, rx.text, rx.details, \
    dx.id, dx.kind, dx.link_id, dx.text, dx.details from links l \
    join accounts p on p.id = l.patient_id join accounts d on d.id = l.doctor_id \
    left join clinical_entries rx on rx.link_id = l.id and rx.kind = 'prescription' \
    left join clinical_entries dx on dx.link_id = l.id and dx.kind = 'diagnosis' \
    where (l.patient_id = $1 or l.doctor_id = $1) and l.id > $2 order by l.id limit 500";
pub(super) const ADD_AUDIT: &str = "insert into audit_entries (at, actor_id, patient_id, act, link_id, object_id) \
    values ($1, $2, $3, $4, $5, $6)";
/// The same for all of the busy doctor's links in one statement.
pub(super) static ADD_AUDITS: LazyLock<String> = LazyLock::new(|| {
    let row = |n: i64| (1..=6).map(|column| format!("${}", n * 6 + column)).collect::<Vec<_>>().join(", ");
    let rows = (0..LINKS_BUSY).map(|n| format!("({})", row(n))).collect::<Vec<_>>().join(", ");
    format!("insert into audit_entries (at, actor_id, patient_id, act, link_id, object_id) values {rows}")
});
pub(super) const ADD_RECORD: &str = "insert into records (owner_id, pain_type, intensity, description, \
    took_prescription, body_part_id, recorded_at, modified_at) values ($1, $2, $3, $4, $5, $6, $7, $7) \
    returning id, owner_id, pain_type, intensity, description, took_prescription, body_part_id, recorded_at, \
    modified_at";
pub(super) const DOCTORS_OF: &str = "select doctor_id from links join accounts on accounts.id = doctor_id where patient_id = $1 and \
    status = 'accepted' and is_doctor order by links.id";
pub(super) const ADD_NOTIFICATION: &str = "insert into notifications (owner_id, code, args, is_read, created_at) \
    values ($1, $2, $3, $4, $5) returning id";
pub(super) const LINK_BETWEEN: &str = "select id, patient_id, doctor_id, status, requested_at, answered_at from links \
    where patient_id = $1 and doctor_id = $2";
pub(super) const LINK: &str =
    "select id, patient_id, doctor_id, status, requested_at, answered_at from links where id = $1";
pub(super) const ANSWER: &str =
    "update links set status = $1, answered_at = $2 where id = $3 and status <> $1 returning id";
pub(super) const ENTRY_ON: &str = "select id, kind, link_id, text, details from clinical_entries where link_id = $1 and kind = 'prescription'";
pub(super) const ADD_ENTRY: &str = "insert into clinical_entries (kind, link_id, text, details, created_at, modified_at) \
    values ('prescription', $1, $2, $3, $4, $4) returning id, kind, link_id, text, details";
pub(super) const ENTRY: &str = "select e.id, e.kind, e.link_id, e.text, e.details, l.id, l.patient_id, l.doctor_id, \
    l.status, l.requested_at, l.answered_at from clinical_entries e join links l on l.id = e.link_id \
    where e.id = $1 and e.kind = 'prescription'";
pub(super) const REMOVE_ENTRY: &str =
    "delete from clinical_entries where id = $1 and link_id = $2 and kind = 'prescription' returning id";
/// PostgreSQL holds the link until the transaction ends; SQLite has one writer.
pub(super) const HOLD_POSTGRES: &str = "select status from links where id = $1 for update";
pub(super) const HOLD_SQLITE: &str = "select status from links where id = $1";
