//! The hand-written statements fit the schema, the filled site, and each other.
use super::ops::Teller;
use crate::{
    fill::{Dataset, fill},
    fixture::Fixture,
    options::SECRET,
    scenario::Name,
    server_folder::Location,
    sql::Connection,
    wire::Base,
};
use std::sync::{Arc, Mutex};

#[test]
fn every_deed_can_be_done_twice_on_a_filled_site() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("care.db"));
    infra::store::migrate(&infra::store::Location::parse(&location.url()).unwrap()).unwrap();
    let mut connection = Connection::open(&location).unwrap();
    for part in 1..=44 {
        connection.batch(&format!("insert into body_parts values ({part}, 'p{part}', 'p{part}')")).unwrap();
    }
    connection.batch("insert into alarm_scenarios values (3, 's3', true, true, true)").unwrap();
    let dataset = Dataset::new(0.01, SECRET).unwrap();
    fill(&location, &dataset).unwrap();

    let fixture = Fixture::of_town(&dataset, Base::parse("http://127.0.0.1:1").unwrap());
    let writer = Some(Arc::new(Mutex::new(Connection::open(&location).unwrap())));
    let mut teller = Teller::new(connection, writer, &fixture, 3).unwrap();
    for name in Name::all().iter().filter(|name| name.has_store_limit()) {
        for _ in 0..8 {
            teller.tell(*name).unwrap_or_else(|why| panic!("{name:?}: {why}"));
        }
    }
    teller.leave();
    while !teller.is_at_rest() {
        teller.tell(Name::Mix).unwrap();
    }
}
