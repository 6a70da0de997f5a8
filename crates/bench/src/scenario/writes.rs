//! What patients and doctors write.
use super::paths::STATS;
use crate::{
    Done,
    fixture::Fixture,
    wire::{Ask, Base, Visitor},
};
use hyper::Method;
use serde_json::{Value, json};

/// Makes records; a doctor is notified of each.
pub(super) struct Writer(Ask);

impl Writer {
    pub(super) fn new(fixture: &Fixture, n: usize) -> Done<Option<Self>> {
        let Some(voice) = fixture.writers.get(n % fixture.writers.len().max(1)) else { return Ok(None) };
        let body = json!({
            "body_part": 25, "pain_type": "stabbing", "intensity": 3, "tookPrescription": true,
            "description": "worse after the walk, better since half a pill",
        });
        Ok(Some(Self(fixture.base.ask(Method::POST, STATS, Some(&voice.token), body.to_string())?)))
    }
}

impl Visitor for Writer {
    fn ask(&mut self) -> Ask {
        self.0.clone()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Accept,
    Prescribe,
    TakeBack,
    Reject,
}

/// Treats one patient, in a cycle that leaves everything as it was: so that it can run for any time, at any server.
pub(super) struct Prescriber {
    asks: [Ask; 3],
    base: Base,
    token: String,
    step: Step,
    prescription: Option<i64>,
}

impl Prescriber {
    pub(super) fn new(fixture: &Fixture, n: usize) -> Done<Option<Self>> {
        let Some(treatment) = fixture.treatments.get(n).cloned() else { return Ok(None) };
        let token = Some(treatment.doctor.token.as_str());
        let respond = |action: &str| {
            let body = json!({ "patient_id": treatment.patient, "action": action });
            fixture.base.ask(Method::POST, "/api/diary/doc_respond/", token, body.to_string())
        };
        let body = json!({
            "link": treatment.link, "prescription": "Ibuprofen 400 mg", "details": "three times a day, after meals",
        });
        let path = format!("/api/diary/prescription/?link_id={}", treatment.link);
        let asks = [
            respond("accept")?,
            fixture.base.ask(Method::POST, &path, token, body.to_string())?,
            respond("reject")?,
        ];
        let (base, token) = (fixture.base.clone(), treatment.doctor.token);
        Ok(Some(Self { asks, base, token, step: Step::Reject, prescription: None }))
    }

    fn take_back(&self) -> Ask {
        let id = self.prescription.unwrap_or_default();
        let path = format!("/api/diary/prescription/?prescription_id={id}");
        let ask = self.base.ask(Method::DELETE, &path, Some(&self.token), String::new());
        ask.unwrap_or_default()
    }
}

impl Visitor for Prescriber {
    fn ask(&mut self) -> Ask {
        let [accept, prescribe, reject] = &self.asks;
        let (step, ask) = match self.step {
            Step::Reject => (Step::Accept, accept.clone()),
            Step::Accept => (Step::Prescribe, prescribe.clone()),
            Step::Prescribe => (Step::TakeBack, self.take_back()),
            Step::TakeBack => (Step::Reject, reject.clone()),
        };
        self.step = step;
        ask
    }
    fn listens(&self) -> bool {
        self.step == Step::Prescribe
    }
    fn hear(&mut self, body: &[u8]) {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        self.prescription = answer.get("id").and_then(Value::as_i64);
    }
    fn is_at_rest(&self) -> bool {
        self.step == Step::Reject
    }
}
