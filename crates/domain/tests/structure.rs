//! The house's floors: a room may name only rooms that stand below it. And no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{Structure, compare_circles, compare_violations, layer_violations};

const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["audit", "events"],
    &["identity"],
    &["notifications", "outbox", "owned"],
    &["care", "content", "registry", "clinic", "assistant", "messaging"],
    &["diary", "crisis"],
];

fn domain() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn a_module_names_only_modules_of_lower_layers() {
    let domain = domain();
    assert!(domain.files() > 20, "only {} files were judged", domain.files());
    let wrong = compare_violations(&layer_violations(&domain, &["crate"], LAYERS).unwrap(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&domain().file_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&domain().folder_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
