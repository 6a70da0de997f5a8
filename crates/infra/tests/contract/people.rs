//! People with accounts, their links, and what came of them.
use crate::support::TestStore;
use domain::{
    audit::AuditAction,
    care::{Answer, Link, LinkOpening, Status},
    diary::{DiaryError, DiaryReading, Record},
    identity::{
        Caller, Email, FatherName, GivenName, NewAccount, Nonce, PasswordHash, Person, Phone, Role, Roles,
        Username,
    },
    notifications::Notice,
    shared::{Page, Timestamp},
};

impl TestStore {
    pub(crate) fn patient(&self, name: &str) -> Caller {
        let person = self.accounts.register(&new_account(name)).unwrap();
        person.into()
    }

    /// A doctor is a patient too, as most are.
    pub(crate) fn doctor(&self, name: &str) -> Caller {
        let roles = Roles::PATIENT.with(Role::Doctor);
        let person = self.accounts.register(&NewAccount { roles, ..new_account(name) }).unwrap();
        person.into()
    }

    /// The records of a page, each with whose it is.
    pub(crate) fn reads(&self, reading: &DiaryReading) -> Result<Vec<(Person, Record)>, DiaryError> {
        let mut read = vec![];
        let mut keep = |owner: &Person, record: Record<&str>| {
            read.push((owner.clone(), record.map_texts(str::to_owned)));
        };
        self.patients.read_as_doctor(reading, &mut keep).map(|()| read)
    }

    pub(crate) fn link(&self, link: &Link) -> Option<Link> {
        self.links.find(link.id).unwrap()
    }

    pub(crate) fn ask(&self, patient: &Caller, doctor: &Caller) -> Link {
        let id = self.links.open(&opening(patient, doctor)).unwrap();
        self.links.find(id).unwrap().unwrap()
    }

    /// A link of that status, answered at second 20.
    pub(crate) fn linked(&self, patient: &Caller, doctor: &Caller, status: Status) -> Link {
        let link = self.ask(patient, doctor);
        let answer = match status {
            Status::Pending => return link,
            Status::Accepted => Answer::Accept,
            Status::Rejected => Answer::Reject,
        };
        let answer = link.answer(doctor.doctor().unwrap(), answer, at(20)).unwrap();
        self.links.answer(&answer).unwrap();
        self.link(&link).unwrap()
    }

    /// What was written of the patient's data, in the order in which it happened.
    pub(crate) fn acts(&self, patient: &Caller) -> Vec<AuditAction> {
        let mut lines = self.audit_log.of(patient.id(), Page::first()).unwrap();
        lines.reverse();
        lines.into_iter().map(|line| line.entry.act).collect()
    }

    /// Somebody's notifications, in the order in which they were made.
    pub(crate) fn notices(&self, owner: &Caller) -> Vec<Notice> {
        let mut lines = rows!(self.lines, of(owner.id(), Page::first())).unwrap();
        lines.reverse();
        lines.into_iter().map(|line| line.notice).collect()
    }
}

/// Seconds after a fixed morning, to the microsecond.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_753_084_800 + second, 123_456_000).unwrap()
}

pub(crate) fn username(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub(crate) fn email(address: &str) -> Email {
    Email::parse(address).unwrap()
}

pub(crate) fn new_account(name: &str) -> NewAccount {
    NewAccount {
        username: username(name),
        email: email(&format!("{name}@example.com")),
        password: PasswordHash::new(format!("$fake${name}")),
        first_name: GivenName::parse(name).unwrap(),
        last_name: GivenName::parse("Connor").unwrap(),
        father_name: FatherName::default(),
        sex: None,
        date_of_birth: None,
        phone_number: Phone::default(),
        roles: Roles::PATIENT,
        nonce: Nonce(format!("the first nonce of {name}")),
        at: at(0),
    }
}

pub(crate) fn opening(patient: &Caller, doctor: &Caller) -> LinkOpening {
    Link::request(patient.patient().unwrap(), &doctor.person, at(10)).unwrap()
}
