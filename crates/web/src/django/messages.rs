//! What the framework says of a field that it refuses.
use domain::shared::FieldError;

/// As the framework refuses a second one of what there may be one of.
pub(crate) fn taken_by(what: &str, field: &str) -> String {
    format!("{what} with this {field} already exists.")
}

/// As the framework, and its own users, say what is wrong with a field.
pub(crate) fn field_message(field: &str, why: &FieldError) -> String {
    let fixed = match (field, why) {
        ("username", FieldError::Taken) => "A user with that username already exists.",
        ("email", FieldError::Taken) => "user with this email address already exists.",
        ("username", FieldError::Malformed) => {
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
        }
        ("email", FieldError::Malformed) => "Enter a valid email address.",
        (_, FieldError::Required) => "This field is required.",
        (_, FieldError::Null) => "This field may not be null.",
        (_, FieldError::Blank) => "This field may not be blank.",
        (_, FieldError::NotText) => "Not a valid string.",
        (_, FieldError::NulCharacter) => "Null characters are not allowed.",
        (_, FieldError::ControlCharacter) => "Control characters are not allowed.",
        (_, FieldError::NotInteger) => "A valid integer is required.",
        (_, FieldError::NotBoolean) => "Must be a valid boolean.",
        (_, FieldError::NotDate) => "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        (_, FieldError::Malformed) => "Enter a valid value.",
        (_, FieldError::OutOfRange) => "This value is out of range.",
        (_, FieldError::Taken) => "This field must be unique.",
        (_, FieldError::TooLong(max)) => {
            return format!("Ensure this field has no more than {max} characters.");
        }
        (_, FieldError::TooShort(min)) => return format!("Ensure this field has at least {min} characters."),
        (_, FieldError::TooCommon) => "This password is too common.",
        (_, FieldError::NotAChoice(sent)) => return format!("\"{sent}\" is not a valid choice."),
        (_, FieldError::Before(day)) => {
            return format!("Ensure this value is greater than or equal to {day}.");
        }
        (_, FieldError::After(day)) => return format!("Ensure this value is less than or equal to {day}."),
        (_, FieldError::TakenBy(what)) => return taken_by(what, field),
        (_, FieldError::UnknownReference(sent)) => {
            return format!("Invalid pk \"{sent}\" - object does not exist.");
        }
        (_, FieldError::NotAReference(sort)) => {
            return format!("Incorrect type. Expected pk value, received {sort}.");
        }
    };
    fixed.to_owned()
}
