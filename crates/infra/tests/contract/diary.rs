//! A diary is its owner's; a doctor opens it by right of an accepted link, and the trail says so.
use crate::{
    care::EVERY_STATUS,
    support::{Town, at},
};
use domain::{
    audit::{Act, Entry},
    care::{Answer, Status},
    diary::{
        BodyPartId, Description, DiaryError, Intensity, PainType, Record, RecordDraft, RecordEdit, RecordId,
        ports::Reading,
    },
    identity::{AccountId, Caller},
    shared::{Patch, Window},
};
use infra::diary::{load_body_map, seed_body_parts};

pub(crate) fn draft() -> RecordDraft {
    RecordDraft {
        pain_type: PainType::Burning,
        intensity: Intensity::parse(10).unwrap(),
        description: Description::parse("как огонь 🔥\nsince morning").unwrap(),
        took_prescription: true,
        body_part: BodyPartId::new(44),
    }
}

fn made(town: &Town, owner: &Caller) -> Record {
    town.records.make(&draft().entry(&owner.person, at(30))).unwrap()
}

fn reading(doctor: &Caller, patient: AccountId) -> Reading {
    Reading { doctor: doctor.id(), patient, window: Window::first(), at: at(50) }
}

fn last_entry(town: &Town, patient: &Caller) -> Entry {
    town.trail.of(patient.id(), Window::first()).unwrap().remove(0).entry
}

on_both!(a_doctor_without_an_accepted_link_reads_nothing_and_leaves_no_entry, |town: &Town| {
    let (house, wilson) = (town.doctor("house"), town.doctor("wilson"));
    let sarah = town.patient("sarah");
    made(town, &sarah);
    town.linked(&sarah, &wilson, Status::Accepted);
    let refuses = |patient| {
        let refused = town.refuses(|| town.records.read_as_doctor(&reading(&house, patient)));
        assert!(matches!(refused, DiaryError::NotYourPatient), "{refused:?}");
    };
    refuses(sarah.id());
    refuses(house.id());
    refuses(AccountId::new(9_999));
    let link = town.ask(&sarah, &house);
    refuses(sarah.id());
    let answer = |link: &domain::care::Link, word| {
        town.links.answer(&link.answer(house.doctor().unwrap(), word, at(20)).unwrap()).unwrap();
        town.link(link).unwrap()
    };
    let link = answer(&link, Answer::Reject);
    refuses(sarah.id());
    let link = answer(&link, Answer::Accept);
    town.records.read_as_doctor(&reading(&house, sarah.id())).unwrap();
    town.links.end(&link.end(sarah.id(), at(21))).unwrap();
    refuses(sarah.id());
});

on_both!(a_doctor_reads_by_right_of_the_link_that_the_trail_names, |town: &Town| {
    let (house, sarah, kyle) = (town.doctor("house"), town.patient("sarah"), town.patient("kyle"));
    town.linked(&kyle, &house, Status::Accepted);
    let link = town.linked(&sarah, &house, Status::Accepted);
    let records = [made(town, &sarah), made(town, &sarah)];
    made(town, &kyle);
    let read = town.records.read_as_doctor(&reading(&house, sarah.id())).unwrap();
    assert_eq!(read, (sarah.person.clone(), records.to_vec()));
    let expected = Entry {
        actor: Some(house.id()),
        patient: sarah.id(),
        act: Act::RecordsSeen,
        link: Some(link.id.get()),
        object: None,
        at: at(50),
    };
    assert_eq!(last_entry(town, &sarah), expected);
    assert!(!town.acts(&kyle).contains(&Act::RecordsSeen));
    let second = Reading { window: Window::after(records[0].id).narrowed(1), ..reading(&house, sarah.id()) };
    assert_eq!(town.records.read_as_doctor(&second).unwrap().1, records[1..]);
});

