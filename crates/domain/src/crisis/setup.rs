//! Reference data: what an alarm may do, and which music it may play.
use crate::shared::id;

id!(/// One alarm scenario.
    ScenarioId);
id!(/// One track.
    TrackId);

/// What happens when its user raises an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    pub id: ScenarioId,
    pub name: String,
    pub play_music: bool,
    pub notify_contact: bool,
    pub notify_therapist: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub id: TrackId,
    pub name: String,
    pub url: String,
}

/// All of it, read when the server starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrisisSetup {
    pub scenarios: Vec<Scenario>,
    pub tracks: Vec<Track>,
}

impl CrisisSetup {
    pub fn scenario(&self, id: ScenarioId) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }
    pub fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == id)
    }
}
