//! How long somebody waits for the use case that runs on this thread. The last step before a change asks for it:
//! a change must not be made after its caller was told that it was not.
use std::{cell::Cell, time::Instant};

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Runs a use case with a deadline. Without one (a command, a background job) a use case takes its time.
pub fn within<T>(deadline: Instant, case: impl FnOnce() -> T) -> T {
    /// Restores also when the case panics: threads are used again.
    struct Restore(Option<Instant>);
    impl Drop for Restore {
        fn drop(&mut self) {
            DEADLINE.set(self.0);
        }
    }
    let _restore = Restore(DEADLINE.replace(Some(deadline)));
    case()
}

/// Of the use case that runs on this thread.
pub fn end() -> Option<Instant> {
    DEADLINE.get()
}

pub fn is_over() -> bool {
    end().is_some_and(|deadline| Instant::now() >= deadline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_deadline_holds_for_its_use_case_and_no_longer() {
        assert!(!is_over() && end().is_none());
        let now = Instant::now();
        assert_eq!(within(now, end), Some(now));
        assert!(within(Instant::now(), is_over));
        assert!(!within(Instant::now() + Duration::from_secs(60), is_over));
        let _ = std::panic::catch_unwind(|| within(Instant::now(), || panic!("in the case")));
        assert!(!is_over());
    }
}
