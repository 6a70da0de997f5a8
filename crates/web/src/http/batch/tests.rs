use super::*;
use crate::http::{OpaqueToken, Rejection, ThreadPools, deadline_from_now};
use domain::{
    identity::{
        AccountId, AccountPolicy, SessionAccount, TokenHash,
        ports::{
            MockAccountRepository, MockPasswordHasher, MockSocketSessionRepository, MockStrengthEstimator,
            MockTokenIssuer,
        },
        testing::patient,
    },
    shared::{Fixed, StoreError, Timestamp},
};
use futures_util::future::join_all;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::task::{JoinHandle, spawn_local, yield_now};

/// What happens in a look.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Away,
    Broken,
    Panic,
}

/// A store that counts its lookups, fails as the test says, and blocks until the test lets it go on.
#[derive(Clone, Default)]
struct Lookups(Arc<Written>);

#[derive(Default)]
struct Written {
    tokens: Mutex<Vec<Vec<String>>>,
    answered: Mutex<Vec<Vec<i64>>>,
    troubles: Mutex<VecDeque<Trouble>>,
    door: tokio::sync::Mutex<()>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lookups {
    fn tokens(&self) -> Vec<Vec<String>> {
        lock(&self.0.tokens).clone()
    }
    fn will(&self, troubles: &[Trouble]) {
        lock(&self.0.troubles).extend(troubles);
    }

    fn session_accounts(&self, tokens: &[TokenHash]) -> Result<Vec<Option<SessionAccount>>, StoreError> {
        lock(&self.0.tokens).push(tokens.iter().map(|token| token.0.clone()).collect());
        drop(self.0.door.blocking_lock());
        let failure = match lock(&self.0.troubles).front() {
            Some(Trouble::Away) => StoreError::unavailable("on purpose"),
            Some(Trouble::Broken) => StoreError::failed("on purpose"),
            Some(Trouble::Panic) | None => return Ok(tokens.iter().map(session_account).collect()),
        };
        lock(&self.0.troubles).pop_front();
        Err(failure)
    }
}

/// `7` is the token of account 7; `-7` is it too, but the account is not active.
fn session_account(token: &TokenHash) -> Option<SessionAccount> {
    let id: i64 = token.0.parse().ok()?;
    Some(SessionAccount { caller: patient(AccountId::new(id.abs())), active: id > 0 })
}

impl Lookups {
    /// Account 7 hears 70.
    fn answer(&self, callers: &[&Caller]) -> Result<Vec<Reply>, Refusal> {
        let ids: Vec<_> = callers.iter().map(|caller| caller.id().get()).collect();
        lock(&self.0.answered).push(ids.clone());
        if lock(&self.0.troubles).pop_front().is_some() {
            panic!("on purpose");
        }
        ids.into_iter().map(|id| Reply::ok(&(id * 10))).collect()
    }
}

static TOKEN: OpaqueToken = OpaqueToken { scheme: "Token", security_scheme: || panic!("not asked here") };

fn batcher(lookups: &Lookups) -> AuthBatcher {
    let (mut accounts, mut token_issuer) = (MockAccountRepository::new(), MockTokenIssuer::new());
    let (here, there) = (lookups.clone(), lookups.clone());
    accounts.expect_session_accounts().returning(move |tokens| here.session_accounts(tokens));
    token_issuer.expect_hash().returning(|token| TokenHash(token.to_owned()));
    let identity = IdentityService {
        accounts: Arc::new(accounts),
        socket_sessions: Arc::new(MockSocketSessionRepository::new()),
        hasher: Arc::new(MockPasswordHasher::new()),
        strength: Arc::new(MockStrengthEstimator::new()),
        policy: AccountPolicy::DEFAULT,
        token_issuer: Arc::new(token_issuer),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    };
    AuthBatcher::new(Batch {
        threads: ThreadPools::remote(1, 1).unwrap().reads.always_usual(),
        authentication: &TOKEN,
        identity: Arc::new(identity),
        answer: Arc::new(move |callers| there.answer(callers)),
    })
}

/// Their number, or the refusal.
type Heard = Result<u64, &'static str>;

fn read(reply: Result<Reply, Refusal>) -> Heard {
    match reply {
        Ok(Reply::Json(_, body)) => Ok(serde_json::from_slice(&body).unwrap()),
        Ok(_) => Err("not a number"),
        Err(Refusal::Request(Rejection::BadCredential(text))) => Err(text),
        Err(Refusal::Request(Rejection::Unavailable)) => Err("unavailable"),
        Err(Refusal::Request(Rejection::Internal)) => Err("internal"),
        Err(_) => Err("another refusal"),
    }
}

fn asks(batcher: &AuthBatcher, token: impl ToString) -> JoinHandle<Heard> {
    let (batcher, token) = (batcher.clone(), token.to_string());
    spawn_local(async move { read(batcher.ask(token, deadline_from_now()).await) })
}

async fn until(so: impl Fn() -> bool) {
    while !so() {
        yield_now().await;
    }
}

async fn heard<T>(asked: Vec<JoinHandle<T>>) -> Vec<T> {
    join_all(asked).await.into_iter().map(|answer| answer.expect("nobody is left alone")).collect()
}

fn words(tokens: impl IntoIterator<Item = u64>) -> Vec<String> {
    tokens.into_iter().map(|token| token.to_string()).collect()
}

/// One is being looked at, for as long as the door is kept, and these wait.
async fn kept_waiting(lookups: &Lookups, batcher: &AuthBatcher, many: u64) -> Vec<JoinHandle<Heard>> {
    let before = lookups.tokens().len();
    let mut asked = vec![asks(batcher, 1)];
    until(|| lookups.tokens().len() == before + 1).await;
    asked.extend((2..2 + many).map(|token| asks(batcher, token)));
    let waiting = || u64::try_from(batcher.0.waiting.borrow().len()).unwrap();
    until(|| waiting() == many).await;
    // However often anybody could go on: there is one look at a time.
    for _ in 0..100 {
        yield_now().await;
    }
    assert_eq!(waiting(), many);
    asked
}

#[actix_web::test]
async fn tokens_that_arrive_during_a_lookup_share_the_next_one() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    let door = lookups.0.door.lock().await;
    let asked = kept_waiting(&lookups, &batcher, 20).await;
    assert_eq!(lookups.tokens(), [words([1])], "a look that was under way answers none who came later");
    drop(door);
    assert_eq!(heard(asked).await, (1..=21).map(|token| Ok(token * 10)).collect::<Vec<_>>());
    assert_eq!(lookups.tokens(), [words([1]), words(2..=21)]);
    // And nobody has to be waited for any more.
    assert_eq!(asks(&batcher, 9).await.unwrap(), Ok(90));
    assert_eq!(lookups.tokens().len(), 3);
    until(|| !batcher.0.busy.get()).await;
}

