//! The kits name no family, no family names another, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{
    Allowed, KnownCircle, Structure, compare_circles, compare_violations, layer_violations,
};

/// Two on one floor may not name each other: so the families.
const LAYERS: &[&[&str]] =
    &[&["http"], &["live"], &["schema"], &["painaway", "ptsd"], &["sockets"], &["health"]];

/// To be emptied.
const ALLOWED: &[Allowed] = &[Allowed {
    file: "schema/mod.rs",
    paths: &["crate::painaway::Document", "crate::ptsd::Document"],
    cut: "whoever wires the families hands the merged document to the pages",
}];

/// To be emptied.
const FILES: &[KnownCircle] = &[
    KnownCircle { members: &["http/body.rs", "http/values.rs"], cut: "type_name belongs to values.rs" },
    KnownCircle { members: &["live/door.rs", "live/socket.rs"], cut: "Lever into a file of its own" },
];

/// To be emptied.
const FOLDERS: &[KnownCircle] = &[KnownCircle {
    members: &["painaway", "ptsd", "schema"],
    cut: "the refusals of responses.rs to http, a family's own shapes to the family; the document is given",
}];

fn web() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn a_module_names_only_modules_of_lower_layers() {
    let web = web();
    assert!(web.files() > 20, "only {} files were judged", web.files());
    let wrong = compare_violations(&layer_violations(&web, &["crate"], LAYERS).unwrap(), ALLOWED);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&web().file_circles(), FILES);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&web().folder_circles(), FOLDERS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
