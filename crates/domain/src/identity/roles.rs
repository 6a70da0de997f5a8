//! What an account may be.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Patient,
    Doctor,
    Staff,
}

/// A set: a doctor usually is a patient too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    pub const NONE: Self = Self(0);
    pub const PATIENT: Self = Self::NONE.with(Role::Patient);

    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }
    /// The role only if the account has it, as a column tells.
    #[must_use]
    pub const fn with_if(self, role: Role, has: bool) -> Self {
        if has { self.with(role) } else { self }
    }
    pub const fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_into_it_and_nothing_else() {
        let doctor = Roles::PATIENT.with(Role::Doctor).with_if(Role::Staff, false);
        let has = |roles: Roles| [Role::Patient, Role::Doctor, Role::Staff].map(|role| roles.has(role));
        assert_eq!(has(Roles::NONE), [false, false, false]);
        assert_eq!(has(doctor), [true, true, false]);
        assert_eq!(has(doctor.with(Role::Doctor).with_if(Role::Staff, true)), [true, true, true]);
    }
}
