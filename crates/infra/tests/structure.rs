//! The store is below every room, a room below those that stand on it, and no two files need each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use testing::structure::{
    Allowed, KnownCircle, Structure, compare_circles, compare_violations, layer_violations,
};

/// The domain's floors, and where the adapters without a room stand among them. A room names no higher one, neither here
/// nor in the domain.
const LAYERS: &[&[&str]] = &[
    &["shared"],
    &["clock", "store"],
    &["audit"],
    &["identity"],
    &["notifications"],
    &["cache"],
    &["care", "messaging"],
    &["bus"],
    &["diary"],
];

/// To be emptied.
const ALLOWED: &[Allowed] = &[
    Allowed {
        file: "store/mod.rs",
        paths: &[
            "domain::messaging::ports::Bus",
            "domain::notifications::ports::Suspension",
            "domain::notifications::ports::UnreadCounts",
        ],
        cut: "events and their bus are shared; what happens before and after a commit is given by the caller",
    },
    Allowed {
        file: "store/aftermath.rs",
        paths: &[
            "domain::messaging::Hint",
            "domain::messaging::ports::Bus",
            "domain::notifications::ports::Suspension",
        ],
        cut: "the same",
    },
    Allowed {
        file: "store/conn.rs",
        paths: &["domain::messaging::Hint", "domain::notifications::ports::Suspension"],
        cut: "the same: a connection collects what is done after its commit, of any kind",
    },
    Allowed {
        file: "store/group/mod.rs",
        paths: &["domain::messaging::ports::Bus", "domain::notifications::ports::Suspension"],
        cut: "the same",
    },
    Allowed {
        file: "notifications.rs",
        paths: &["domain::messaging::Hint"],
        cut: "events are shared, or a module below the notifications",
    },
    Allowed {
        file: "identity/person.rs",
        paths: &["domain::care::ports::People"],
        cut: "the port is about persons: it belongs to the domain's identity",
    },
    Allowed {
        file: "messaging/directory.rs",
        paths: &["domain::care::Status"],
        cut: "care answers which links are accepted, by a query that messaging joins with",
    },
];

/// To be emptied.
const FILES: &[KnownCircle] = &[KnownCircle {
    members: &["store/conn.rs", "store/group/mod.rs", "store/pool.rs"],
    cut: "Pools to store/mod.rs, above the group; pool.rs keeps managers, types and PATIENCE, below it",
}];

fn infra() -> Structure {
    Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap()
}

#[test]
fn a_module_names_only_modules_of_lower_layers() {
    let infra = infra();
    assert!(infra.files() > 20, "only {} files were judged", infra.files());
    let wrong = compare_violations(&layer_violations(&infra, &["crate", "domain"], LAYERS).unwrap(), ALLOWED);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&infra().file_circles(), FILES);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_folders_need_each_other_directly_or_round_about() {
    let wrong = compare_circles(&infra().folder_circles(), &[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
