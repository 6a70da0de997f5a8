//! What the demo tells the person who started it: who lives in it, and three requests to try.
use super::{
    replay::Made,
    story::{Person, Story},
};
use crate::{
    commands::{failure::Failure, serve::base_url},
    config::Config,
};
use std::path::Path;

/// A few lines after the usual banner.
pub(super) fn told(config: &Config, story: &Story, made: &Made) -> Result<String, Failure> {
    Ok(format!(
        "  Demo: {people} people, 90 days of diary. Everybody's password is {password}\n\n\
         {table}\n{requests}\n\
         {commands}\
         \n  Everything here vanishes when you stop it.\n",
        people = story.people.len(),
        password = story.password,
        table = table(story, made),
        requests = requests(config, story, made)?,
        commands = config.database.sqlite_file().map(commands).unwrap_or_default(),
    ))
}

fn token<'m>(made: &'m Made, username: &str) -> &'m str {
    made.tokens.get(username).map(String::as_str).unwrap_or_default()
}

fn table(story: &Story, made: &Made) -> String {
    let row = |person: &Person| {
        let name = |key: &str| person.profile.get(key).and_then(|value| value.as_str()).unwrap_or_default();
        let who = format!("{} {}, {}", name("first_name"), name("last_name"), person.who);
        [person.username.clone(), who, token(made, &person.username).to_owned()]
    };
    let head = ["username", "who", "token"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(story.people.iter().map(row)).collect();
    let wide = |column: fn(&[String; 3]) -> &String| {
        rows.iter().map(|row| column(row).chars().count()).max().unwrap_or_default()
    };
    let (name_wide, who_wide) = (wide(|[name, _, _]| name), wide(|[_, who, _]| who));
    rows.iter().map(|[name, who, token]| format!("  {name:name_wide$}  {who:who_wide$}  {token}\n")).collect()
}

fn requests(config: &Config, story: &Story, made: &Made) -> Result<String, Failure> {
    let base = base_url(config.listen, config.public_url.as_deref());
    let lines = story.tries.iter().map(|one| {
        let (token, path) = (token(made, &one.by), made.path(&one.path)?);
        Ok(format!("  {}:\n    curl -H 'Authorization: Token {token}' '{base}{path}'\n", one.about))
    });
    lines.collect()
}

/// The banner's commands speak of the operator's own database, unless they are told otherwise.
fn commands(file: &Path) -> String {
    let url = format!("sqlite://{}", file.display());
    format!(
        "  Commands for this database, while it lasts:\n    DATABASE_URL='{url}' carebase audit USERNAME\n"
    )
}
