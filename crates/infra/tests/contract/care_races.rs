//! Two people act on one link at once: whatever the order, what is left is what one of the orders would have left.
use crate::{
    care::writing,
    support::{TestStore, at, at_once, both_at_once},
};
use domain::{
    audit::AuditAction,
    care::{Answer, CareError, EntryKind, LinkId, Status},
    identity::Caller,
    shared::Page,
};

const ROUNDS: usize = 40;

/// Where, in the order in which things happened, the act stands in the audit log of this link.
fn position_in_audit_log(db: &TestStore, patient: &Caller, link: LinkId, act: AuditAction) -> Vec<i64> {
    let lines = db.audit_log.of(patient.id(), Page::first()).unwrap();
    let of_link =
        lines.into_iter().filter(|line| line.entry.link == Some(link.get()) && line.entry.act == act);
    of_link.map(|line| line.id).collect()
}

on_both!(
    a_link_that_is_accepted_and_ended_at_once_is_gone_and_never_accepted_after_that,
    |db: &TestStore| {
        let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
        let mut accepted_bells = 0;
        for round in 0..ROUNDS {
            let link = db.ask(&sarah, &house);
            let accept = link.answer(house.doctor().unwrap(), Answer::Accept, at(20)).unwrap();
            let (answered, ended) =
                both_at_once(|| db.links.answer(&accept), || db.links.end(&link.end(sarah.id(), at(20))));
            assert!(ended.is_ok(), "round {round}: {ended:?}");
            assert_eq!(db.link(&link), None, "round {round}");
            let accepts = position_in_audit_log(db, &sarah, link.id, AuditAction::LinkAccepted);
            let ends = position_in_audit_log(db, &sarah, link.id, AuditAction::LinkDeleted);
            match answered {
                Ok(()) => {
                    accepted_bells += 1;
                    assert!(
                        accepts.len() == 1 && accepts[0] < ends[0],
                        "round {round}: accepted after its end"
                    );
                }
                Err(CareError::Outdated) => assert_eq!(accepts, [0; 0], "round {round}: refused, but told"),
                Err(other) => panic!("round {round}: {other:?}"),
            }
            assert_eq!(ends.len(), 1);
            assert_eq!(
                db.notices(&sarah).len(),
                accepted_bells,
                "round {round}: a refused answer notified somebody"
            );
        }
    }
);

on_both!(of_an_acceptance_and_a_rejection_at_once_one_is_outdated, |db: &TestStore| {
    let house = db.doctor("house");
    for round in 0..ROUNDS {
        let sarah = db.patient(&format!("patient-{round}"));
        let link = db.ask(&sarah, &house);
        let answer = |word| link.answer(house.doctor().unwrap(), word, at(20)).unwrap();
        let (accept, reject) = (answer(Answer::Accept), answer(Answer::Reject));
        let (accepted, rejected) = both_at_once(|| db.links.answer(&accept), || db.links.answer(&reject));
        let (status, act) = match (accepted, rejected) {
            (Ok(()), Err(CareError::Outdated)) => (Status::Accepted, AuditAction::LinkAccepted),
            (Err(CareError::Outdated), Ok(())) => (Status::Rejected, AuditAction::LinkRejected),
            other => panic!("round {round}: {other:?}"),
        };
        assert_eq!(db.link(&link).unwrap().status, status);
        assert_eq!(db.acts(&sarah)[2..], [act]);
        assert_eq!(db.notices(&sarah).len(), 1);
    }
});

on_both!(an_entry_written_while_the_link_is_rejected_is_there_only_if_it_came_first, |db: &TestStore| {
    let house = db.doctor("house");
    for round in 0..ROUNDS {
        let sarah = db.patient(&format!("patient-{round}"));
        let link = db.linked(&sarah, &house, Status::Accepted);
        let writing = writing(&link, EntryKind::Prescription, "rest", &house);
        let reject = link.answer(house.doctor().unwrap(), Answer::Reject, at(30)).unwrap();
        let (written, rejected) = both_at_once(|| db.entries.write(&writing), || db.links.answer(&reject));
        assert!(rejected.is_ok(), "round {round}: {rejected:?}");
        let made = position_in_audit_log(db, &sarah, link.id, AuditAction::PrescriptionMade);
        let rejections = position_in_audit_log(db, &sarah, link.id, AuditAction::LinkRejected);
        let there = db.entries.on(EntryKind::Prescription, link.id).unwrap();
        match written {
            Ok(entry) => {
                assert_eq!(there, Some(entry));
                assert!(
                    made.len() == 1 && made[0] < rejections[0],
                    "round {round}: written after the rejection"
                );
            }
            Err(CareError::LinkNotAccepted) => assert_eq!((there, made), (None, vec![]), "round {round}"),
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
});

on_both!(an_entry_written_while_the_link_is_ended_is_never_left_without_it, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    for round in 0..ROUNDS {
        let link = db.linked(&sarah, &house, Status::Accepted);
        let writing = writing(&link, EntryKind::Diagnosis, "rest", &house);
        let (written, ended) =
            both_at_once(|| db.entries.write(&writing), || db.links.end(&link.end(sarah.id(), at(30))));
        assert!(ended.is_ok(), "round {round}: {ended:?}");
        assert!(matches!(written, Ok(_) | Err(CareError::LinkUnknown)), "round {round}: {written:?}");
        assert_eq!(db.database.sql().count("clinical_entries"), 0, "round {round}");
        let made = position_in_audit_log(db, &sarah, link.id, AuditAction::DiagnosisMade).len();
        assert_eq!(made, usize::from(written.is_ok()), "round {round}");
    }
});

on_both!(what_two_nodes_expire_at_once_is_removed_once_and_told_of_once, |db: &TestStore| {
    let house = db.doctor("house");
    let patients: Vec<_> = (0..12).map(|i| db.patient(&format!("patient-{i}"))).collect();
    for round in 0..10 {
        for patient in &patients {
            db.linked(patient, &house, Status::Rejected);
        }
        let removed = at_once(2, |_| db.links.remove_rejected(at(20), at(90)).unwrap());
        assert_eq!(removed.iter().sum::<usize>(), patients.len(), "round {round}: {removed:?}");
        assert_eq!(db.database.sql().count("links"), 0);
        for patient in &patients {
            let expired = db.acts(patient).into_iter().filter(|act| *act == AuditAction::LinkExpired).count();
            assert_eq!(expired, round + 1);
        }
    }
});

on_both!(a_link_that_is_accepted_again_while_it_expires_is_either_gone_or_accepted, |db: &TestStore| {
    let house = db.doctor("house");
    for round in 0..ROUNDS {
        let sarah = db.patient(&format!("patient-{round}"));
        let link = db.linked(&sarah, &house, Status::Rejected);
        let accept = link.answer(house.doctor().unwrap(), Answer::Accept, at(30)).unwrap();
        let (answered, removed) =
            both_at_once(|| db.links.answer(&accept), || db.links.remove_rejected(at(20), at(90)).unwrap());
        let left = db.link(&link).map(|link| link.status);
        match answered {
            Ok(()) => assert_eq!((left, removed), (Some(Status::Accepted), 0), "round {round}"),
            Err(CareError::Outdated) => assert_eq!((left, removed), (None, 1), "round {round}"),
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
});
