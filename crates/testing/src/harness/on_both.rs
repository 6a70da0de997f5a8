//! One test on both databases.
use crate::{App, Backend, TestDb};

/// What a test starts with, new for every test.
pub trait Fresh {
    fn fresh_on(backend: Backend) -> Self;
}

impl Fresh for Backend {
    fn fresh_on(backend: Backend) -> Self {
        backend
    }
}

impl Fresh for TestDb {
    fn fresh_on(backend: Backend) -> Self {
        Self::fresh(backend)
    }
}

impl Fresh for App {
    fn fresh_on(backend: Backend) -> Self {
        Self::start(backend, |_| {})
    }
}

/// Makes the tests `name::on_sqlite` and `name::on_postgres`. The closure takes a reference to something [`Fresh`], or,
/// where it is `async`, the thing itself.
///
/// The test on PostgreSQL is shown as ignored, with the reason, when `TEST_DATABASE_URL` was not set when the tests were
/// built. For this the crate that uses the macro has a `build.rs` that sets `has_postgres`.
#[macro_export]
macro_rules! on_both {
    ($name:ident, async $($story:tt)+) => {
        $crate::on_both!(@tests $name, $crate::run_async, async $($story)+);
    };
    ($name:ident, $($story:tt)+) => {
        $crate::on_both!(@tests $name, $crate::run, $($story)+);
    };
    (@tests $name:ident, $run:path, $story:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing of its module")]
            use super::*;
            #[test]
            fn on_sqlite() {
                $run($crate::Backend::Sqlite, $story);
            }
            #[test]
            #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
            fn on_postgres() {
                $run($crate::Backend::Postgres, $story);
            }
        }
    };
}

pub fn run<T: Fresh>(backend: Backend, story: impl FnOnce(&T)) {
    story(&T::fresh_on(backend));
}

pub fn run_async<T: Fresh>(backend: Backend, story: impl AsyncFnOnce(T)) {
    block_on(async { story(T::fresh_on(backend)).await });
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
