//! The scenarios by name, and over how many connections each goes.
use clap::ValueEnum;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Name {
    UnreadCount,
    Profile,
    /// A diary of 90 records.
    Records,
    /// A diary of 5,000: it is streamed in ten windows.
    RecordsLong,
    /// A doctor's 50, each seen and so audited.
    Links,
    /// 50 of them.
    Notifications,
    BodyParts,
    /// Of the PTSD support app.
    PtsdProfile,
    CreateRecord,
    /// The same by one writer: what group commit is measured against.
    CreateRecordAlone,
    /// The same at a fixed rate: a stall is counted for every record that it held up.
    CreateRecordPaced,
    /// Accept a link, prescribe, take the prescription back, reject the link.
    Prescribe,
    Login,
    Mix,
    /// The mix without its circle, at twice the rate that the server can serve.
    Overload,
    /// Sign-ins at twice that rate.
    OverloadLogin,
    /// Connect to a conversation of 100 messages, and read them.
    History,
    /// Pairs that converse at a fixed rate.
    Pairs,
    /// 200 at once, and a mail server that takes its time.
    Alarm,
    /// Messages to a model that takes its time, and what is left for others while it hangs.
    Assistant,
    /// Sockets that are opened and left alone.
    Idle,
    /// The crisis screen alone: no server is asked.
    Screen,
}

/// How a scenario is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A closed loop, in turns with the limits and a peer.
    Http,
    Sockets,
    Overload,
    Alarm,
    Assistant,
    Screen,
}

/// One hash takes about 25 ms of a core, half the cores hash at once, and who waits longer than 2.3 s hears 503.
const LOGINS_AT_ONCE: usize = 8;
/// About half of what one writer reaches where the disk is slow: 400 a second.
const PACE: Duration = Duration::from_micros(2500);
/// An answer of 1.5 MB is no work for many at once.
const LONG_LISTS_AT_ONCE: usize = 4;

impl Name {
    pub(crate) fn all() -> &'static [Self] {
        Self::value_variants()
    }

    pub(crate) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::History | Self::Pairs | Self::Idle => Kind::Sockets,
            Self::Overload | Self::OverloadLogin => Kind::Overload,
            Self::Alarm => Kind::Alarm,
            Self::Assistant => Kind::Assistant,
            Self::Screen => Kind::Screen,
            _ => Kind::Http,
        }
    }

    pub(crate) fn connections(self, wanted: usize) -> usize {
        match self {
            Self::Login | Self::OverloadLogin => wanted.min(LOGINS_AT_ONCE),
            Self::RecordsLong => wanted.min(LONG_LISTS_AT_ONCE),
            Self::CreateRecordAlone | Self::CreateRecordPaced => 1,
            _ => wanted,
        }
    }

    /// Whether plain SQL alone can be measured beside it.
    pub(crate) fn has_store_limit(self) -> bool {
        self.kind() == Kind::Http && self != Self::Login && self.pace().is_none()
    }

    /// From one request of a connection to the next, in an open loop.
    pub(crate) fn pace(self) -> Option<Duration> {
        (self == Self::CreateRecordPaced).then_some(PACE)
    }
}
