//! The events of alarms, as they travel between nodes.
use crate::bus::EventCodec;
use domain::{
    crisis::{AlarmChanged, AlarmId, StaffAlert, StaffAlertReason},
    shared::AccountId,
};

pub fn event_codecs() -> [EventCodec; 2] {
    [
        EventCodec::new(
            AlarmChanged::KIND,
            |AlarmChanged(alarm)| alarm.get(),
            |alarm: i64| Some(AlarmChanged(AlarmId::new(alarm))),
        ),
        EventCodec::new(
            StaffAlert::KIND,
            |alert: &StaffAlert| (alert.alarm.get(), alert.user.get(), alert.reason.as_str().to_owned()),
            |(alarm, user, reason): (i64, i64, String)| {
                let reason = StaffAlertReason::parse(&reason)?;
                Some(StaffAlert { alarm: AlarmId::new(alarm), user: AccountId::new(user), reason })
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::EventCodecs;
    use domain::events::{Event, EventBody};

    fn arrives<E: EventBody + Copy + PartialEq>(sent: E) {
        let (_, read) = EventCodecs::new(event_codecs()).there_and_back(&Event::new(sent));
        assert_eq!(read.unwrap().downcast_ref(), Some(&sent));
    }

    #[test]
    fn every_event_arrives_as_it_was_sent() {
        arrives(AlarmChanged(AlarmId::new(7)));
        for reason in StaffAlertReason::ALL {
            arrives(StaffAlert { alarm: AlarmId::new(7), user: AccountId::new(1), reason });
        }
    }
}
