//! Records of pain.
use crate::{
    audit, care,
    crypto::{Reader, Sealed},
    identity,
    owned::{AfterInsert, OwnedRow, OwnedTable, owned_table},
    store::{At, Conn, Lent, TxError, Word, failed_query, schema::records, stored_words},
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
    plain {
        pain_type <- pain_type: |kind| kind.as_str(),
        intensity <- intensity: |intensity| i64::from(intensity.get()),
        took_prescription <- took_prescription: |took| *took,
        body_part_id <- body_part: |part| part.get(),
    }
    sealed {
        description <- description: Prose::as_str,
    }
}

impl AfterInsert<DiaryError> for RecordCreated {
    fn after_insert(&self, conn: &mut Conn) -> Result<(), TxError<DiaryError>> {
        let (owner, at) = (self.as_ref().owner(), self.as_ref().audit().at);
        Ok(care::notify_doctors_of(conn, owner, self.notice_for_doctors(), at)?)
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
            let reader = Reader::of(&self.data_keys);
            Ok(RecordRow::page_of(conn, reading.patient(), reading.page(), reader, &mut each)?)
        })
    }
}

stored_words!(PainType);

#[derive(Queryable, Selectable)]
#[diesel(table_name = records)]
pub struct RecordRow {
    id: i64,
    owner_id: i64,
    pain_type: Word<PainType>,
    intensity: i64,
    description: Sealed<records::description>,
    took_prescription: bool,
    body_part_id: i64,
    recorded_at: At,
    modified_at: At,
}

impl RecordRow {
    fn open(self, reader: &mut Reader<'_>) -> QueryResult<Record<Lent>> {
        let row = reader.row(self.owner_id, self.id)?;
        let broken = |why| failed_query(StoreError::failed(format!("record {}: {why}", self.id)));
        Ok(Record {
            id: RecordId::new(self.id),
            owner: AccountId::new(self.owner_id),
            pain_type: self.pain_type.0,
            intensity: Intensity::parse(self.intensity).map_err(broken)?,
            description: row.open(self.description)?,
            took_prescription: self.took_prescription,
            body_part: BodyPartId::new(self.body_part_id),
            recorded_at: self.recorded_at.into(),
            modified_at: self.modified_at.into(),
        })
    }
}
