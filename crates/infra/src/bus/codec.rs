//! How events are written for the other nodes. The bus knows no module: each brings the codecs of its own events.
use domain::events::{Event, EventBody};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::HashMap;

type Encode = dyn Fn(&Event) -> Option<Value> + Send + Sync;
type Decode = dyn Fn(Value) -> Option<Event> + Send + Sync;

/// For one kind of event.
pub struct EventCodec {
    kind: &'static str,
    encode: Box<Encode>,
    decode: Box<Decode>,
}

impl EventCodec {
    /// `kind` is what `E` says it is. `decode` gives `None` for what is no such event.
    pub fn new<E: EventBody, W: Serialize + DeserializeOwned + 'static>(
        kind: &'static str,
        encode: fn(&E) -> W,
        decode: fn(W) -> Option<E>,
    ) -> Self {
        Self {
            kind,
            encode: Box::new(move |event| serde_json::to_value(encode(event.downcast_ref()?)).ok()),
            decode: Box::new(move |value| Some(Event::new(decode(serde_json::from_value(value).ok()?)?))),
        }
    }
}

/// For every kind of event that is published on the bus.
pub struct EventCodecs(HashMap<&'static str, EventCodec>);

impl EventCodecs {
    pub fn new(codecs: impl IntoIterator<Item = EventCodec>) -> Self {
        Self(codecs.into_iter().map(|codec| (codec.kind, codec)).collect())
    }

    /// `None` when no codec knows the event.
    pub(super) fn encode(&self, event: &Event) -> Option<Map<String, Value>> {
        let value = (self.0.get(event.kind())?.encode)(event)?;
        Some(Map::from_iter([(event.kind().to_owned(), value)]))
    }

    /// `None` for what is no event, or none that this version understands.
    pub(super) fn decode(&self, event: Map<String, Value>) -> Option<Event> {
        let (kind, value) = event.into_iter().next()?;
        (self.0.get(kind.as_str())?.decode)(value)
    }
}

#[cfg(test)]
impl EventCodecs {
    /// As JSON, and read again.
    pub(crate) fn there_and_back(&self, event: &Event) -> (String, Option<Event>) {
        let json = serde_json::to_string(&self.encode(event)).unwrap();
        let read = self.decode(serde_json::from_str(&json).unwrap());
        (json, read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Envelope, Payload, Signal};
    use super::*;
    use domain::events::TopicAt;

    #[derive(Debug, PartialEq)]
    struct Recounted(i64);

    impl EventBody for Recounted {
        fn kind(&self) -> &'static str {
            "recounted"
        }
        fn topics(&self) -> Vec<TopicAt> {
            vec![]
        }
        fn is_confidential(&self) -> bool {
            false
        }
    }

    fn codecs() -> EventCodecs {
        let decode = |owner: i64| (owner > 0).then_some(Recounted(owner));
        EventCodecs::new([EventCodec::new("recounted", |Recounted(owner)| *owner, decode)])
    }

    fn read(json: &str) -> Option<Event> {
        match serde_json::from_str::<Envelope>(json).ok()?.payload {
            Payload::Event(event) => codecs().decode(event),
            Payload::Signal(_) => None,
        }
    }

    #[test]
    fn the_words_between_nodes_are_those_of_the_first_version() {
        let written = |payload| serde_json::to_string(&Envelope { from: 7, payload }).unwrap();
        assert_eq!(written(Payload::Signal(Signal::Alive)), r#"{"from":7,"news":"alive"}"#);
        assert_eq!(written(Payload::Signal(Signal::Lost)), r#"{"from":7,"news":"lost"}"#);
        let event = codecs().encode(&Event::new(Recounted(5))).unwrap();
        let json = written(Payload::Event(event));
        assert_eq!(json, r#"{"from":7,"news":{"recounted":5}}"#);
        assert_eq!(read(&json).unwrap().downcast_ref(), Some(&Recounted(5)));
    }

    #[test]
    fn what_another_version_says_is_no_failure() {
        assert!(read(r#"{"from":1,"news":{"recounted":5},"hurry":true}"#).is_some());
        for json in [
            r#"{"from":1,"news":{"sang":5}}"#,
            r#"{"from":1,"news":{"recounted":"5"}}"#,
            r#"{"from":1,"news":{"recounted":-5}}"#,
            r#"{"from":1,"news":{}}"#,
            r#"{"from":1,"news":"asleep"}"#,
        ] {
            assert!(read(json).is_none(), "{json}");
        }
    }

    #[test]
    fn an_event_without_a_codec_is_not_written() {
        assert!(EventCodecs::new([]).encode(&Event::new(Recounted(5))).is_none());
    }
}
