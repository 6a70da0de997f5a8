//! A bounded stretch of a list that may be long.

/// Continues `after` the last id that was seen, in the list's own order. It cannot be built wider than [`Page::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<Id> {
    pub after: Option<Id>,
    limit: u16,
}

impl<Id> Page<Id> {
    /// Rows. Wide enough for nearly every list of one person, small enough to hold many at once.
    pub const MAX: u16 = 500;

    pub fn first() -> Self {
        Self { after: None, limit: Self::MAX }
    }
    pub fn after(id: Id) -> Self {
        Self { after: Some(id), limit: Self::MAX }
    }
    #[must_use]
    pub fn with_limit(self, limit: u16) -> Self {
        Self { limit: limit.clamp(1, Self::MAX), ..self }
    }
    pub fn limit(&self) -> i64 {
        self.limit.into()
    }
}
