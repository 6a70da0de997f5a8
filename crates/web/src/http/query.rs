//! The query string. Of a repeated key the last one counts.
use std::collections::HashMap;

#[derive(Debug, Clone, Default)]
pub struct Query(HashMap<String, String>);

impl Query {
    pub fn parse(raw: &str) -> Self {
        Self(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
    /// A positive id. `None` when it is missing, or no such thing: `undefined`, 3.5, 2^64.
    pub fn id(&self, key: &str) -> Option<i64> {
        self.get(key)?.trim().parse().ok().filter(|id| *id > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_repeated_key_counts_and_no_nonsense_is_an_id() {
        let query = Query::parse("a=1&a=2&b=undefined&c=18446744073709551616&d=-1&e=&f=%32&g");
        assert_eq!((query.id("a"), query.id("f")), (Some(2), Some(2)));
        for key in ["b", "c", "d", "e", "g", "h"] {
            assert_eq!(query.id(key), None, "{key}");
        }
    }
}
