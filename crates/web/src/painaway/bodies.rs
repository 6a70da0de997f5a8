//! What the calls take, for the API document. The handlers read a body field by field (`http::Fields`), because clients
//! expect every refusal at once; `app/tests/api/document.rs` sends each example here to the running app.
#![expect(dead_code, reason = "only their schemas are used")]
#![expect(non_snake_case, reason = "the clients' own spelling")]
use utoipa::ToSchema;

/// What registering takes. Groups and staff rights that are sent along are ignored.
#[derive(ToSchema)]
#[schema(as = Registration, example = json!({
    "username": "sarah", "email": "sarah@example.com", "password": "no-fate-1984",
    "first_name": "Sarah", "last_name": "Connor", "sex": "F", "date_of_birth": "1965-02-28"
}))]
pub(super) struct RegistrationIn {
    /// Letters of any alphabet, digits and `@ . + - _`. Unique. `admin` and names of digits only are reserved.
    #[schema(max_length = 150)]
    username: String,
    /// Unique, whatever its case.
    #[schema(max_length = 254, format = Email)]
    email: String,
    #[schema(max_length = 128, format = Password)]
    password: String,
    #[schema(max_length = 150, required = false)]
    first_name: String,
    #[schema(max_length = 150, required = false)]
    last_name: String,
    #[schema(max_length = 20, required = false)]
    father_name: String,
    /// `M`, `F`, blank or null.
    sex: Option<String>,
    /// `YYYY-MM-DD`, from 1900-01-01 to today.
    #[schema(format = Date)]
    date_of_birth: Option<String>,
    #[schema(max_length = 15, required = false)]
    phone_number: String,
}

#[derive(ToSchema)]
#[schema(as = Login, example = json!({ "username": "sarah", "password": "no-fate-1984" }))]
pub(super) struct LoginIn {
    username: String,
    #[schema(format = Password)]
    password: String,
}

/// One of the two; the id counts when both are there.
#[derive(ToSchema)]
#[schema(as = PeerChoice, example = json!({ "peer_id": 1 }))]
pub(super) struct PeerChoice {
    peer_id: Option<i64>,
    #[schema(max_length = 150)]
    peer_username: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = NewRecord, example = json!({
    "body_part": 25, "pain_type": "stabbing", "intensity": 3, "tookPrescription": true,
    "description": "fell on my scissors"
}))]
pub(super) struct RecordIn {
    /// The id of a part of the body map.
    #[schema(minimum = 1, maximum = 44)]
    body_part: i64,
    /// `burning`, `stabbing`, `cutting` or `throbbing`.
    pain_type: String,
    /// 0 is no pain, 10 the worst imaginable.
    #[schema(minimum = 0, maximum = 10)]
    intensity: i64,
    #[schema(default = false, required = false)]
    tookPrescription: bool,
    #[schema(max_length = 20_000, required = false)]
    description: String,
}

#[derive(ToSchema)]
#[schema(as = RecordChange, example = json!({ "stat_pk": 1, "intensity": 5 }))]
pub(super) struct RecordPatch {
    /// Which record.
    stat_pk: i64,
    #[schema(minimum = 1, maximum = 44, required = false)]
    body_part: i64,
    #[schema(required = false)]
    pain_type: String,
    #[schema(minimum = 0, maximum = 10, required = false)]
    intensity: i64,
    #[schema(required = false)]
    tookPrescription: bool,
    #[schema(max_length = 20_000, required = false)]
    description: String,
}

#[derive(ToSchema)]
#[schema(as = RecordChoice, example = json!({ "stat_pk": 1 }))]
pub(super) struct RecordChoice {
    /// Which record.
    stat_pk: i64,
}

#[derive(ToSchema)]
#[schema(as = NewNote, example = json!({ "title": "Ask the doctor", "body": "about the new pills" }))]
pub(super) struct NoteIn {
    #[schema(min_length = 1, max_length = 255)]
    title: String,
    #[schema(max_length = 20_000, required = false)]
    body: String,
}

#[derive(ToSchema)]
#[schema(as = NoteChange, example = json!({ "note_pk": 1, "body": "done" }))]
pub(super) struct NotePatch {
    /// Which note.
    note_pk: i64,
    #[schema(min_length = 1, max_length = 255, required = false)]
    title: String,
    #[schema(max_length = 20_000, required = false)]
    body: String,
}

#[derive(ToSchema)]
#[schema(as = NoteChoice, example = json!({ "note_pk": 1 }))]
pub(super) struct NoteChoice {
    /// Which note.
    note_pk: i64,
}

#[derive(ToSchema)]
#[schema(as = NotificationChoice, example = json!({ "notification_id": 1 }))]
pub(super) struct NotificationChoice {
    /// Which notification.
    notification_id: i64,
}

#[derive(ToSchema)]
#[schema(as = DoctorChoice, example = json!({ "doc_username": "house" }))]
pub(super) struct DoctorChoice {
    /// The doctor's name.
    doc_username: String,
}

#[derive(ToSchema)]
#[schema(as = Response, example = json!({ "patient_id": 7, "action": "accept" }))]
pub(super) struct ResponseIn {
    patient_id: i64,
    /// `accept` or `reject`.
    action: String,
}

#[derive(ToSchema)]
#[schema(as = PatientChoice, example = json!({ "patient_id": 7 }))]
pub(super) struct PatientChoice {
    patient_id: i64,
}

#[derive(ToSchema)]
#[schema(as = NewPrescription, example = json!({
    "link": 1, "prescription": "Ibuprofen 400 mg", "details": "three times a day, after meals"
}))]
pub(super) struct PrescriptionIn {
    /// The link, as in the query.
    link: i64,
    #[schema(min_length = 1, max_length = 200)]
    prescription: String,
    #[schema(max_length = 20_000, required = false)]
    details: String,
}

#[derive(ToSchema)]
#[schema(as = PrescriptionChange, example = json!({ "details": "twice a day" }))]
pub(super) struct PrescriptionPatch {
    #[schema(min_length = 1, max_length = 200, required = false)]
    prescription: String,
    #[schema(max_length = 20_000, required = false)]
    details: String,
}

#[derive(ToSchema)]
#[schema(as = NewDiagnosis, example = json!({ "link": 1, "diagnosis": "Plantar fasciitis", "details": "" }))]
pub(super) struct DiagnosisIn {
    /// The link, as in the query.
    link: i64,
    #[schema(min_length = 1, max_length = 200)]
    diagnosis: String,
    #[schema(max_length = 20_000, required = false)]
    details: String,
}

#[derive(ToSchema)]
#[schema(as = DiagnosisChange, example = json!({ "diagnosis": "Plantar fasciitis, left" }))]
pub(super) struct DiagnosisPatch {
    #[schema(min_length = 1, max_length = 200, required = false)]
    diagnosis: String,
    #[schema(max_length = 20_000, required = false)]
    details: String,
}
