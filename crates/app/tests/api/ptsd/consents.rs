//! Whether people want to be told of alarms: who is asked, what they say, and what follows from it.
use super::{alarm_letters, in_a_crisis, letter, over, path_of, trigger};
use reqwest::Method;
use serde_json::{Value, json};
use testing::*;

const IVAN: &str = "ivan@example.com";

fn with_mail(app: &App) -> (MailServer, App) {
    let mail = MailServer::start();
    let app = App::start(app.backend(), over(&mail));
    (mail, app)
}

async fn post(app: &App, path: &str, answer: &str) -> String {
    let said = app.ask(case("answer").to(Method::POST, path).form(&[("answer", answer)])).await;
    assert_eq!(said.status, 200, "{said:?}");
    said.body.as_str().unwrap().to_owned()
}

async fn consent(app: &App, of: &Person) -> Value {
    let said = app.ask(case("contacts").by(of).get(format!("/api/v1/user/contacts/{}/", of.id))).await;
    said.body[0]["consent"].clone()
}

async fn pressed(app: &App, of: &Person) -> Vec<String> {
    app.clock.advance(chrono::TimeDelta::seconds(10));
    let said = app.ask(case("press").by(of).post(trigger(of.id), json!({}))).await;
    let messages = said.body["messages"].as_array().unwrap().clone();
    messages.iter().map(|message| message.as_str().unwrap().to_owned()).collect()
}

async fn add(app: &App, of: &Person, email: &str) {
    let contact = json!({ "name": email, "phone": "1", "email": email, "relationship": "Друг" });
    let path = format!("/api/v1/user/edit/contact/{}/", of.id);
    app.check([case("add").by(of).patch(path, contact).answers(201, Value::Null)]).await;
}

on_both!(a_new_contact_is_asked_once_and_may_agree, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    let asked = letter(&mail, IVAN, "просят быть экстренным контактом").await;
    letter(&mail, "petr@example.com", "просят быть экстренным контактом").await;
    let link = path_of(&asked, "/contact/");
    let page = app.ask(case("page").get(&link)).await;
    assert_eq!((page.status, consent(&app, &sarah).await), (200, json!("unconfirmed")));
    let html = page.body.as_str().unwrap();
    assert!(html.contains("SARAH Test (sarah)") && !html.contains("<script"), "{html}");

    // Without a button that was pressed nothing changes.
    post(&app, &link, "").await;
    assert_eq!(consent(&app, &sarah).await, "unconfirmed");
    assert!(post(&app, &link, "confirm").await.contains("Вы согласились"));
    assert_eq!(consent(&app, &sarah).await, "confirmed");
    assert_eq!(
        app.notifications(&sarah).await,
        ["Контакт Иван согласился получать письма о Ваших тревогах."]
    );

    // The same address in upper case: it was asked already.
    add(&app, &sarah, "IVAN@example.com").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let asked = mail.letters().iter().filter(|letter| letter.to.eq_ignore_ascii_case(IVAN)).count();
    assert_eq!(asked, 1, "{:?}", mail.letters());
});

on_both!(never_again_holds_for_everybody_and_can_be_taken_back, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    let link = path_of(&letter(&mail, IVAN, "контакт").await, "/contact/");
    assert!(post(&app, &link, "refuse").await.contains("Вы отказались"));
    assert_eq!(app.notifications(&sarah).await, ["Контакт Иван отказался получать письма о тревогах."]);
    let told = pressed(&app, &sarah).await;
    assert_eq!(told[0], "Ошибка отправки уведомления для Брат (Иван): адресат отказался от таких писем");
    assert_eq!(told[1], "Ваш психотерапевт (Пётр) был уведомлён.");

    let kyle = app.patient("kyle").await;
    let path = format!("/api/v1/user/edit/{}/", kyle.id);
    app.check([case("scenario").by(&kyle).patch(path, json!({ "scenario": 3 })).answers(200, Value::Null)])
        .await;
    add(&app, &kyle, IVAN).await;
    assert_eq!(consent(&app, &kyle).await, "refused");
    assert!(pressed(&app, &kyle).await[0].contains("адресат отказался"));
    let to_ivan = |mail: &MailServer| mail.letters().iter().filter(|letter| letter.to == IVAN).count();
    assert_eq!(to_ivan(&mail), 1, "{:?}", mail.letters());

    // Sarah's contact agrees after all, to her alarms and to nobody else's.
    post(&app, &link, "confirm").await;
    assert_eq!(
        (consent(&app, &sarah).await, consent(&app, &kyle).await),
        (json!("confirmed"), json!("refused"))
    );
    assert!(pressed(&app, &sarah).await[0].contains("получил(а) уведомление"));
});

