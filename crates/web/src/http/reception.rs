//! Callers who come at the same moment are looked at together: one hop to a thread that may block, and one look at the
//! store, for all of them. For calls whose answer needs no more than who asks, and their bell.
//!
//! Nobody waits for company: whoever comes while nobody is being looked at goes at once, and those who come meanwhile go
//! next. Each look begins after the questions that it answers came, so no answer is older than its question.
use super::{Problem, run::run};
use actix_web::http::StatusCode;
use domain::{
    identity::{AccountId, Admission, Caller, IdentityError, IdentityService},
    notifications::NotificationService,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Instant,
};
use tokio::sync::oneshot;

/// Looked at together: what one query may ask about.
const AT_ONCE: usize = 256;

/// Of one worker.
#[derive(Clone)]
pub struct Reception(Rc<Desk>);

struct Desk {
    identity: Arc<IdentityService>,
    bell: Arc<NotificationService>,
    waiting: RefCell<Vec<Waiting>>,
    /// Somebody is looking, and will look again while anybody waits.
    busy: Cell<bool>,
}

struct Waiting {
    question: Question,
    deadline: Instant,
    answer: oneshot::Sender<Result<Seen, Problem>>,
}

#[derive(Debug, Clone)]
struct Question {
    token: String,
    counts: bool,
}

#[derive(Debug)]
struct Seen {
    caller: Caller,
    /// 0 where nobody asked.
    unread: u64,
}

impl Reception {
    pub fn new(identity: Arc<IdentityService>, bell: Arc<NotificationService>) -> Self {
        Self(Rc::new(Desk { identity, bell, waiting: RefCell::default(), busy: Cell::new(false) }))
    }

    /// # Errors
    /// As [`IdentityService::authenticate`].
    pub(super) async fn caller(&self, token: String, deadline: Instant) -> Result<Caller, Problem> {
        Ok(self.ask(Question { token, counts: false }, deadline).await?.caller)
    }

    /// How many lines the caller has not read.
    ///
    /// # Errors
    /// As [`IdentityService::authenticate`].
    pub(super) async fn unread(&self, token: String, deadline: Instant) -> Result<u64, Problem> {
        Ok(self.ask(Question { token, counts: true }, deadline).await?.unread)
    }

    async fn ask(&self, question: Question, deadline: Instant) -> Result<Seen, Problem> {
        let (answer, answered) = oneshot::channel();
        self.0.waiting.borrow_mut().push(Waiting { question, deadline, answer });
        if !self.0.busy.replace(true) {
            actix_web::rt::spawn(Looking(self.0.clone()).until_nobody_waits());
        }
        let answered = tokio::time::timeout_at(deadline.into(), answered).await;
        answered
            .map_err(|_late| Problem::unavailable())?
            .unwrap_or_else(|_| Err(Problem::broken("nobody looked")))
    }
}

/// One at a time. However it ends, the next who comes can begin anew.
struct Looking(Rc<Desk>);

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}

impl Looking {
    async fn until_nobody_waits(self) {
        loop {
            // Whose bytes have arrived already comes along.
            tokio::task::yield_now().await;
            let waiting = self.next();
            if waiting.is_empty() {
                return;
            }
            self.look(waiting).await;
        }
    }

    fn next(&self) -> Vec<Waiting> {
        let mut waiting = self.0.waiting.borrow_mut();
        let some = waiting.len().min(AT_ONCE);
        waiting.drain(..some).collect()
    }

    async fn look(&self, waiting: Vec<Waiting>) {
        // As long as anybody waits: who has no time left hears so without the others.
        let Some(deadline) = waiting.iter().map(|one| one.deadline).max() else { return };
        let (questions, answers): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|one| (one.question, one.answer)).unzip();
        let questions: Arc<[Question]> = questions.into();
        let mut seen = self.see(deadline, &questions).await;
        // A connection that broke would have been the bad luck of one: it must not be everybody's.
        if seen.as_ref().is_err_and(|problem| problem.status == StatusCode::SERVICE_UNAVAILABLE) {
            seen = self.see(deadline, &questions).await;
        }
        match seen {
            Ok(seen) => answers.into_iter().zip(seen).for_each(|(answer, seen)| tell(answer, seen)),
            Err(problem) if problem.status != StatusCode::SERVICE_UNAVAILABLE && questions.len() > 1 => {
                self.look_at_each(deadline, &questions, answers).await;
            }
            Err(problem) => answers.into_iter().for_each(|answer| tell(answer, Err(problem.clone()))),
        }
    }

    /// After a defect: one account that cannot be read must not shut out everybody who came with its owner.
    async fn look_at_each(
        &self,
        deadline: Instant,
        questions: &[Question],
        answers: Vec<oneshot::Sender<Result<Seen, Problem>>>,
    ) {
        for (question, answer) in questions.iter().zip(answers) {
            let alone: Arc<[Question]> = Arc::new([question.clone()]);
            let seen = self.see(deadline, &alone).await;
            let nobody = || Err(Problem::broken("a look answered nothing"));
            tell(answer, seen.and_then(|mut seen| seen.pop().unwrap_or_else(nobody)));
        }
    }

    async fn see(
        &self,
        deadline: Instant,
        questions: &Arc<[Question]>,
    ) -> Result<Vec<Result<Seen, Problem>>, Problem> {
        let (identity, bell, questions) = (self.0.identity.clone(), self.0.bell.clone(), questions.clone());
        run(deadline, move || seen(&identity, &bell, &questions)).await
    }
}

/// Who asked may be gone.
fn tell(answer: oneshot::Sender<Result<Seen, Problem>>, seen: Result<Seen, Problem>) {
    drop(answer.send(seen));
}

/// In the order of the questions.
fn seen(
    identity: &IdentityService,
    bell: &NotificationService,
    questions: &[Question],
) -> Result<Vec<Result<Seen, Problem>>, Problem> {
    let tokens: Vec<_> = questions.iter().map(|question| question.token.as_str()).collect();
    let admitted = identity.admit_all(&tokens)?;
    let owners: Vec<_> = admitted.iter().zip(questions).filter_map(counted).collect();
    let mut unread = if owners.is_empty() { vec![] } else { bell.unread_counts(&owners)? }.into_iter();
    let one = |(admitted, question): (Result<Admission, IdentityError>, &Question)| {
        let caller = admitted?.caller;
        let unread = if question.counts { unread.next().unwrap_or_default() } else { 0 };
        Ok(Seen { caller, unread })
    };
    Ok(admitted.into_iter().zip(questions).map(one).collect())
}

/// The caller, if they were admitted and ask for a count.
fn counted((admitted, question): (&Result<Admission, IdentityError>, &Question)) -> Option<AccountId> {
    admitted.as_ref().ok().filter(|_| question.counts).map(|admission| admission.caller.id())
}

#[cfg(test)]
mod tests;
