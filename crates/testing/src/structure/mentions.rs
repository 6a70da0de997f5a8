//! Every path in a piece of code, and every `use`, wherever it stands.
use super::module::{Brings, Import, Mention, Path};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemUse, Macro, Meta, PatIdent, TraitItem, UseTree, Visibility,
    ext::IdentExt,
    visit::{self, Visit},
};

#[derive(Debug, Default)]
pub(super) struct Collector {
    pub mentions: Vec<Mention>,
    pub imports: Vec<Import>,
}

/// Whether this is compiled for tests only: `cfg(test)`, `cfg(all(test, ..))`.
pub(super) fn only_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("cfg") => needs_test(list.tokens.clone()),
        meta => meta.path().is_ident("test"),
    })
}

fn needs_test(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = token else { continue };
        let inner = match tokens.peek() {
            Some(TokenTree::Group(group)) => Some(group.stream()),
            _ => None,
        };
        match (word.to_string().as_str(), inner) {
            ("test", None) => return true,
            ("all", Some(inner)) if needs_test(inner.clone()) => return true,
            _ => {}
        }
    }
    false
}

impl Collector {
    pub(super) fn macro_call(&mut self, mac: &Macro) {
        let path: Path = mac.path.segments.iter().map(|s| s.ident.unraw().to_string()).collect();
        self.mentions.push(Mention { path, is_macro: true });
        self.tokens(mac.tokens.clone());
    }

    /// What a macro is given may be anything: whatever looks like a path is taken for one.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(_) => {
                    let (path, next) = path_at(&tokens, at);
                    self.token_path(path, &tokens, at, next);
                    at = next;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn token_path(&mut self, path: Path, tokens: &[TokenTree], at: usize, next: usize) {
        let Some(first) = path.first() else { return };
        let before = |n: usize| at.checked_sub(n).and_then(|at| tokens.get(at));
        let is_field = is(before(1), '.') && !is(before(2), '.');
        let is_rest_of_path = is(before(1), ':') && is(before(2), ':');
        let is_fragment = is(before(1), '$') && first != "crate";
        if is_field || is_rest_of_path || is_fragment {
            return;
        }
        let is_macro = is(tokens.get(next), '!') && !is(tokens.get(next + 1), '=');
        let is_call =
            matches!(tokens.get(next), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
        // A single small word is a variable more often than an item.
        if path.len() > 1 || is_macro || is_call || first.starts_with(char::is_uppercase) {
            self.mentions.push(Mention { path, is_macro });
        }
    }

    /// serde and utoipa name functions in strings.
    fn strings(&mut self, tokens: TokenStream) {
        const NAMING: [&str; 8] = [
            "with",
            "serialize_with",
            "deserialize_with",
            "schema_with",
            "default",
            "from",
            "into",
            "try_from",
        ];
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for three in tokens.windows(3) {
            if let [TokenTree::Ident(key), equals, TokenTree::Literal(text)] = three
                && is(Some(equals), '=')
                && NAMING.iter().any(|naming| key == naming)
                && let Ok(path) = syn::parse_str::<syn::Path>(text.to_string().trim_matches('"'))
            {
                self.visit_path(&path);
            }
        }
    }

    fn import(&mut self, tree: &UseTree, mut prefix: Path, reexport: bool) {
        match tree {
            UseTree::Path(step) => {
                prefix.push(step.ident.unraw().to_string());
                self.import(&step.tree, prefix, reexport);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(tree, prefix.clone(), reexport))
            }
            UseTree::Glob(_) => self.imports.push(Import { brings: Brings::All, path: prefix, reexport }),
            UseTree::Name(leaf) => {
                let name = leaf.ident.unraw().to_string();
                if name != "self" {
                    prefix.push(name);
                }
                let Some(name) = prefix.last().cloned() else { return };
                self.imports.push(Import { brings: Brings::Name(name), path: prefix, reexport });
            }
            UseTree::Rename(leaf) => {
                let (name, new) = (leaf.ident.unraw().to_string(), leaf.rename.unraw().to_string());
                if name != "self" {
                    prefix.push(name);
                }
                let brings = if new == "_" { Brings::Nothing } else { Brings::Name(new) };
                self.imports.push(Import { brings, path: prefix, reexport });
            }
        }
    }
}

/// The path that begins here, and where it ends.
fn path_at(tokens: &[TokenTree], mut at: usize) -> (Path, usize) {
    let mut path = Path::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        path.push(word.unraw().to_string());
        at += 1;
        let goes_on = is(tokens.get(at), ':') && is(tokens.get(at + 1), ':');
        if !goes_on || !matches!(tokens.get(at + 2), Some(TokenTree::Ident(_))) {
            break;
        }
        at += 2;
    }
    (path, at)
}

fn is(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        if !only_for_tests(attrs_of(item)) {
            visit::visit_item(self, item);
        }
    }
    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attrs: &[Attribute] = match item {
            ImplItem::Const(i) => &i.attrs,
            ImplItem::Fn(i) => &i.attrs,
            ImplItem::Type(i) => &i.attrs,
            ImplItem::Macro(i) => &i.attrs,
            _ => &[],
        };
        if !only_for_tests(attrs) {
            visit::visit_impl_item(self, item);
        }
    }
    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attrs: &[Attribute] = match item {
            TraitItem::Const(i) => &i.attrs,
            TraitItem::Fn(i) => &i.attrs,
            TraitItem::Type(i) => &i.attrs,
            TraitItem::Macro(i) => &i.attrs,
            _ => &[],
        };
        if !only_for_tests(attrs) {
            visit::visit_trait_item(self, item);
        }
    }
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // `pub(self) use` tells nobody.
        let reexport = match &item.vis {
            Visibility::Inherited => false,
            Visibility::Restricted(to) => !to.path.is_ident("self"),
            _ => true,
        };
        self.import(&item.tree, Path::new(), reexport);
    }
    // `pub(super)` needs nothing of its parent.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.unraw().to_string()).collect();
        self.mentions.push(Mention { path: segments, is_macro: false });
        visit::visit_path(self, path);
    }
    /// A constant in a pattern looks like a variable.
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        let name = pattern.ident.unraw().to_string();
        if name.starts_with(char::is_uppercase) {
            self.mentions.push(Mention { path: vec![name], is_macro: false });
        }
        visit::visit_pat_ident(self, pattern);
    }
    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.macro_call(mac);
    }
    fn visit_attribute(&mut self, attr: &'ast Attribute) {
        if let Meta::List(list) = &attr.meta {
            self.tokens(list.tokens.clone());
            self.strings(list.tokens.clone());
        }
    }
}

pub(super) fn attrs_of(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::ExternCrate(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::ForeignMod(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::TraitAlias(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Union(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}
