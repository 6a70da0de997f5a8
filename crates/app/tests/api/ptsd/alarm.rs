//! The alarm button: who may press it, what it answers, and whom it reaches.
use super::{alarm_letters, alarms, becomes, in_a_crisis, over, trigger};
use domain::identity::AccountFlag;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testing::*;

const FOREIGN: &str = "You are not authorized to trigger this user's alarm.";
const ACCEPTED: &str = "Ваш/ваша Брат (Иван) получил(а) уведомление по email.";
const THERAPIST: &str = "Ваш психотерапевт (Пётр) был уведомлён.";
const NO_THERAPIST: &str = "Психотерапевт не был уведомлён.";

fn alarm(id: impl std::fmt::Display) -> String {
    format!("/api/v1/event/alarms/{id}/")
}

fn answer(scenario: &str, play_music: bool, messages: &[&str]) -> Value {
    json!({ "scenario": scenario, "play_music": play_music, "messages": messages })
}

on_both!(nobody_else_raises_an_alarm_and_nothing_raises_it_by_accident, async |app: App| {
    let sarah = in_a_crisis(&app, 1, "ivan@example.com").await;
    let (kyle, ann) = (app.patient("kyle").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let (own, prefetch) = (trigger(sarah.id), detail("This address cannot be fetched ahead."));
    let get = |name: &str| case(name).by(&sarah).get(&own);
    app.check([
        case("a guest").get(&own).answers(401, detail(GUEST)),
        case("a stranger").by(&kyle).get(&own).answers(403, error(FOREIGN)),
        case("a stranger").by(&kyle).post(&own, json!({})).answers(403, error(FOREIGN)),
        case("nobody").by(&kyle).get(trigger(9_999)).answers(403, error(FOREIGN)),
        case("no id").by(&kyle).get(trigger("sarah")).answers(404, Value::Null),
        case("nobody to staff")
            .by(&ann)
            .get(trigger(9_999))
            .answers(404, error("User or UserInfo not found")),
        get("HEAD").method(Method::HEAD).answers(405, Value::Null),
        get("PUT").method(Method::PUT).answers(405, Value::Null),
        get("a prefetch").header("Sec-Purpose", "prefetch").answers(403, prefetch.clone()),
        get("a preview").header("Purpose", "preview").answers(403, prefetch.clone()),
        get("an older browser").header("X-Moz", "prefetch").answers(403, prefetch),
    ])
    .await;
    assert_eq!(alarms(&app, &sarah).await, Vec::<Value>::new());
    for (asked, status) in
        [(get("another purpose").header("Purpose", "help"), 200), (case("foreign").by(&kyle).get(&own), 403)]
    {
        let said = app.ask(asked).await;
        assert_eq!((said.status, said.header("cache-control")), (status, "no-store"));
    }
    assert_eq!(app.ask(case("staff").by(&ann).post(&own, json!({}))).await.status, 200);
    assert_eq!(alarms(&app, &sarah).await.len(), 2);
});

on_both!(a_press_without_a_scenario_is_stored_told_and_refused_in_the_seeds_words, async |app: App| {
    let (sarah, ann) = (app.patient("sarah").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let none = error("No AlarmScenario associated with this user");
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(404, none)]).await;
    let kept = alarms(&app, &sarah).await;
    assert_eq!((kept.len(), &kept[0]["scenario"], &kept[0]["recipients"]), (1, &Value::Null, &json!([])));
    assert_eq!(
        app.notifications(&ann).await,
        ["Пользователь sarah нажал кнопку тревоги, но не выбрал сценарий."]
    );
});

on_both!(what_is_told_is_what_the_mail_server_said, async |app: App| {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    let told = answer("Pattern 2", true, &[ACCEPTED, THERAPIST]);
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, told)]).await;
    let letters = alarm_letters(&mail);
    let to: Vec<_> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert!(to.len() == 2 && to.contains(&"ivan@example.com") && to.contains(&"petr@example.com"), "{to:?}");
    let to_ivan = letters.iter().find(|letter| letter.to == "ivan@example.com").unwrap();
    assert_eq!(to_ivan.subject, "Привет, sarah!");
    for word in ["SARAH Test (sarah)", "Локация: Москва", "звоните 112"] {
        assert!(to_ivan.text().contains(word), "{word}: {}", to_ivan.text());
    }
    let kept = alarms(&app, &sarah).await.remove(0);
    let flags = ["message_sent_to_contacts", "therapist_notified", "completed", "music_played"]
        .map(|flag| kept[flag].clone());
    // Nobody has answered yet.
    assert_eq!(flags, [json!(true), json!(true), json!(false), json!(false)]);
    assert_eq!(kept["location"], "Москва");
    let recipient = &kept["recipients"][0];
    assert_eq!(
        (&recipient["state"], &recipient["channel"], &recipient["reason"]),
        (&json!("accepted"), &json!("email"), &Value::Null)
    );
    assert!(recipient["accepted_at"].is_string() && recipient["refused_at"].is_null(), "{recipient}");
});

