//! `/api/v1/user/{user_id}/`, `me/` and `edit/{user_id}/`: what somebody tells of themselves.
use super::path::{access, foreign};
use crate::{
    body,
    http::{AuthedRequest, HandlerResult, Rejection, Reply, Resource, Stated},
    route,
};
use domain::{
    crisis::{
        Age, CrisisError, CrisisService, Location, Profile, ProfileAccess, ProfileEdit, PtsdLevel,
        ScenarioId, TrackId,
    },
    shared::AccountId,
};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 3] {
    let unknown = [CrisisError::ProfileUnknown];
    let edit = route!(authenticated edit)
        .refuses([FOREIGN])
        .refuses(unknown.clone())
        .refuses([CrisisError::ScenarioUnknown, CrisisError::TherapistUnknown])
        .refuses([Rejection::UnknownPath]);
    [
        Resource::new("Own User Info", [route!(authenticated me)]),
        Resource::new(
            "User Info",
            [route!(authenticated show)
                .audited()
                .refuses([FOREIGN])
                .refuses(unknown)
                .refuses([Rejection::UnknownPath])],
        ),
        Resource::new("Edit User Info", [edit]),
    ]
}

const FOREIGN: Stated = foreign("You are not authorized to access this user's information.");

body! {
    /// What of a profile may be changed: the fields that are sent.
    change ProfileIn as "PtsdProfileChange" => ProfileEdit, for _crisis: CrisisService, {
        /// Years, 0 to 150. Null empties it.
        age: Age = nullable integer,
        location: Location = defaulted text,
        military_status: bool = defaulted boolean,
        /// From 1, the lightest, to 5. Null empties it.
        ptsd_level: PtsdLevel = nullable integer,
        /// One's own therapist, who is told of alarms from then on; null: they are not.
        therapist_contact: AccountId = nullable reference(|id| Ok(AccountId::new(id))),
        /// What happens at an alarm. Null changes nothing.
        scenario: ScenarioId = nullable reference(|id| Ok(ScenarioId::new(id))),
    }
    example { "age": 35, "location": "Санкт-Петербург", "military_status": true, "ptsd_level": 2, "scenario": 3 }
}

#[derive(Serialize, ToSchema)]
#[schema(as = PtsdProfile)]
pub(crate) struct ProfileOut {
    /// The same as `user`.
    #[schema(example = 7)]
    id: i64,
    #[schema(example = 7)]
    user: i64,
    #[schema(example = "sarah", max_length = 150)]
    username: String,
    #[schema(example = 30, minimum = 0, maximum = 150, required)]
    age: Option<u8>,
    /// Blank when it was not given.
    #[schema(example = "Москва", max_length = 100)]
    location: String,
    military_status: bool,
    #[schema(example = 3, minimum = 1, maximum = 5, required)]
    ptsd_level: Option<u8>,
    /// The chosen track.
    #[schema(example = 2, required)]
    music: Option<i64>,
    #[schema(example = 7, required)]
    therapist_contact: Option<i64>,
    #[schema(example = 3, required)]
    scenario: Option<i64>,
}

impl From<Profile> for ProfileOut {
    fn from(profile: Profile) -> Self {
        let therapist_contact = profile.therapist_contact().map(AccountId::get);
        Self {
            id: profile.owner.get(),
            user: profile.owner.get(),
            username: profile.username,
            age: profile.age.map(Age::get),
            location: profile.location,
            military_status: profile.military_status,
            ptsd_level: profile.ptsd_level.map(PtsdLevel::get),
            music: profile.music.map(TrackId::get),
            therapist_contact,
            scenario: profile.scenario.map(ScenarioId::get),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = PtsdProfileChanged)]
pub(crate) struct ChangedOut {
    #[schema(example = "UserInfo updated successfully.")]
    message: &'static str,
    #[schema(inline)]
    updated_data: UpdatedOut,
}

/// All of them, whatever was sent.
#[derive(Serialize, ToSchema)]
#[schema(as = PtsdProfileData)]
struct UpdatedOut {
    #[schema(example = 35, minimum = 0, maximum = 150, required)]
    age: Option<u8>,
    #[schema(example = "Санкт-Петербург", max_length = 100)]
    location: String,
    military_status: bool,
    #[schema(example = 2, minimum = 1, maximum = 5, required)]
    ptsd_level: Option<u8>,
    #[schema(example = 7, required)]
    therapist_contact: Option<i64>,
    #[schema(example = 3, required)]
    scenario: Option<i64>,
}

impl From<ProfileOut> for UpdatedOut {
    fn from(profile: ProfileOut) -> Self {
        let ProfileOut { age, location, military_status, ptsd_level, therapist_contact, scenario, .. } =
            profile;
        Self { age, location, military_status, ptsd_level, therapist_contact, scenario }
    }
}

/// Read one's own PTSD profile
///
/// As it stands under one's own id.
#[utoipa::path(
    get, path = "/api/v1/user/me/", tag = "PTSD profile", operation_id = "ownPtsdProfile",
    responses((status = 200, description = "The profile", body = ProfileOut))
)]
fn me(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    Reply::ok(&ProfileOut::from(crisis.profile(ProfileAccess::own(&request.caller))?))
}

/// Read a PTSD profile
///
/// One's own; the staff may read anybody's. An account of any family has one, with defaults until its first change.
#[utoipa::path(
    get, path = "/api/v1/user/{user_id}/", tag = "PTSD profile", operation_id = "ptsdProfile",
    params(("user_id" = i64, Path, description = "Whose profile", example = 7)),
    responses((status = 200, description = "The profile", body = ProfileOut))
)]
fn show(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    Reply::ok(&ProfileOut::from(crisis.profile(access(request, FOREIGN)?)?))
}

/// Change a PTSD profile
///
/// Changes the fields that are sent, of one's own; the staff may change anybody's.
#[utoipa::path(
    patch, path = "/api/v1/user/edit/{user_id}/", tag = "PTSD profile", operation_id = "editPtsdProfile",
    params(("user_id" = i64, Path, description = "Whose profile", example = 7)),
    request_body = ProfileIn,
    responses((status = 200, description = "What the profile holds now", body = ChangedOut))
)]
fn edit(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    let access = access(request, FOREIGN)?;
    let profile = crisis.edit_profile(access, ProfileIn::read(request.input()?, crisis)?)?;
    let updated_data = ProfileOut::from(profile).into();
    Reply::ok(&ChangedOut { message: "UserInfo updated successfully.", updated_data })
}
