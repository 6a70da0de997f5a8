//! What the text of one module says.
use std::collections::BTreeSet;

/// The segments of a path; an absolute one begins with `crate` or with the name of another crate.
pub(super) type Path = Vec<String>;

#[derive(Debug, Default)]
pub(super) struct Module {
    /// Below `src`. An inline module has the file that it stands in.
    pub file: String,
    pub children: BTreeSet<String>,
    pub items: BTreeSet<String>,
    /// Those of the items that `macro_rules!` makes.
    pub macros: BTreeSet<String>,
    /// Words that a macro at the place of an item was given: one of them may be the name of an item that it makes.
    pub generated: BTreeSet<String>,
    pub imports: Vec<Import>,
    pub mentions: BTreeSet<Mention>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub brings: Brings,
    pub path: Path,
    pub reexport: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Brings {
    Name(String),
    /// `use a::Trait as _`.
    Nothing,
    /// `use a::*`.
    All,
}

/// A path in the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub path: Path,
    /// A macro may be known without an import: by its place in the text.
    pub is_macro: bool,
}

impl Module {
    pub(super) fn imports_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Import> {
        self.imports.iter().filter(move |import| matches!(&import.brings, Brings::Name(own) if own == name))
    }
    pub(super) fn globs(&self) -> impl Iterator<Item = &Import> {
        self.imports.iter().filter(|import| import.brings == Brings::All)
    }
}
