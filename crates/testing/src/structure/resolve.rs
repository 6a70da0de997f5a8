//! From a path as it is written to the module that defines what it names.
use super::module::{Import, Mention, Module, Path};
use std::collections::BTreeMap;

/// Longer chains of imports than this are circular.
const DEPTH: usize = 16;

pub(super) struct Resolver<'a> {
    pub modules: &'a BTreeMap<Path, Module>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// The module that defines it.
    Item(Path),
    /// A module, and nothing in it.
    Module,
}

impl Resolver<'_> {
    /// What a path in the code of this module is from the root: several, where one name stands for several things.
    pub(super) fn absolute(&self, module: &Path, mention: &Mention) -> Vec<Path> {
        let found = self.from(module, &mention.path, None, DEPTH);
        if !found.is_empty() || !mention.is_macro || mention.path.len() > 1 {
            return found;
        }
        // A macro without an import is known by its place in the text.
        let defines = |(path, module): (&Path, &Module)| {
            let own = module.macros.contains(mention.path.first()?);
            own.then(|| [path.as_slice(), &mention.path].concat())
        };
        self.modules.iter().filter_map(defines).collect()
    }

    pub(super) fn imported(&self, module: &Path, import: &Import) -> Vec<Path> {
        self.from(module, &import.path, Some(import), DEPTH)
    }

    /// `importing`: the import whose own path this is. It does not explain itself.
    fn from(&self, module: &Path, path: &[String], importing: Option<&Import>, depth: usize) -> Vec<Path> {
        let (Some((first, rest)), Some(depth)) = (path.split_first(), depth.checked_sub(1)) else {
            return vec![];
        };
        let Some(own) = self.modules.get(module) else { return vec![] };
        match first.as_str() {
            "crate" => return vec![path.to_owned()],
            "self" if rest.first().is_some_and(|next| next == "super") => {
                return self.from(module, rest, importing, depth);
            }
            "self" => return vec![[module.as_slice(), rest].concat()],
            "super" => {
                let up = path.iter().take_while(|step| *step == "super").count();
                let parent = module.get(..module.len().saturating_sub(up)).unwrap_or_default();
                return vec![[parent, path.get(up..).unwrap_or_default()].concat()];
            }
            "Self" => return vec![],
            _ => {}
        }
        if !rest.is_empty() && own.children.contains(first) {
            return vec![[module.as_slice(), path].concat()];
        }
        let mut found: Vec<Path> = vec![];
        for import in own.imports_of(first).filter(|import| importing != Some(*import)) {
            let bases = self.from(module, &import.path, Some(import), depth);
            found.extend(bases.into_iter().map(|base| [base.as_slice(), rest].concat()));
        }
        if own.items.contains(first) || own.children.contains(first) {
            found.push([module.as_slice(), path].concat());
        }
        if !found.is_empty() {
            return found;
        }
        for glob in own.globs().filter(|glob| importing != Some(*glob)) {
            for base in self.open(module, glob, depth) {
                let whole = [base.as_slice(), path].concat();
                if !self.find(&whole, true, depth).is_empty() {
                    return vec![whole];
                }
            }
        }
        if own.generated.contains(first) {
            return vec![[module.as_slice(), path].concat()];
        }
        // Another crate; or a variable, or a type parameter.
        if rest.is_empty() && importing.is_none() { vec![] } else { vec![path.to_owned()] }
    }

    /// The modules of this crate that a glob opens.
    fn open(&self, module: &Path, glob: &Import, depth: usize) -> Vec<Path> {
        let bases = self.from(module, &glob.path, Some(glob), depth);
        bases.into_iter().filter_map(|base| self.module_at(&base, depth)).collect()
    }

    fn module_at(&self, path: &Path, depth: usize) -> Option<Path> {
        if self.modules.contains_key(path) {
            return Some(path.clone());
        }
        // Under another name.
        let (depth, (name, parent)) = (depth.checked_sub(1)?, path.split_last()?);
        let parent = self.module_at(&parent.to_vec(), depth)?;
        let imports = self.modules.get(&parent)?.imports_of(name);
        imports
            .flat_map(|import| self.from(&parent, &import.path, Some(import), depth))
            .find_map(|path| self.module_at(&path, depth))
    }

    /// What an absolute path leads to; nothing outside this crate.
    pub(super) fn targets(&self, absolute: &Path) -> Vec<Target> {
        self.find(absolute, false, DEPTH)
    }

    /// `strict`: only what the text shows to be there; else a name that is not found was made by a macro.
    fn find(&self, absolute: &[String], strict: bool, depth: usize) -> Vec<Target> {
        let Some(depth) = depth.checked_sub(1) else { return vec![] };
        let mut current: Path = match absolute.split_first() {
            Some((first, _)) if first == "crate" => vec![first.clone()],
            _ => return vec![],
        };
        loop {
            let Some(module) = self.modules.get(&current) else { return vec![] };
            let Some((name, rest)) = absolute.get(current.len()..).and_then(|rest| rest.split_first()) else {
                return vec![Target::Module];
            };
            if !rest.is_empty() && module.children.contains(name) {
                current.push(name.clone());
                continue;
            }
            let mut found = vec![];
            if module.children.contains(name) {
                found.push(Target::Module);
            }
            if module.items.contains(name) {
                found.push(Target::Item(current.clone()));
            }
            for import in module.imports_of(name) {
                for base in self.from(&current, &import.path, Some(import), depth) {
                    let further = [base.as_slice(), rest].concat();
                    // `pub(crate) use id;` beside the macro of that name.
                    if further != absolute {
                        found.extend(self.find(&further, strict, depth));
                    }
                }
            }
            if !found.is_empty() {
                return found;
            }
            for glob in module.globs() {
                for base in self.open(&current, glob, depth) {
                    let further = [base.as_slice(), std::slice::from_ref(name), rest].concat();
                    let found = self.find(&further, true, depth);
                    if !found.is_empty() {
                        return found;
                    }
                }
            }
            let known_by_import = module.imports_of(name).next().is_some();
            if module.generated.contains(name) || (!strict && !known_by_import) {
                return vec![Target::Item(current)];
            }
            return vec![];
        }
    }
}
