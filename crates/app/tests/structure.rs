//! No two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{Structure, compare_circles};

fn own() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let (own, wrong) = (own(), compare_circles(&own().file_circles(), &[]));
    assert!(own.files() > 20, "only {} files were read", own.files());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&own().folder_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