on_both!(a_record_rings_every_doctor_of_its_owner_and_nobody_else, |town: &Town| {
    let (sarah, kyle) = (town.patient("sarah"), town.patient("kyle"));
    let doctors = EVERY_STATUS.map(|status| {
        let doctor = town.doctor(status.as_str());
        town.linked(&sarah, &doctor, status);
        doctor
    });
    let [second, ended, of_another] = ["second", "ended", "of-another"].map(|name| town.doctor(name));
    town.linked(&sarah, &second, Status::Accepted);
    let link = town.linked(&sarah, &ended, Status::Accepted);
    town.links.end(&link.end(ended.id(), at(25))).unwrap();
    town.linked(&kyle, &of_another, Status::Accepted);

    let all = [&doctors[0], &doctors[1], &doctors[2], &second, &ended, &of_another, &sarah, &kyle];
    let bells = || all.map(|person| town.rung(person).len());
    let before = bells();
    made(town, &sarah);
    let new: Vec<_> = bells().iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(new, [0, 1, 0, 1, 0, 0, 0, 0]);
    assert_eq!(town.rung(&second).last().map(String::as_str), Some("Новая запись от sarah Connor"));
    for doctor in [&doctors[1], &second] {
        assert_eq!(town.unread(doctor.id()), 2);
    }
});

on_both!(a_record_is_read_back_as_it_was_made, |town: &Town| {
    let sarah = town.patient("sarah");
    let record = made(town, &sarah);
    let expected = Record {
        id: record.id,
        owner: sarah.id(),
        pain_type: PainType::Burning,
        intensity: Intensity::parse(10).unwrap(),
        description: "как огонь 🔥\nsince morning".into(),
        took_prescription: true,
        body_part: BodyPartId::new(44),
        recorded_at: at(30),
        modified_at: at(30),
    };
    assert_eq!(record, expected);
    assert_eq!(town.records.find(record.id).unwrap(), Some(expected));
    assert_eq!(town.records.find(RecordId::new(9_999)).unwrap(), None);
    assert_eq!(last_entry(town, &sarah), Entry::own(sarah.id(), Act::RecordMade, at(30)).on(record.id.get()));
});

on_both!(nobody_edits_or_deletes_anothers_record_or_one_that_is_gone, |town: &Town| {
    let (sarah, kyle) = (town.patient("sarah"), town.patient("kyle"));
    let record = made(town, &sarah);
    let foreign = Record { owner: kyle.id(), ..record.clone() };
    let gone = made(town, &sarah);
    town.records.delete(sarah.id(), gone.id, &gone.deletion(at(31))).unwrap();
    for record in [foreign, gone] {
        let edit = RecordEdit { took_prescription: Patch::Set(false), ..RecordEdit::default() };
        for edit in [edit, RecordEdit::default()] {
            let refused = town.refuses(|| town.records.edit(&record.edit(edit, at(60))));
            assert!(matches!(refused, DiaryError::RecordUnknown), "{refused:?}");
        }
        let delete = || town.records.delete(record.owner, record.id, &record.deletion(at(60)));
        let refused = town.refuses(delete);
        assert!(matches!(refused, DiaryError::RecordUnknown), "{refused:?}");
    }
});

on_both!(an_edit_of_a_record_writes_what_it_sets_and_moves_the_time, |town: &Town| {
    let sarah = town.patient("sarah");
    let (mut expected, bystander) = (made(town, &sarah), made(town, &sarah));
    type Change = fn(&mut Record);
    let cases: [(RecordEdit, Change); 6] = [
        (RecordEdit { pain_type: Patch::Set(PainType::Cutting), ..<_>::default() }, |r| {
            r.pain_type = PainType::Cutting;
        }),
        (RecordEdit { intensity: Patch::Set(Intensity::parse(0).unwrap()), ..<_>::default() }, |r| {
            r.intensity = Intensity::parse(0).unwrap();
        }),
        (RecordEdit { description: Patch::Set(Description::default()), ..<_>::default() }, |r| {
            r.description = String::new();
        }),
        (RecordEdit { took_prescription: Patch::Set(false), ..<_>::default() }, |r| {
            r.took_prescription = false
        }),
        (RecordEdit { body_part: Patch::Set(BodyPartId::new(1)), ..<_>::default() }, |r| {
            r.body_part = BodyPartId::new(1);
        }),
        (RecordEdit::default(), |_| ()),
    ];
    for (second, (edit, change)) in (60..).zip(cases) {
        let edited = town.records.edit(&expected.edit(edit, at(second))).unwrap();
        change(&mut expected);
        expected.modified_at = at(second);
        assert_eq!(edited, expected);
        assert_eq!(last_entry(town, &sarah).at, at(second));
    }
    assert_eq!(town.records.of(sarah.id(), Window::first()).unwrap(), [expected.clone(), bystander.clone()]);
    town.records.delete(sarah.id(), expected.id, &expected.deletion(at(70))).unwrap();
    assert_eq!(town.records.of(sarah.id(), Window::first()).unwrap(), [bystander]);
    let deleted = Entry::own(sarah.id(), Act::RecordDeleted, at(70)).on(expected.id.get());
    assert_eq!(last_entry(town, &sarah), deleted);
});

