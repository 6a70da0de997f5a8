//! A change that was made, and whose commit is still to come: others share it, and the disk takes its time. Nobody is told
//! of such a change before it is known to last. Who answers for a use case waits for it before the answer leaves; and the
//! store waits before the same use case asks it for anything else, so that what was written is there to be read.
use super::StoreError;
use std::{cell::RefCell, sync::Arc};

pub trait Pledge: Send + Sync {
    /// Waits until it is known.
    ///
    /// # Errors
    /// Why the change was lost.
    fn wait(&self) -> Result<(), StoreError>;
    /// Tells when it is known; at once if it is.
    fn tell(&self, whom: Box<dyn FnOnce(Result<(), StoreError>) + Send>);
}

thread_local! {
    /// `None` where nobody collects: who makes a change there waits themselves.
    static OPEN: RefCell<Option<Option<Arc<dyn Pledge>>>> = const { RefCell::new(None) };
}

/// Runs a use case, and gives what must be waited for before anybody hears its answer.
pub fn collect<T>(case: impl FnOnce() -> T) -> (T, Option<Arc<dyn Pledge>>) {
    /// Also when the case panics: threads are used again.
    struct Restore(Option<Option<Arc<dyn Pledge>>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            OPEN.replace(self.0.take());
        }
    }
    let _restore = Restore(OPEN.replace(Some(None)));
    let answer = case();
    (answer, OPEN.take().flatten())
}

/// Leaves it to whoever collects, or waits.
///
/// # Errors
/// Why the change was lost, if that is known already.
pub fn make(pledge: Arc<dyn Pledge>) -> Result<(), StoreError> {
    let collected = OPEN.with_borrow_mut(|open| match open {
        Some(open) => {
            *open = Some(pledge.clone());
            true
        }
        None => false,
    });
    if collected { Ok(()) } else { pledge.wait() }
}

/// Waits for what this use case has changed so far.
///
/// # Errors
/// Why it was lost.
pub fn settle() -> Result<(), StoreError> {
    let open = OPEN.with_borrow_mut(|open| open.as_mut().and_then(Option::take));
    open.map_or(Ok(()), |pledge| pledge.wait())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    /// Counts how often somebody waited.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Pledge for Counted {
        fn wait(&self) -> Result<(), StoreError> {
            self.0.fetch_add(1, SeqCst);
            Err(StoreError::unavailable("lost"))
        }
        fn tell(&self, whom: Box<dyn FnOnce(Result<(), StoreError>) + Send>) {
            whom(Ok(()));
        }
    }

    fn waited(pledge: &Arc<Counted>) -> usize {
        pledge.0.load(SeqCst)
    }

    #[test]
    fn where_nobody_collects_who_made_the_change_waits() {
        let pledge = Arc::new(Counted::default());
        assert!(make(pledge.clone()).is_err());
        assert_eq!(waited(&pledge), 1);
        assert!(settle().is_ok(), "it was waited for already");
    }

    #[test]
    fn a_use_case_ends_with_what_must_be_waited_for_and_waits_before_it_asks_again() {
        let [first, second] = [(); 2].map(|()| Arc::new(Counted::default()));
        let (_, left) = collect(|| {
            assert!(make(first.clone()).is_ok());
            assert!(settle().is_err(), "lost, and the case goes on");
            make(second.clone())
        });
        assert_eq!((waited(&first), waited(&second)), (1, 0));
        assert!(left.unwrap().wait().is_err());
        assert_eq!(waited(&second), 1);
    }

    #[test]
    fn a_case_that_panics_leaves_nothing_to_the_next_one_on_its_thread() {
        let pledge = Arc::new(Counted::default());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            collect(|| {
                let _ = make(pledge.clone());
                panic!("in the case")
            })
        }));
        assert!(panicked.is_err() && settle().is_ok());
        assert!(make(pledge.clone()).is_err(), "somebody still collects");
    }
}
