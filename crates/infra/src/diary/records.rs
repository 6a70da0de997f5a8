//! Records of pain.
use crate::{
    audit, care, identity,
    owned::{AfterInsert, OwnedRow, OwnedTable, owned_table},
    store::{At, Conn, TxError, Word, schema::records, stored_words},
};
use diesel::prelude::*;
use domain::{
    diary::{
        BodyPartId, DiaryError, DiaryReading, Intensity, PainType, Record, RecordCreated, RecordDraft,
        RecordId, Result,
        ports::{EachRecord, PatientRecords},
    },
    shared::{AccountId, StoreError, text::Prose},
};

pub type DieselRecordRepository = OwnedTable<RecordRow>;

owned_table! {
    records: RecordRow of Record, drafted as RecordDraft, since recorded_at;
    pain_type <- pain_type: |kind| kind.as_str(),
    intensity <- intensity: |intensity| i64::from(intensity.get()),
    description <- description: Prose::as_str,
    took_prescription <- took_prescription: |took| *took,
    body_part_id <- body_part: |part| part.get(),
}

impl AfterInsert for RecordCreated {
    fn after_insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let created = self.as_ref();
        care::notify_doctors_of(conn, created.owner(), self.notice_for_doctors(), created.audit().at)
    }
}

impl PatientRecords for DieselRecordRepository {
    fn read_as_doctor(&self, reading: &DiaryReading, each: &mut EachRecord<'_>) -> Result<()> {
        self.store.write(|conn| {
            let link = care::accepted_link(conn, reading.doctor(), reading.patient())?;
            let link = link.ok_or(TxError::Rule(DiaryError::NotYourPatient))?;
            audit::add(conn, &reading.audit().clone().by_link(link))?;
            let patient = identity::person(conn, reading.patient())?.into();
            let mut each = |record: Record<&str>| each(&patient, record);
            Ok(RecordRow::page_of(conn, reading.patient(), reading.page(), &mut each)?)
        })
    }
}

stored_words!(PainType);

#[derive(Queryable, Selectable)]
#[diesel(table_name = records)]
pub struct RecordRow<S = String> {
    id: i64,
    owner_id: i64,
    pain_type: Word<PainType>,
    intensity: i64,
    description: S,
    took_prescription: bool,
    body_part_id: i64,
    recorded_at: At,
    modified_at: At,
}

impl<S> TryFrom<RecordRow<S>> for Record<S> {
    type Error = StoreError;
    fn try_from(row: RecordRow<S>) -> Result<Self, StoreError> {
        let broken = |why| StoreError::failed(format!("record {}: {why}", row.id));
        Ok(Self {
            id: RecordId::new(row.id),
            owner: AccountId::new(row.owner_id),
            pain_type: row.pain_type.0,
            intensity: Intensity::parse(row.intensity).map_err(broken)?,
            description: row.description,
            took_prescription: row.took_prescription,
            body_part: BodyPartId::new(row.body_part_id),
            recorded_at: row.recorded_at.into(),
            modified_at: row.modified_at.into(),
        })
    }
}
