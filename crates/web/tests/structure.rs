//! The kits name no family, no family names another, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{Structure, compare_circles, compare_violations, layer_violations};

/// Two on one floor may not name each other: so the families.
const LAYERS: &[&[&str]] =
    &[&["http"], &["live"], &["channels", "django", "health", "schema"], &["painaway", "ptsd"], &["sockets"]];

fn web() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn a_module_names_only_modules_of_lower_layers() {
    let web = web();
    assert!(web.files() > 20, "only {} files were judged", web.files());
    let wrong = compare_violations(&layer_violations(&web, &["crate"], LAYERS).unwrap(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&web().file_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&web().folder_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
