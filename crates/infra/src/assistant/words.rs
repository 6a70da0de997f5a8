//! What is said in place of the model, and beneath it.
use domain::{
    assistant::{CrisisLine, TherapistContact, ports::SafetyWriter},
    shared::Language,
};

pub struct SafetyWords;

impl SafetyWriter for SafetyWords {
    fn danger(
        &self,
        language: Language,
        lines: &[CrisisLine],
        therapist: Option<&TherapistContact>,
    ) -> String {
        let mut steps = vec![
            language
                .of(
                    "Нажмите кнопку тревоги в этом приложении: те, кого вы указали, сразу получат сообщение.",
                    "Press the alarm button in this app: the people you have named get a message at once.",
                )
                .to_owned(),
        ];
        steps.extend(lines.iter().map(|line| {
            let call = language.of("Позвоните:", "Call");
            format!("{call} {}", called(language, line))
        }));
        steps.extend(therapist.map(|therapist| {
            let yours = language.of("Ваш психотерапевт:", "Your therapist:");
            format!("{yours} {}", reached(therapist))
        }));
        let first = language.of(
            "Спасибо, что сказали об этом. Это серьёзно, и вы не должны справляться с этим в одиночку. Сейчас лучше всего поможет живой человек:",
            "Thank you for telling me. This is serious, and you do not have to carry it alone. Right now a human being can help best:",
        );
        let last = language.of(
            "Если кто-то в опасности прямо сейчас, не ждите. Если можете, будьте рядом с тем, кому доверяете, пока не станет безопасно.",
            "If somebody is in danger right now, do not wait. If you can, stay with a person you trust until it is safe.",
        );
        format!(
            "{first}\n\n{}\n\n{last}",
            steps.iter().map(|step| format!("• {step}")).collect::<Vec<_>>().join("\n")
        )
    }

    fn lines(&self, language: Language, lines: &[CrisisLine]) -> String {
        let first = language.of(
            "Если станет совсем тяжело, нажмите кнопку тревоги или позвоните:",
            "If it becomes too much, press the alarm button or call",
        );
        let all = lines.iter().map(|line| called(language, line)).collect::<Vec<_>>().join("; ");
        format!("{first} {all}.")
    }
}

fn called(language: Language, line: &CrisisLine) -> String {
    let who = match language {
        Language::Russian => &line.russian,
        Language::English => &line.english,
    };
    format!("{} ({who})", line.number)
}

fn reached(therapist: &TherapistContact) -> String {
    match therapist.phone.as_str() {
        "" => therapist.name.clone(),
        phone => format!("{}, {phone}", therapist.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> CrisisLine {
        CrisisLine {
            number: "112".into(), russian: "экстренные службы".into(), english: "emergency".into()
        }
    }

    #[test]
    fn somebody_in_danger_is_told_of_the_button_the_lines_and_the_therapist() {
        let therapist = TherapistContact { name: "Dr. Silberman".into(), phone: "+1 555".into() };
        for (language, button, call) in [
            (Language::Russian, "кнопку тревоги", "112 (экстренные службы)"),
            (Language::English, "alarm button", "112 (emergency)"),
        ] {
            let text = SafetyWords.danger(language, &[line()], Some(&therapist));
            for expected in [button, call, "Dr. Silberman, +1 555"] {
                assert!(text.contains(expected), "{expected} in {text}");
            }
            let alone = SafetyWords.danger(language, &[line()], None);
            assert!(!alone.contains("Silberman") && alone.contains(button), "{alone}");
            let beneath = SafetyWords.lines(language, &[line(), line()]);
            assert!(beneath.contains(button) && beneath.matches(call).count() == 2, "{beneath}");
        }
    }

    #[test]
    fn a_therapist_without_a_number_is_named_all_the_same() {
        let therapist = TherapistContact { name: "Dr. Silberman".into(), phone: String::new() };
        let text = SafetyWords.danger(Language::English, &[line()], Some(&therapist));
        assert!(text.contains("Your therapist: Dr. Silberman\n"), "{text}");
    }
}
