//! When a connection is cut that only holds a place. Looked at once a second, so that a request costs no timer.
use super::Connection;
use std::sync::atomic::Ordering::Relaxed;

/// Seconds between two requests, also for one whose head does not come to its end. Browsers and HTTP libraries expect that
/// a server closes what is idle, and most servers do so sooner.
const IDLE_MAX: u32 = 25;
/// Seconds for a client to take the refusal of a body that it went on sending.
const UNREAD_BODY_MAX: u32 = 5;
/// Seconds of a client that does not read, and the bytes it must take meanwhile to be called slow.
const BLOCKED_MAX: u32 = 20;
const BLOCKED_BYTES: u64 = 20 * 1024;

/// Why a connection is cut: the label `why` of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Idle,
    UnreadBody,
    NotReading,
    /// Another one needed the place.
    Crowded,
}

impl Reason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::UnreadBody => "unread_body",
            Self::NotReading => "not_reading",
            Self::Crowded => "crowded",
        }
    }
}

/// What one look finds.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    requests: u32,
    in_progress: bool,
    written: u64,
    blocked: bool,
    unread_body: bool,
    of_proxy: bool,
}

impl From<&Connection> for State {
    fn from(connection: &Connection) -> Self {
        Self {
            requests: connection.requests.load(Relaxed),
            in_progress: connection.in_progress.load(Relaxed) > 0,
            written: connection.written.load(Relaxed),
            blocked: connection.blocked.load(Relaxed),
            unread_body: connection.unread_body.load(Relaxed),
            of_proxy: connection.of_proxy,
        }
    }
}

/// What the looks so far have found.
#[derive(Debug, Default)]
pub(super) struct Progress {
    requests: u32,
    /// Looks since the last request was answered.
    pub(super) idle: u32,
    /// Looks since the client last read as fast as it must, and what it had taken then.
    blocked: u32,
    written: u64,
}

impl Progress {
    pub(super) fn look(&mut self, connection: &Connection) -> Option<Reason> {
        self.advance(connection.into())
    }

    fn advance(&mut self, state: State) -> Option<Reason> {
        let slept = !state.in_progress && state.requests == self.requests;
        self.requests = state.requests;
        // What it has not taken yet is not idle: over a slow line an answer takes long.
        self.idle = if slept && !state.blocked { self.idle + 1 } else { 0 };
        if !state.blocked || (self.blocked >= BLOCKED_MAX && state.written - self.written >= BLOCKED_BYTES) {
            (self.blocked, self.written) = (0, state.written);
        }
        if state.blocked {
            self.blocked += 1;
        }
        match () {
            () if self.blocked > BLOCKED_MAX => Some(Reason::NotReading),
            () if state.unread_body && self.idle > UNREAD_BODY_MAX => Some(Reason::UnreadBody),
            () if !state.of_proxy && self.idle > IDLE_MAX => Some(Reason::Idle),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first look that cuts, of a minute's.
    fn cut(state: impl Fn(u32) -> State) -> Option<(u32, Reason)> {
        let mut progress = Progress::default();
        (1..=60).find_map(|second| progress.advance(state(second)).map(|reason| (second, reason)))
    }

    #[test]
    fn what_sends_no_whole_request_is_cut_unless_a_proxy_keeps_it() {
        let silent = State { requests: 0, ..State::default() };
        assert_eq!(cut(|_| silent), Some((26, Reason::Idle)));
        assert_eq!(cut(|_| State { of_proxy: true, ..silent }), None);
        let after_a_request = |second| State { requests: u32::from(second > 10), ..silent };
        assert_eq!(cut(after_a_request), Some((37, Reason::Idle)), "counted from its last request");
        assert_eq!(cut(|second| State { requests: second / 20, ..silent }), None);
        assert_eq!(cut(|_| State { in_progress: true, ..silent }), None);
    }

    #[test]
    fn who_goes_on_sending_a_refused_body_has_seconds() {
        let state = |second| State { unread_body: true, in_progress: second < 15, ..State::default() };
        assert_eq!(cut(state), Some((20, Reason::UnreadBody)));
        assert_eq!(cut(|second| State { of_proxy: true, ..state(second) }), Some((20, Reason::UnreadBody)));
    }

    #[test]
    fn who_does_not_read_is_cut_and_who_reads_slowly_is_not() {
        let blocked = State { blocked: true, ..State::default() };
        assert_eq!(cut(|_| blocked), Some((21, Reason::NotReading)));
        assert_eq!(
            cut(|_| State { in_progress: true, of_proxy: true, ..blocked }),
            Some((21, Reason::NotReading))
        );
        let reading = |bytes: u64| move |second| State { written: u64::from(second) * bytes, ..blocked };
        assert_eq!(cut(reading(100)), Some((21, Reason::NotReading)));
        assert_eq!(cut(reading(1100)), None);
        assert_eq!(cut(|second| State { blocked: second % 15 != 0, in_progress: true, ..blocked }), None);
    }
}
