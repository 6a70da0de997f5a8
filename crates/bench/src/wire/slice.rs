//! What one target did in one turn.
use crate::{Done, numbers::as_f64};
use hdrhistogram::Histogram;
use std::time::Duration;

/// Microseconds; a minute is beyond everybody's patience. Three digits, as the table has.
const LONGEST: u64 = 60_000_000;
const DIGITS: u8 = 3;

#[derive(Debug)]
pub(crate) struct Slice {
    pub seconds: f64,
    pub requests: u64,
    pub bytes: u64,
    /// Microseconds.
    pub latency: Histogram<u64>,
    /// Answers that were none, or not 2xx: how many, and the first of them.
    pub errors: u64,
    pub first_error: Option<String>,
    /// CPU seconds of the process that answered, if it is on this machine.
    pub server_cpu: Option<f64>,
    /// CPU seconds of this one.
    pub own_cpu: f64,
}

impl Slice {
    pub(crate) fn empty() -> Done<Self> {
        Ok(Self {
            seconds: 0.0,
            requests: 0,
            bytes: 0,
            latency: Histogram::new_with_bounds(1, LONGEST, DIGITS)?,
            errors: 0,
            first_error: None,
            server_cpu: None,
            own_cpu: 0.0,
        })
    }

    pub(crate) fn add(&mut self, other: &Self) -> Done {
        self.requests += other.requests;
        self.bytes += other.bytes;
        self.add_errors(other);
        Ok(self.latency.add(&other.latency)?)
    }

    /// Of something else that must not fail either.
    pub(crate) fn add_errors(&mut self, other: &Self) {
        self.errors += other.errors;
        self.first_error = self.first_error.take().or_else(|| other.first_error.clone());
    }

    pub(crate) fn ms(&self, quantile: f64) -> f64 {
        as_f64(self.latency.value_at_quantile(quantile)) / 1e3
    }

    pub(crate) fn answered(&mut self, after: Duration) {
        self.requests += 1;
        self.latency.saturating_record(u64::try_from(after.as_micros()).unwrap_or(LONGEST));
    }

    pub(crate) fn failed(&mut self, why: impl ToString) {
        self.errors += 1;
        self.first_error.get_or_insert_with(|| why.to_string());
    }
}
