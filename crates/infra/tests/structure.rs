//! The store is below every room, a room below those that stand on it, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{Structure, compare_circles, compare_violations, layer_violations};

/// The domain's floors, and where the adapters without a room stand among them. A room names no higher one, neither here
/// nor in the domain.
const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["events"],
    &["bus", "clock", "store"],
    &["audit"],
    &["identity"],
    &["notifications", "owned"],
    &["care"],
    &["messaging"],
    &["diary"],
];

fn infra() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn a_module_names_only_modules_of_lower_layers() {
    let infra = infra();
    assert!(infra.files() > 20, "only {} files were judged", infra.files());
    let wrong = compare_violations(&layer_violations(&infra, &["crate", "domain"], LAYERS).unwrap(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&infra().file_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&infra().folder_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
