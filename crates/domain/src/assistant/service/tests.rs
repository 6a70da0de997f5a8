use super::*;
use crate::{
    assistant::{
        CrisisCountry, PrivateValues, Speaker, TherapistContact, Tokens, Turn,
        ports::{MockConversationRepository, MockPseudonyms, OnDelta},
    },
    audit::AuditAction,
    identity::testing::patient,
    screen::{RuleBook, RuleText, Rules},
    shared::{FieldError, Fixed},
};
use std::{num::NonZeroU32, pin::Pin, sync::LazyLock};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn sarah() -> Caller {
    patient(AccountId::new(7))
}

fn screen() -> &'static Screen {
    static SCREEN: LazyLock<Screen> = LazyLock::new(small_screen);
    &SCREEN
}

/// Of three words.
fn small_screen() -> Screen {
    let rule = |level, word: &str| RuleText {
        level,
        kind: word.into(),
        matches: vec![word.into()],
        ..RuleText::default()
    };
    let rules = |rules| Rules::compile(&RuleBook { rules, ..RuleBook::default() }).unwrap();
    Screen::new(
        vec![rules(vec![
            rule(Level::Danger, "dreadful"),
            rule(Level::Danger, "ужасно"),
            rule(Level::Worry, "sad"),
        ])],
        vec![],
        vec![rules(vec![rule(Level::Danger, "poisonous")])],
    )
}

/// Words that can be read.
struct Plain;

impl SafetyWriter for Plain {
    fn danger(
        &self,
        language: Language,
        lines: &[CrisisLine],
        therapist: Option<&TherapistContact>,
    ) -> String {
        let therapist = therapist.map_or("nobody", |therapist| &therapist.name);
        format!("{} button {} {therapist}", language.code(), lines[0].number)
    }
    fn lines(&self, language: Language, lines: &[CrisisLine]) -> String {
        format!("{} lines {}", language.code(), lines[0].number)
    }
}

struct Configured(bool);

impl Model for Configured {
    fn is_configured(&self) -> bool {
        self.0
    }
    fn ask<'a>(
        &'a self,
        _question: &'a Question,
        _on_delta: Option<OnDelta<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<ModelAnswer, ModelFailure>> + Send + 'a>> {
        unreachable!("the service never asks by itself")
    }
}

fn line(number: &str) -> Vec<CrisisLine> {
    vec![CrisisLine { number: number.into(), russian: String::new(), english: String::new() }]
}

fn service(conversations: MockConversationRepository) -> AssistantService {
    let mut pseudonyms = MockPseudonyms::new();
    pseudonyms.expect_of().returning(|account| format!("pseudonym of {account}"));
    AssistantService {
        conversations: Arc::new(conversations),
        model: Arc::new(Configured(true)),
        screen,
        writer: Arc::new(Plain),
        lines: Arc::new(CrisisLines {
            countries: vec![CrisisCountry {
                code: "US".into(),
                names: vec!["usa".into()],
                lines: line("988"),
            }],
            elsewhere: line("112"),
        }),
        pseudonyms: Arc::new(pseudonyms),
        settings: AssistantSettings {
            prompt: "Be kind.".into(),
            context_tokens: 3_000,
            messages_per_hour: NonZeroU32::new(60),
            tokens_per_day: None,
            needs_consent: false,
            notifies_staff: true,
            country: String::new(),
            language: Language::Russian,
            retention_days: NonZeroU32::new(30),
        },
        clock: Arc::new(Fixed(NOW)),
    }
}

fn sheet() -> AssistantSheet {
    let turn = |speaker, text: &str| Turn { speaker, text: text.into() };
    AssistantSheet {
        username: "sarah".into(),
        private: PrivateValues { names: vec!["Sarah Connor".into()], ..PrivateValues::default() },
        location: "California, USA".into(),
        therapist: Some(TherapistContact { name: "Silberman".into(), phone: "1".into() }),
        turns: vec![turn(Speaker::User, "I am Sarah"), turn(Speaker::Assistant, "Hello, Sarah")],
        ..AssistantSheet::default()
    }
}

/// A repository that knows this sheet.
fn knows(sheet: AssistantSheet) -> MockConversationRepository {
    let mut conversations = MockConversationRepository::new();
    conversations.expect_sheet().returning(move |_, _| Ok(sheet.clone()));
    conversations
}

fn grants(mut conversations: MockConversationRepository) -> MockConversationRepository {
    conversations.expect_claim().returning(|_| Ok(Claimed::Granted));
    conversations
}

fn asking(service: &AssistantService, text: &str) -> Asking {
    match service.begin(&sarah(), text).unwrap() {
        Begun::Asking(asking) => *asking,
        Begun::Answered { response, .. } => panic!("{response}"),
    }
}

