//! One crate: which file needs which, and what its code names.
use super::{
    circles::{Circle, Edges, circles, folders},
    module::{Brings, Module, Path},
    read::{self, Sources},
    resolve::{Resolver, Target},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path as FilePath,
};

#[derive(Debug)]
pub struct Structure {
    modules: BTreeMap<Path, Module>,
    edges: Edges,
    named: BTreeSet<NameUse>,
}

/// What a file names, re-exports included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameUse {
    pub file: String,
    /// The module that names it: `crate::a::b`.
    pub by: String,
    /// What is named, from the root of this crate or of another.
    pub path: String,
    /// The module that defines it, if it is one of this crate.
    pub defined_in: Option<String>,
}

impl Structure {
    /// Of the crate in this folder.
    ///
    /// # Errors
    /// When a source cannot be read or understood.
    pub fn of(folder: &str) -> Result<Self, String> {
        Self::from_sources(&read::sources(&FilePath::new(folder).join("src"))?)
    }

    /// Texts by their path below `src`.
    ///
    /// # Errors
    /// When one cannot be understood.
    pub fn from_sources(sources: &Sources) -> Result<Self, String> {
        let mut structure =
            Self { modules: read::modules(sources)?, edges: Edges::new(), named: BTreeSet::new() };
        let (mut edges, mut named) = (Edges::new(), BTreeSet::new());
        let resolver = Resolver { modules: &structure.modules };
        for (path, module) in &structure.modules {
            for mention in &module.mentions {
                for absolute in resolver.absolute(path, mention) {
                    let targets = resolver.targets(&absolute);
                    structure.note(path, module, &absolute, &targets, &mut named);
                    structure.need(module, &absolute, &targets, &mut edges);
                }
            }
            for import in &module.imports {
                for absolute in resolver.imported(path, import) {
                    let targets = resolver.targets(&absolute);
                    structure.note(path, module, &absolute, &targets, &mut named);
                    // What is imported as a module is needed where something of it is named.
                    let is_module = targets.contains(&Target::Module) && import.brings != Brings::Nothing;
                    if !import.reexport && !is_module {
                        structure.need(module, &absolute, &targets, &mut edges);
                    }
                }
            }
        }
        (structure.edges, structure.named) = (edges, named);
        Ok(structure)
    }

    fn note(
        &self,
        by: &Path,
        module: &Module,
        absolute: &Path,
        targets: &[Target],
        named: &mut BTreeSet<NameUse>,
    ) {
        let mut defined: Vec<Option<String>> = targets
            .iter()
            .filter_map(|target| match target {
                Target::Item(path) => Some(Some(path.join("::"))),
                Target::Module => None,
            })
            .collect();
        if defined.is_empty() {
            defined.push(None);
        }
        let (file, by, path) = (&module.file, by.join("::"), absolute.join("::"));
        named.extend(defined.into_iter().map(|defined_in| NameUse {
            file: file.clone(),
            by: by.clone(),
            path: path.clone(),
            defined_in,
        }));
    }

    fn need(&self, module: &Module, absolute: &Path, targets: &[Target], edges: &mut Edges) {
        for target in targets {
            if let Target::Item(path) = target
                && let Some(other) = self.modules.get(path)
                && other.file != module.file
            {
                let needs = edges.entry(module.file.clone()).or_default();
                needs.entry(other.file.clone()).or_default().insert(absolute.join("::"));
            }
        }
    }

    /// How many files were read.
    pub fn files(&self) -> usize {
        self.modules.values().map(|module| &module.file).collect::<BTreeSet<_>>().len()
    }

    /// The modules right below the root.
    pub fn top_modules(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().filter(|path| path.len() == 2).filter_map(|path| path.last()).map(String::as_str)
    }

    pub fn named(&self) -> impl Iterator<Item = &NameUse> {
        self.named.iter()
    }

    /// Files that need each other, directly or round about.
    pub fn file_circles(&self) -> Vec<Circle> {
        circles(&self.edges)
    }

    /// Folders that need each other. Where two files need each other across folders, it counts for the folders at which
    /// their ways part: a folder and one inside it are never two.
    pub fn folder_circles(&self) -> Vec<Circle> {
        circles(&folders(&self.edges))
    }
}
