//! Credentials that arrive while a lookup runs are batched into the next one: one hop to a thread that may block, one
//! question for all of them, and one call of the handler. A lookup starts after every request in its batch arrived, so no
//! answer is older than its question.
use super::{
    Authentication, Refusal, Reply,
    blocking::{run_blocking, shed},
    threads::Threads,
};
use domain::identity::{Caller, IdentityService};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Instant,
};
use tokio::sync::oneshot;

/// What one query may ask about.
const BATCH_MAX: usize = 256;
/// Four lookups' worth: who would wait longer is refused at once.
const WAITING_MAX: usize = 4 * BATCH_MAX;

type HandleBatch = dyn Fn(&[&Caller]) -> Result<Vec<Reply>, Refusal> + Send + Sync;

/// What a batch needs on its thread.
#[derive(Clone)]
pub(super) struct Batch {
    pub threads: Threads,
    pub authentication: &'static dyn Authentication,
    pub identity: Arc<IdentityService>,
    pub answer: Arc<HandleBatch>,
}

/// Of one route, in one worker.
#[derive(Clone)]
pub(super) struct AuthBatcher(Rc<State>);

struct State {
    batch: Batch,
    waiting: RefCell<Vec<Waiting>>,
    /// A lookup runs, and another follows while anybody waits.
    busy: Cell<bool>,
}

struct Waiting {
    credential: String,
    deadline: Instant,
    answer: oneshot::Sender<Result<Reply, Refusal>>,
}

impl AuthBatcher {
    pub(super) fn new(batch: Batch) -> Self {
        Self(Rc::new(State { batch, waiting: RefCell::default(), busy: Cell::new(false) }))
    }

    /// # Errors
    /// Those of the authentication and of the handler; 503 when too many wait, and at the deadline.
    pub(super) async fn ask(&self, credential: String, deadline: Instant) -> Result<Reply, Refusal> {
        if self.0.waiting.borrow().len() >= WAITING_MAX {
            return Err(shed("lookups"));
        }
        let (answer, answered) = oneshot::channel();
        self.0.waiting.borrow_mut().push(Waiting { credential, deadline, answer });
        if !self.0.busy.replace(true) {
            actix_web::rt::spawn(Lookups(self.0.clone()).until_nobody_waits());
        }
        let answered = tokio::time::timeout_at(deadline.into(), answered).await;
        answered
            .map_err(|_late| Refusal::UNAVAILABLE)?
            .unwrap_or_else(|_| Err(Refusal::internal("a batch was not answered")))
    }
}

/// One at a time. However it ends, the next request can begin anew.
struct Lookups(Rc<State>);

impl Drop for Lookups {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}

impl Lookups {
    async fn until_nobody_waits(self) {
        loop {
            // Requests whose bytes have arrived already come along.
            tokio::task::yield_now().await;
            let waiting = self.next();
            if waiting.is_empty() {
                return;
            }
            self.look_up(waiting).await;
        }
    }

    fn next(&self) -> Vec<Waiting> {
        let mut waiting = self.0.waiting.borrow_mut();
        let some = waiting.len().min(BATCH_MAX);
        waiting.drain(..some).collect()
    }

    async fn look_up(&self, waiting: Vec<Waiting>) {
        // As long as anybody waits: a request without time left is refused without the others.
        let Some(deadline) = waiting.iter().map(|one| one.deadline).max() else { return };
        let (credentials, answers): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|one| (one.credential, one.answer)).unzip();
        let credentials: Arc<[String]> = credentials.into();
        let mut replies = self.answer(deadline, &credentials).await;
        // A connection that broke would have been one caller's bad luck: it must not be everybody's.
        if replies.as_ref().is_err_and(Refusal::is_unavailable) {
            replies = self.answer(deadline, &credentials).await;
        }
        match replies {
            Ok(replies) => answers.into_iter().zip(replies).for_each(|(answer, reply)| tell(answer, reply)),
            Err(refusal) if !refusal.is_unavailable() && credentials.len() > 1 => {
                self.answer_each(deadline, &credentials, answers).await;
            }
            Err(refusal) => answers.into_iter().for_each(|answer| tell(answer, Err(refusal.clone()))),
        }
    }

    /// After a defect: one account that cannot be read must not shut out the rest of its batch.
    async fn answer_each(
        &self,
        deadline: Instant,
        credentials: &[String],
        answers: Vec<oneshot::Sender<Result<Reply, Refusal>>>,
    ) {
        for (credential, answer) in credentials.iter().zip(answers) {
            let replies = self.answer(deadline, &Arc::new([credential.clone()])).await;
            let none = || Err(Refusal::internal("a batch of one was not answered"));
            tell(answer, replies.and_then(|mut replies| replies.pop().unwrap_or_else(none)));
        }
    }

    async fn answer<T: AsRef<[String]> + ?Sized + Send + Sync + 'static>(
        &self,
        deadline: Instant,
        credentials: &Arc<T>,
    ) -> Result<Vec<Result<Reply, Refusal>>, Refusal> {
        let (batch, credentials) = (self.0.batch.clone(), credentials.clone());
        let threads = batch.threads.clone();
        run_blocking(&threads, deadline, move || batch.replies((*credentials).as_ref())).await
    }
}

/// The client may be gone.
fn tell(answer: oneshot::Sender<Result<Reply, Refusal>>, reply: Result<Reply, Refusal>) {
    drop(answer.send(reply));
}

impl Batch {
    /// In the order of the credentials.
    fn replies(&self, credentials: &[String]) -> Result<Vec<Result<Reply, Refusal>>, Refusal> {
        let credentials: Vec<_> = credentials.iter().map(String::as_str).collect();
        let sessions = self.authentication.authenticate_many(&self.identity, &credentials)?;
        let callers: Vec<_> = sessions.iter().flatten().map(|session| &session.caller).collect();
        let replies = if callers.is_empty() { vec![] } else { (self.answer)(&callers)? };
        let mut replies = replies.into_iter();
        let none = || Refusal::internal("a handler answered too few of its callers");
        Ok(sessions
            .into_iter()
            .map(|session| session.and_then(|_| replies.next().ok_or_else(none)))
            .collect())
    }
}

#[cfg(test)]
mod tests;
