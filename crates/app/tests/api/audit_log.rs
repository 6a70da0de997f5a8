//! Who saw or changed whose data, and by which link.
use domain::{
    audit::AuditAction,
    shared::{AccountId, Page},
};
use serde_json::json;
use testing::*;

fn acts(app: &App, patient: &Person) -> Vec<(String, AuditAction, Option<i64>)> {
    let lines = app.application.audit_log.of(AccountId::new(patient.id), Page::first()).unwrap();
    let told = |line: domain::audit::ports::AuditLine| {
        (line.actor_name.unwrap_or_default(), line.entry.act, line.entry.link)
    };
    lines.into_iter().rev().map(told).collect()
}

on_both!(every_doctors_read_and_every_change_is_told_with_its_link, async |app: App| {
    let (sarah, house, other) =
        (app.patient("sarah").await, app.doctor("house").await, app.doctor("other").await);
    let link = app.link(&sarah, &house, "accepted").await;
    let (by, at) = (case("x").by(&house), format!("?link_id={link}"));
    let record = json!({ "body_part": 1, "pain_type": "burning", "intensity": 1 });
    app.ask(case("record").by(&sarah).post("/api/diary/stats/", record)).await;
    app.ask(by.clone().get(format!("/api/diary/stats/?patient_id={}", sarah.id))).await;
    app.ask(
        by.clone()
            .post(format!("/api/diary/prescription/{at}"), json!({ "link": link, "prescription": "rest" })),
    )
    .await;
    app.ask(by.clone().get(format!("/api/diary/prescription/{at}"))).await;
    app.ask(by.clone().get(format!("/api/diary/diagnosis/{at}"))).await;
    app.ask(by.get("/api/diary/list_links/")).await;
    // Refusals and one's own reads leave nothing.
    app.ask(case("refused").by(&other).get(format!("/api/diary/stats/?patient_id={}", sarah.id))).await;
    app.ask(case("own").by(&sarah).get(format!("/api/diary/prescription/{at}"))).await;
    app.ask(case("own").by(&sarah).get("/api/diary/stats/")).await;

    let by_house = |act| ("house".to_owned(), act, Some(link));
    let own = |act, link| ("sarah".to_owned(), act, link);
    assert_eq!(
        acts(&app, &sarah),
        [
            own(AuditAction::AccountRegistered, None),
            own(AuditAction::LinkRequested, Some(link)),
            by_house(AuditAction::LinkAccepted),
            own(AuditAction::RecordMade, None),
            by_house(AuditAction::RecordsSeen),
            by_house(AuditAction::PrescriptionMade),
            by_house(AuditAction::PrescriptionSeen),
            by_house(AuditAction::DiagnosisSeen),
            by_house(AuditAction::LinkSeen),
        ]
    );
});

on_both!(what_the_house_removes_by_itself_is_told_too, async |app: App| {
    let (sarah, house) = (app.patient("sarah").await, app.doctor("house").await);
    let link = app.link(&sarah, &house, "rejected").await;
    app.clock.advance(chrono::TimeDelta::hours(25));
    app.application.care.remove_rejected().unwrap();
    assert_eq!(acts(&app, &sarah).pop(), Some((String::new(), AuditAction::LinkExpired, Some(link))));
});