on_both!(a_long_diary_is_read_window_by_window_complete_and_in_order, |town: &Town| {
    let (sarah, kyle, house) = (town.patient("sarah"), town.patient("kyle"), town.doctor("house"));
    town.linked(&sarah, &house, Status::Accepted);
    // Kyle's lie between Sarah's.
    let numbers = "(with recursive n(i) as (select 1 union all select i + 1 from n where i < 2400) select i from n) as n";
    let owner = format!("case when i % 2 = 0 then {} else {} end", sarah.id(), kyle.id());
    let now = "'2025-07-21 08:00:00'";
    for fill in [
        format!(
            "insert into notes (owner_id, title, body, created_at, modified_at) \
                 select {owner}, cast(i as text), '', {now}, {now} from {numbers} order by n.i"
        ),
        format!(
            "insert into records (owner_id, pain_type, intensity, description, took_prescription, body_part_id, \
                 recorded_at, modified_at) select {owner}, 'burning', 3, cast(i as text), false, 1, {now}, {now} \
                 from {numbers} order by n.i"
        ),
    ] {
        // A cast for PostgreSQL, which takes no text for a time in a select.
        let fill = if town.place.location.sqlite_file().is_some() {
            fill
        } else {
            fill.replace(now, &format!("timestamp {now}"))
        };
        town.place.sql().run(&fill).unwrap();
    }
    let expected: Vec<_> = (1..=1_200).map(|i| (i * 2).to_string()).collect();
    let own = |window| town.records.of(sarah.id(), window).unwrap();
    let by_doctor =
        |window| town.records.read_as_doctor(&Reading { window, ..reading(&house, sarah.id()) }).unwrap().1;
    let records = |page: &dyn Fn(Window<RecordId>) -> Vec<Record>| {
        pages(page, |record| (record.id, record.description.clone()))
    };
    let notes = |window| town.notes.of(sarah.id(), window).unwrap();
    for (sizes, read) in
        [records(&own), records(&by_doctor), pages(notes, |note| (note.id, note.title.clone()))]
    {
        assert_eq!(sizes, [500, 500, 200, 0]);
        assert_eq!(read, expected);
    }
});

/// The sizes of the pages, and every text in them.
fn pages<T, Id>(
    page: impl Fn(Window<Id>) -> Vec<T>,
    told: impl Fn(&T) -> (Id, String),
) -> (Vec<usize>, Vec<String>) {
    let (mut window, mut sizes, mut texts) = (Window::first(), vec![], vec![]);
    loop {
        let lines = page(window);
        sizes.push(lines.len());
        let Some(last) = lines.last() else { return (sizes, texts) };
        window = Window::after(told(last).0);
        texts.extend(lines.iter().map(|line| told(line).1));
    }
}

on_both!(the_body_map_is_the_seed_however_often_it_is_sown, |town: &Town| {
    let seed = include_str!("../../../../seeds/body_parts.json");
    let seed: Vec<serde_json::Value> = serde_json::from_str(seed).unwrap();
    let is_the_seed = || {
        let map = load_body_map(&town.store).unwrap();
        assert_eq!((map.parts().len(), seed.len()), (44, 44));
        for (part, seed) in map.parts().iter().zip(&seed) {
            let told = serde_json::json!({ "id": part.id.get(), "name": part.name, "translation": part.translation });
            assert_eq!(&told, seed);
        }
    };
    is_the_seed();
    assert_eq!(seed_body_parts(&town.store).unwrap(), 44);
    is_the_seed();
    // A part that was renamed or lost comes back, on eight nodes at once.
    let mut sql = town.place.sql();
    sql.run("update body_parts set name = 'nose' where id = 1").unwrap();
    sql.run("delete from body_parts where id = 44").unwrap();
    for sown in crate::support::at_once(8, |_| seed_body_parts(&town.store)) {
        assert_eq!(sown.unwrap(), 44);
    }
    is_the_seed();
});
