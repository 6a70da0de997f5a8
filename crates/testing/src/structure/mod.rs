//! How the files of a crate depend on each other, and whether that is as it should be: no circles, no layer that names a
//! higher one. The sources are parsed, not compiled: names are followed through imports and re-exports to the file that
//! defines them. Method calls and what macros expand to are not seen.
//!
//! A dependency is a name in code or in a private `use`. Not one: `mod child;`, a re-export (`pub use`, `pub(crate) use`),
//! a module without a name behind it, and whatever is there for `cfg(test)` only.
mod checks;
mod circles;
mod graph;
mod layers;
mod mentions;
mod module;
mod read;
mod resolve;

pub use circles::Circle;
pub use graph::{NameUse, Structure};
pub use layers::{Violation, layer_violations};

#[cfg(test)]
mod tests;