on_both!(a_refused_recipient_is_told_with_a_short_reason_and_in_a_notice, async |app: App| {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    let (sarah, ann) = (in_a_crisis(&app, 3, "refused@example.com").await, app.patient("ann").await);
    app.grant("ann", AccountFlag::Staff(true));
    let refused = "Ошибка отправки уведомления для Брат (Иван): адрес не принят";
    let told = answer("Pattern 2", true, &[refused, THERAPIST]);
    app.check([case("press").by(&sarah).post(trigger(sarah.id), json!({})).answers(200, told)]).await;
    let id = alarms(&app, &sarah).await[0]["id"].clone();
    assert_eq!(app.notifications(&sarah).await, [format!("Тревога № {id}: одно из писем не доставлено.")]);
    assert_eq!(
        app.notifications(&ann).await,
        [format!("Тревога № {id} пользователя sarah: одно из писем не доставлено.")]
    );
});

on_both!(the_answer_waits_no_longer_than_it_may_and_calls_nobody_notified, async |app: App| {
    let mail = MailServer::start();
    let to_mail = over(&mail);
    let app = App::start(app.backend(), |config| {
        to_mail(config);
        config.ptsd.alarm_answer_wait = Duration::from_secs(1);
    });
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    let waiting = "Ошибка отправки уведомления для Брат (Иван): доставка продолжается";
    for mode in [MailMode::Defer, MailMode::Slow(Duration::from_secs(3))] {
        mail.set(mode);
        let pressed = Instant::now();
        let told = answer("Pattern 2", true, &[waiting, NO_THERAPIST]);
        app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, told)]).await;
        let took = pressed.elapsed();
        assert!((1_000..3_000).contains(&took.as_millis()), "{took:?}");
        let kept = alarms(&app, &sarah).await.remove(0);
        assert_eq!((&kept["message_sent_to_contacts"], &kept["completed"]), (&json!(false), &json!(false)));
        mail.set(MailMode::Accept);
        app.clock.advance(chrono::TimeDelta::seconds(60));
        let both =
            |alarm: &Value| alarm["message_sent_to_contacts"] == true && alarm["therapist_notified"] == true;
        becomes(&app, &sarah, both).await;
    }
});

on_both!(without_a_mail_server_nobody_is_called_notified, async |app: App| {
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    let nobody = "Ошибка отправки уведомления для Брат (Иван): почтовый сервер не настроен";
    let told = answer("Pattern 2", true, &[nobody, NO_THERAPIST]);
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, told)]).await;
});

on_both!(each_scenario_says_what_it_did_and_what_it_did_not, async |app: App| {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    let sarah = in_a_crisis(&app, 1, "").await;
    let (no_music, nobody) = ("Музыка не воспроизводилась.", "Экстренные контакты не были уведомлены.");
    let path = format!("/api/v1/user/edit/{}/", sarah.id);
    for (scenario, told) in [
        (1, answer("Off", false, &[no_music, nobody, NO_THERAPIST])),
        (2, answer("Pattern 1", true, &[nobody, NO_THERAPIST])),
        // Its only contact has no address.
        (3, answer("Pattern 2", true, &[nobody, THERAPIST])),
        (4, answer("Pattern 3", true, &[nobody, THERAPIST])),
    ] {
        app.check([
            case("choose").by(&sarah).patch(&path, json!({ "scenario": scenario })).answers(200, Value::Null),
            case("press").by(&sarah).get(trigger(sarah.id)).answers(200, told),
        ])
        .await;
    }
    let music = case("music")
        .by(&sarah)
        .post(format!("/api/v1/user/music/edit/{}/", sarah.id), json!({ "music": 1 }));
    app.check([
        music.answers(200, Value::Null),
        case("press").by(&sarah).get(trigger(sarah.id)).answers(200, Value::Null),
    ])
    .await;
    assert_eq!(alarms(&app, &sarah).await[0]["music_played"], true);
});

on_both!(an_operator_may_choose_english, async |app: App| {
    let mail = MailServer::start();
    let to_mail = over(&mail);
    let app = App::start(app.backend(), |config| {
        to_mail(config);
        config.ptsd.language = domain::shared::Language::English;
    });
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    let told = answer(
        "Pattern 2",
        true,
        &["Your Брат (Иван) received a notification by email.", "Your therapist (Пётр) was notified."],
    );
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, told)]).await;
    assert!(
        alarm_letters(&mail).iter().any(|letter| letter.subject == "Hello, sarah!"),
        "{:?}",
        alarm_letters(&mail)
    );
});

