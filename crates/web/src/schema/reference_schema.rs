//! What a schema of the OpenAPI document says, in plain words: its type, rules, fields and an example.
use serde_json::{Map, Value, json};

/// How many levels are followed: more than any body here has, and an end for schemas that have none.
const DEPTH_LIMIT: usize = 6;

/// The keywords that narrow a value, each with the words the page says for it.
const RULES: [(&str, &str); 16] = [
    ("enum", "one of"),
    ("minLength", "min length"),
    ("maxLength", "max length"),
    ("minimum", "min"),
    ("maximum", "max"),
    ("exclusiveMinimum", "more than"),
    ("exclusiveMaximum", "less than"),
    ("multipleOf", "multiple of"),
    ("minItems", "min items"),
    ("maxItems", "max items"),
    ("minProperties", "min properties"),
    ("maxProperties", "max properties"),
    ("pattern", "pattern"),
    ("contentEncoding", "encoding"),
    ("contentMediaType", "content"),
    ("default", "default"),
];
const FLAGS: [(&str, &str); 4] = [
    ("uniqueItems", "no duplicates"),
    ("readOnly", "read only"),
    ("writeOnly", "write only"),
    ("deprecated", "deprecated"),
];

/// One line of a table of fields.
pub(super) enum Row<'a> {
    /// Opens the fields of one alternative of a `oneOf` or an `anyOf`.
    Alternative(String),
    Field {
        name: String,
        required: bool,
        schema: &'a Value,
    },
}

/// The document, as the place where `$ref`s lead.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'a>(pub(super) &'a Value);

