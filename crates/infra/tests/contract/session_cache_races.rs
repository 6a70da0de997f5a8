//! Who is told to hold a token while everything about them changes held it so at some moment of the question.
//!
//! How a moment is checked that nobody saw: one writer takes steps, by turns on two nodes, and after each number of steps
//! it is known what is so. It says *begun* before a step and *done* after it. An asker notes `done` before the question
//! and `begun` after the answer: what it was told must be so after some number of steps between the two.
use crate::{
    session_cache::{edit, grant, told},
    socket_sessions::signing_in,
    support::{Node, TestStore, session_account},
};
use domain::{
    identity::{AccountFlag, Caller, GivenName, Nonce, ProfilePatch, SignIn, TokenHash},
    shared::Patch::Set,
};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

const LASTS: Duration = Duration::from_millis(1500);

/// What is asked about somebody whose steps are counted, and what may be answered.
struct Asked {
    token: TokenHash,
    so: So,
}

/// Whether that holds the token after that many steps.
type So = Box<dyn Fn(u64, Option<&Caller>) -> bool>;

/// Takes steps on two nodes while four ask both of them. `ask` says what to ask after that many steps.
fn race(db: &TestStore, step: impl Fn(&Node, u64) + Sync, ask: impl Fn(u64) -> Vec<Asked> + Sync) {
    let (begun, done, over) = (&AtomicU64::new(0), &AtomicU64::new(0), &AtomicBool::new(false));
    let (nodes, ask) = (&[&**db, &db.second_node()], &ask);
    let asked = thread::scope(|scope| {
        let askers: Vec<_> = (0..4)
            .map(|i| {
                scope.spawn(move || {
                    let mut asked = 0;
                    while !over.load(SeqCst) {
                        let least = done.load(SeqCst);
                        let about = ask(least);
                        let tokens: Vec<_> = about.iter().map(|asked| asked.token.clone()).collect();
                        let told = told(&*nodes[i % 2].accounts, &tokens);
                        let most = begun.load(SeqCst);
                        for (asked, told) in about.iter().zip(told) {
                            let told = told.map(|(caller, _)| caller);
                            let so = (least..=most).any(|steps| (asked.so)(steps, told.as_ref()));
                            if !so {
                                over.store(true, SeqCst);
                                panic!("{told:?} was told, and never so in steps {least}..={most}");
                            }
                        }
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        let end = Instant::now() + LASTS;
        while Instant::now() < end && !over.load(SeqCst) {
            let steps = begun.fetch_add(1, SeqCst);
            step(nodes[usize::from(steps % 3 == 0)], steps);
            done.fetch_add(1, SeqCst);
        }
        over.store(true, SeqCst);
        askers.into_iter().map(|asker| asker.join().unwrap()).sum::<u64>()
    });
    assert!(asked > 100 && done.load(SeqCst) > 20, "too little happened: {asked} answers, {done:?} steps");
}

on_both!(a_name_that_is_told_is_never_older_than_the_edits_that_were_done, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let [of_sarah, of_kyle] = ["sarah", "kyle"].map(|name| crate::socket_sessions::session(db, name));
    let numbered = |number: u64| format!("n{number}");
    let name = |node: &Node, number| {
        let first_name = Set(GivenName::parse(&numbered(number)).unwrap());
        node.accounts.edit(&edit(&sarah, ProfilePatch { first_name, ..ProfilePatch::default() })).unwrap();
    };
    name(db, 0);
    let step = |node: &Node, steps| {
        name(node, steps + 1);
    };
    race(db, step, |_| {
        let kyle = kyle.clone();
        let so = move |steps, told: Option<&Caller>| {
            told.is_some_and(|caller| caller.person.first_name == numbered(steps))
        };
        let is_kyle = move |_, told: Option<&Caller>| told == Some(&kyle);
        // In one question with somebody who stays as he is.
        vec![
            Asked { token: of_kyle.clone(), so: Box::new(is_kyle) },
            Asked { token: of_sarah.clone(), so: Box::new(so) },
        ]
    });
});

on_both!(a_standing_that_is_told_was_so_during_the_question, |db: &TestStore| {
    db.patient("sarah");
    let token = crate::socket_sessions::session(db, "sarah");
    let step = |node: &Node, steps: u64| grant(node, "sarah", AccountFlag::Staff(steps.is_multiple_of(2)));
    race(db, step, |_| {
        let so = |steps: u64, told: Option<&Caller>| {
            told.is_some_and(|caller| caller.is_staff() != steps.is_multiple_of(2))
        };
        vec![Asked { token: token.clone(), so: Box::new(so) }]
    });
});

on_both!(a_token_is_held_between_signing_in_and_signing_out_and_at_no_other_time, |db: &TestStore| {
    let sarah = db.patient("sarah");
    db.accounts.sign_out(sarah.id()).unwrap();
    let nonce = |round: u64| Nonce(format!("nonce {round}"));
    let token = |round| db.token_issuer.hash(db.token_issuer.derive(sarah.id(), &nonce(round)).expose());
    let step = |node: &Node, steps: u64| {
        if steps.is_multiple_of(2) {
            let fresh = nonce(steps / 2);
            node.accounts.sign_in(&SignIn { fresh, ..signing_in(&sarah, "") }).unwrap();
        } else {
            node.accounts.sign_out(sarah.id()).unwrap();
        }
    };
    race(db, step, |steps| {
        let round = steps / 2;
        [round, round + 1, round.saturating_sub(1)]
            .map(|round| {
                let so = move |steps, told: Option<&Caller>| told.is_some() == (steps == 2 * round + 1);
                Asked { token: token(round), so: Box::new(so) }
            })
            .into()
    });
    assert!(session_account(&*db.accounts, &token(0)).is_none());
});
