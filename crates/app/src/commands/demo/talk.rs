//! What the people of the story say to each other.
use super::{
    cast::{Cast, find},
    people::{LineStory, TalkStory, good},
};
use crate::{
    application::Application,
    commands::failure::{Done, Failure},
};
use domain::{
    identity::Caller,
    messaging::{ChatAccess, PeerRef, Text},
};

/// One line of a talk, said by its speaker.
pub(super) fn say(
    application: &Application,
    cast: &Cast<'_>,
    patient: &Caller,
    talk: &TalkStory,
    line: &LineStory,
) -> Done {
    let text = good("text", Text::parse(&line.text))?;
    let (access, to) = match (&talk.with, line.mine) {
        (None, true) => (ChatAccess::to_own_support_room(patient), None),
        (None, false) => {
            let staff = cast.values().map(|member| &member.caller).find(|caller| caller.is_staff());
            let staff = staff.ok_or_else(|| Failure::new("seeds/demo.json: nobody is staff"))?;
            (ChatAccess::to_support_inbox(staff).map_err(|e| Failure::caused(&e))?, Some(patient.id()))
        }
        (Some(name), mine) => {
            let other = &find(cast, name)?.caller;
            let (speaker, listener) = if mine { (patient, other) } else { (other, patient) };
            let opened = application.messaging.open_chat(speaker, &PeerRef::Id(listener.id()));
            (opened.map_err(|e| Failure::caused(&e))?.0, None)
        }
    };
    application.messaging.say(access, to, text, None).map(drop).map_err(|e| Failure::caused(&e))
}
