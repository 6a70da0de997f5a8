//! What was found beside what is known. Both ways: what is known and gone must be struck from the list.
use super::{circles::Circle, layers::Violation};

/// A circle that is still there, and how it is to be cut.
#[derive(Debug, Clone, Copy)]
pub struct KnownCircle {
    pub members: &'static [&'static str],
    pub cut: &'static str,
}

/// What a file may still name, with everything in it, and how it is to lose it.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    pub file: &'static str,
    pub paths: &'static [&'static str],
    pub cut: &'static str,
}

/// What is to be said about these circles; nothing when all is well.
pub fn compare_circles(found: &[Circle], known: &[KnownCircle]) -> Vec<String> {
    let is = |circle: &Circle, known: &KnownCircle| {
        let mut members = known.members.to_vec();
        members.sort_unstable();
        circle.members == members
    };
    let new = found
        .iter()
        .filter(|circle| !known.iter().any(|known| is(circle, known)))
        .map(|circle| format!("these need each other: {circle}"));
    let gone = known
        .iter()
        .filter(|known| !found.iter().any(|circle| is(circle, known)))
        .map(|known| format!("no longer a circle, strike it: {} ({})", known.members.join(", "), known.cut));
    new.chain(gone).collect()
}

/// The same for names.
pub fn compare_violations(found: &[Violation], allowed: &[Allowed]) -> Vec<String> {
    let is = |violation: &Violation, file: &str, path: &str| {
        violation.file == file && is_within(&violation.path, path)
    };
    let mut said: Vec<String> = found
        .iter()
        .filter(|violation| {
            !allowed.iter().any(|allowed| allowed.paths.iter().any(|path| is(violation, allowed.file, path)))
        })
        .map(ToString::to_string)
        .collect();
    for Allowed { file, paths, cut } in allowed {
        let gone = paths.iter().filter(|path| !found.iter().any(|violation| is(violation, file, path)));
        said.extend(gone.map(|path| format!("no longer there, strike it: {file} names {path} ({cut})")));
    }
    said
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