impl<'a> Schemas<'a> {
    /// What a value says in the end, behind its `$ref`s and its "or null" wrappers.
    pub(super) fn resolve(self, value: &'a Value) -> &'a Value {
        self.hops(value).last().copied().unwrap_or(value)
    }

    pub(super) fn description(self, schema: &'a Value) -> &'a str {
        let texts = self.layers(schema, DEPTH_LIMIT).into_iter().map(|layer| text(layer, "description"));
        texts.into_iter().find(|words| !words.is_empty()).unwrap_or_default()
    }

    pub(super) fn type_name(self, schema: &'a Value) -> String {
        self.type_at(schema, DEPTH_LIMIT)
    }

    /// The rules a value must keep, each as its words and the values they speak of.
    pub(super) fn rules(self, schema: &'a Value) -> Vec<(String, Vec<String>)> {
        let layers = self.layers(schema, DEPTH_LIMIT);
        let mut rules = own_rules(&layers);
        if let Some(items) = find(&layers, "items") {
            let of_items = own_rules(&self.layers(items, DEPTH_LIMIT));
            rules.extend(of_items.into_iter().map(|(words, values)| (format!("each {words}"), values)));
        }
        rules
    }

    /// The fields of a body with those inside them, by their full names: `doctor.name`, `symptoms[].since`.
    pub(super) fn rows(self, schema: &'a Value) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        self.gather(schema, "", &[], &mut rows);
        rows
    }

    /// The example a schema gives, or one put together from what its fields give.
    pub(super) fn sample(self, schema: &'a Value) -> Option<Value> {
        self.sample_at(schema, &[])
    }

    fn target(self, value: &'a Value) -> Option<&'a Value> {
        self.0.pointer(value["$ref"].as_str()?.strip_prefix('#')?)
    }

    fn hops(self, value: &'a Value) -> Vec<&'a Value> {
        let next = |from: &&'a Value| self.target(from).or_else(|| only_alternative(from));
        std::iter::successors(Some(value), next).take(DEPTH_LIMIT).collect()
    }

    /// Every schema that speaks of the same value: itself, those it refers to and those it is made of.
    fn layers(self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let mut layers = self.hops(schema);
        if depth > 0 {
            let parts = layers.iter().flat_map(|layer| list(layer, "allOf"));
            let inner: Vec<_> = parts.flat_map(|part| self.layers(part, depth - 1)).collect();
            layers.extend(inner);
        }
        layers
    }

    /// The way down to a schema, or nothing where it would come back to itself or grow too long to read.
    fn descend(self, audit_log: &[&'a Value], schema: &'a Value) -> Option<Vec<&'a Value>> {
        let here = self.resolve(schema);
        let ends = audit_log.len() >= DEPTH_LIMIT || audit_log.iter().any(|above| std::ptr::eq(*above, here));
        (!ends).then(|| [audit_log, &[here]].concat())
    }

    fn type_at(self, schema: &'a Value, depth: usize) -> String {
        if depth == 0 {
            return "…".to_owned();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let simple = self.target(schema).filter(|target| target["type"] != "object");
            return match simple.filter(|target| target.get("type").is_some()) {
                Some(target) => self.type_at(target, depth - 1),
                None => reference.rsplit('/').next().unwrap_or_default().to_owned(),
            };
        }
        if let Some(value) = schema.get("const") {
            return value.to_string();
        }
        let unions = [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")];
        if let Some((key, word)) = unions.into_iter().find(|(key, _)| !list(schema, key).is_empty()) {
            return joined(list(schema, key).iter().map(|part| self.type_at(part, depth - 1)), word);
        }
        match &schema["type"] {
            Value::String(name) => self.plain_type(name, schema, depth),
            Value::Array(names) => {
                let names = names.iter().filter_map(Value::as_str);
                joined(names.map(|name| self.plain_type(name, schema, depth)), " or ")
            }
            _ if schema.get("properties").is_some() => "object".to_owned(),
            _ => "any".to_owned(),
        }
    }

    fn plain_type(self, name: &str, schema: &'a Value, depth: usize) -> String {
        match (name, schema["format"].as_str()) {
            ("array", _) => format!("array of {}", self.type_at(&schema["items"], depth - 1)),
            ("object", _) if schema["additionalProperties"].is_object() => {
                format!("map of {}", self.type_at(&schema["additionalProperties"], depth - 1))
            }
            ("null", _) | (_, None) => name.to_owned(),
            (_, Some(format)) => format!("{name} ({format})"),
        }
    }

    fn gather(self, schema: &'a Value, prefix: &str, audit_log: &[&'a Value], rows: &mut Vec<Row<'a>>) {
        let Some(audit_log) = self.descend(audit_log, schema) else { return };
        let layers = self.layers(schema, DEPTH_LIMIT);
        for (name, field) in layers.iter().flat_map(|layer| entries(layer, "properties")) {
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            let required = layers.iter().any(|layer| list(layer, "required").iter().any(|key| key == name));
            rows.push(Row::Field { name: path.clone(), required, schema: field });
            self.gather(field, &path, &audit_log, rows);
        }
        for (key, step) in [("items", "[]"), ("additionalProperties", "{}")] {
            if let Some(inner) = find(&layers, key) {
                self.gather(inner, &format!("{prefix}{step}"), &audit_log, rows);
            }
        }
        for alternative in layers.iter().flat_map(|layer| alternatives(layer)) {
            let mut fields = Vec::new();
            self.gather(alternative, prefix, &audit_log, &mut fields);
            if !fields.is_empty() {
                let title = Some(text(alternative, "title")).filter(|title| !title.is_empty());
                let title = title.map_or_else(|| self.type_name(alternative), str::to_owned);
                rows.push(Row::Alternative(title));
                rows.extend(fields);
            }
        }
    }

    fn sample_at(self, schema: &'a Value, audit_log: &[&'a Value]) -> Option<Value> {
        let layers = self.layers(schema, DEPTH_LIMIT);
        if let Some(given) = layers.iter().find_map(|layer| given_example(layer)) {
            return Some(given.clone());
        }
        let audit_log = self.descend(audit_log, schema)?;
        let fields = layers.iter().flat_map(|layer| entries(layer, "properties"));
        let mut object: Map<String, Value> = fields
            .filter_map(|(name, field)| Some((name.to_owned(), self.sample_at(field, &audit_log)?)))
            .collect();
        if let Some(first) = layers.iter().find_map(|layer| alternatives(layer).into_iter().next()) {
            match self.sample_at(first, &audit_log)? {
                Value::Object(more) => object.extend(more),
                other => return Some(other),
            }
        }
        if let Some(items) = find(&layers, "items") {
            return Some(self.sample_at(items, &audit_log).into_iter().collect());
        }
        Some(if object.is_empty() { blank(self.resolve(schema)) } else { Value::Object(object) })
    }
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn entries<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    value[key].as_object().into_iter().flatten().map(|(name, entry)| (name.as_str(), entry))
}

fn find<'a>(layers: &[&'a Value], key: &str) -> Option<&'a Value> {
    layers.iter().map(|layer| &layer[key]).find(|inner| inner.is_object())
}

fn not_null(schema: &Value) -> Vec<&Value> {
    let all = ["oneOf", "anyOf"].into_iter().flat_map(|key| list(schema, key));
    all.filter(|alternative| alternative["type"] != "null").collect()
}

/// The inside of an "or null" wrapper, which is how an optional `$ref` is written.
fn only_alternative(schema: &Value) -> Option<&Value> {
    not_null(schema).first().copied().filter(|_| alternatives(schema).is_empty())
}

fn alternatives(schema: &Value) -> Vec<&Value> {
    Some(not_null(schema)).filter(|all| all.len() > 1).unwrap_or_default()
}

