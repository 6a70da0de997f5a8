//! Two people act on one link at once: whatever the order, what is left is what one of the orders would have left.
use crate::{
    care::writing,
    support::{Town, at, at_once, both_at_once},
};
use domain::{
    audit::AuditAction,
    care::{Answer, CareError, EntryKind, LinkId, Status},
    identity::Caller,
    shared::Page,
};

const ROUNDS: usize = 40;

/// Where, in the order in which things happened, the act stands in the audit log of this link.
fn place_in_trail(town: &Town, patient: &Caller, link: LinkId, act: AuditAction) -> Vec<i64> {
    let lines = town.audit_log.of(patient.id(), Page::first()).unwrap();
    let of_link =
        lines.into_iter().filter(|line| line.entry.link == Some(link.get()) && line.entry.act == act);
    of_link.map(|line| line.id).collect()
}

on_both!(a_link_that_is_accepted_and_ended_at_once_is_gone_and_never_accepted_after_that, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    let mut accepted_bells = 0;
    for round in 0..ROUNDS {
        let link = town.ask(&sarah, &house);
        let accept = link.answer(house.doctor().unwrap(), Answer::Accept, at(20)).unwrap();
        let (answered, ended) =
            both_at_once(|| town.links.answer(&accept), || town.links.end(&link.end(sarah.id(), at(20))));
        assert!(ended.is_ok(), "round {round}: {ended:?}");
        assert_eq!(town.link(&link), None, "round {round}");
        let accepts = place_in_trail(town, &sarah, link.id, AuditAction::LinkAccepted);
        let ends = place_in_trail(town, &sarah, link.id, AuditAction::LinkDeleted);
        match answered {
            Ok(()) => {
                accepted_bells += 1;
                assert!(accepts.len() == 1 && accepts[0] < ends[0], "round {round}: accepted after its end");
            }
            Err(CareError::Outdated) => assert_eq!(accepts, [0; 0], "round {round}: refused, but told"),
            Err(other) => panic!("round {round}: {other:?}"),
        }
        assert_eq!(ends.len(), 1);
        assert_eq!(
            town.rung(&sarah).len(),
            accepted_bells,
            "round {round}: a bell rang for a refused answer"
        );
    }
});

on_both!(of_an_acceptance_and_a_rejection_at_once_one_is_outdated, |town: &Town| {
    let house = town.doctor("house");
    for round in 0..ROUNDS {
        let sarah = town.patient(&format!("patient-{round}"));
        let link = town.ask(&sarah, &house);
        let answer = |word| link.answer(house.doctor().unwrap(), word, at(20)).unwrap();
        let (accept, reject) = (answer(Answer::Accept), answer(Answer::Reject));
        let (accepted, rejected) = both_at_once(|| town.links.answer(&accept), || town.links.answer(&reject));
        let (status, act) = match (accepted, rejected) {
            (Ok(()), Err(CareError::Outdated)) => (Status::Accepted, AuditAction::LinkAccepted),
            (Err(CareError::Outdated), Ok(())) => (Status::Rejected, AuditAction::LinkRejected),
            other => panic!("round {round}: {other:?}"),
        };
        assert_eq!(town.link(&link).unwrap().status, status);
        assert_eq!(town.acts(&sarah)[2..], [act]);
        assert_eq!(town.rung(&sarah).len(), 1);
    }
});

on_both!(an_entry_written_while_the_link_is_rejected_is_there_only_if_it_came_first, |town: &Town| {
    let house = town.doctor("house");
    for round in 0..ROUNDS {
        let sarah = town.patient(&format!("patient-{round}"));
        let link = town.linked(&sarah, &house, Status::Accepted);
        let writing = writing(&link, EntryKind::Prescription, "rest", &house);
        let reject = link.answer(house.doctor().unwrap(), Answer::Reject, at(30)).unwrap();
        let (written, rejected) =
            both_at_once(|| town.entries.write(&writing), || town.links.answer(&reject));
        assert!(rejected.is_ok(), "round {round}: {rejected:?}");
        let made = place_in_trail(town, &sarah, link.id, AuditAction::PrescriptionMade);
        let rejections = place_in_trail(town, &sarah, link.id, AuditAction::LinkRejected);
        let there = town.entries.on(EntryKind::Prescription, link.id).unwrap();
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

on_both!(an_entry_written_while_the_link_is_ended_is_never_left_without_it, |town: &Town| {
    let (sarah, house) = (town.patient("sarah"), town.doctor("house"));
    for round in 0..ROUNDS {
        let link = town.linked(&sarah, &house, Status::Accepted);
        let writing = writing(&link, EntryKind::Diagnosis, "rest", &house);
        let (written, ended) =
            both_at_once(|| town.entries.write(&writing), || town.links.end(&link.end(sarah.id(), at(30))));
        assert!(ended.is_ok(), "round {round}: {ended:?}");
        assert!(matches!(written, Ok(_) | Err(CareError::LinkUnknown)), "round {round}: {written:?}");
        assert_eq!(town.place.sql().count("clinical_entries"), 0, "round {round}");
        let made = place_in_trail(town, &sarah, link.id, AuditAction::DiagnosisMade).len();
        assert_eq!(made, usize::from(written.is_ok()), "round {round}");
    }
});

on_both!(what_two_nodes_expire_at_once_is_removed_once_and_told_of_once, |town: &Town| {
    let house = town.doctor("house");
    let patients: Vec<_> = (0..12).map(|i| town.patient(&format!("patient-{i}"))).collect();
    for round in 0..10 {
        for patient in &patients {
            town.linked(patient, &house, Status::Rejected);
        }
        let removed = at_once(2, |_| town.links.remove_rejected(at(20), at(90)).unwrap());
        assert_eq!(removed.iter().sum::<usize>(), patients.len(), "round {round}: {removed:?}");
        assert_eq!(town.place.sql().count("links"), 0);
        for patient in &patients {
            let expired =
                town.acts(patient).into_iter().filter(|act| *act == AuditAction::LinkExpired).count();
            assert_eq!(expired, round + 1);
        }
    }
});

on_both!(a_link_that_is_accepted_again_while_it_expires_is_either_gone_or_accepted, |town: &Town| {
    let house = town.doctor("house");
    for round in 0..ROUNDS {
        let sarah = town.patient(&format!("patient-{round}"));
        let link = town.linked(&sarah, &house, Status::Rejected);
        let accept = link.answer(house.doctor().unwrap(), Answer::Accept, at(30)).unwrap();
        let (answered, removed) = both_at_once(
            || town.links.answer(&accept),
            || town.links.remove_rejected(at(20), at(90)).unwrap(),
        );
        let left = town.link(&link).map(|link| link.status);
        match answered {
            Ok(()) => assert_eq!((left, removed), (Some(Status::Accepted), 0), "round {round}"),
            Err(CareError::Outdated) => assert_eq!((left, removed), (None, 1), "round {round}"),
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
});
