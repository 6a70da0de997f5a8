//! What a notification says: a code with its arguments. Each family of clients words it in its own language, at the moment
//! when it is shown. The arguments are what was true when it was made: names as they were then.
use crate::shared::{AccountId, Lend, Timestamp, id};

id!(/// One stored notification.
    NotificationId);

/// Declares the notices, each with the word that the store keeps for it and the names of its arguments, which are texts.
macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $word:literal { $($arg:ident),* }),+ $(,)?) => {
        /// What is told, with its arguments. `S` as in [`Lend`].
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Notice<S = String> { $($(#[$doc])* $name { $($arg: S),* }),+ }

        /// Which notice it is. The words are stable: rows of every age are kept under them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum NoticeCode { $($name),+ }

        impl NoticeCode {
            pub const ALL: &[Self] = &[$(Self::$name),+];
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $word),+ } }

            /// The notice of this code, with each argument as `argument` gives it by name. `None` if one is missing.
            pub fn notice<S>(
                self,
                mut argument: impl FnMut(&'static str) -> Option<S>,
            ) -> Option<Notice<S>> {
                Some(match self {
                    $(Self::$name => Notice::$name { $($arg: argument(stringify!($arg))?),* }),+
                })
            }
        }

        impl<S> Notice<S> {
            pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Notice<T> {
                match self {
                    $(Self::$name { $($arg),* } => Notice::$name { $($arg: text($arg)),* }),+
                }
            }
            pub fn code(&self) -> NoticeCode {
                match self { $(Self::$name { .. } => NoticeCode::$name),+ }
            }
        }

        impl Notice {
            /// The arguments, each with its name.
            pub fn arguments(&self) -> Vec<(&'static str, &str)> {
                match self { $(Self::$name { $($arg),* } => vec![$((stringify!($arg), $arg.as_str())),*]),+ }
            }
        }
    };
}
notices! {
    /// A patient asks a doctor for a link.
    LinkRequested = "link_requested" { patient },
    LinkAccepted = "link_accepted" { doctor },
    LinkRejected = "link_rejected" { doctor },
    /// A patient has made a record in their diary.
    RecordCreated = "record_created" { patient },
    PrescriptionCreated = "prescription_created" {},
    PrescriptionChanged = "prescription_changed" {},
    DiagnosisCreated = "diagnosis_created" { doctor },
    DiagnosisChanged = "diagnosis_changed" { doctor },
    /// To the staff: this user pressed the alarm button, and has chosen nothing that it does.
    AlarmWithoutScenario = "alarm_without_scenario" { user },
    /// To the staff: this user pressed the alarm button, and nobody whom they named can be told.
    AlarmReachesNobody = "alarm_reaches_nobody" { user },
    /// To the user: the mail server refused a letter of this alarm of theirs, or has not taken it for two minutes.
    AlarmNotDelivered = "alarm_not_delivered" { alarm },
    /// The same to the staff.
    AlarmOfUserNotDelivered = "alarm_of_user_not_delivered" { user, alarm },
    /// To the user: this recipient of their alarm looks after it.
    AlarmAnswered = "alarm_answered" { name, alarm },
    /// To the staff: nobody has answered this user's alarm in time.
    AlarmUnanswered = "alarm_unanswered" { user, alarm },
    /// To the user: the contact of this name agreed to be told of their alarms.
    ContactConfirmed = "contact_confirmed" { name },
    /// To the user: the contact of this name wants no letters.
    ContactRefused = "contact_refused" { name },
    /// To the staff: this user wrote to the assistant that they, or somebody else, are in danger.
    DangerWritten = "danger_written" { user },
    /// A sentence from before notices had codes, told as it stands.
    Text = "text" { text },
    /// Made by a newer version, under a code that this one does not know: while the nodes are updated one after another,
    /// their lists are read by the older ones too.
    Unknown = "unknown" {},
}

impl NoticeCode {
    fn parse(word: &str) -> Self {
        Self::ALL.iter().copied().find(|code| code.as_str() == word).unwrap_or(Self::Unknown)
    }
}

impl<S> Notice<S> {
    /// The notice that was kept under `code`, with each argument as `argument` gives it by name.
    pub fn read(code: &str, argument: impl FnMut(&'static str) -> Option<S>) -> Self {
        NoticeCode::parse(code).notice(argument).unwrap_or(Self::Unknown {})
    }
}

impl Notice {
    pub fn to(self, owner: AccountId) -> NewNotification {
        NewNotification { owner, notice: self }
    }
}

/// A notification that is not stored yet: a field of the change that it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    pub owner: AccountId,
    pub notice: Notice,
}

/// `S` as in [`Lend`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification<S = String> {
    pub id: NotificationId,
    pub owner: AccountId,
    pub notice: Notice<S>,
    pub is_read: bool,
    pub created_at: Timestamp,
}

impl Lend for Notification {
    type Lent<'a> = Notification<&'a str>;
}

impl<S> Notification<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Notification<T> {
        let Self { id, owner, notice, is_read, created_at } = self;
        Notification { id, owner, notice: notice.map_texts(text), is_read, created_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_read_back_from_its_code_and_arguments() {
        for code in NoticeCode::ALL {
            let notice = code.notice(|name| Some(format!("the {name}"))).unwrap();
            assert_eq!(notice.code(), *code);
            let arguments = notice.arguments();
            let find = |name| arguments.iter().find(|(n, _)| *n == name).map(|(_, text)| (*text).to_owned());
            assert_eq!(Notice::read(code.as_str(), find), notice);
            assert_eq!(code.notice(|_| None::<String>).is_some(), arguments.is_empty());
        }
    }

    #[test]
    fn a_code_of_a_newer_version_or_one_without_its_argument_is_unknown() {
        assert_eq!(Notice::read("alarm_raised", |_| Some("Sarah")), Notice::Unknown {});
        assert_eq!(Notice::read("link_requested", |_| None::<&str>), Notice::Unknown {});
    }
}
