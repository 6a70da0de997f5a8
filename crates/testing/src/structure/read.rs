//! The modules of a crate, from its sources.
use super::{
    mentions::{Collector, attrs_of, only_for_tests},
    module::{Module, Path},
};
use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path as FilePath,
};
use syn::{Item, ext::IdentExt, visit::Visit};

/// Texts by their path below `src`.
pub(super) type Sources = BTreeMap<String, String>;

pub(super) fn sources(src: &FilePath) -> Result<Sources, String> {
    let mut found = Sources::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| format!("{}: {e}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                let below = path.strip_prefix(src).map_err(|e| e.to_string())?;
                found.insert(below.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    Ok(found)
}

/// Everything that is reached from the root by `mod`. `main.rs` beside a `lib.rs` is left out: nothing can need it.
pub(super) fn modules(sources: &Sources) -> Result<BTreeMap<Path, Module>, String> {
    let root = ["lib.rs", "main.rs"].into_iter().find(|root| sources.contains_key(*root));
    let mut reader = Reader { sources, modules: BTreeMap::new() };
    reader.file(vec!["crate".into()], root.ok_or("neither lib.rs nor main.rs")?)?;
    Ok(reader.modules)
}

struct Reader<'a> {
    sources: &'a Sources,
    modules: BTreeMap<Path, Module>,
}

impl Reader<'_> {
    fn file(&mut self, path: Path, file: &str) -> Result<(), String> {
        let text = self.sources.get(file).ok_or_else(|| format!("there is no {file}"))?;
        let parsed = syn::parse_file(text).map_err(|e| format!("{file}: {e}"))?;
        self.module(path, file, &folder_of(file), &parsed.items)
    }

    /// `folder`: where the files of its children are.
    fn module(&mut self, path: Path, file: &str, folder: &str, items: &[Item]) -> Result<(), String> {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let mut collector = Collector::default();
        for item in items.iter().filter(|item| !only_for_tests(attrs_of(item))) {
            match item {
                Item::Mod(child) => {
                    let name = child.ident.unraw().to_string();
                    let own = [path.clone(), vec![name.clone()]].concat();
                    match &child.content {
                        Some((_, items)) => self.module(own, file, &format!("{folder}{name}/"), items)?,
                        None => {
                            let found = [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")]
                                .into_iter()
                                .find(|file| self.sources.contains_key(file));
                            let found = found.ok_or_else(|| format!("{file}: no file for mod {name}"))?;
                            self.file(own, &found)?;
                        }
                    }
                    module.children.insert(name);
                }
                Item::Macro(mac) => {
                    match &mac.ident {
                        Some(name) => {
                            module.macros.insert(name.unraw().to_string());
                            module.items.insert(name.unraw().to_string());
                        }
                        None => words(mac.mac.tokens.clone(), &mut module.generated),
                    }
                    collector.visit_item(item);
                }
                item => {
                    module.items.extend(name_of(item));
                    collector.visit_item(item);
                }
            }
        }
        module.imports = collector.imports;
        module.mentions = collector.mentions.into_iter().collect();
        self.modules.insert(path, module);
        Ok(())
    }
}

fn folder_of(file: &str) -> String {
    let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
    let own = match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => file.trim_end_matches(".rs").to_owned(),
    };
    if own.is_empty() { own } else { own + "/" }
}

fn words(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => drop(into.insert(word.unraw().to_string())),
            TokenTree::Group(group) => words(group.stream(), into),
            _ => {}
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(i) => &i.ident,
        Item::Enum(i) => &i.ident,
        Item::Fn(i) => &i.sig.ident,
        Item::Static(i) => &i.ident,
        Item::Struct(i) => &i.ident,
        Item::Trait(i) => &i.ident,
        Item::TraitAlias(i) => &i.ident,
        Item::Type(i) => &i.ident,
        Item::Union(i) => &i.ident,
        _ => return None,
    };
    Some(name.unraw().to_string())
}
