//! What every crate's `tests/structure.rs` checks. Macros, as each test reads the sources of the crate that it stands in.

/// Makes the tests that no two files and no two folders of this crate need each other, directly or over others.
#[macro_export]
macro_rules! no_circles {
    () => {
        fn structure() -> $crate::structure::Structure {
            let structure = $crate::structure::Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap();
            assert!(structure.files() > 20, "only {} files were read", structure.files());
            structure
        }

        #[test]
        fn no_two_files_need_each_other_directly_or_round_about() {
            let circles = structure().file_circles();
            let found: Vec<_> = circles.iter().map(ToString::to_string).collect();
            assert!(found.is_empty(), "these need each other:\n{}", found.join("\n"));
        }

        #[test]
        fn no_two_folders_need_each_other_directly_or_round_about() {
            let circles = structure().folder_circles();
            let found: Vec<_> = circles.iter().map(ToString::to_string).collect();
            assert!(found.is_empty(), "these need each other:\n{}", found.join("\n"));
        }
    };
}

/// `no_circles!`, and the test that a module names only modules of lower layers, lowest first. `roots` are the crates whose
/// modules the layers are.
#[macro_export]
macro_rules! layered {
    ($roots:expr, $layers:expr) => {
        $crate::no_circles!();

        #[test]
        fn a_module_names_only_modules_of_lower_layers() {
            let violations = $crate::structure::layer_violations(&structure(), $roots, $layers).unwrap();
            let found: Vec<_> = violations.iter().map(ToString::to_string).collect();
            assert!(found.is_empty(), "{}", found.join("\n"));
        }
    };
}
