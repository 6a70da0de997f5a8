//! The shared layers name no family, no family names another, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

/// Two in one layer may not name each other: so the families.
const LAYERS: &[&[&str]] = &[
    &["address", "each_second", "metrics"],
    &["connections"],
    &["http"],
    &["live"],
    &["channels", "django", "health", "hooks", "schema"],
    &["front"],
    &["pages", "painaway", "ptsd"],
    &["sockets"],
];

testing::layered!(&["crate"], LAYERS);

#[test]
fn no_route_leads_to_what_an_operator_may_do() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("as_operator"), "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 50, "only {read} files were read");
}