on_both!(three_who_have_not_agreed_are_told_and_the_answer_says_who_was_not, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    for n in 1..=3 {
        add(&app, &sarah, &format!("{n}@example.com")).await;
    }
    // The therapist is one of the three.
    let told = pressed(&app, &sarah).await;
    let withheld = |name: &str| {
        format!("Ошибка отправки уведомления для Друг ({name}): адрес не подтверждён, письмо не отправлено")
    };
    assert!(told[0].contains("Иван") && told[0].contains("получил(а)"), "{told:?}");
    assert!(told[1].contains("1@example.com") && told[1].contains("получил(а)"), "{told:?}");
    assert_eq!(told[2..4], [withheld("2@example.com"), withheld("3@example.com")]);
    assert_eq!(
        (told[4].as_str(), alarm_letters(&mail).len()),
        ("Ваш психотерапевт (Пётр) был уведомлён.", 3)
    );

    // A confirmed address gets its letter, and does not count toward the three.
    let link = path_of(&letter(&mail, "3@example.com", "контакт").await, "/contact/");
    post(&app, &link, "confirm").await;
    let told = pressed(&app, &sarah).await;
    assert!(told[3].contains("3@example.com") && told[3].contains("получил(а)"), "{told:?}");
    assert_eq!(told[2], withheld("2@example.com"));

    // Twenty within an hour: 3 of each press, until 18, and then two.
    for _ in 0..5 {
        pressed(&app, &sarah).await;
    }
    let told = pressed(&app, &sarah).await;
    let reached = told.iter().filter(|line| line.contains("получил(а)")).count();
    assert_eq!((reached, told[4].as_str()), (1, "Психотерапевт не был уведомлён."), "{told:?}");
    assert!(told[3].contains("3@example.com") && told[3].contains("получил(а)"), "{told:?}");
    app.clock.advance(chrono::TimeDelta::minutes(61));
    assert!(pressed(&app, &sarah).await[4].contains("был уведомлён"));
});

on_both!(without_a_mail_server_nobody_is_asked_yet, async |app: App| {
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    assert_eq!(consent(&app, &sarah).await, "unconfirmed");
    assert_eq!(app.database.sql().number("select count(*) from outbox"), 0);
    assert_eq!(
        app.database.sql().number("select count(*) from emergency_contacts where checked_at is null"),
        1
    );
});

on_both!(the_staff_hear_at_once_of_an_alarm_that_reaches_nobody, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    let ann = app.patient("ann").await;
    app.grant("ann", domain::identity::AccountFlag::Staff(true));
    for to in [IVAN, "petr@example.com"] {
        post(&app, &path_of(&letter(&mail, to, "контакт").await, "/contact/"), "refuse").await;
    }
    for _ in 0..2 {
        pressed(&app, &sarah).await;
    }
    assert_eq!(
        app.notifications(&ann).await,
        ["Пользователь sarah нажал кнопку тревоги, но известить некого."]
    );
    assert_eq!(alarm_letters(&mail).len(), 0);
});

on_both!(an_alarm_is_raised_also_when_consents_cannot_be_read, async |app: App| {
    let (_mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    for table in ["refused_addresses", "contact_consents"] {
        app.database.sql().batch(&format!("alter table {table} rename to hidden_{table}"));
        let told = pressed(&app, &sarah).await;
        assert!(told[0].contains("Иван") && told[0].contains("получил(а) уведомление"), "{table}: {told:?}");
    }
});

on_both!(a_contact_who_refused_after_the_alarm_gets_no_further_letter, async |app: App| {
    let (mail, app) = with_mail(&app);
    let sarah = in_a_crisis(&app, 3, IVAN).await;
    let link = path_of(&letter(&mail, IVAN, "контакт").await, "/contact/");
    pressed(&app, &sarah).await;
    post(&app, &link, "refuse").await;
    let safe = "/api/v1/event/alarms/1/safe/";
    app.check([case("safe").by(&sarah).post(safe, json!({})).answers(200, Value::Null)]).await;
    letter(&mail, "petr@example.com", "Всё в порядке").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let to_ivan = mail.letters().into_iter().filter(|letter| letter.to == IVAN);
    assert!(to_ivan.clone().count() == 2, "{:?}", mail.letters());
    assert!(!to_ivan.map(|letter| letter.subject).any(|subject| subject.contains("Всё в порядке")));
});
