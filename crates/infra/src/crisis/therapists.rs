//! Therapists: one row for each user, known by the user's id.
use crate::{
    crypto::{PersonKeys, Reader, Sealed},
    store::{At, Conn, Lent, Texts, on, schema::therapists, with_texts},
};
use diesel::prelude::*;
use domain::{
    crisis::{Therapist, TherapistDraft, TherapistEdit},
    shared::{AccountId, Timestamp},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = therapists)]
pub(super) struct TherapistRow {
    owner_id: i64,
    name: Sealed<therapists::name>,
    phone: Sealed<therapists::phone>,
    email: Sealed<therapists::email>,
}

impl TherapistRow {
    pub(super) fn read(self, mut reader: Reader<'_>) -> QueryResult<Therapist> {
        Ok(with_texts(self.open(&mut reader)?, OpenedTherapist::read))
    }

    /// Before any other text is shown.
    pub(super) fn open(self, reader: &mut Reader<'_>) -> QueryResult<OpenedTherapist> {
        let row = reader.row(self.owner_id, self.owner_id)?;
        let texts = [row.open(self.name)?, row.open(self.phone)?, row.open(self.email)?];
        Ok(OpenedTherapist { owner: AccountId::new(self.owner_id), texts })
    }
}

pub(super) struct OpenedTherapist {
    owner: AccountId,
    texts: [Lent; 3],
}

impl OpenedTherapist {
    pub(super) fn read(self, texts: &Texts) -> Therapist {
        let [name, phone, email] = self.texts.map(|text| texts.get(text).to_owned());
        Therapist { owner: self.owner, name, phone, email }
    }
}

pub(super) fn put(
    conn: &mut Conn,
    keys: &PersonKeys,
    draft: &TherapistDraft,
    now: Timestamp,
) -> QueryResult<TherapistRow> {
    let (owner, at) = (keys.person(), At::from(now));
    let texts = (
        keys.seal(therapists::name, owner, draft.name.as_str()),
        keys.seal(therapists::phone, owner, draft.phone.as_str()),
        keys.seal(therapists::email, owner, draft.email.as_str()),
        therapists::modified_at.eq(at),
    );
    let row = (therapists::owner_id.eq(owner), texts.clone(), therapists::created_at.eq(at));
    on!(conn, |c| {
        diesel::insert_into(therapists::table)
            .values(row)
            .on_conflict(therapists::owner_id)
            .do_update()
            .set(texts)
            .returning(TherapistRow::as_returning())
            .get_result(c)
    })
}

/// `None` if there is none.
pub(super) fn edit(
    conn: &mut Conn,
    keys: &PersonKeys,
    edit: &TherapistEdit,
    now: Timestamp,
) -> QueryResult<Option<TherapistRow>> {
    let owner = keys.person();
    let changes = (
        edit.name.as_set().map(|name| keys.seal(therapists::name, owner, name.as_str())),
        edit.phone.as_set().map(|phone| keys.seal(therapists::phone, owner, phone.as_str())),
        edit.email.as_set().map(|email| keys.seal(therapists::email, owner, email.as_str())),
        therapists::modified_at.eq(At::from(now)),
    );
    on!(conn, |c| {
        diesel::update(therapists::table.find(owner))
            .set(changes)
            .returning(TherapistRow::as_returning())
            .get_result(c)
            .optional()
    })
}

/// The owner's, unless it cannot be read any more.
pub(super) fn find(conn: &mut Conn, owner: AccountId, reader: Reader<'_>) -> QueryResult<Option<Therapist>> {
    let row: Option<TherapistRow> = on!(conn, |c| {
        therapists::table.find(owner.get()).select(TherapistRow::as_select()).get_result(c).optional()
    })?;
    Ok(row.and_then(|row| row.read(reader).ok()))
}

/// The same, with when it was named, if that was since it was looked at.
pub(super) fn unchecked(
    conn: &mut Conn,
    owner: AccountId,
    reader: Reader<'_>,
) -> QueryResult<Option<(Therapist, Timestamp)>> {
    let unchecked = therapists::table.find(owner.get()).filter(
        therapists::checked_at.is_null().or(therapists::checked_at.lt(therapists::modified_at.nullable())),
    );
    let found: Option<(TherapistRow, At)> = on!(conn, |c| {
        unchecked.select((TherapistRow::as_select(), therapists::modified_at)).get_result(c).optional()
    })?;
    Ok(found.and_then(|(row, modified_at)| Some((row.read(reader).ok()?, modified_at.into()))))
}

/// No call removes one.
pub(super) fn exists(conn: &mut Conn, owner: AccountId) -> QueryResult<bool> {
    on!(conn, |c| diesel::select(diesel::dsl::exists(therapists::table.find(owner.get()))).get_result(c))
}
