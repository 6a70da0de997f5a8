//! What an account belongs to.

/// The two groups of the pain diary. A doctor usually is in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Groups {
    pub doctor: bool,
    pub patient: bool,
}

impl Groups {
    /// Every new account.
    pub const PATIENT: Self = Self { doctor: false, patient: true };

    /// The names on the wire, in their order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [(self.doctor, "Doctor"), (self.patient, "Patient")]
            .into_iter()
            .filter_map(|(member, name)| member.then_some(name))
    }
}
