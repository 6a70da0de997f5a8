//! Every route of the families, with every id that it takes, for every kind of caller. A route that is missing here fails
//! the test, and so does one that shows or changes anything of Sarah's for somebody who has no right to it.
mod engine;
mod painaway;
mod ptsd;
mod world;

use crate::every_route::url_tables;
use testing::*;
use world::World;

fn rows() -> Vec<engine::Row<World>> {
    painaway::rows().into_iter().chain(ptsd::rows()).collect()
}

#[test]
fn every_route_of_the_families_is_in_the_matrix_and_no_other() {
    engine::every_route_has_a_row(&rows(), &url_tables());
}

on_both!(nobody_sees_or_changes_what_is_not_theirs, async |app: App| {
    let cells = engine::nobody_else_is_served(&app, &rows(), &url_tables()).await;
    assert!(cells > 250, "only {cells} cells were judged");
});

on_both!(a_caller_with_the_right_can_use_it, async |app: App| {
    engine::the_allowed_are_served(&app, &rows(), &url_tables()).await;
});
