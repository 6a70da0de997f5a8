//! Who asks a server, and about what: of our own site it is known, of a peer it is found out.
use crate::fill::{self, Dataset, Person};
use crate::wire::Base;

#[derive(Debug, Clone)]
pub(crate) struct Voice {
    pub id: i64,
    pub token: String,
    /// The store limit signs in by it; a peer's is not known.
    pub token_hash: String,
}

impl From<Person> for Voice {
    fn from(person: Person) -> Self {
        Self { id: person.id, token: person.token, token_hash: person.token_hash }
    }
}

/// A link that waits for its doctor, again and again.
#[derive(Debug, Clone)]
pub(crate) struct Treatment {
    pub doctor: Voice,
    pub patient: i64,
    pub link: i64,
}

/// Somebody in need.
#[derive(Debug, Clone)]
pub(crate) struct Alarmed {
    pub voice: Voice,
    /// The addresses of all whom the alarm tells.
    pub told: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub base: Base,
    pub diarists: Vec<Voice>,
    pub chronicler: Option<Voice>,
    pub doctor: Option<Voice>,
    /// The doctor's links and their patients.
    pub doctors_links: Vec<(i64, i64)>,
    pub writers: Vec<Voice>,
    pub treatments: Vec<Treatment>,
    /// Name and password.
    pub logins: Vec<(String, String)>,
    /// Who has talked with the doctor: a hundred messages each.
    pub conversed: Vec<Voice>,
    /// Two who have never talked.
    pub pairs: Vec<(Voice, Voice)>,
    /// Who presses the alarm button.
    pub alarmed: Vec<Alarmed>,
    /// Who opens sockets and leaves them alone.
    pub idlers: Vec<Voice>,
}

/// From one half of a pair to the other: among people who have never talked.
const PAIR: i64 = 500;

/// As many as have a socket to themselves in the scenario of idle ones, at scale 1.
const IDLERS: i64 = 5_100;

impl Fixture {
    pub(crate) fn of_town(dataset: &Dataset, base: Base) -> Self {
        let voice = |id: i64| Voice::from(dataset.person(id));
        let links = dataset.parts_links();
        let treatment = |link: &fill::Link| Treatment {
            doctor: voice(link.doctor),
            patient: link.patient,
            link: link.id,
        };
        let diarists: Vec<Voice> = fill::DIARISTS.map(voice).collect();
        Self {
            base,
            chronicler: Some(voice(fill::CHRONICLER)),
            doctor: Some(voice(fill::BUSY_DOCTOR)),
            doctors_links: links
                .iter()
                .filter(|link| link.doctor == fill::BUSY_DOCTOR)
                .map(|link| (link.id, link.patient))
                .collect(),
            writers: fill::WRITERS.map(voice).collect(),
            treatments: links.iter().filter(|link| !link.accepted).map(treatment).collect(),
            logins: fill::DIARISTS
                .map(|id| (dataset.person(id).username, fill::PASSWORD.to_owned()))
                .collect(),
            conversed: fill::DIARISTS
                .take(usize::try_from(fill::CONVERSED).unwrap_or_default())
                .map(voice)
                .collect(),
            pairs: (0..PAIR)
                .map(|n| (voice(fill::DIARISTS.start() + n), voice(fill::DIARISTS.start() + PAIR + n)))
                .collect(),
            alarmed: fill::DIARISTS
                .map(|id| Alarmed { voice: voice(id), told: fill::told_of_alarm(id).into() })
                .collect(),
            idlers: (*fill::DIARISTS.start()..=dataset.accounts().min(IDLERS)).map(voice).collect(),
            diarists,
        }
    }

    /// The same people at another server: the frame limit answers any of them.
    pub(crate) fn at(&self, base: Base) -> Self {
        Self { base, ..self.clone() }
    }
}
