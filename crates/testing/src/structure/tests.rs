use super::*;

/// A crate of these files.
fn of(files: &[(&str, &str)]) -> Structure {
    let sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Structure::from_sources(&sources).unwrap()
}

fn members(circles: &[Circle]) -> Vec<String> {
    circles.iter().map(|circle| circle.members.join(" ")).collect()
}

fn file_circles(files: &[(&str, &str)]) -> Vec<String> {
    members(&of(files).file_circles())
}

#[test]
fn a_circle_through_a_reexport_is_found() {
    let found = file_circles(&[
        ("lib.rs", "mod room;"),
        ("room/mod.rs", "mod one; mod two; pub use one::One; pub(crate) use two::Two;"),
        ("room/one.rs", "use super::Two; pub struct One(Two);"),
        ("room/two.rs", "use crate::room::One as First; pub struct Two(Option<Box<First>>);"),
    ]);
    assert_eq!(found, ["room/one.rs room/two.rs"]);
}

#[test]
fn a_circle_through_an_inline_path_is_found() {
    for (one, two) in [
        ("fn f() { crate::two::g(); }", "fn g() { super::one::f(); }"),
        ("fn f() { self::super::two::g(); }", "use crate::one; fn g() { one::f(); }"),
        (
            "fn f() { let _ = format!(\"{}\", crate::two::g()); }",
            "use super::{one::{self}}; fn g() { one::f() }",
        ),
        ("pub struct F; type G = Vec<crate::two::G>;", "pub struct G; impl From<crate::one::F> for G {}"),
        ("pub fn f() {} #[serde(with = \"crate::two::g\")] struct S;", "fn g() { crate::one::f(); }"),
        ("use crate::two::*; fn f() { g() }", "fn g() { crate::one::f(); }"),
    ] {
        let found = file_circles(&[("lib.rs", "mod one; mod two;"), ("one.rs", one), ("two.rs", two)]);
        assert_eq!(found, ["one.rs two.rs"], "{one} {two}");
    }
}

#[test]
fn a_circle_of_three_is_told_with_what_each_needs() {
    let found = of(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; struct A(B);"),
        ("b.rs", "use crate::c::C; struct B(C);"),
        ("c.rs", "use crate::a::A; struct C(Vec<A>);"),
    ]);
    let circles = found.file_circles();
    assert_eq!(members(&circles), ["a.rs b.rs c.rs"]);
    assert_eq!(
        circles[0].needs,
        ["a.rs needs b.rs: crate::b::B", "b.rs needs c.rs: crate::c::C", "c.rs needs a.rs: crate::a::A"]
    );
}