fn joined(names: impl Iterator<Item = String>, word: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all.sort_by_key(|name| name == "null");
    all.join(word)
}

fn own_rules(layers: &[&Value]) -> Vec<(String, Vec<String>)> {
    let mut rules = Vec::new();
    for layer in layers {
        for (keyword, words) in RULES {
            let values: Vec<String> = match &layer[keyword] {
                Value::Null => continue,
                Value::Array(values) => values.iter().map(plain).collect(),
                value => vec![plain(value)],
            };
            rules.push((words.to_owned(), values));
        }
        let flags = FLAGS.into_iter().filter(|(keyword, _)| layer[*keyword] == true);
        rules.extend(flags.map(|(_, words)| (words.to_owned(), Vec::new())));
    }
    rules
}

/// Text without its quotes, unless nothing would be left to see.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().filter(|words| !words.is_empty()).map_or_else(|| value.to_string(), str::to_owned)
}

fn given_example(schema: &Value) -> Option<&Value> {
    let first = |key| list(schema, key).first();
    let examples = schema.get("example").or_else(|| first("examples"));
    examples.or_else(|| schema.get("const")).or_else(|| schema.get("default")).or_else(|| first("enum"))
}

fn blank(schema: &Value) -> Value {
    let name = schema["type"].as_str().or_else(|| list(schema, "type").first()?.as_str());
    match (name.unwrap_or_default(), text(schema, "format")) {
        ("string", "date-time") => json!("2026-01-31T09:30:00Z"),
        ("string", "date") => json!("2026-01-31"),
        ("string", "time") => json!("09:30:00"),
        ("string", "uuid") => json!("0198c0de-0000-7000-8000-000000000000"),
        ("string", "email") => json!("name@example.org"),
        ("string", _) => json!("string"),
        ("integer" | "number", _) => schema.get("minimum").cloned().unwrap_or(json!(0)),
        ("boolean", _) => json!(true),
        ("object", _) => json!({}),
        ("array", _) => json!([]),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({"components": {"schemas": {
            "Node": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 9, "example": "root"},
                "parent": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Node"}]},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                "level": {"type": ["integer", "null"], "format": "int32", "minimum": 1},
            }},
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Level": {"type": "string", "enum": ["mild", "severe"]},
            "Endless": {"allOf": [{"$ref": "#/components/schemas/Endless"}]},
        }}})
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn names(rows: &[Row]) -> Vec<String> {
        let name = |row: &Row| match row {
            Row::Alternative(name) => format!("({name})"),
            Row::Field { name, required, .. } => format!("{name}{}", if *required { "!" } else { "" }),
        };
        rows.iter().map(name).collect()
    }

    #[test]
    fn a_reference_reads_as_what_it_refers_to() {
        let (document, level) = (document(), reference("Level"));
        let schemas = Schemas(&document);
        assert_eq!(schemas.type_name(&level), "string");
        assert_eq!(
            schemas.rules(&level),
            [("one of".to_owned(), vec!["mild".to_owned(), "severe".to_owned()])]
        );
        assert_eq!(schemas.sample(&level), Some(json!("mild")));
    }

    #[test]
    fn a_schema_that_holds_itself_is_shown_once() {
        let (document, node) = (document(), reference("Node"));
        let schemas = Schemas(&document);
        assert_eq!(names(&schemas.rows(&node)), ["name!", "parent", "children", "level"]);
        assert_eq!(schemas.sample(&node), Some(json!({"name": "root", "children": [], "level": 1})));
    }

    #[test]
    fn a_schema_that_never_ends_ends_here() {
        let document = document();
        for endless in [reference("Loop"), reference("Endless"), reference("Missing")] {
            assert!(Schemas(&document).rows(&endless).is_empty());
            assert_eq!(Schemas(&document).sample(&endless), Some(Value::Null));
            assert!(!Schemas(&document).type_name(&endless).is_empty());
        }
    }

    #[test]
    fn a_type_says_whether_it_may_be_null() {
        let document = document();
        let node = &document["components"]["schemas"]["Node"]["properties"];
        assert_eq!(Schemas(&document).type_name(&node["parent"]), "Node or null");
        assert_eq!(Schemas(&document).type_name(&node["children"]), "array of Node");
        assert_eq!(Schemas(&document).type_name(&node["level"]), "integer (int32) or null");
    }

    #[test]
    fn the_fields_of_parts_and_alternatives_are_all_there() {
        let schema = json!({
            "allOf": [{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}}}}],
            "oneOf": [{"title": "One", "properties": {"c": {}}}, {"title": "Two", "properties": {"d": {}}}],
        });
        assert_eq!(names(&Schemas(&Value::Null).rows(&schema)), ["a", "a.b", "(One)", "c", "(Two)", "d"]);
    }
}
