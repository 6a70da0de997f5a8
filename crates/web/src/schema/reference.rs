//! The API reference: one page for reading, made of the OpenAPI document alone, with nothing from elsewhere.
use super::{
    reference_html::{escape, inline, parameter_table, prose, request_body, response, titled},
    reference_schema::{Schemas, entries, list, text},
};
use serde_json::Value;

pub(crate) const STYLE: &str = include_str!("reference.css");
pub(crate) const SCRIPT: &str = include_str!("reference.js");

const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
const UNTAGGED: &str = "Other";

#[derive(Clone, Copy)]
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    /// What the document says for every method of this path.
    shared: &'a Value,
    own: &'a Value,
}

struct Group<'a> {
    name: &'a str,
    description: &'a str,
    operations: Vec<Operation<'a>>,
}

/// The page; it loads `reference.css` and `reference.js` from its own folder, so its URL ends with a slash.
pub(crate) fn page(document: &Value) -> String {
    let groups = groups(document);
    let title = escape(text(&document["info"], "title"));
    let nav: String = groups.iter().map(nav_group).collect();
    let sections: String = groups.iter().map(|group| group_block(document, group)).collect();
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="reference.css">
<script src="reference.js" defer></script>
</head>
<body>
<a class="skip" href="#reference-main">Skip to the operations</a>
<nav aria-label="Operations">
<search id="reference-filter" hidden>
<label for="reference-search">Search operations <kbd>/</kbd></label>
<input id="reference-search" type="search" autocomplete="off" spellcheck="false">
<p id="reference-count" role="status"></p>
</search>
{nav}</nav>
<main id="reference-main" tabindex="-1">
{}{sections}</main>
</body>
</html>
"##,
        header(document),
    )
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let schemas = Schemas(document);
    let on_path = |(path, item)| {
        let shared = schemas.resolve(item);
        let known = METHODS.into_iter().filter_map(move |method| Some((method, shared.get(method)?)));
        known.map(move |(method, own)| Operation { method, path, shared, own })
    };
    entries(document, "paths").flat_map(on_path).collect()
}

/// The tags in the order the document declares them, then those it only uses.
fn groups(document: &Value) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for tag in list(document, "tags") {
        let (name, description) = (text(tag, "name"), text(tag, "description"));
        groups.push(Group { name, description, operations: Vec::new() });
    }
    for operation in operations(document) {
        // Only under its first tag: an anchor names one place.
        let name = list(operation.own, "tags").first().and_then(Value::as_str).unwrap_or(UNTAGGED);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.operations.push(operation),
            None => groups.push(Group { name, description: "", operations: vec![operation] }),
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    groups
}

impl<'a> Operation<'a> {
    fn anchor(self) -> String {
        match text(self.own, "operationId") {
            "" => format!("{}{}", self.method, self.path.replace(|c: char| !c.is_alphanumeric(), "-")),
            id => id.to_owned(),
        }
    }

    fn name(self) -> &'a str {
        Some(text(self.own, "summary")).filter(|words| !words.is_empty()).unwrap_or(self.path)
    }

    fn badge(self) -> String {
        format!("<span class=\"method {0}\">{0}</span>", self.method)
    }

    /// What the search looks in.
    fn words(self, tag: &str) -> String {
        escape(&format!("{} {} {} {tag}", self.method, self.path, self.name()).to_lowercase())
    }

    /// The parameters of the path, unless the operation has its own of the same name and place.
    fn parameters(self, schemas: Schemas<'a>) -> Vec<&'a Value> {
        let of = |value| list(value, "parameters").iter().map(|parameter| schemas.resolve(parameter));
        let own: Vec<_> = of(self.own).collect();
        let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
        let shared = of(self.shared).filter(|outer| !own.iter().any(|inner| same(outer, inner)));
        shared.chain(own.iter().copied()).collect()
    }
}

