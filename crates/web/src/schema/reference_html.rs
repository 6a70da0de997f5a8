//! The pieces of the reference page: tables of fields, bodies, answers, examples, and the prose between them.
use super::reference_schema::{Row, Schemas, entries, plain, text};
use serde_json::Value;

pub(super) fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

pub(super) fn parameter_table<'a>(
    schemas: Schemas<'a>,
    named: impl Iterator<Item = (&'a str, &'a Value)>,
) -> String {
    let line = |(name, parameter): (&str, &'a Value)| {
        let schema = &parameter["schema"];
        let place = format!(" <small>{}</small>", escape(text(parameter, "in")));
        let example = parameter.get("example").or_else(|| schema.get("example")).map(plain);
        let example = example.map(|value| format!("<p>Example: <code>{}</code></p>", escape(&value)));
        let own = Some(text(parameter, "description")).filter(|words| !words.is_empty());
        let description = prose(own.unwrap_or_else(|| schemas.description(schema)));
        let notes = format!("{description}{}", example.unwrap_or_default());
        line(
            name,
            &format!("{place}{}", required(parameter["required"] == true)),
            &shape(schemas, schema),
            &notes,
        )
    };
    table("Name", &named.map(line).collect::<String>())
}

pub(super) fn request_body<'a>(schemas: Schemas<'a>, body: &'a Value) -> String {
    let media: String = entries(body, "content").map(|(name, each)| media(schemas, name, each)).collect();
    let description = prose(text(body, "description"));
    let title = format!("Request body{}", required(body["required"] == true));
    titled("h4", &title, &format!("{description}{media}"))
}

pub(super) fn response<'a>(schemas: Schemas<'a>, status: &str, response: &'a Value) -> String {
    let response = schemas.resolve(response);
    let headers = entries(response, "headers").map(|(name, each)| (name, schemas.resolve(each)));
    let headers = titled("h5", "Headers", &parameter_table(schemas, headers));
    let media: String = entries(response, "content").map(|(name, each)| media(schemas, name, each)).collect();
    // The answer one hopes for is open; the refusals, alike everywhere, wait for a click.
    let (kind, open) = if status.starts_with('2') { ("good", " open") } else { ("other", "") };
    let title = format!(
        "<span class=\"status {kind}\">{}</span> <span>{}</span>",
        escape(status),
        inline(text(response, "description")),
    );
    if headers.is_empty() && media.is_empty() {
        return format!("<p class=\"response\">{title}</p>\n");
    }
    format!("<details class=\"response\"{open}><summary>{title}</summary>{headers}{media}</details>\n")
}

fn media<'a>(schemas: Schemas<'a>, name: &str, media: &'a Value) -> String {
    let schema = &media["schema"];
    let lines: String = schemas.rows(schema).iter().map(|row| field_line(schemas, row)).collect();
    format!(
        "<div class=\"media\"><p class=\"shape\"><code>{}</code> {}</p>{}{}</div>",
        escape(name),
        shape(schemas, schema),
        table("Field", &lines),
        examples(schemas, name, media),
    )
}

fn field_line<'a>(schemas: Schemas<'a>, row: &Row<'a>) -> String {
    match row {
        Row::Alternative(name) => format!("<tr><th colspan=\"3\">Either: {}</th></tr>\n", escape(name)),
        Row::Field { name, required: is_required, schema } => {
            let description = prose(schemas.description(schema));
            line(name, required(*is_required), &shape(schemas, schema), &description)
        }
    }
}

/// The examples a content type gives; without any, one made of its schema, if a person could read it.
fn examples<'a>(schemas: Schemas<'a>, name: &str, media: &'a Value) -> String {
    let block = |title: &str, value: &Value| {
        let shown = match value {
            Value::String(words) if !name.contains("json") => words.clone(),
            other => format!("{other:#}"),
        };
        format!(
            "<figure><figcaption>{}</figcaption><pre tabindex=\"0\">{}</pre></figure>",
            escape(title),
            escape(&shown)
        )
    };
    let named = entries(media, "examples").map(|(key, each)| (key, schemas.resolve(each)));
    let named = named.map(|(key, each)| {
        let summary = Some(text(each, "summary")).filter(|words| !words.is_empty());
        block(&format!("Example: {}", summary.unwrap_or(key)), &each["value"])
    });
    let sample = || schemas.sample(&media["schema"]).filter(|_| name.contains("json"));
    let single = || media.get("example").cloned().or_else(sample);
    match named.collect::<String>() {
        none if none.is_empty() => single().map(|value| block("Example", &value)).unwrap_or_default(),
        all => all,
    }
}

fn shape<'a>(schemas: Schemas<'a>, schema: &'a Value) -> String {
    let rule = |(words, values): (String, Vec<String>)| {
        let values: String = values.iter().map(|value| format!(" <code>{}</code>", escape(value))).collect();
        format!("<small class=\"rule\">{}{values}</small>", escape(&words))
    };
    let rules: String = schemas.rules(schema).into_iter().map(rule).collect();
    format!("<span class=\"type\">{}</span>{rules}", escape(&schemas.type_name(schema)))
}

fn line(name: &str, notes: &str, shape: &str, description: &str) -> String {
    let name = escape(name);
    format!(
        "<tr><th scope=\"row\"><code>{name}</code>{notes}</th><td>{shape}</td><td>{description}</td></tr>\n"
    )
}

fn table(first: &str, lines: &str) -> String {
    let head: String =
        [first, "Type", "Description"].map(|name| format!("<th scope=\"col\">{name}</th>")).concat();
    if lines.is_empty() {
        return String::new();
    }
    format!("<table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table>\n")
}

fn required(is_required: bool) -> &'static str {
    if is_required { " <small class=\"required\">required</small>" } else { "" }
}

pub(super) fn titled(level: &str, title: &str, body: &str) -> String {
    if body.is_empty() { String::new() } else { format!("<{level}>{title}</{level}>\n{body}") }
}

/// The little Markdown that doc comments are written in: paragraphs, headings, lists and `code`.
pub(super) fn prose(words: &str) -> String {
    words.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(prose_block).collect()
}

fn prose_block(block: &str) -> String {
    if let Some(heading) = block.strip_prefix('#') {
        return format!("<p><strong>{}</strong></p>", inline(heading.trim_start_matches('#').trim()));
    }
    let marked = format!("\n{block}").replace("\n* ", "\n- ");
    let mut items = marked.split("\n- ").map(|item| inline(item.trim()));
    let opening = items.next().filter(|words| !words.is_empty()).map(|words| format!("<p>{words}</p>"));
    let items: String = items.map(|item| format!("<li>{item}</li>")).collect();
    let items = if items.is_empty() { items } else { format!("<ul>{items}</ul>") };
    format!("{}{items}", opening.unwrap_or_default())
}

pub(super) fn inline(words: &str) -> String {
    let pieces: Vec<String> = words.split('`').map(escape).collect();
    if pieces.len().is_multiple_of(2) {
        // A backtick without its pair is only a character.
        return pieces.join("`");
    }
    let code = |(at, piece): (usize, &String)| match at % 2 {
        0 => piece.clone(),
        _ => format!("<code>{piece}</code>"),
    };
    pieces.iter().enumerate().map(code).collect()
}
