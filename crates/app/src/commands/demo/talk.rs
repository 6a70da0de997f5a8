//! What the people of the story say to each other.
use super::{
    cast::{Cast, find},
    people::{LineStory, TalkStory, good},
};
use crate::{
    commands::failure::{Done, Failure},
    house::House,
};
use domain::{
    identity::Caller,
    messaging::{Seat, Text, Who},
};

/// One line of a talk, said from where its speaker sits.
pub(super) fn say(
    house: &House,
    cast: &Cast<'_>,
    patient: &Caller,
    talk: &TalkStory,
    line: &LineStory,
) -> Done {
    let text = good("text", Text::parse(&line.text))?;
    let (seat, to) = match (&talk.with, line.mine) {
        (None, true) => (Seat::in_own_support_room(patient), None),
        (None, false) => {
            let staff = cast.values().map(|member| &member.caller).find(|caller| caller.staff);
            let staff = staff.ok_or_else(|| Failure::new("seeds/demo.json: nobody is staff"))?;
            (Seat::at_desk(staff).map_err(|e| Failure::caused(&e))?, Some(patient.id()))
        }
        (Some(name), mine) => {
            let other = &find(cast, name)?.caller;
            let (speaker, listener) = if mine { (patient, other) } else { (other, patient) };
            let beside = house.messaging.sit_beside(speaker, &Who::Id(listener.id()));
            (beside.map_err(|e| Failure::caused(&e))?.0, None)
        }
    };
    house.messaging.say(seat, to, text, None).map(drop).map_err(|e| Failure::caused(&e))
}