fn model_says(text: &str) -> ModelAnswer {
    let tokens = Some(Tokens { question: 30, answer: 12 });
    ModelAnswer { text: text.into(), model: "small".into(), tokens }
}

#[test]
fn danger_is_answered_and_stored_whatever_else_is_missing() {
    for needs_consent in [false, true] {
        let mut conversations = knows(sheet());
        conversations.expect_claim().never();
        conversations
            .expect_store()
            .times(1)
            .withf(|exchange| {
                exchange.said == "It is dreadful"
                    && exchange.answers
                        == [Answer::fixed("en button 988 Silberman".into(), ScreenResult::Danger)]
                    && exchange.notice_for_staff == Some(Notice::DangerWritten { user: "sarah".into() })
                    && !exchange.is_context()
            })
            .returning(|_| Ok(()));
        let mut service = service(conversations);
        service.settings.needs_consent = needs_consent;
        service.model = Arc::new(Configured(false));
        let begun = service.begin(&sarah(), "It is dreadful").unwrap();
        assert!(
            matches!(&begun, Begun::Answered { response, failure: None } if response == "en button 988 Silberman"),
            "{begun:?}"
        );
    }
}

#[test]
fn danger_is_answered_when_nothing_can_be_read_or_stored() {
    let mut conversations = MockConversationRepository::new();
    conversations.expect_sheet().returning(|_, _| Err(StoreError::unavailable("away")));
    conversations.expect_store().returning(|_| Err(StoreError::unavailable("away")));
    let begun = service(conversations).begin(&sarah(), "ужасно").unwrap();
    assert!(
        matches!(&begun, Begun::Answered { response, failure: Some(_) } if response == "ru button 112 nobody"),
        "{begun:?}"
    );
}

#[test]
fn danger_is_answered_also_in_a_text_that_would_be_refused() {
    for text in [format!("dreadful {}", "a ".repeat(50_000)), "dreadful \u{1b}\0".into()] {
        let mut conversations = knows(sheet());
        conversations
            .expect_store()
            .withf(|exchange| {
                exchange.said.starts_with("dreadful")
                    && exchange.said.chars().count() <= Said::MAX
                    && !exchange.said.contains('\0')
            })
            .returning(|_| Ok(()));
        assert!(matches!(service(conversations).begin(&sarah(), &text), Ok(Begun::Answered { .. })));
    }
}

#[test]
fn the_staff_are_told_if_the_operator_says_so_and_once_in_ten_minutes() {
    for (notifies_staff, last, told) in [
        (true, None, true),
        (true, Some(TimeDelta::minutes(9)), false),
        (true, Some(TimeDelta::minutes(10)), true),
        (false, None, false),
    ] {
        let sheet = AssistantSheet { last_danger_at: last.map(|ago| NOW - ago), ..sheet() };
        let mut conversations = knows(sheet);
        conversations
            .expect_store()
            .withf(move |exchange| exchange.notice_for_staff.is_some() == told)
            .returning(|_| Ok(()));
        let mut service = service(conversations);
        service.settings.notifies_staff = notifies_staff;
        assert!(service.begin(&sarah(), "dreadful").is_ok());
    }
}

#[test]
fn texts_consent_limits_and_a_missing_model_refuse_in_this_order() {
    let refused = |text: &str, has_agreed, is_configured, claimed| {
        let mut conversations = knows(AssistantSheet { has_agreed, ..sheet() });
        conversations.expect_claim().returning(move |_| Ok(claimed));
        let mut service = service(conversations);
        service.settings.needs_consent = true;
        service.model = Arc::new(Configured(is_configured));
        service.begin(&sarah(), text).map(drop)
    };
    let until = Claimed::Refused { until: NOW + TimeDelta::minutes(2) };
    assert!(matches!(refused("", true, true, until), Err(AssistantError::Text(FieldError::Blank))));
    let long = "a".repeat(Said::MAX + 1);
    assert!(matches!(refused(&long, true, true, until), Err(AssistantError::Text(FieldError::TooLong(_)))));
    assert!(matches!(
        refused("Здравствуйте", false, false, until),
        Err(AssistantError::ConsentRequired(Language::Russian))
    ));
    assert!(matches!(
        refused("Hello", false, false, until),
        Err(AssistantError::ConsentRequired(Language::English))
    ));
    assert!(matches!(
        refused("Hello", true, false, until),
        Err(AssistantError::Model(ModelFailure::NotConfigured))
    ));
    assert!(matches!(refused("Hello", true, true, until), Err(AssistantError::TooMuch { seconds: 121 })));
    assert!(refused("Hello", true, true, Claimed::Granted).is_ok());
}

