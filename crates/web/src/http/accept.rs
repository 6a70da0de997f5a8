//! `Accept`.
use actix_web::{HttpRequest, http::header::ACCEPT};

/// Whether the client names one of these types or ranges, in lower case; `""` stands for no header. One with a weight of 0 is "not
/// acceptable" (RFC 9110, section 12.4.2).
pub(crate) fn accepts(request: &HttpRequest, types: &[&str]) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.to_ascii_lowercase().split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_one = parts.next().is_some_and(|range| types.contains(&range));
        is_one && !parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_type_is_accepted_that_is_named_and_not_weighed_with_nothing() {
        for (accept, expected) in [
            ("text/html", true),
            ("application/json, Text/HTML ;q=0.1", true),
            ("text/html;level=1;q=1", true),
            ("text/html;q=0", false),
            ("text/html; q=0.000, */*", false),
            ("text/htmlx", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
            assert_eq!(accepts(&request, &["text/html"]), expected, "{accept}");
        }
        let without = TestRequest::default().to_http_request();
        assert!(accepts(&without, &["", "*/*"]) && !accepts(&without, &["*/*"]));
    }
}
