//! How anything here fails.

/// Whatever stops the bench: it is printed in one line.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Done<T = ()> = Result<T, Failure>;