#[actix_web::test]
async fn more_than_may_be_asked_about_at_once_are_looked_at_one_after_another_in_their_order() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    let door = lookups.0.door.lock().await;
    let asked = kept_waiting(&lookups, &batcher, 600).await;
    drop(door);
    assert_eq!(heard(asked).await, (1..=601).map(|token| Ok(token * 10)).collect::<Vec<_>>());
    assert_eq!(lookups.tokens(), [words([1]), words(2..=257), words(258..=513), words(514..=601)]);
}

#[actix_web::test]
async fn each_caller_gets_its_own_answer_and_the_handler_sees_authenticated_callers_only() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    let door = lookups.0.door.lock().await;
    let first = kept_waiting(&lookups, &batcher, 0).await;
    let asked = ["5", "x", "-6", "5", "7", "-8", "", "9"].map(|token| asks(&batcher, token)).into();
    until(|| batcher.0.waiting.borrow().len() == 8).await;
    drop(door);
    let (unknown, inactive) = (Err("Invalid token."), Err("User inactive or deleted."));
    assert_eq!(heard(first).await, [Ok(10)]);
    assert_eq!(heard(asked).await, [Ok(50), unknown, inactive, Ok(50), Ok(70), inactive, unknown, Ok(90)]);
    assert_eq!(*lock(&lookups.0.answered), [vec![1], vec![5, 5, 7, 9]]);
}

#[actix_web::test]
async fn a_client_that_hangs_up_harms_no_other() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    let door = lookups.0.door.lock().await;
    let mut asked = kept_waiting(&lookups, &batcher, 9).await;
    // The one who is looked at, the first who waits, one in the middle and the last.
    for gone in [9, 5, 1, 0] {
        asked.remove(gone).abort();
    }
    drop(door);
    assert_eq!(heard(asked).await, [3, 4, 5, 7, 8, 9].map(|token| Ok(token * 10)));
    assert_eq!(asks(&batcher, 2).await.unwrap(), Ok(20));
}

#[actix_web::test]
async fn a_writer_past_its_deadline_fails_alone() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    let door = lookups.0.door.lock().await;
    let first = kept_waiting(&lookups, &batcher, 0).await;
    let soon = Instant::now() + Duration::from_millis(30);
    let hurried = batcher.ask("2".into(), soon);
    let patient = asks(&batcher, 3);
    assert_eq!(read(hurried.await), Err("unavailable"));
    assert!(Instant::now() >= soon && !patient.is_finished());
    drop(door);
    assert_eq!(heard(first).await, [Ok(10)]);
    assert_eq!(patient.await.unwrap(), Ok(30));
}

#[actix_web::test]
async fn a_store_that_is_away_is_asked_once_more_and_after_a_defect_each_is_looked_at_alone() {
    let (away, broken) = (Err("unavailable"), Err("internal"));
    for (troubles, expected, looked) in [
        (&[Trouble::Away][..], [Ok(70), Ok(80)], &[2, 2][..]),
        (&[Trouble::Away, Trouble::Away], [away, away], &[2, 2]),
        (&[Trouble::Away, Trouble::Broken], [Ok(70), Ok(80)], &[2, 2, 1, 1]),
        (&[Trouble::Broken], [Ok(70), Ok(80)], &[2, 1, 1]),
        (&[Trouble::Broken, Trouble::Broken], [broken, Ok(80)], &[2, 1, 1]),
        (&[Trouble::Panic, Trouble::Away], [away, Ok(80)], &[2, 1, 1]),
    ] {
        let lookups = Lookups::default();
        let batcher = batcher(&lookups);
        lookups.will(troubles);
        let asked = vec![asks(&batcher, 7), asks(&batcher, 8)];
        assert_eq!(heard(asked).await, expected, "{troubles:?}");
        let sizes: Vec<_> = lookups.tokens().iter().map(Vec::len).collect();
        assert_eq!(sizes, looked, "{troubles:?}");
        assert_eq!(asks(&batcher, 9).await.unwrap(), Ok(90), "{troubles:?}");
    }
}

#[actix_web::test]
async fn a_panic_fails_its_batch_and_no_later_one() {
    let lookups = Lookups::default();
    let batcher = batcher(&lookups);
    lookups.will(&[Trouble::Panic]);
    let door = lookups.0.door.lock().await;
    let mut asked = kept_waiting(&lookups, &batcher, 9).await;
    drop(door);
    let later = asked.split_off(1);
    assert_eq!(heard(asked).await, [Err("internal")]);
    assert_eq!(heard(later).await, (2..=10).map(|token| Ok(token * 10)).collect::<Vec<_>>());
    assert_eq!(asks(&batcher, 2).await.unwrap(), Ok(20));
}
