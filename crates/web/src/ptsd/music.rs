//! `/api/v1/user/music/`: what an alarm may play, and what one's own plays.
use super::{
    identity::MessageOut,
    path::{foreign, own},
};
use crate::{
    http::{AuthedRequest, HandlerResult, Rejection, Reply, Resource, Stated},
    keys, route,
};
use actix_web::http::StatusCode;
use domain::crisis::{CrisisError, CrisisService, Track, TrackId};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    let choose = route!(authenticated choose)
        .refuses([FOREIGN, ID_MISSING])
        .refuses([CrisisError::TrackUnknown])
        .refuses([Rejection::UnknownPath]);
    [Resource::new("Music", [route!(authenticated list)]), Resource::new("Edit Music", [choose])]
}

const FOREIGN: Stated = foreign("You are not authorized to edit this user's music preferences.");
const ID_MISSING: Stated = Stated { status: StatusCode::BAD_REQUEST, text: "Music ID is required" };

keys! {
    MusicChoiceIn as "MusicChoice" {
        /// Which track.
        music: TrackId = required id,
    }
    example { "music": 2 }
}

#[derive(Serialize, ToSchema)]
#[schema(as = MusicTrack)]
pub(crate) struct TrackOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = "Спокойный океан", max_length = 100)]
    name: &'a str,
    #[schema(example = "https://example.com/music/ocean.mp3", max_length = 200)]
    url: &'a str,
}

impl<'a> From<&'a Track> for TrackOut<'a> {
    fn from(track: &'a Track) -> Self {
        Self { id: track.id.get(), name: &track.name, url: &track.url }
    }
}

/// List the tracks
///
/// All that an alarm may play.
#[utoipa::path(
    get, path = "/api/v1/user/music/", tag = "PTSD profile", operation_id = "listMusic",
    responses((status = 200, description = "The tracks", body = Vec<TrackOut>))
)]
fn list(_request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    Reply::ok(&crisis.setup.tracks.iter().map(TrackOut::from).collect::<Vec<_>>())
}

/// Choose the music of one's alarm
///
/// One of the list, for oneself.
#[utoipa::path(
    post, path = "/api/v1/user/music/edit/{user_id}/", tag = "PTSD profile", operation_id = "chooseMusic",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    request_body = MusicChoiceIn,
    responses((status = 200, description = "Chosen", body = MessageOut))
)]
fn choose(request: &AuthedRequest, crisis: &CrisisService) -> HandlerResult {
    own(request, FOREIGN)?;
    let track = MusicChoiceIn::read(request.input()?)?.music.ok_or(ID_MISSING)?;
    crisis.choose_music(&request.caller, track)?;
    Reply::ok(&MessageOut { message: "Music track updated successfully" })
}