fn nav_group(group: &Group) -> String {
    let link = |operation: &Operation| {
        format!(
            "<li data-search=\"{}\"><a href=\"#{}\">{}<span>{}</span></a></li>\n",
            operation.words(group.name),
            escape(&operation.anchor()),
            operation.badge(),
            escape(operation.name()),
        )
    };
    let links: String = group.operations.iter().map(link).collect();
    format!("<div data-group>\n<h2>{}</h2>\n<ul>\n{links}</ul>\n</div>\n", escape(group.name))
}

fn header(document: &Value) -> String {
    let info = &document["info"];
    let schemes = entries(&document["components"], "securitySchemes");
    let schemes: String = schemes.map(|(name, scheme)| scheme_line(name, scheme)).collect();
    let schemes = titled("h2", "Ways to sign in", &schemes);
    format!(
        "<header>\n<h1>{} <small>{}</small></h1>\n{}{schemes}</header>\n",
        escape(text(info, "title")),
        escape(text(info, "version")),
        prose(text(info, "description")),
    )
}

fn scheme_line(name: &str, scheme: &Value) -> String {
    let facts = ["type", "scheme", "bearerFormat", "in", "name"].map(|key| text(scheme, key));
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).map(escape).collect();
    let description = inline(text(scheme, "description"));
    format!("<p><code>{}</code> {}<br>{description}</p>\n", escape(name), facts.join(" · "))
}

fn group_block(document: &Value, group: &Group) -> String {
    let section = |operation: &Operation| section(document, *operation, group.name);
    let sections: String = group.operations.iter().map(section).collect();
    let description = prose(group.description);
    format!("<div data-group>\n<h2>{}</h2>\n{description}{sections}</div>\n", escape(group.name))
}

fn section(document: &Value, operation: Operation, tag: &str) -> String {
    let schemas = Schemas(document);
    let own = operation.own;
    let old = if own["deprecated"] == true { " <small class=\"deprecated\">deprecated</small>" } else { "" };
    let parameters = operation.parameters(schemas).into_iter().map(|each| (text(each, "name"), each));
    let responses = entries(own, "responses").map(|(status, each)| response(schemas, status, each));
    format!(
        "<section id=\"{}\" data-search=\"{}\">\n<h3>{}{old}</h3>\n<p class=\"path\">{}<code>{}</code></p>\n\
         {}<p class=\"callers\">{}</p>\n{}{}{}</section>\n",
        escape(&operation.anchor()),
        operation.words(tag),
        escape(operation.name()),
        operation.badge(),
        escape(operation.path).replace('/', "/<wbr>"),
        prose(text(own, "description")),
        callers(document, own),
        titled("h4", "Parameters", &parameter_table(schemas, parameters)),
        request_body(schemas, schemas.resolve(&own["requestBody"])),
        titled("h4", "Responses", &responses.collect::<String>()),
    )
}

fn callers(document: &Value, own: &Value) -> String {
    let ruling = if own.get("security").is_some() { own } else { document };
    let ways: Vec<String> = list(ruling, "security").iter().map(way).collect();
    if ways.is_empty() {
        return "Open to anyone, without signing in".to_owned();
    }
    format!("Who may call it: {}", ways.join(" or "))
}

fn way(requirement: &Value) -> String {
    let schemes: Vec<String> = requirement.as_object().into_iter().flatten().map(scheme_use).collect();
    if schemes.is_empty() { "anyone, without signing in".to_owned() } else { schemes.join(" and ") }
}

