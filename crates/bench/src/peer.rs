//! A server that is not ours, or is another version of ours: who can be asked there, and what it can answer.
use crate::{
    Done,
    fill::Dataset,
    fixture::{Fixture, Treatment, Voice},
    options::Run,
    scenario::{LINKS, Name, PROFILE},
    wire::{Base, HttpConnection},
};
use serde_json::Value;

pub(crate) fn meet(url: &str, args: &Run) -> Done<Fixture> {
    let base = Base::parse(url)?;
    if let Some(secret) = &args.peer_secret {
        return Ok(Fixture::of_town(&Dataset::new(args.scale, secret)?, base));
    }
    if args.peer_tokens.is_empty() {
        return Err("a peer needs --peer-token, again for more people, or --peer-secret".into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(found(base, args))
}

/// Whether the peer answers the first question of this scenario. What it cannot answer is told, and left out.
pub(crate) fn answers(name: Name, peer: &Fixture) -> Done<bool> {
    let Some(mut visitor) = name.visitors(peer, 1)?.into_iter().next() else {
        say!("  the peer has nobody who could ask {}", name.word());
        return Ok(false);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = HttpConnection::open(&peer.base).await?;
        loop {
            let answer = connection.ask(visitor.ask(), true).await?;
            if !answer.status.is_success() {
                say!("  the peer does not answer {}: {}", name.word(), answer.status);
                return Ok(false);
            }
            visitor.hear(&answer.body);
            visitor.leave();
            if visitor.is_at_rest() {
                return Ok(true);
            }
        }
    })
}

async fn get(connection: &mut HttpConnection, base: &Base, path: &str, token: &str) -> Done<Value> {
    let answer = connection.ask(base.get(path, token)?, true).await?;
    if !answer.status.is_success() {
        return Err(format!("the peer says {} to GET {path}", answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Patients and doctors by what their profiles say; treatments from the doctors' links.
async fn found(base: Base, args: &Run) -> Done<Fixture> {
    let mut connection = HttpConnection::open(&base).await?;
    let (mut patients, mut doctors) = (Vec::new(), Vec::new());
    for token in &args.peer_tokens {
        let profile = get(&mut connection, &base, PROFILE, token).await?;
        let id = profile.get("id").and_then(Value::as_i64).ok_or("the peer's profile has no id")?;
        let groups = profile.get("groups").and_then(Value::as_array);
        let is_doctor = groups.is_some_and(|groups| groups.iter().any(|group| group == "Doctor"));
        let voice = Voice { id, token: token.clone(), token_hash: String::new() };
        if is_doctor { doctors.push(voice) } else { patients.push(voice) }
    }
    let mut treatments = Vec::new();
    for doctor in &doctors {
        let links = get(&mut connection, &base, LINKS, &doctor.token).await?;
        for link in links.as_array().into_iter().flatten() {
            let ids = link.get("id").zip(link.pointer("/patient/id"));
            let free = link.get("prescription").is_none_or(Value::is_null);
            if let Some((Some(link), Some(patient))) = ids.map(|(l, p)| (l.as_i64(), p.as_i64()))
                && free
            {
                treatments.push(Treatment { doctor: doctor.clone(), patient, link });
            }
        }
    }
    let pair = |two: &[Voice]| Some((two.first()?.clone(), two.get(1)?.clone()));
    let login = |login: &String| login.split_once(':').map(|(name, word)| (name.into(), word.into()));
    Ok(Fixture {
        base,
        chronicler: None,
        doctor: doctors.first().cloned(),
        doctors_links: vec![],
        writers: patients.clone(),
        treatments,
        logins: args.peer_logins.iter().filter_map(login).collect(),
        conversed: vec![],
        pairs: patients.chunks(2).filter_map(pair).collect(),
        alarmed: vec![],
        idlers: patients.clone(),
        diarists: patients,
    })
}
