//! What the demo tells whoever started it: who lives in it, and three requests to try.
use super::{
    cast::{Cast, Member, find},
    people::{PatientStory, Story},
};
use crate::{
    commands::{failure::Failure, serve::base_url},
    config::Config,
};
use std::path::Path;

/// A few lines after the usual banner.
pub(super) fn told(config: &Config, story: &Story, cast: &Cast<'_>) -> Result<String, Failure> {
    Ok(format!(
        "  Demo: {people} people, 90 days of diary. Everybody's password is {password}\n\n\
         {table}\n{requests}\n\
         {commands}\
         \n  Everything here vanishes when you stop it.\n",
        people = cast.len(),
        password = story.password,
        table = table(story, cast)?,
        requests = requests(config, story, cast)?,
        commands = config.database.sqlite_file().map(commands).unwrap_or_default(),
    ))
}

fn table(story: &Story, cast: &Cast<'_>) -> Result<String, Failure> {
    let members = story.everybody().map(|profile| find(cast, &profile.username));
    let members = members.collect::<Result<Vec<_>, _>>()?;
    let rows = members.iter().map(|member| {
        let profile = member.profile;
        let who = format!("{}, {}", profile.full_name(), profile.who);
        [profile.username.clone(), who, member.token.expose().to_owned()]
    });
    let head = ["username", "who", "token"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let wide = |column: fn(&[String; 3]) -> &String| {
        rows.iter().map(|row| column(row).chars().count()).max().unwrap_or_default()
    };
    let (name_wide, who_wide) = (wide(|[name, _, _]| name), wide(|[_, who, _]| who));
    let lines =
        rows.iter().map(|[name, who, token]| format!("  {name:name_wide$}  {who:who_wide$}  {token}\n"));
    Ok(lines.collect())
}

/// Tried on the first patient whom a doctor treats.
fn requests(config: &Config, story: &Story, cast: &Cast<'_>) -> Result<String, Failure> {
    let treated = |patient: &'_ PatientStory| patient.care.iter().any(|care| care.accepted_by().is_some());
    let patient = story.patients.iter().find(|patient| treated(patient));
    let patient = patient.ok_or_else(|| Failure::new("seeds/demo.json: nobody is treated"))?;
    let doctor = patient.care.iter().find_map(|care| care.accepted_by()).unwrap_or_default();
    let (patient, doctor) = (find(cast, &patient.profile.username)?, find(cast, doctor)?);

    let base = base_url(config.listen, config.public_url.as_deref());
    let curl = |member: &Member<'_>, path: &str| {
        format!("    curl -H 'Authorization: Token {}' '{base}/api/diary/{path}'\n", member.token.expose())
    };
    let (patient_name, doctor_name) = (patient.profile.full_name(), doctor.profile.full_name());
    Ok(format!(
        "  The records of {patient_name}, by their owner:\n{}  The same records, by the doctor, {doctor_name}:\n{}  \
         How many unread notifications {doctor_name} has:\n{}",
        curl(patient, "stats/"),
        curl(doctor, &format!("stats/?patient_id={}", patient.caller.id())),
        curl(doctor, "notifications/unread-count/"),
    ))
}

/// The banner's commands speak of the operator's own database, unless they are told otherwise.
fn commands(file: &Path) -> String {
    let url = format!("sqlite://{}", file.display());
    format!(
        "  Commands for this database, while it lasts:\n    DATABASE_URL='{url}' carebase audit USERNAME\n"
    )
}