fn scheme_use((name, scopes): (&String, &Value)) -> String {
    let scopes: Vec<&str> = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let scopes = if scopes.is_empty() { String::new() } else { format!(" ({})", escape(&scopes.join(", "))) };
    format!("<code>{}</code>{scopes}", escape(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Diary", "version": "1.2.3", "description": "All.\n\n- one `thing`\n- two"},
            "tags": [{"name": "entries", "description": "What hurts."}, {"name": "unused"}],
            "security": [{"session": []}],
            "paths": {"/entries/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "get": {"operationId": "read_entry", "tags": ["entries", "more"], "security": [],
                    "summary": "<script>alert('x')</script>",
                    "responses": {"200": {"description": "Here", "content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/Entry"}}}}}},
                "put": {"operationId": "write_entry", "tags": ["entries"],
                    "requestBody": {"$ref": "#/components/requestBodies/Entry"},
                    "responses": {"204": {"description": "Done"}}},
                "delete": {"operationId": "drop_entry", "responses": {}},
            }},
            "components": {
                "requestBodies": {"Entry": {"required": true, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Entry"},
                    "examples": {"mild": {"summary": "A mild day", "value": {"level": 2}}}}}}},
                "schemas": {"Entry": {"type": "object", "required": ["level"], "properties": {
                    "level": {"type": ["integer", "null"], "maximum": 10, "examples": [7]},
                    "next": {"$ref": "#/components/schemas/Entry"}}}},
            },
        })
    }

    #[test]
    fn every_operation_has_one_anchor() {
        let html = page(&document());
        for id in ["read_entry", "write_entry", "drop_entry"] {
            assert_eq!(html.matches(&format!("<section id=\"{id}\"")).count(), 1, "{id}");
            assert_eq!(html.matches(&format!("href=\"#{id}\"")).count(), 1, "{id}");
        }
        assert_eq!(html.matches("<section ").count(), 3);
        assert_eq!(html.matches("<li data-search=").count(), 3);
    }

    #[test]
    fn a_group_stands_for_each_tag_in_use() {
        let document = document();
        let names: Vec<&str> = groups(&document).iter().map(|group| group.name).collect();
        assert_eq!(names, ["entries", UNTAGGED]);
    }

    #[test]
    fn a_reference_to_a_schema_or_a_body_is_resolved() {
        let html = page(&document());
        assert!(html.contains("Request body <small class=\"required\">required</small>"));
        assert!(html.contains("Example: A mild day</figcaption>"));
        assert!(html.contains("&quot;level&quot;: 7"), "the sample is made of the examples of the fields");
        assert_eq!(html.matches("<small class=\"rule\">max <code>10</code></small>").count(), 2);
        assert!(!html.contains("next.next"), "a schema that holds itself ends");
    }

    #[test]
    fn an_operation_says_who_may_call_it() {
        let html = page(&document());
        assert_eq!(html.matches("Open to anyone").count(), 1);
        assert_eq!(html.matches("Who may call it: <code>session</code>").count(), 2);
    }

    #[test]
    fn every_method_has_the_parameters_of_its_path() {
        assert_eq!(page(&document()).matches("<code>id</code> <small>path</small>").count(), 3);
    }

    #[test]
    fn text_of_the_document_is_escaped() {
        let html = page(&document());
        assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
        assert_eq!(html.matches("<script").count(), 1);
        assert!(html.contains("<script src=\"reference.js\" defer></script>"));
    }

    #[test]
    fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
        for file in [page(&document()).as_str(), STYLE, SCRIPT] {
            assert!(!file.contains("http://") && !file.contains("https://") && !file.contains("url("));
        }
        let html = page(&document());
        let handler = |word: &str| word.starts_with("on") && word.contains('=');
        assert!(
            !html.contains("style=") && !html.contains("<style") && !html.split_whitespace().any(handler)
        );
    }

    #[test]
    fn a_doc_comment_reads_as_paragraphs_and_lists() {
        assert_eq!(
            prose("# Why\n\na\nb\n- `c`\n- <d"),
            "<p><strong>Why</strong></p><p>a\nb</p><ul><li><code>c</code></li><li>&lt;d</li></ul>"
        );
        assert_eq!(inline("one ` alone"), "one ` alone");
    }

    #[test]
    fn an_empty_document_is_still_a_page() {
        assert!(page(&Value::Null).contains("</html>"));
    }
}