#[test]
fn the_model_is_asked_with_the_last_turns_and_without_anything_that_tells_who_asks() {
    let service = service(grants(knows(sheet())));
    let asking = asking(&service, "Sarah again");
    let told: Vec<_> = asking.question().turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(told, ["Be kind.", "I am [name]", "Hello, [name]", "[name] again"]);
    assert_eq!(asking.question().user, "pseudonym of 7");
}

#[test]
fn an_answer_is_stored_with_how_it_came_about_and_lines_stand_beneath_worry() {
    let model = |screen| Answer {
        sender: Sender::Model,
        text: "Tell me more.".into(),
        origin: Some(AnswerOrigin { model: "small".into(), took: 1_500, tokens: 42 }),
        screen,
    };
    let worry = Some(ScreenResult::Worry);
    for (text, expected, response) in [
        ("Hello", vec![model(None)], "Tell me more."),
        (
            "I am sad",
            vec![model(worry), Answer::fixed("en lines 988".into(), ScreenResult::Worry)],
            "Tell me more.\n\nen lines 988",
        ),
    ] {
        let mut conversations = grants(knows(sheet()));
        conversations.expect_store().times(1).returning(|_| Ok(()));
        let service = service(conversations);
        let asking = asking(&service, text);
        let stored =
            service.finish(asking, model_says("Tell me more."), Duration::from_millis(1_500)).unwrap();
        assert_eq!(stored.answers.clone(), expected, "{text}");
        assert_eq!(stored.response(), response);
        assert!(stored.is_context() && stored.notice_for_staff.is_none());
    }
}

#[test]
fn an_answer_that_would_do_harm_is_replaced_and_is_no_context() {
    let mut conversations = grants(knows(sheet()));
    conversations.expect_store().times(1).returning(|_| Ok(()));
    let service = service(conversations);
    let stored = service
        .finish(asking(&service, "Hello"), model_says("Something poisonous."), Duration::ZERO)
        .unwrap();
    assert_eq!(stored.response(), "en button 988 Silberman");
    assert_eq!(stored.answers[0].screen, Some(ScreenResult::Harmful));
    assert!(!stored.is_context());
}

#[test]
fn a_model_may_call_itself_anything() {
    let mut conversations = grants(knows(sheet()));
    conversations.expect_store().times(1).returning(|_| Ok(()));
    let service = service(conversations);
    let named = ModelAnswer { model: format!("\0x{}", "y".repeat(1_000)), ..model_says("Yes.") };
    let stored = service.finish(asking(&service, "Hello"), named, Duration::ZERO).unwrap();
    let origin = stored.answers[0].origin.as_ref().unwrap();
    assert!(origin.model.starts_with("xy") && origin.model.len() == MODEL_NAME_MAX);
}

#[test]
fn an_answer_that_cannot_be_stored_is_not_given() {
    let mut conversations = grants(knows(sheet()));
    conversations.expect_store().returning(|_| Err(StoreError::unavailable("away")));
    let service = service(conversations);
    let failed = service.finish(asking(&service, "Hello"), model_says("Hello."), Duration::ZERO);
    assert!(matches!(failed, Err(AssistantError::Store(_))));
}

#[test]
fn tokens_that_the_model_does_not_count_are_estimated() {
    let mut conversations = grants(knows(AssistantSheet::default()));
    conversations.expect_store().returning(|_| Ok(()));
    let service = service(conversations);
    let answer = ModelAnswer { tokens: None, ..model_says("Yes.") };
    // 6 for the prompt and 6 for the message were claimed; 5 for the answer.
    assert_eq!(service.finish(asking(&service, "Hello"), answer, Duration::ZERO).unwrap().spent, 5);
}

#[test]
fn agreeing_and_erasing_are_audited() {
    let mut conversations = MockConversationRepository::new();
    conversations
        .expect_agree()
        .withf(|agreement| agreement.audit.act == AuditAction::AssistantAgreed && agreement.owner.get() == 7)
        .returning(|_| Ok(()));
    conversations
        .expect_erase()
        .withf(|erasure| erasure.audit.act == AuditAction::AssistantHistoryErased && erasure.owner.get() == 7)
        .returning(|_| Ok(3));
    let service = service(conversations);
    assert!(service.agree(&sarah()).is_ok());
    assert_eq!(service.erase_history(&sarah()).unwrap(), 3);
}

#[test]
fn messages_are_forgotten_after_the_operators_days_and_claims_in_any_case() {
    for (days, expected) in [(NonZeroU32::new(30), 5), (None, 0)] {
        let mut conversations = MockConversationRepository::new();
        conversations.expect_forget_claims().times(1).returning(|_| Ok(()));
        conversations
            .expect_forget()
            .withf(|oldest| *oldest == NOW - TimeDelta::days(30))
            .returning(|_| Ok(5));
        let mut service = service(conversations);
        service.settings.retention_days = days;
        assert_eq!(service.forget_old().unwrap(), expected);
    }
}
