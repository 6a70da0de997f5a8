//! Who may name whom.
use super::graph::{NameUse, Structure};
use std::{collections::BTreeSet, fmt};

/// A file names what it should not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    pub file: String,
    pub path: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} names {}", self.file, self.path)
    }
}

/// Where a module names one of its own layer or of a higher one. `layers`: the modules right below the root, the lowest
/// first. `roots`: the crates that have these modules, this one being `crate`.
///
/// # Errors
/// When a module of this crate is in no layer.
pub fn layer_violations(
    structure: &Structure,
    roots: &[&str],
    layers: &[&[&str]],
) -> Result<Vec<Violation>, String> {
    let layer_of = |module: &str| layers.iter().position(|layer| layer.contains(&module));
    if let Some(module) = structure.top_modules().find(|module| layer_of(module).is_none()) {
        return Err(format!("{module} is in no layer: give it one"));
    }
    let top = |path: &str| {
        let (root, rest) = path.split_once("::")?;
        let module = rest.split("::").next().filter(|_| roots.contains(&root))?;
        Some((module.to_owned(), layer_of(module)?))
    };
    let is_wrong = |used: &&NameUse| {
        let Some((own, own_layer)) = top(&used.by) else { return false };
        let others = [Some(&used.path), used.defined_in.as_ref()].into_iter().flatten();
        others.filter_map(|path| top(path)).any(|(other, layer)| other != own && layer >= own_layer)
    };
    let violation = |used: &NameUse| Violation { file: used.file.clone(), path: used.path.clone() };
    let found: BTreeSet<Violation> = structure.named().filter(is_wrong).map(violation).collect();
    Ok(found.into_iter().collect())
}