#[test]
fn what_is_there_for_tests_only_is_not_counted() {
    let found = file_circles(&[
        ("lib.rs", "mod one; mod two;"),
        ("one.rs", "use crate::two::Two; struct One(Two);"),
        (
            "two.rs",
            "struct Two;
            #[cfg(test)] mod tests { use crate::one::One; fn f() -> One {} }
            #[cfg(all(test, unix))] use crate::one::One;
            impl Two { #[cfg(test)] fn one() -> crate::one::One {} }
            #[test] fn f() { crate::one::One; }
            // use crate::one::One;
            const WORDS: &str = \"crate::one::One\";",
        ),
    ]);
    assert!(found.is_empty(), "{found:?}");
    for kept in ["#[cfg(not(test))]", "#[cfg(any(test, unix))]", "#[cfg(unix)]"] {
        let found = file_circles(&[
            ("lib.rs", "mod one; mod two;"),
            ("one.rs", "use crate::two::Two; struct One(Two);"),
            ("two.rs", &format!("struct Two; {kept} use crate::one::One;")),
        ]);
        assert_eq!(found, ["one.rs two.rs"], "{kept}");
    }
}

#[test]
fn a_parent_that_only_declares_and_reexports_needs_nothing() {
    let child = ("room/one.rs", "use super::Shared; pub struct One(Shared);");
    let parent = |text| [("lib.rs", "mod room;"), ("room/mod.rs", text), child];
    let only = parent("mod one; pub use one::One; pub(super) use one::One as Uno; pub struct Shared;");
    assert!(file_circles(&only).is_empty());
    // To need it is another thing.
    for text in [
        "mod one; pub use one::One; pub struct Shared; struct All(One);",
        "mod one; use one::One; pub struct Shared;",
        "mod one; pub struct Shared; struct All(one::One);",
        "mod one; pub(self) use one::One; pub struct Shared;",
    ] {
        assert_eq!(file_circles(&parent(text)), ["room/mod.rs room/one.rs"], "{text}");
    }
}

#[test]
fn a_macro_is_needed_with_an_import_and_without() {
    let found = file_circles(&[
        ("main.rs", "macro_rules! say { () => { $crate::one::f() } } mod one; mod two;"),
        ("one.rs", "pub fn f() { say!(); }"),
        ("two.rs", "pub fn say() {} pub fn format() { crate::one::f() }"),
    ]);
    assert_eq!(found, ["main.rs one.rs"]);
    let found = file_circles(&[
        ("lib.rs", "mod ids; mod one;"),
        ("ids/mod.rs", "mod make; pub(crate) use make::id;"),
        (
            "ids/make.rs",
            "macro_rules! id { ($n:ident) => { struct $n; } } pub(crate) use id; type T = crate::one::OneId;",
        ),
        ("one.rs", "use crate::ids::id; id!(OneId);"),
    ]);
    assert_eq!(found, ["ids/make.rs one.rs"]);
}

#[test]
fn names_that_a_macro_makes_lead_to_its_file() {
    let found = file_circles(&[
        ("lib.rs", "mod schema; mod rows;"),
        ("schema.rs", "make! { notes (id) { id -> Text, } } type R = crate::rows::Row;"),
        ("rows.rs", "use crate::schema::notes; struct Row; fn f() { notes::table.select(notes::id) }"),
    ]);
    assert_eq!(found, ["rows.rs schema.rs"]);
}

#[test]
fn a_circle_of_folders_is_found_even_where_no_files_need_each_other() {
    let found = of(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a/mod.rs", "pub mod x; pub mod y;"),
        ("a/x.rs", "use crate::b::z::Z; struct X(Z);"),
        ("a/y.rs", "pub struct Y;"),
        ("b/mod.rs", "pub mod z; pub mod w;"),
        ("b/z.rs", "pub struct Z;"),
        ("b/w/mod.rs", "use crate::a::y::Y; struct W(Y);"),
        ("c.rs", "use crate::a::y::Y; pub struct C(Y);"),
    ]);
    assert!(found.file_circles().is_empty());
    assert_eq!(members(&found.folder_circles()), ["a b"]);
}

#[test]
fn a_folder_and_one_inside_it_are_no_circle() {
    let found = of(&[
        ("lib.rs", "mod a; pub struct Root;"),
        ("a/mod.rs", "mod b; mod c; struct A(b::B);"),
        ("a/b/mod.rs", "use super::c::C; pub struct B(C, crate::Root);"),
        ("a/c.rs", "pub struct C;"),
    ]);
    assert_eq!((found.file_circles(), found.folder_circles()), (vec![], vec![]));
}

fn layered() -> Structure {
    of(&[
        ("lib.rs", "mod low; mod high; mod beside;"),
        ("low/mod.rs", "pub mod part; pub use crate::high::High;"),
        ("low/part.rs", "use other::high::Thing; pub struct Part(Thing);"),
        ("high.rs", "use crate::low::part::Part; use crate::beside::Beside; pub struct High(Part, Beside);"),
        ("beside.rs", "pub struct Beside;"),
    ])
}

#[test]
fn a_module_must_not_name_its_own_layer_or_a_higher_one() {
    let layers: &[&[&str]] = &[&["low"], &["high", "beside"]];
    let found = |roots: &[&str]| -> Vec<String> {
        let found = layer_violations(&layered(), roots, layers).unwrap();
        found.iter().map(ToString::to_string).collect()
    };
    let own = ["high.rs names crate::beside::Beside", "low/mod.rs names crate::high::High"];
    assert_eq!(found(&["crate"]), own);
    let others = [&own[..], &["low/part.rs names other::high::Thing"]].concat();
    assert_eq!(found(&["crate", "other"]), others);
    let unknown = layer_violations(&layered(), &["crate"], &[&["low"], &["high"]]);
    assert_eq!(unknown, Err("beside is in no layer: give it one".to_owned()));
}

#[test]
fn this_module_has_no_circle_itself() {
    let own = Structure::of(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(members(&own.file_circles()), [""; 0]);
    assert!(own.files() > 5);
}
