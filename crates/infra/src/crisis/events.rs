//! The events of alarms, as they travel between nodes.
use crate::bus::EventCodec;
use domain::crisis::{AlarmChanged, AlarmId};

pub fn event_codecs() -> [EventCodec; 1] {
    [EventCodec::new(
        AlarmChanged::KIND,
        |AlarmChanged(alarm)| alarm.get(),
        |alarm: i64| Some(AlarmChanged(AlarmId::new(alarm))),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::EventCodecs;
    use domain::events::Event;

    #[test]
    fn an_event_arrives_as_it_was_sent() {
        let sent = AlarmChanged(AlarmId::new(7));
        let (_, read) = EventCodecs::new(event_codecs()).there_and_back(&Event::new(sent));
        assert_eq!(read.unwrap().downcast_ref(), Some(&sent));
    }
}
