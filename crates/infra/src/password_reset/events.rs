//! A request, as it travels between nodes.
use crate::bus::EventCodec;
use domain::password_reset::ResetRequested;

pub fn event_codecs() -> [EventCodec; 1] {
    [EventCodec::new(ResetRequested::KIND, |_: &ResetRequested| (), |()| Some(ResetRequested))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::EventCodecs;
    use domain::events::Event;

    #[test]
    fn a_request_arrives() {
        let (_, read) = EventCodecs::new(event_codecs()).there_and_back(&Event::new(ResetRequested));
        assert_eq!(read.unwrap().downcast_ref(), Some(&ResetRequested));
    }
}