on_both!(a_shaking_hand_causes_letters_once, async |app: App| {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    let told = answer("Pattern 2", true, &[ACCEPTED, THERAPIST]);
    let press = |n: usize| case(n.to_string()).by(&sarah).get(trigger(sarah.id)).answers(200, told.clone());
    app.check_at_once((0..8).map(press)).await;
    assert_eq!((alarms(&app, &sarah).await.len(), alarm_letters(&mail).len()), (8, 2));
    app.clock.advance(chrono::TimeDelta::seconds(6));
    app.check([press(9)]).await;
    assert_eq!(alarm_letters(&mail).len(), 4);
    // A request that is sent again under its key is the same press, however late.
    let keyed =
        || case("keyed").by(&sarah).post(trigger(sarah.id), json!({})).header("Idempotency-Key", "press-1");
    app.clock.advance(chrono::TimeDelta::seconds(6));
    app.check([keyed().answers(200, told.clone())]).await;
    app.clock.advance(chrono::TimeDelta::seconds(60));
    app.check([keyed().answers(200, told.clone())]).await;
    assert_eq!((alarms(&app, &sarah).await.len(), alarm_letters(&mail).len()), (10, 6));
});

on_both!(the_app_reports_what_it_did_of_ones_own_alarm, async |app: App| {
    let (sarah, kyle) = (in_a_crisis(&app, 1, "").await, app.patient("kyle").await);
    app.check([case("press").by(&sarah).get(trigger(sarah.id)).answers(200, Value::Null)]).await;
    let id = alarms(&app, &sarah).await[0]["id"].clone();
    let unknown = error("Alarm not found.");
    let patch = |name: &str, body: Value| case(name).by(&sarah).patch(alarm(&id), body);
    app.check([
        case("another's").by(&kyle).get(alarm(&id)).answers(404, unknown.clone()),
        case("another's")
            .by(&kyle)
            .patch(alarm(&id), json!({ "music_played": true }))
            .answers(404, unknown.clone()),
        case("nobody's").by(&sarah).get(alarm(9_999)).answers(404, unknown.clone()),
        case("too large").by(&sarah).get(alarm("99999999999999999999")).answers(404, unknown),
        case("no number").by(&sarah).get(alarm("x")).answers(404, Value::Null),
        patch("no flag", json!({ "music_played": "perhaps" }))
            .answers(400, json!({ "music_played": ["Must be a valid boolean."] })),
        patch("no place", json!({ "location": null }))
            .answers(400, json!({ "location": ["This field may not be null."] })),
        patch("reported", json!({ "music_played": true, "voice_message_played": true, "location": "парк" }))
            .answers(200, Value::Null),
        case("bad limit")
            .by(&sarah)
            .get("/api/v1/event/alarms/?limit=x")
            .answers(400, json!({ "limit": ["A valid integer is required."] })),
    ])
    .await;
    let kept = app.ask(case("read").by(&sarah).get(alarm(&id))).await.body;
    let told = ["music_played", "voice_message_played", "location"].map(|field| kept[field].clone());
    assert_eq!(told, [json!(true), json!(true), json!("парк")]);
    let older = app.ask(case("older").by(&sarah).get(format!("/api/v1/event/alarms/?before_id={id}"))).await;
    assert_eq!(older.body, json!([]));
});

on_both!(ten_thousand_ordinary_letters_keep_no_alarm_waiting, async |app: App| {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    let sarah = in_a_crisis(&app, 3, "ivan@example.com").await;
    mail.set(MailMode::Slow(Duration::from_millis(50)));
    app.database.sql().batch(
        "insert into outbox (queue, channel, owner_id, message_id, letter, state, attempts, queued_at, due_at)
         with recursive n (n) as (select 1 union all select n + 1 from n where n < 10000)
         select queue, channel, owner_id, message_id || n, letter, 'queued', 0, queued_at, due_at
         from (select * from outbox where queue = 'mail' order by id limit 1) one, n",
    );
    // They are on their way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let pressed = Instant::now();
    app.check([case("press").by(&sarah).post(trigger(sarah.id), json!({})).answers(200, Value::Null)]).await;
    assert_eq!(alarm_letters(&mail).len(), 2);
    assert!(pressed.elapsed() < Duration::from_secs(2), "{:?}", pressed.elapsed());
    let waiting = "select count(*) from outbox where queue = 'mail' and state = 'queued'";
    assert!(app.database.sql().number(waiting) > 9_000);
});
