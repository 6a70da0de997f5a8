//! What this family says when it refuses: Django REST framework's shapes, the old server's exact words, its statuses.
use crate::http::Problem;
use actix_web::{
    HttpResponse,
    http::{Method, StatusCode},
};
use domain::shared::Invalid;
use serde_json::{Map, Value, json};

pub(super) fn refuse(problem: &Problem, method: &Method) -> HttpResponse {
    let (status, body) = if problem.fields.is_empty() {
        sentence(problem, method)
    } else {
        (StatusCode::BAD_REQUEST, fields(problem))
    };
    HttpResponse::build(status).json(body)
}

/// `error` where the old views wrote the answer themselves, `detail` where the framework did.
fn sentence(problem: &Problem, method: &Method) -> (StatusCode, Value) {
    let status = problem.status;
    let error = |words: &str| json!({ "error": words });
    let detail = |words: &str| json!({ "detail": words });
    let delete = method == Method::DELETE;
    match problem.code {
        "invalid_credentials" => (StatusCode::BAD_REQUEST, error("Invalid credentials")),
        "fixed_field" => (status, error("Non editable field present")),
        "not_an_object" => (status, json!({ "non_field_errors": [problem.message] })),

        "doctor_unknown" => (status, error("Doctor not found")),
        "not_a_doctor" => (status, error("user is not a doctor")),
        "oneself" => (status, error("You cannot send a request to yourself")),
        "already_requested" => (StatusCode::BAD_REQUEST, error("Request already exists")),
        "request_unknown" if delete => (status, error("Request does not exists")),
        "request_unknown" => (status, error("Request not found.")),
        "answer_unknown" => (status, error("Invalid action.")),

        "link_unknown" => (status, error("link not found")),
        "link_not_accepted" => (status, error("link not accepted")),
        "prescription_unknown" => (status, error("prescription not found")),
        "prescription_foreign" if delete => (status, error("Not authorized to delete this prescription.")),
        "prescription_foreign" => (status, error("Not authorized to edit this prescription.")),
        "diagnosis_unknown" => (status, error("diagnosis not found")),
        "diagnosis_foreign" if delete => (status, error("Not authorized to delete this diagnosis.")),
        "diagnosis_foreign" => (status, error("Not authorized to edit this diagnosis.")),

        "peer_id_missing" => (status, error("peer_id is required")),
        "peer_username_missing" => (status, error("peer_username is required")),
        "peer_named_unknown" => (status, error("Peer does not exist")),
        "peer_unknown" => (status, detail("No CustomUser matches the given query.")),

        "not_your_patient" => (status, detail("Not authorized to view this patient.")),
        "record_unknown" if delete => (status, error("stat not found")),
        "record_unknown" => (status, error("Stat not found")),
        "note_unknown" => (status, error("Note not found")),
        "notification_unknown" => (status, error("notification not found")),
        "notification_foreign" => (status, detail("Not authorized")),
        _ => (status, detail(&problem.message)),
    }
}

fn fields(problem: &Problem) -> Value {
    let mut body = Map::new();
    for (field, why) in &problem.fields {
        let list = body.entry(*field).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(words(problem.code, field, why).into());
        }
    }
    body.into()
}

fn words(code: &str, field: &str, why: &Invalid) -> String {
    let fixed = match (field, why) {
        ("username", Invalid::Taken) => "A user with that username already exists.",
        ("email", Invalid::Taken) => "user with this email address already exists.",
        ("username", Invalid::Malformed) => {
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
        }
        ("email", Invalid::Malformed) => "Enter a valid email address.",
        ("pain_type", Invalid::NotAChoice(_)) => {
            "Invalid pain type. Must be one of: ['burning', 'stabbing', 'cutting', 'throbbing']"
        }
        ("intensity", Invalid::OutOfRange) => "Intensity must be between 0 and 10",
        (_, Invalid::Required) => "This field is required.",
        (_, Invalid::Null) => "This field may not be null.",
        (_, Invalid::Blank) => "This field may not be blank.",
        (_, Invalid::NotText) => "Not a valid string.",
        (_, Invalid::NulCharacter) => "Null characters are not allowed.",
        (_, Invalid::ControlCharacter) => "Control characters are not allowed.",
        (_, Invalid::NotInteger) => "A valid integer is required.",
        (_, Invalid::NotBoolean) => "Must be a valid boolean.",
        (_, Invalid::NotDate) => "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        (_, Invalid::Malformed) => "Enter a valid value.",
        (_, Invalid::OutOfRange) => "This value is out of range.",
        ("link", Invalid::Taken) if code == "prescription_invalid" => {
            "prescription with this link already exists."
        }
        ("link", Invalid::Taken) if code == "diagnosis_invalid" => "diagnosis with this link already exists.",
        (_, Invalid::Taken) => "This field must be unique.",
        (_, why) => return with_value(why),
    };
    fixed.to_owned()
}

/// The sentences that quote what was sent, or name a limit.
fn with_value(why: &Invalid) -> String {
    match why {
        Invalid::TooLong(max) => format!("Ensure this field has no more than {max} characters."),
        Invalid::NotAChoice(sent) => format!("\"{sent}\" is not a valid choice."),
        Invalid::Before(day) => format!("Ensure this value is greater than or equal to {day}."),
        Invalid::After(day) => format!("Ensure this value is less than or equal to {day}."),
        Invalid::UnknownReference(sent) => format!("Invalid pk \"{sent}\" - object does not exist."),
        Invalid::NotAReference(sort) => format!("Incorrect type. Expected pk value, received {sort}."),
        other => other.to_string(),
    }
}
